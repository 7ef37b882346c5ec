"""The folders at the top of the repository are the sub-packages of `goldentime`, and nothing else."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "goldentime"
FOLDERS = ("baselines", "configs", "control", "envs", "eval", "missions", "perception")
NEEDS_TRAIN_EXTRA = {"torch", "stable_baselines3", "tensorboard"}


def fresh_python(code: str, cwd: Path) -> str:
    """Run code in a new interpreter away from the repository; its standard output."""
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_link_is_relative_and_leads_to_the_folder(name):
    link = PACKAGE / name
    assert link.is_symlink(), f"{link} must be a symbolic link"
    assert os.readlink(link) == f"../../{name}"
    assert link.resolve() == ROOT / name
    assert link.is_dir()


def test_every_link_is_known():
    assert {path.name for path in PACKAGE.iterdir() if path.is_symlink()} == set(FOLDERS)


def test_setup_and_linter_know_the_same_folders():
    tree = ast.parse((ROOT / "setup.py").read_text("utf-8"))
    values = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    assert [ast.literal_eval(value) for value in values] == [FOLDERS]
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    for name in FOLDERS:
        assert f'"src/goldentime/{name}"' in pyproject, f"ruff must skip the link {name}"
        assert f'"{name}".msg' in pyproject, f"ruff must ban the bare import of {name}"


def test_only_configs_has_init_files():
    found = [path.relative_to(ROOT) for name in FOLDERS for path in (ROOT / name).rglob("__init__.py")]
    assert [path for path in found if path.parts[0] != "configs"] == []
    assert (ROOT / "configs" / "__init__.py").is_file(), "Hydra finds configs/ through its __init__.py"


def test_tests_are_no_package():
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_every_module_imports_under_goldentime(name, tmp_path):
    files = [path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / name).rglob("*.py"))]
    modules = [".".join(["goldentime", *file.parts]).removesuffix(".__init__") for file in files]
    assert modules, f"{name}/ holds no module"
    code = f"""
from importlib import import_module
for module in {modules!r}:
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if error.name.split(".")[0] not in {NEEDS_TRAIN_EXTRA!r}:
            raise
"""
    fresh_python(code, tmp_path)


def test_bare_names_do_not_resolve_to_our_folders(tmp_path):
    code = f"""
import json, importlib.util
specs = {{name: importlib.util.find_spec(name) for name in {FOLDERS!r}}}
places = {{name: [spec.origin or "", *(spec.submodule_search_locations or [])] for name, spec in specs.items() if spec}}
print(json.dumps(places))
"""
    for name, places in json.loads(fresh_python(code, tmp_path)).items():
        ours = [place for place in places if "goldentime" in place or Path(place or "/").is_relative_to(ROOT / name)]
        assert ours == [], f"`import {name}` reaches {ours}"

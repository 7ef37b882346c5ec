"""The package as a stranger meets it: a light import, true public names, exact versions, no addresses."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import goldentime

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("gymnasium", "hydra", "matplotlib", "moderngl", "pettingzoo", "pybullet", "scipy", "stable_baselines3", "torch")
IMPORT_LIMIT_S = 0.3
# Put together here, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
    ]
)
LEFT_OUT = frozenset({"pyarrow", "rerun-sdk"})
"""The extra `rerun`, which is not installed for the tests since it is large, and what only it needs."""
INDEX_OPTION = re.compile(r"--(extra-)?index-" + r"url|--find-" + r"links")


def fresh_import(cwd: Path) -> tuple[float, list[str]]:
    """Import the package in a new interpreter: seconds taken, heavy modules loaded."""
    code = f"""
import time
start = time.process_time()  # of the processor: other tests run beside this one
import goldentime
print(time.process_time() - start)
import sys
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=True)
    seconds, loaded = done.stdout.splitlines()
    return float(seconds), loaded.split()


def test_import_is_quick_and_loads_nothing_heavy(tmp_path):
    runs = [fresh_import(tmp_path) for _ in range(5)]
    assert runs[0][1] == []
    assert min(seconds for seconds, _ in runs) < IMPORT_LIMIT_S


def test_public_names_are_sorted_and_exist():
    assert list(goldentime.__all__) == sorted(set(goldentime.__all__))
    for name in goldentime.__all__:
        assert getattr(goldentime, name) is not None


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        goldentime.no_such_name  # noqa: B018


def pins() -> dict[str, str]:
    """What constraints.txt says; each line is a comment or an exact version."""
    found: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][0-9a-z.!]*)", line)
        assert match, f"constraints.txt: not NAME==VERSION: {line!r}"
        found[canonicalize_name(match[1])] = str(match[2])
    return found


def direct_requirements() -> list[Requirement]:
    """Everything pyproject.toml asks for by name, extras and build included."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = data["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), data["build-system"]["requires"]]
    found = [Requirement(text) for texts in lists for text in texts]
    return [requirement for requirement in found if requirement.name != "goldentime"]


def test_constraints_pin_every_direct_dependency():
    pinned = pins()
    for requirement in direct_requirements():
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"constraints.txt lacks {name}"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} excludes the pinned {pinned[name]}"


def test_constraints_pin_what_the_dependencies_need():
    pinned = pins()
    todo: list[tuple[str, frozenset[str]]] = [
        (canonicalize_name(r.name), frozenset(r.extras)) for r in direct_requirements()
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        item = todo.pop()
        if item in seen:
            continue
        seen.add(item)
        name, extras = item
        assert name in pinned, f"constraints.txt lacks {name}"
        todo += [(canonicalize_name(r.name), frozenset(r.extras)) for r in needed_by(name, extras)]
    assert set(pinned) - {name for name, _ in seen} - LEFT_OUT == set() or not complete(seen), (
        "constraints.txt has more than is needed"
    )


def needed_by(name: str, extras: frozenset[str]) -> list[Requirement]:
    """The requirements of an installed distribution on this machine; none when it is not installed."""
    try:
        texts = requires(name) or []
    except PackageNotFoundError:
        return []
    found = [Requirement(text) for text in texts if not is_part_of_cuda(text)]
    return [r for r in found if not r.marker or any(r.marker.evaluate({"extra": e}) for e in extras | {""})]


def is_part_of_cuda(text: str) -> bool:
    """Whether PyTorch's CUDA build asks for it; those it pins itself."""
    return text.startswith(("cuda-", "nvidia-", "triton"))


def complete(seen: set[tuple[str, frozenset[str]]]) -> bool:
    """Whether all of them are installed here, so that their own requirements were seen."""
    for name in {name for name, _ in seen} - LEFT_OUT:
        try:
            requires(name)
        except PackageNotFoundError:
            return False
    return True


def test_constraints_hold_no_address():
    assert ":" + "//" not in (ROOT / "constraints.txt").read_text("utf-8")


def test_no_committed_file_names_a_registry():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git repository")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        found = [registry for registry in REGISTRIES if registry.encode() in content]
        assert not found, f"{name} names {found}"
        if path.suffix in {".toml", ".txt", ".cfg", ".yaml", ".yml", ".md", ".sh"} or path.name == "Makefile":
            assert not INDEX_OPTION.search(content.decode("utf-8")), f"{name} sets a package index"


def test_every_target_of_the_makefile_says_what_it_is_for_and_does_something():
    text = (ROOT / "Makefile").read_text("utf-8")
    (listed,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    for target in listed.split():
        rule = re.search(rf"^{re.escape(target)}:.*## .+\n(\t.*\n)+", text, re.MULTILINE)
        assert rule is not None, f"{target} has no recipe, or is not in the help"

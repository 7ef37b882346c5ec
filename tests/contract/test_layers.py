"""Imports go downwards only: baselines > eval > missions > envs > control, perception > root modules.

The rules are read off the source, imports inside functions and under `TYPE_CHECKING` included, and the literal names
given to `importlib.import_module`. A name held as data (an entry point in a registry) is no import: that is how a lower
layer may start a higher one.
"""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "goldentime"

# What each layer may import from goldentime besides itself and the root modules.
BELOW = {
    "root": set(),
    "configs": set(),
    "control": set(),
    "perception": set(),
    "envs": {"control", "perception"},
    "missions": {"envs", "control", "perception"},
    "eval": {"missions", "envs", "control", "perception"},
    # Through gymnasium.make and the Agent protocol, not through the world's modules.
    "baselines": {"eval", "control", "perception"},
    "front": {"baselines", "eval", "missions", "envs", "control", "perception", "configs"},
}
# The command line and the public names stand on top, though their files lie in the root.
FRONT = {"__init__", "__main__", "cli"}

SIMULATORS = {"pybullet", "pybullet_data", "pybullet_utils"}
ENVIRONMENTS = {"gymnasium", "pettingzoo"}
LEARNING = {"stable_baselines3", "tensorboard", "torch"}
BANNED_OUTSIDE = {
    "root": SIMULATORS | ENVIRONMENTS | LEARNING,
    "configs": SIMULATORS | ENVIRONMENTS | LEARNING,
    "control": SIMULATORS | ENVIRONMENTS | LEARNING,
    "perception": SIMULATORS | ENVIRONMENTS | LEARNING,
    "envs": LEARNING,
    "missions": SIMULATORS | LEARNING,
    "eval": LEARNING,
    "baselines": SIMULATORS,
    "front": LEARNING,
}
# The networks of perception run in PyTorch; whoever neither looks through a camera nor listens does without it.
NETWORKS = (
    "perception.detection",
    "perception.hearing_net",
    "perception.reading",
    "perception.warm_people",
    "perception.weights",
)


@dataclass(frozen=True, kw_only=True)
class Module:
    """One source file by its dotted path below `goldentime`, such as `eval.score.terms`."""

    name: str
    source: str

    @property
    def layer(self) -> str:
        first = self.name.split(".")[0]
        if "." not in self.name and first not in BELOW:
            return "front" if first in FRONT else "root"
        return first


def resolve_from(module: Module, node: ast.ImportFrom) -> list[str]:
    """The absolute names that a `from ... import ...` may load; each name may be a module or something in one."""
    base = node.module or ""
    if node.level:
        parents = ["goldentime", *module.name.split(".")][: -node.level]
        base = ".".join([*parents, base]).rstrip(".")
    return [f"{base}.{alias.name}" for alias in node.names]


def called_import(node: ast.Call) -> list[str]:
    """The literal name handed to `import_module` or `__import__`."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in {"import_module", "__import__"} or not node.args:
        return []
    name = node.args[0]
    return [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []


def imports_of(module: Module) -> list[tuple[int, str]]:
    """All (line, dotted name) that the file imports anywhere."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(module.source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, name) for name in resolve_from(module, node)]
        elif isinstance(node, ast.Call):
            found += [(node.lineno, name) for name in called_import(node)]
    return found


def is_score(module: Module) -> bool:
    return module.name == "eval.score" or module.name.startswith("eval.score.")


def problem_inside(module: Module, target: str) -> str | None:
    """What is wrong with importing `goldentime.<target>`, if anything."""
    first = target.split(".")[0]
    if module.name == "__main__" and first == "cli":
        return None  # `python -m goldentime` is the command line
    if first in FRONT or not first:
        return "the command line and the public names are for users, not for modules"
    if is_score(module) and first == "envs":
        return "scoring needs the log alone"
    if first not in BELOW:  # a root module, or a public name of the package
        is_module = (PACKAGE / f"{first}.py").is_file()
        return None if is_module or module.layer in {"front", "baselines"} else f"{first} is no root module"
    if first == module.layer or first in BELOW[module.layer]:
        return None
    return f"{module.layer} may not import {first}"


def problem_outside(module: Module, target: str) -> str | None:
    """What is wrong with importing the third-party module `target`, if anything."""
    first = target.split(".")[0]
    if first == "torch" and module.name.startswith(NETWORKS):
        return None
    if first in BANNED_OUTSIDE[module.layer]:
        return f"{module.layer} may not import {first}"
    if is_score(module) and first in SIMULATORS | ENVIRONMENTS:
        return "scoring needs the log alone"
    return None


def violations(module: Module) -> list[str]:
    """One line per forbidden import."""
    lines = []
    for line, name in imports_of(module):
        top, _, rest = name.partition(".")
        problem = problem_inside(module, rest) if top == "goldentime" else problem_outside(module, name)
        if problem:
            lines.append(f"{module.name}:{line}: imports {name}: {problem}")
    return lines


def all_modules() -> list[Module]:
    folders = [PACKAGE, *(ROOT / name for name in BELOW if (ROOT / name).is_dir())]
    modules = []
    for folder in folders:
        base = PACKAGE if folder == PACKAGE else ROOT
        for path in sorted(folder.glob("*.py" if folder == PACKAGE else "**/*.py")):
            name = ".".join(path.relative_to(base).with_suffix("").parts)
            modules.append(Module(name=name, source=path.read_text("utf-8")))
    return modules


def test_imports_go_downwards():
    modules = all_modules()
    assert {module.layer for module in modules} >= {"root", "control", "envs", "missions", "eval", "baselines", "front"}
    found = [line for module in modules for line in violations(module)]
    assert found == [], "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("control.cascade", "import pybullet"),
        ("control.cascade", "from goldentime.envs.wind import Wind"),
        ("control.cascade", "from goldentime.perception import mapping"),
        ("control.cascade", "from ..envs import wind"),
        ("perception.mapping", "def f():\n    import gymnasium"),
        ("perception.mapping", "import torch"),
        ("perception.detection_net", "import stable_baselines3"),
        ("envs.hazards.fire", "from goldentime import missions"),
        ("envs.env", "import goldentime.eval.log"),
        ("missions.course", "from pybullet import connect"),
        ("missions.course", "from goldentime import make_env"),
        ("eval.runner", "from goldentime.baselines.pilot import Pilot"),
        ("eval.runner", "import importlib\nimportlib.import_module('goldentime.baselines.pilot')"),
        ("eval.runner", "def f():\n    import torch.nn"),
        ("eval.score", "from goldentime.envs import level"),
        ("eval.score.terms", "from gymnasium import Env"),
        ("baselines.pilot", "from goldentime.envs.sensors import lidar"),
        ("baselines.train", "import goldentime.missions.registry"),
        ("baselines.train", "import pybullet as p"),
        ("types", "from goldentime.control.mixer import mix"),
        ("records", "from goldentime import cli"),
        ("rng", "if TYPE_CHECKING:\n    from gymnasium import Env"),
        ("cli", "def train():\n    import stable_baselines3"),
    ],
)
def test_a_planted_violation_is_found(name, source):
    assert len(violations(Module(name=name, source=source))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("control.cascade", "from goldentime.control.mixer import mix\nfrom goldentime.types import Quat"),
        ("control.cascade", "from . import mixer\nfrom .. import types"),
        ("envs.bullet", "import pybullet\nfrom goldentime.control import mixer"),
        ("eval.score.terms", "from goldentime.eval.log import EpisodeLog\nimport numpy as np"),
        ("perception.detection_net", "import torch\nfrom torch import nn"),
        ("baselines.train", "import gymnasium, torch\nfrom goldentime import Agent, types"),
        ("cli", "def main():\n    from goldentime.eval import runner"),
    ],
)
def test_a_downward_import_is_let_through(name, source):
    assert violations(Module(name=name, source=source)) == []


def test_scoring_loads_no_simulator(tmp_path):
    names = [module.name for module in all_modules() if is_score(module)]
    assert names, "there is no eval/score"
    heavy = SIMULATORS | ENVIRONMENTS | LEARNING
    code = f"""
import sys
from importlib import import_module
for name in {names!r}:
    import_module("goldentime." + name)
loaded = sorted(name for name in sys.modules if name in {heavy!r} or name.startswith("goldentime.envs."))
sys.exit(f"scoring loaded {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_seeing_loads_pytorch_only_when_a_network_is_loaded(tmp_path):
    code = """
import sys
import goldentime, gymnasium
from goldentime.perception import detection, tracking
env = goldentime.make_env("hover")
env.reset(seed=0)
sys.exit("loaded torch" if "torch" in sys.modules else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

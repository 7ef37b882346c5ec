"""`goldentime doctor`: is this machine fit, and if not, what to do."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

import psutil
from rich.console import Console
from rich.markup import escape

__all__ = ["Finding", "check_all", "doctor_command"]

_MIB = 1024 * 1024
_DISK_GIB = 2.0
_MEMORY_GIB = 2.0


class Finding(NamedTuple):
    """What one check found."""

    name: str
    state: str
    """`"ok"`, `"note"` (something optional is absent) or `"missing"` (something required is)."""
    text: str
    advice: str = ""


def doctor_command() -> int:
    """Print all findings; 1 if something required is missing."""
    console = Console()
    colours = {"ok": "green", "note": "yellow", "missing": "red"}
    findings = check_all()
    for finding in findings:
        colour = colours[finding.state]
        console.print(f"[{colour}]{finding.state:8}[/] [bold]{finding.name:12}[/] {escape(finding.text)}", soft_wrap=True)
        if finding.advice:
            console.print(f"         {'':12} -> {escape(finding.advice)}", soft_wrap=True)
    missing = [finding.name for finding in findings if finding.state == "missing"]
    console.print(f"missing: {', '.join(missing)}" if missing else "everything that is required is here")
    return 1 if missing else 0


def check_all() -> list[Finding]:
    """All findings, the required things first."""
    return [check() for check in _CHECKS]


def _python() -> Finding:
    found = f"{platform.python_version()} at {sys.executable}"
    if platform.python_version_tuple()[:2] == ("3", "11"):
        return Finding("Python", "ok", found)
    return Finding("Python", "missing", found, "use Python 3.11: PyBullet 3.2.7 has no wheels beyond")


def _pybullet() -> Finding:
    # In a process of its own: a broken build takes the interpreter down with it.
    code = "import pybullet; print(pybullet.getAPIVersion(), pybullet.isNumpyEnabled())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Finding("PyBullet", "missing", last, "pip install 'pybullet>=3.2.7' on Python 3.11")
    api, numpy_images = done.stdout.split()[-2:]
    found = f"{_version('pybullet')} (API {api}), NumPy images {'on' if numpy_images == '1' else 'off'}"
    if numpy_images == "1":
        return Finding("PyBullet", "ok", found)
    return Finding("PyBullet", "missing", found, "it was compiled without NumPy: install the wheel for Python 3.11")


def _packages() -> Finding:
    names = ("gymnasium", "hydra-core", "jinja2", "moderngl", "numpy", "pettingzoo", "pydantic", "pyyaml", "rich", "scipy")
    absent = [name for name in names if _version(name) == "absent"]
    if absent:
        return Finding("packages", "missing", f"absent: {', '.join(absent)}", "pip install -e . in the repository")
    return Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in names))


def _disk() -> Finding:
    free_gib = shutil.disk_usage(".").free / _MIB / 1024
    found = f"{free_gib:.1f} GiB free in {os.getcwd()}"
    if not os.access(".", os.W_OK):
        return Finding(
            "disk", "missing", f"{os.getcwd()} can't be written", "change to a folder of yours, or give out=FOLDER"
        )
    if free_gib < _DISK_GIB:
        return Finding("disk", "note", found, f"runs and trained agents may need {_DISK_GIB:g} GiB")
    return Finding("disk", "ok", found)


def _memory() -> Finding:
    free_gib = psutil.virtual_memory().available / _MIB / 1024
    found = f"{free_gib:.1f} GiB available"
    if free_gib < _MEMORY_GIB:
        return Finding("memory", "note", found, "close something, or keep workers=1")
    return Finding("memory", "ok", found)


def _cores() -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", "ok", f"{usable} usable: workers={usable} flies as many episodes at once")


def _gl() -> Finding:
    # In a process of its own: a broken driver takes the interpreter down with it.
    code = "from goldentime.envs.render.gl import describe; print(describe())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode == 0:
        return Finding("camera", "ok", f"OpenGL through EGL: {done.stdout.strip()}, moderngl {_version('moderngl')}")
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    advice = "apt-get install libegl1 libgl1-mesa-dri (Debian, Ubuntu); or options.backend=tiny, which is far slower"
    return Finding("camera", "note", f"cameras can't draw here: {last}", advice)


def _display() -> Finding:
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display or sys.platform in ("win32", "darwin"):
        return Finding("display", "ok", f"{display or sys.platform}: goldentime watch can open its window")
    return Finding("display", "note", "none (DISPLAY is not set)", "goldentime watch needs one; everything else does not")


def _fonts() -> Finding:
    advice = "signs need them: pip install 'goldentime[see]'"
    if find_spec("PIL") is None:
        return Finding("fonts", "note", "absent: pillow", advice)
    from goldentime.envs.signs import font_names

    found = font_names()
    korean = {"NanumGothic": "koreanize-matplotlib", "NotoSansKR": "pylopdf-fonts-ko"}
    absent = [package for name, package in korean.items() if name not in found]
    if absent:
        return Finding("fonts", "note", f"absent: {', '.join(absent)}; found: {', '.join(found) or 'none'}", advice)
    return Finding("fonts", "ok", f"{', '.join(found)}; pillow {_version('pillow')}")


def _opencv() -> Finding:
    # In a process of its own: a broken build takes the interpreter down with it.
    code = "import cv2; print(cv2.__version__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode == 0:
        return Finding("OpenCV", "ok", done.stdout.strip())
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return Finding("OpenCV", "note", last, "reading and detecting need it: pip install 'goldentime[see]'")


def _extra_train() -> Finding:
    absent = [name for name in ("torch", "stable_baselines3", "tensorboard") if find_spec(name) is None]
    if absent:
        return Finding(
            "train", "note", f"absent: {', '.join(absent)}", "for goldentime train: pip install 'goldentime[train]'"
        )
    return Finding("train", "ok", f"torch {_version('torch')}, stable-baselines3 {_version('stable-baselines3')}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


_CHECKS: tuple[Callable[[], Finding], ...] = (
    _python, _pybullet, _packages, _disk, _memory, _cores, _gl, _fonts, _opencv, _display, _extra_train
)  # fmt: skip

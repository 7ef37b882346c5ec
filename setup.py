"""Refuses to build where the result would be broken; everything else stands in pyproject.toml."""

import sys
from pathlib import Path

FOLDERS = ("baselines", "configs", "control", "envs", "eval", "missions", "perception")


def refuse(problem):
    """Stop with one readable error."""
    sys.exit(f"\nerror: goldentime cannot be built: {problem}\n")


def check_python():
    if sys.version_info[:2] != (3, 11):
        refuse(
            f"it needs Python 3.11, and this is {sys.version_info[0]}.{sys.version_info[1]} ({sys.executable}).\n"
            "PyBullet 3.2.7 has wheels up to Python 3.11 only: on a later version it is compiled, which takes\n"
            "long, and loses its NumPy images. Current NumPy and SciPy have left 3.10 and earlier behind."
        )


def check_links():
    package = Path(__file__).resolve().parent / "src" / "goldentime"
    broken = [name for name in FOLDERS if not (package / name).is_dir()]
    if broken:
        refuse(
            f"in {package} these are not folders: {', '.join(broken)}.\n"
            "They are symbolic links to the folders at the top of the repository, and this copy was made without\n"
            "support for links: the package would come out empty. Clone again with links on (on Windows: developer\n"
            "mode, and 'git clone -c core.symlinks=true'), or build in WSL."
        )


check_python()
check_links()

from setuptools import setup  # noqa: E402 (the checks come first)

setup()

"""`check_wheel.py ROOT WHEEL`: fail unless the wheel holds every file of the linked folders."""

import sys
import zipfile
from pathlib import Path


def expected(root: Path) -> set[str]:
    """The names, inside the wheel, of all files under src/goldentime and the folders linked there."""
    package = root / "src" / "goldentime"
    folders = [package, *(link for link in package.iterdir() if link.is_dir() and link.name != "__pycache__")]
    names = set()
    for folder in folders:
        pattern = "*" if folder == package else "**/*"
        for path in folder.glob(pattern):
            inside = path.relative_to(package)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            if path.is_file() and not hidden:
                names.add(f"goldentime/{inside.as_posix()}")
    return names


def main(root: str, wheel: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        present = set(archive.namelist())
    wanted = expected(Path(root))
    if missing := sorted(wanted - present):
        sys.exit("the wheel lacks these files (package-data in pyproject.toml?):\n  " + "\n  ".join(missing))
    print(f"==> the wheel holds all {len(wanted)} files of the source folders")


if __name__ == "__main__":
    main(*sys.argv[1:])

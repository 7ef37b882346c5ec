"""Catalogues of furniture as Sweet Home 3D has them: a zip archive with a list of models and the models as OBJ files."""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError

__all__ = ["DEBIAN_FOLDER", "Catalogue", "Entry", "open_catalogue"]

DEBIAN_FOLDER = Path("/usr/share/sweethome3d/furniture")
"""Where Debian's package `sweethome3d-furniture` puts its catalogues."""

_LIST = "PluginFurnitureCatalog.properties"
_MOST_BYTES = 64 * 2**20
"""Of one file in an archive."""
# The first that fits a model's name or tags; names as in `render.classes.CLASSES`.
_CLASSES = (
    ("furniture", r"\blamp"),  # for desks, tables or beds
    ("person", r"human|people|\bman\b|\bwoman\b|\bboy\b|\bgirl\b"),
    ("wheelchair", r"wheelchair"),
    ("motorcycle", r"motorcycle|motorbike|scooter"),
    ("bicycle", r"bicycle|\bbike\b"),
    ("car", r"\bcar\b|sedan|convertible"),
    ("fire_extinguisher", r"extinguisher"),
    ("hydrant", r"hydrant"),
    ("backpack", r"backpack"),
    ("suitcase", r"suitcase"),
    ("door", r"\bdoor\b"),
    ("bed", r"\bbed\b"),
    ("sofa", r"sofa|couch"),
    ("chair", r"chair|stool"),
    ("table", r"\btable\b|\bdesk\b"),
    ("shelf", r"shelf|shelves|bookcase"),
)


class Entry(NamedTuple):
    """One model of a catalogue."""

    name: str
    """Such as `scopia-bed1`."""
    title: str
    model: str
    """Path of the OBJ file in the archive."""
    size_m: tuple[float, float, float]
    """Width, depth and height."""
    rotation: NDArray[np.float64]
    """(3, 3) turns the model before it gets its size."""
    semantic: str
    creator: str


class Catalogue:
    """An open archive."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, listed: dict[str, str]) -> None:
        self._archive = archive
        self._files = {name.lower(): name for name in archive.namelist()}
        self.path = path
        self.name = listed.get("name", path.stem)
        self.licence = listed.get("license", "")
        self.entries, self.faults = _entries(listed)
        if not self.licence:
            raise ConfigError(f"{path}: the catalogue names no licence, so its models are not imported")

    def read(self, path: str) -> bytes | None:
        """A file of the archive, or None; letters' case doesn't matter.

        Raises:
            ConfigError: it is too large or damaged.
        """
        name = self._files.get(path.lstrip("/").lower())
        if name is None:
            return None
        size = self._archive.getinfo(name).file_size
        if size > _MOST_BYTES:
            raise ConfigError(f"{name}: expected at most {_MOST_BYTES >> 20} MiB, got {size >> 20}")
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise ConfigError(f"{self.path}: {name} can't be read ({error})") from None


def open_catalogue(path: Path) -> Catalogue:
    """Open a catalogue: a `.sh3f`, `.jar` or `.zip` file.

    Raises:
        ConfigError: no such file, no archive, no list of models in it, or no licence.
    """
    try:
        archive = zipfile.ZipFile(path)
        content = archive.read(_LIST)
    except KeyError:
        raise ConfigError(f"{path}: no furniture catalogue: it holds no {_LIST}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise ConfigError(f"{path}: can't be read as a catalogue ({error})") from None
    return Catalogue(path, archive, _properties(content))


def _properties(content: bytes) -> dict[str, str]:
    """Keys and values of a Java properties file, for which Latin-1 with `\\uXXXX` is laid down."""
    text = re.sub(r"\\\r?\n[ \t]*", "", content.decode("latin-1"))
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*([^#!\s=:][^\s=:]*)\s*[=:\s]\s*(.*)", line)
        if match:
            found[match[1]] = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), match[2]).strip()
    return found


def _entries(listed: dict[str, str]) -> tuple[list[Entry], list[str]]:
    entries, faults = [], []
    numbers = sorted(int(key.partition("#")[2]) for key in listed if re.fullmatch(r"model#\d+", key))
    for number in numbers:
        try:
            entries.append(_entry(listed, number))
        except ConfigError as error:
            faults.append(str(error))
    return entries, faults


def _entry(listed: dict[str, str], number: int) -> Entry:
    def text(key: str) -> str:
        return listed.get(f"{key}#{number}", "")

    name = re.sub(r"[^a-z0-9_]+", "-", (text("id") or f"{listed.get('id', 'model')}-{number}").lower()).strip("-")
    try:
        width, depth, height = (float(text(key)) / 100.0 for key in ("width", "depth", "height"))
        rotation = np.array([float(part) for part in (text("modelRotation") or "1 0 0 0 1 0 0 0 1").split()]).reshape(3, 3)
    except ValueError:
        raise ConfigError(f"{name}: expected numbers as width, depth, height and modelRotation") from None
    if not all(0.0 < side < 100.0 for side in (width, depth, height)):
        raise ConfigError(f"{name}: expected a width, depth and height of up to 100 m, got {width}, {depth} and {height}")
    about = " ".join(text(key) for key in ("name", "tags", "category")).lower()
    semantic = next((kind for kind, pattern in _CLASSES if re.search(pattern, about)), "furniture")
    return Entry(name, text("name"), text("model"), (width, depth, height), rotation, semantic, text("creator"))

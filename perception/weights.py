"""Files of networks' weights: safetensors in half precision, with what kind of network they are of."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from goldentime.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["read_weights", "require_networks", "weights_bytes"]


def require_networks(what: str) -> None:
    """Raise MissingDependencyError where what networks need is not installed."""
    if absent := [name for name in ("torch", "safetensors") if find_spec(name) is None]:
        raise MissingDependencyError(
            f"{what} needs {' and '.join(absent)}; install the extra: pip install 'goldentime[train]' "
            "(from a clone: pip install -e '.[train]')"
        )


def weights_bytes(kind: str, weights: "Mapping[str, Tensor]", notes: Mapping[str, str] | None = None) -> bytes:
    """Weights as one file's content, rounded to half precision.

    Args:
        kind: name and version of the network.
        weights: tensors by name.
        notes: what else is needed to build it.
    """
    from safetensors.torch import save

    small = {key: value.half().contiguous() if value.is_floating_point() else value for key, value in weights.items()}
    return _ordered(save(small, {"format": kind, **(notes or {})}))


def _ordered(content: bytes) -> bytes:
    """The same file with its notes in order: safetensors writes them in a random one, and equal weights shall be equal
    bytes. A file begins with the length of its header, 8 bytes little-endian, and the header, JSON padded with spaces."""
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[begin:]


def read_weights(path: Path, kind: str) -> "tuple[dict[str, Tensor], dict[str, str]]":
    """Weights in single precision, and the notes.

    Raises:
        ConfigError: the file is missing, or holds no weights of this kind.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            notes: dict[str, str] = file.metadata() or {}
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - the file is no mapping
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"{path}: expected weights of the kind {kind!r} ({error})") from None
    if notes.get("format") != kind:
        raise ConfigError(f"{path}: expected weights of the kind {kind!r}, got {notes.get('format')!r}")
    return {key: value.float() if value.is_floating_point() else value for key, value in weights.items()}, notes

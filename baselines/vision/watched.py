"""What was found in clips, kept in files, so that other ways of counting can be tried in seconds."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.vision.counter import Boxes, CounterConfig, Finder, Watched, read_frames, watch
from goldentime.files import write_atomic
from goldentime.records import canonical_json, dump

__all__ = ["read_watched", "watch_once", "watched_bytes"]


def watch_once(finder: Finder, weights: bytes, clip: Path, config: CounterConfig, cache: Path | None) -> Watched:
    """Watch a clip, or read what an earlier run with these weights and this way of looking has kept.

    Args:
        weights: the finder's checkpoint.
        clip: folder of its frames.
        cache: folder; None keeps nothing.
    """
    if cache is None:
        return watch(finder, read_frames(clip, config.every), config)
    parts = {key: value for key, value in dump(config).items() if key in ("every", "looks", "band", "zoom")}
    key = hashlib.sha256(weights + canonical_json(parts) + str(clip.resolve()).encode()).hexdigest()[:16]
    path = cache / f"{clip.name}-{key}.npz"
    if not path.is_file():
        write_atomic(path, watched_bytes(watch(finder, read_frames(clip, config.every), config)))
    return read_watched(path)


def watched_bytes(watched: Watched) -> bytes:
    """As one compressed NumPy archive."""
    found = [(step, boxes) for step, boxes in enumerate(watched.boxes) if boxes is not None]
    arrays: dict[str, Any] = {
        "size_px": np.array(watched.size_px),
        "categories": np.array(watched.categories),
        "motions": np.array([np.full((2, 3), np.nan) if motion is None else motion for motion in watched.motions]),
        "looked": np.array([step for step, _ in found]),
        "counts": np.array([len(boxes.score) for _, boxes in found]),
        "category": np.concatenate([boxes.category for _, boxes in found]),
        "score": np.concatenate([boxes.score for _, boxes in found]),
        "corners_px": np.concatenate([boxes.corners_px for _, boxes in found]),
        "looks": _stacked([boxes.looks for _, boxes in found if len(boxes.score)]),
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _stacked(looks: Sequence[NDArray[np.float32]]) -> NDArray[np.float16]:
    return np.concatenate(looks).astype(np.float16) if looks else np.zeros((0, 0), np.float16)


def read_watched(path: Path) -> Watched:
    """Back from its file."""
    with np.load(path) as data:
        held = dict(data)
    ends = np.cumsum(held["counts"])[:-1]
    parts = [np.split(held[name], ends) for name in ("category", "score", "corners_px", "looks")]
    boxes: list[Boxes | None] = [None] * len(held["motions"])
    for step, category, score, corners, looks in zip(held["looked"], *parts, strict=True):
        boxes[int(step)] = Boxes(category, score, corners, looks.astype(np.float32))
    motions = [None if np.isnan(motion).any() else motion for motion in held["motions"]]
    width, height = held["size_px"].tolist()
    return Watched((width, height), tuple(held["categories"].tolist()), motions, boxes)

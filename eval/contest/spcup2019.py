"""The 2019 IEEE Signal Processing Cup, search and rescue by sound: how many directions are within 10 degrees.

Deleforge et al. 2019, "Audio-based search and rescue with a drone: highlights from the IEEE Signal Processing Cup 2019
student competition", IEEE Signal Processing Magazine. Its files are MATLAB's: azimuth and elevation [deg] of a task, one
row per recording and one column per window, such as `static_azimuth`, `speech_azimuth`, `broadband_azimuth`. NaN in the
truth is a window that does not count, NaN in an answer a miss.
"""

import re
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.eval.score.aggregate import Figure, wilson
from goldentime.records import record

__all__ = ["Directions", "SpCupScore", "TaskScore", "directions_bytes", "read_directions", "score_spcup2019"]

_NEAR_DEG = 10.0
_NAME = re.compile(r"^(\w+)_azimuth$")
_HEAD = 116
"""Bytes of a MATLAB file's text, in which SciPy writes the time of day."""

Directions = dict[str, NDArray[np.float64]]
"""By task: (recordings, windows, 2) azimuth and elevation [deg]."""


@record
class TaskScore:
    """One task, such as `speech`."""

    windows: int
    near: Figure
    """Share of the windows whose direction is within 10 degrees of the truth, on the sphere, with Wilson's interval."""
    near_both: Figure
    """Share of those within 10 degrees in azimuth and in elevation."""
    median_deg: float
    """Of the angle on the sphere, where there is an answer; NaN without any."""
    mean_deg: float


@record
class SpCupScore:
    """All tasks."""

    points: int
    """Windows within 10 degrees, all tasks together."""
    windows: int
    tasks: dict[str, TaskScore]


def score_spcup2019(truth: Directions, answer: Directions) -> SpCupScore:
    """Compare an answer with the truth.

    Raises:
        ConfigError: the answer lacks a task, or has another number of recordings or windows.
    """
    tasks = {}
    for name, there in truth.items():
        said = answer.get(name)
        if said is None or said.shape != there.shape:
            got = "none" if said is None else f"{said.shape[0]}x{said.shape[1]}"
            expected = f"{there.shape[0]}x{there.shape[1]}"
            raise ConfigError(f"spcup2019: {name}_azimuth: expected {expected} directions as in the truth, got {got}")
        tasks[name] = _task(there, said)
    return SpCupScore(
        points=sum(round(task.near.mean * task.windows) for task in tasks.values()),
        windows=sum(task.windows for task in tasks.values()),
        tasks=tasks,
    )


def _task(truth: NDArray[np.float64], answer: NDArray[np.float64]) -> TaskScore:
    counts = ~np.isnan(truth).any(-1)
    there, said = truth[counts], answer[counts]
    n = len(there)
    if not n:
        raise ConfigError("spcup2019: expected a truth with directions, got none")
    azimuth_off = np.abs((said[:, 0] - there[:, 0] + 180.0) % 360.0 - 180.0)
    elevation_off = np.abs(said[:, 1] - there[:, 1])
    apart = _angles_deg(there, said)
    known = apart[~np.isnan(apart)]
    return TaskScore(
        windows=n,
        near=wilson(int((apart <= _NEAR_DEG).sum()), n),
        near_both=wilson(int(((azimuth_off <= _NEAR_DEG) & (elevation_off <= _NEAR_DEG)).sum()), n),
        median_deg=float(np.median(known)) if len(known) else float("nan"),
        mean_deg=float(known.mean()) if len(known) else float("nan"),
    )


def _angles_deg(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between directions (n, 2); NaN where one is."""
    x, y = _vectors(a), _vectors(b)
    apart: NDArray[np.float64] = np.degrees(2.0 * np.arctan2(np.linalg.norm(x - y, axis=1), np.linalg.norm(x + y, axis=1)))
    return apart


def _vectors(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    azimuth, elevation = np.radians(directions).T
    flat = np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], 1)


def directions_bytes(directions: Directions) -> bytes:
    """A MATLAB file, the same bytes at any time of day."""
    from scipy.io import savemat

    parts = {
        f"{name}_{part}": table[..., i]
        for name, table in directions.items()
        for i, part in enumerate(("azimuth", "elevation"))
    }
    buffer = BytesIO()
    savemat(buffer, parts)  # type: ignore[arg-type]  # it takes open files as well, its stubs do not
    return b"MATLAB 5.0 MAT-file".ljust(_HEAD) + buffer.getvalue()[_HEAD:]


def read_directions(path: Path) -> Directions:
    """Read a MATLAB file with pairs of `..._azimuth` and `..._elevation`.

    Raises:
        ConfigError: it can't be read, or holds no such pair.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        data = loadmat(path)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror or error})") from None
    except (ValueError, TypeError, NotImplementedError, MatReadError) as error:
        raise ConfigError(f"{path}: not a MATLAB file of version 5: {error}") from None
    found = {}
    for name in filter(None, map(_NAME.match, data)):
        azimuth, elevation = (_table(data.get(f"{name[1]}_{part}"), path, name[1]) for part in ("azimuth", "elevation"))
        if azimuth.shape != elevation.shape:
            raise ConfigError(f"{path}: {name[1]}: azimuth is {azimuth.shape}, elevation {elevation.shape}")
        found[name[1]] = np.stack([azimuth, elevation], -1)
    if not found:
        names = ", ".join(key for key in data if not key.startswith("__")) or "none"
        raise ConfigError(f"{path}: expected variables such as speech_azimuth and speech_elevation, got {names}")
    return found


def _table(value: object, path: Path, name: str) -> NDArray[np.float64]:
    table = np.asarray(value)
    if table.dtype.kind not in "fiu" or table.ndim != 2:
        raise ConfigError(f"{path}: {name}: expected tables of numbers for azimuth and elevation, got {table.dtype}")
    return table.astype(np.float64)

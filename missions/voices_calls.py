"""The calls of a scenario as the rules see them: who calls when, from where, how loud against the drone's own noise."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.sounds import Source, Waypoint
from goldentime.types import Vec3

__all__ = ["CALLS", "VOICES", "Bearing", "Call", "angle_between", "bearing_of", "call_detail", "calls_of", "direct_snr_db"]
__all__ += ["place_at"]

VOICES = ("man", "woman", "child")
CALLS = (*VOICES, "cough", "knock")
"""What can be reported."""
_NEAREST_M = 0.3


class Call(NamedTuple):
    """One utterance, in the mission frame."""

    number: int
    """In the order of the starts; of what is no call too, counted apart."""
    kind: str
    caller: int
    """Place of its source in `Scenario.sounds`."""
    start_s: float
    """When it leaves the mouth."""
    duration_s: float
    level_db: float
    """Sound pressure level at 1 m [dB re 20 uPa]."""
    at_m: Vec3
    """Where its source is in the middle of it."""
    speaker: str = ""
    sounding: int = 0
    """Place among its source's soundings."""

    @property
    def middle_s(self) -> float:
        """The time to which its direction belongs."""
        return self.start_s + 0.5 * self.duration_s


class Bearing(NamedTuple):
    """A call as it reaches the drone; mission frame."""

    azimuth_rad: float
    elevation_rad: float
    distance_m: float
    onset_s: float
    """When it begins to be heard."""


def calls_of(sounds: Sequence[Source], origin: Vec3, *, calls: bool) -> tuple[Call, ...]:
    """All calls of a scenario, or all else that is uttered."""
    found = []
    for place, source in enumerate(sounds):
        if source.calls == calls:
            for sounding, part in enumerate(source.soundings):
                middle = place_at(source.path, part.start_s + 0.5 * part.duration_s)
                at = (middle[0] - origin[0], middle[1] - origin[1], middle[2] - origin[2])
                row = (place, part.start_s, part.duration_s, part.level_db, at, source.speaker, sounding)
                found.append(Call(0, source.kind, *row))
    found.sort(key=lambda call: (call.start_s, call.caller))
    return tuple(call._replace(number=number) for number, call in enumerate(found))


def place_at(path: Sequence[Waypoint], time_s: float) -> Vec3:
    """Where a source is at a time."""
    before = path[0]
    for a, b in pairwise(path):
        if time_s <= b.time_s:
            share = min(max((time_s - a.time_s) / max(b.time_s - a.time_s, 1e-9), 0.0), 1.0)
            x, y, z = (p + share * (q - p) for p, q in zip(a.position, b.position, strict=True))
            return x, y, z
        before = b
    return before.position


def bearing_of(call: Call, drone_m: Vec3) -> Bearing:
    """A call as it is heard at a point of the mission frame."""
    x, y, z = (a - b for a, b in zip(call.at_m, drone_m, strict=True))
    distance_m = math.hypot(x, y, z)
    return Bearing(
        math.atan2(y, x), math.atan2(z, math.hypot(x, y)), distance_m, call.start_s + distance_m / SPEED_OF_SOUND_M_S
    )


def angle_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The angle [rad] between two directions of azimuth and elevation [rad]."""
    (p, s), (q, t) = a, b
    # Haversine formula: exact at small angles.
    half = math.sin(0.5 * (s - t)) ** 2 + math.cos(s) * math.cos(t) * math.sin(0.5 * (p - q)) ** 2
    return 2.0 * math.asin(min(math.sqrt(half), 1.0))


def direct_snr_db(call: Call, distance_m: float, noise_db: float) -> float:
    """Level of a call's direct sound at a distance, unhindered, over that of the noise there [dB].

    What was really heard, with walls and echoes, the sensor's `heard` events say.
    """
    return call.level_db - 20.0 * math.log10(max(distance_m, _NEAREST_M)) - noise_db


def call_detail(call: Call, bearing: Bearing, noise_db: float, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of a call: all that scores are sliced by.

    Args:
        noise_db: level of the noise at the microphones [dB].
        told: of the scenario, such as its place and reverberation time.
    """
    return {
        "thing": call.number,
        "kind": call.kind,
        "caller": call.caller,
        "sounding": call.sounding,
        "speaker": call.speaker,
        "azimuth_deg": round(math.degrees(bearing.azimuth_rad), 2),
        "elevation_deg": round(math.degrees(bearing.elevation_rad), 2),
        "distance_m": round(bearing.distance_m, 3),
        "snr_db": round(direct_snr_db(call, bearing.distance_m, noise_db), 2),
        "onset_s": round(bearing.onset_s, 3),
        "duration_s": round(call.duration_s, 3),
        **told,
    }

"""The real contest's third track, hearing: its answer and truth files, and how often the angle is right.

Known of it: stereo clips `t3_audio_0001.wav` and on, in each of which a voice calls from one of ten angles (0 to 180
degrees by 20) or nobody does (-1), the answer `{"track3_results": [{"id": 1, "angle": 40}, ...]}`, and that in 2020 the
speaker's gender was asked for too, in noise. Ours: that the truth has the answer's form under another key, that the gender
is a further key with the values `male` and `female` and is left out where nobody calls, that a missing clip counts as
nobody, and the figures.
"""

from pathlib import Path
from typing import Any, NamedTuple

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import check_clips, read_entries
from goldentime.eval.score.aggregate import Figure, wilson
from goldentime.files import pretty_json
from goldentime.records import record

__all__ = ["ANGLES", "ANSWER_KEY", "BIN_DEG", "NOBODY", "TRUTH_KEY", "Call", "Calls", "Track3Score"]
__all__ += ["calls_bytes", "nearest_bin", "read_calls", "score_track3"]

NOBODY = -1
BIN_DEG = 20
ANGLES = tuple(range(0, 181, BIN_DEG))
GENDERS = ("male", "female")
TRUTH_KEY, ANSWER_KEY = "track3_GT", "track3_results"


class Call(NamedTuple):
    """What is said of one clip."""

    angle: int = NOBODY
    """[deg] one of `ANGLES`, or -1."""
    gender: str = ""
    """`male`, `female`, or empty where it is not told."""


Calls = dict[int, Call]
"""By the clip's id, from 1."""


@record
class Track3Score:
    """How well an answer hears; shares with Wilson's 95 % intervals, None where there is nothing to count."""

    clips: int
    missing: tuple[int, ...]
    """Clips without an answer; they count as nobody."""
    exact: Figure
    """Share of all clips with the right angle, or rightly with nobody."""
    bin: Figure | None
    """Share of the clips with a voice whose angle is right."""
    silence: Figure | None
    """Share of the clips without a voice that were told so."""
    heard: Figure | None
    """Share of the clips with a voice in which one was heard at all."""
    bins_off: float | None
    """Mean distance from the right angle in bins of 20 degrees, of the voices that were heard."""
    gender: Figure | None
    """Share of the clips with a voice of known gender whose gender was told right."""
    both: Figure | None
    """Of these, share with the right angle too."""


def nearest_bin(angle_deg: float) -> int:
    """The contest's angle nearest to one in [0, 180]."""
    return round(min(max(angle_deg, 0.0), 180.0) / BIN_DEG) * BIN_DEG


def score_track3(truth: Calls, answer: Calls) -> Track3Score:
    """Compare an answer with the truth.

    Raises:
        ConfigError: the answer has clips that the truth does not have, or there is no truth.
    """
    check_clips("track3", truth, answer)
    pairs = [(call, answer.get(clip, Call())) for clip, call in sorted(truth.items())]
    voices = [pair for pair in pairs if pair[0].angle != NOBODY]
    silences = [pair for pair in pairs if pair[0].angle == NOBODY]
    heard = [(a, b) for a, b in voices if b.angle != NOBODY]
    gendered = [pair for pair in voices if pair[0].gender]
    off = [abs(a.angle - b.angle) / BIN_DEG for a, b in heard]
    return Track3Score(
        clips=len(pairs),
        missing=tuple(sorted(truth.keys() - answer.keys())),
        exact=wilson(sum(a.angle == b.angle for a, b in pairs), len(pairs)),
        bin=_share([a.angle == b.angle for a, b in voices]),
        silence=_share([b.angle == NOBODY for _, b in silences]),
        heard=_share([b.angle != NOBODY for _, b in voices]),
        bins_off=sum(off) / len(off) if off else None,
        gender=_share([a.gender == b.gender for a, b in gendered]),
        both=_share([a == b for a, b in gendered]),
    )


def _share(right: list[bool]) -> Figure | None:
    return wilson(sum(right), len(right)) if right else None


def calls_bytes(key: str, calls: Calls) -> bytes:
    """A file of calls, a truth or an answer."""
    return pretty_json({key: [{"id": clip, **_entry(call)} for clip, call in sorted(calls.items())]})


def _entry(call: Call) -> dict[str, Any]:
    return {"angle": call.angle} | ({"gender": call.gender} if call.gender else {})


def read_calls(path: Path, key: str) -> Calls:
    """Read a file of calls.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    return read_entries(path, key, _call, frozenset({"angle"}))


def _call(entry: dict[str, Any], where: str) -> Call:
    angle, gender = entry["angle"], entry.get("gender", "")
    if isinstance(angle, bool) or not isinstance(angle, int) or angle not in (NOBODY, *ANGLES):
        raise ConfigError(f"{where}.angle: expected one of 0, 20, ..., 180, or -1 for nobody, got {angle!r}")
    if gender not in ("", *GENDERS) or (gender and angle == NOBODY):
        raise ConfigError(f"{where}.gender: expected 'male' or 'female', and none where nobody calls, got {gender!r}")
    return Call(angle, gender)

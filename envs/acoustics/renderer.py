"""What microphones hear of sources in a level, step by step."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.early import Early
from goldentime.envs.acoustics.late import Feed, Reflections, Reverberation
from goldentime.envs.acoustics.paths import Way, ways_between
from goldentime.envs.acoustics.space import Space, room_at, space_of
from goldentime.envs.acoustics.step import Beam, Step
from goldentime.envs.acoustics.tail import onset_s
from goldentime.envs.level import OUTSIDE, Level
from goldentime.errors import ConfigError
from goldentime.rng import stream

__all__ = ["Renderer", "SignalChunk"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

Ways = dict[tuple[object, ...], Way]

_KNOT_S = 0.01
_LONGEST_S = 1.0
"""What is longer on its way is not heard."""


class SignalChunk(NamedTuple):
    """What one source gives off in one step."""

    key: Hashable
    """Tells sources apart and finds them again in the next step."""
    samples: NDArray[np.float32]
    """(n,) [Pa] sound pressure at 1 m in the free field."""
    start: Floats
    """(3,) [m] where it is at the beginning of the step, world ENU; it moves in a straight line."""
    end: Floats
    """(3,) [m] where it is at the end of the step."""


class _Track:
    """One source: what it gave off in the last second, where it was, and by which ways it was heard."""

    def __init__(self, past: int, corners: int, at: Floats) -> None:
        self.line: Floats32 = np.zeros(past, np.float32)
        self.points: Floats = np.tile(at, (corners, 1))
        """(h, 3) [m] where it was at `Renderer._corners`."""
        self.ways: Ways | None = None


class Renderer:
    """The sound at one array of microphones in one level; streaming.

    Its state is what is still on the way: the last second of each source, and the reverberation of the rooms. One object
    serves one array through one episode; time begins at the first step, before which all is silent. A source that is
    missing in a step is silent in it and stays where it was; what it gave off before still arrives.
    """

    def __init__(
        self,
        level: Level | Space,
        sample_rate_hz: int,
        *,
        order: int = 3,
        tail: bool = True,
        rng: np.random.Generator | None = None,
    ) -> None:
        """
        Args:
            level: its `rooms` and `openings`, its solids for what goes through walls; without rooms all is open air over
                the ground at z = 0. Or what `space_of` made of it.
            sample_rate_hz: of all signals.
            order: how many reflections of a path in a room are followed one by one, 0 for the direct path alone.
            tail: whether rooms reverberate after those.
            rng: draws the fine structure of reverberation; without it, it is always the same.

        Raises:
            ConfigError: a rate that is not positive or an order outside 0..8; rooms and openings that do not fit.
        """
        if sample_rate_hz <= 0 or not 0 <= order <= 8:
            raise ConfigError(
                f"acoustics: expected a sample rate > 0 and an order in 0..8, got {sample_rate_hz} and {order}"
            )
        self._space = level if isinstance(level, Space) else space_of(level)
        self._rate, self._order = sample_rate_hz, order
        self._early = Early(self._space, sample_rate_hz, order)
        self._reflections = Reflections(self._space, sample_rate_hz, order)
        drawn = stream(0, "acoustics.tail") if rng is None else rng
        self._reverberation = Reverberation(self._space, sample_rate_hz, order, drawn) if tail else None
        self._onsets = [onset_s(self._space, room, order) for room in range(len(self._space.size) - 1)]
        self._tracks: dict[Hashable, _Track] = {}
        self._past = int(_LONGEST_S * sample_rate_hz)
        self._corners = np.zeros(0)
        """(h,) [samples] beginnings and ends of the steps of the last second, counted from the end of the last."""

    def render(self, sources: Sequence[SignalChunk], mics_start: Floats, mics_end: Floats, n: int) -> NDArray[np.float32]:
        """The next n samples at the microphones.

        Args:
            sources: at most one chunk a key, each of n samples; silent ones may be left out.
            mics_start: (m, 3) [m] world positions at the beginning of the step.
            mics_end: (m, 3) [m] at its end; in between they move in straight lines.
            n: samples of this step, at least 1; may differ from step to step.

        Returns:
            (m, n) float32 [Pa]; sample i belongs to the time i / sample_rate_hz after the beginning of the step.

        Raises:
            ConfigError: shapes that do not fit.
        """
        mics_start, mics_end = np.asarray(mics_start, np.float64), np.asarray(mics_end, np.float64)
        self._check(sources, mics_start, mics_end, n)
        self._follow(sources, n)
        step = self._step(mics_start, mics_end, n)
        beams: list[Beam] = []
        feeds: dict[Hashable, Feed | None] = {}
        seen = self._seen(step)
        ear = step.mics[:, -1].mean(0)
        room = room_at(self._space, ear)
        for line, key in enumerate(step.keys):
            # What is heard of a source fades with its ways, in silence too.
            ways, before = self._ways(key, ear, room)
            feeds[key] = self._feed(ways, ear)
            if step.lines[line].any():
                beams += [
                    _beam(key, line, (before.get(k, way), way), step, seen[line], (float(k in before), float(k in ways)))
                    for k, way in (before | ways).items()
                ]
        heard = self._early.render(beams, step)
        heard = heard + self._reflections.render([beam for beam in beams if beam.fade[1] > 0.0], step)
        if self._reverberation is not None:
            heard += self._reverberation.render(feeds, step)
        return heard

    def _check(self, sources: Sequence[SignalChunk], mics_start: Floats, mics_end: Floats, n: int) -> None:
        if mics_start.ndim != 2 or mics_start.shape[1] != 3 or mics_start.shape != mics_end.shape or n < 1:
            raise ConfigError(
                f"acoustics: expected microphones (m, 3) twice and n >= 1, got {mics_start.shape}, {mics_end.shape}, {n}"
            )
        for chunk in sources:
            if np.shape(chunk.samples) != (n,) or np.shape(chunk.start) != (3,) or np.shape(chunk.end) != (3,):
                raise ConfigError(
                    f"acoustics: source {chunk.key!r}: expected ({n},) samples, start and end (3,), got "
                    f"{np.shape(chunk.samples)}, {np.shape(chunk.start)} and {np.shape(chunk.end)}"
                )
        if len({chunk.key for chunk in sources}) < len(sources):
            raise ConfigError(f"acoustics: expected one chunk a key, got {[chunk.key for chunk in sources]}")

    def _follow(self, sources: Sequence[SignalChunk], n: int) -> None:
        """Bring all tracks up to the end of the step; those that have nothing on the way any more are forgotten."""
        chunks = {chunk.key: chunk for chunk in sources}
        corners = self._corners - n
        gone = int(np.searchsorted(corners, -self._past - n)) // 2 * 2
        for key, chunk in chunks.items():
            if key not in self._tracks:
                self._tracks[key] = _Track(self._past, len(corners), np.asarray(chunk.start, np.float64))
        for key, track in list(self._tracks.items()):
            track.line = track.line[-self._past :]
            found = chunks.get(key)
            if found is None and not track.line.any():
                del self._tracks[key]
                continue
            start, end = (found.start, found.end) if found is not None else (track.points[-1], track.points[-1])
            dry = found.samples if found is not None else np.zeros(n)
            track.line = np.concatenate([track.line, np.asarray(dry, np.float32)])
            track.points = np.concatenate([track.points[gone:], [start, end]])
        self._corners = np.concatenate([corners[gone:], [-n, 0.0]])

    def _step(self, mics_start: Floats, mics_end: Floats, n: int) -> Step:
        step = -(-n // max(1, -(-n // max(1, round(_KNOT_S * self._rate)))))
        knots = np.minimum(np.arange(-(-n // step) + 1) * step, n)
        mics = mics_start[:, None] + (knots / n)[:, None] * (mics_end - mics_start)[:, None]
        lines = np.zeros((len(self._tracks), self._past + n + 1), np.float32)
        for line, track in zip(lines, self._tracks.values(), strict=True):
            line[:-1] = track.line
        return Step(tuple(self._tracks), lines, mics, knots)

    def _ways(self, key: Hashable, ear: Floats, room: int) -> tuple[Ways, Ways]:
        """The ways of a source at the end of the step and of the last one, by their keys."""
        track = self._tracks[key]
        ways = {way.key: way for way in ways_between(self._space, track.points[-1], ear, room)}
        if self._order == 0:
            # Without images none coincides.
            ways = {key: way._replace(baffle=np.ones_like(way.baffle)) for key, way in ways.items()}
        before, track.ways = track.ways, ways
        return ways, ways if before is None else before

    def _seen(self, step: Step) -> Floats:
        """(sources, k + 1, 3) [m] Where each source was when it gave off what reaches the microphones at the knots."""
        tracks = np.array([track.points for track in self._tracks.values()]).reshape(-1, len(self._corners), 3)
        time, ears = step.knots - float(step.samples), step.mics.mean(0)
        sound = SPEED_OF_SOUND_M_S / self._rate
        pace = (tracks[:, -1] - tracks[:, -2])[:, None] / step.samples
        away = tracks[:, -2, None] + pace * step.knots[:, None] - ears
        # For as long as it moves in a straight line: |away - pace * delay| = sound * delay.
        along, margin = (away * pace).sum(-1), np.maximum(sound**2 - (pace * pace).sum(-1), 0.1 * sound**2)
        delay = (np.sqrt(along**2 + margin * (away * away).sum(-1)) - along) / margin
        return _placed(tracks, self._corners, time - delay)

    def _feed(self, ways: Ways, ear: Floats) -> Feed | None:
        """What the best way gives to the reverberation of the room. It is not heard before the direct sound: a later start
        takes up the decay where it then would be (M. Barron and L.-J. Lee, J. Acoust. Soc. Am. 84 (1988) 618)."""
        way = next(iter(ways.values()), None)
        if way is None or way.room == OUTSIDE or not way.tail.any():
            return None
        direct_s = float(np.linalg.norm(way.point - ear)) / SPEED_OF_SOUND_M_S
        wait_s = max(direct_s - self._onsets[way.room], 0.0)
        gains = way.tail * 10.0 ** (-3.0 * wait_s / self._space.rt60_s[way.room])
        delay = round((way.extra_m / SPEED_OF_SOUND_M_S + wait_s) * self._rate)
        return Feed(way.room, tuple(gains.tolist()), delay)


def _placed(tracks: Floats, corners: Floats, times: Floats) -> Floats:
    """(s, k, 3) Places on tracks (s, h, 3) through corners at (h,) at times (s, k); before the first they stay there."""
    after = np.clip(np.searchsorted(corners, times), 1, len(corners) - 1)
    begin = corners[after - 1]
    share = np.clip((times - begin) / np.maximum(corners[after] - begin, 1.0), 0.0, 1.0)[..., None]
    row = np.arange(len(tracks))[:, None]
    placed: Floats = (1.0 - share) * tracks[row, after - 1] + share * tracks[row, after]
    return placed


def _beam(key: Hashable, line: int, ways: tuple[Way, Way], step: Step, seen: Floats, fade: tuple[float, float]) -> Beam:
    """A way in a step, from what it was at the beginning to what it is at the end."""
    old, way = ways
    share = step.knots / step.samples
    if way.from_source:
        points, extra = seen, np.zeros(len(share))
    else:
        points = old.point + share[:, None] * (way.point - old.point)
        extra = old.extra_m + share * (way.extra_m - old.extra_m)
    return Beam((key, way.key), line, way.room, points, extra, way.gains / way.baffle, fade, way.echoes)

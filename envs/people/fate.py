"""What becomes of everybody if nobody comes: the golden time, computed ahead from the air of the rooms over time."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import Fuel
from goldentime.envs.level import Level
from goldentime.envs.people.crowd import Crowd
from goldentime.envs.people.dose import DEADLY_DOSE
from goldentime.envs.people.person import Person
from goldentime.errors import ConfigError
from goldentime.types import FireState, PersonState

__all__ = ["Fate", "fate", "spared"]

Floats = NDArray[np.float64]

_STEP_S = 1.0


class Fate(NamedTuple):
    """How everybody fares up to a horizon; times [s] since the start of the episode."""

    time_s: Floats
    """(k,) every second."""
    fed: Floats
    """(k, people) dose of gas."""
    fed_heat: Floats
    """(k, people) dose of heat."""
    injury: Floats
    """(k, people) severity."""
    incapacitated_s: Floats
    """(people,) when they lose consciousness and can use no relief kit any more; inf if not before the horizon."""
    dead_s: Floats
    """(people,) the golden time: until then they must be helped; inf if they live at the horizon."""


def fate(
    people: Sequence[Person],
    level: Level,
    air: Iterable[tuple[float, FireState | None]],
    *,
    fuels: Sequence[Fuel] = (),
    hoods_s: Sequence[float] | None = None,
    horizon_s: float = 900.0,
) -> Fate:
    """Run everybody ahead without drones.

    Args:
        people: as the scenario has them.
        level: where they are.
        air: the state of the fire at growing times [s] since the start of the episode; each holds until the next, the last
            until the horizon. What is before the start only serves to tell the air at the start.
        fuels: as `Crowd` has them.
        hoods_s: when each puts on the hood of a relief kit, if they are awake then; inf for never. None: nobody does.
        horizon_s: how far ahead.

    Raises:
        ConfigError: not one time of `hoods_s` a person.
    """
    if hoods_s is not None and len(hoods_s) != len(people):
        raise ConfigError(f"fate: expected {len(people)} hoods_s, one a person, got {len(hoods_s)}")
    hoods = {i: time_s for i, time_s in enumerate(hoods_s or ()) if math.isfinite(time_s)}
    crowd, count = Crowd(people, level, fuels), max(math.ceil(horizon_s / _STEP_S), 0)
    times = np.minimum(_STEP_S * np.arange(count + 1), horizon_s)
    rows = [_row(crowd, crowd.read())]
    for (start_s, end_s), fire in zip(pairwise(times.tolist()), _held(air, times[:-1].tolist()), strict=True):
        for i in [i for i, time_s in hoods.items() if time_s <= start_s]:
            del hoods[i]
            crowd.give(i)
        rows.append(_row(crowd, crowd.step(end_s - start_s, fire)))
    table = np.array(rows, np.float64).reshape(len(times), 5, len(people))
    fed, heat, injury, conscious, living = np.moveaxis(table, 1, 0)
    return Fate(times, fed, heat, injury, _end(times, conscious), _end(times, living))


def spared(without: Fate, states: Sequence[PersonState], time_s: float) -> Floats:
    """(people,) By how much somebody's harm is smaller than if nobody had come, at a time.

    Harm is the worse of the two doses, in units of what incapacitates; of the dead, whatever they died of, the deadly dose.
    Negative for those whom help harmed, for example who followed a drone into smoke.

    Args:
        without: what would have become of all without help.
        states: how all are at that time.
        time_s: since the start of the episode; beyond the horizon the horizon counts.
    """
    place = min(int(np.searchsorted(without.time_s, time_s - 1e-9)), len(without.time_s) - 1)
    dose = np.maximum(without.fed[place], without.fed_heat[place])
    alone = np.where(without.dead_s <= without.time_s[place], DEADLY_DOSE, np.minimum(dose, DEADLY_DOSE))
    helped = [DEADLY_DOSE if s.condition == "dead" else min(max(s.fed, s.fed_heat), DEADLY_DOSE) for s in states]
    less: Floats = alone - np.array(helped, np.float64)
    return less


def _held(air: Iterable[tuple[float, FireState | None]], times_s: Sequence[float]) -> Iterator[FireState | None]:
    """The state at each of the times: the last that is not later."""
    samples = iter(air)
    now: FireState | None = None
    following = next(samples, None)
    for time_s in times_s:
        while following is not None and following[0] <= time_s:
            now = following[1]
            following = next(samples, None)
        yield now


def _row(crowd: Crowd, states: Sequence[PersonState]) -> tuple[tuple[float, ...], ...]:
    return (
        tuple(state.fed for state in states),
        tuple(state.fed_heat for state in states),
        crowd.injuries,
        tuple(float(awake) for awake in crowd.awake),
        tuple(float(state.condition != "dead") for state in states),
    )


def _end(times_s: Floats, well: Floats) -> Floats:
    """(people,) The first time at which they are not well any more."""
    over = well < 0.5
    ended: Floats = np.where(over.any(0), times_s[over.argmax(0)], np.inf)
    return ended

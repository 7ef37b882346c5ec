"""What it costs to write an episode down: a state of two drones alone, and with 12 people, 30 rooms, 20 fuels and 4 kits,
which a log keeps once a second only. A second of flight is 20 states."""

import sys
from collections.abc import Callable

import numpy as np

from benchmarks.measure import Bound, options, report, take_turns, timed
from goldentime.eval.log import EpisodeLog
from goldentime.types import DroneState, FireState, KitState, PersonState, WorldState

STATES_HZ = 20
SECONDS = 60
PEOPLE, ROOMS, FUELS, KITS = 12, 30, 20, 4

_STILL = (0.0, 0.0, 0.0)


def _states(*, whole: bool) -> list[WorldState]:
    drone = DroneState(_STILL, (0.0, 0.0, 0.0, 1.0), _STILL, _STILL, _STILL, (0.0,) * 4, 1.0, 16.0, (), 0.0)
    person = PersonState(_STILL, 0.0, "lying_side", "immediate", 0.4, 0.1, -3.0, False, "")
    fire = FireState(*[np.ones(ROOMS)] * (len(FireState._fields) - 1), fuels_w=np.ones(FUELS))
    found = []
    for tick in range(SECONDS * STATES_HZ):
        state = WorldState(tick / STATES_HZ, (drone, drone), ())
        if whole:
            state = state._replace(kits=(KitState(_STILL, _STILL, -1),) * KITS, people=(person,) * PEOPLE, fire=fire)
        found.append(state)
    return found


def _minute(states: list[WorldState]) -> Callable[[], None]:
    def run() -> None:
        log = EpisodeLog()
        for state in states:
            log.record(state, ())
        log.end("time_up")

    return run


def main() -> int:
    args = options(__doc__, rounds=15).parse_args()
    cases = {"drones alone": timed(_minute(_states(whole=False)), 5), "with all": timed(_minute(_states(whole=True)), 5)}
    # Once in twenty states the tables take a row; a row at each state would be some 30 times the time.
    bounds = [Bound("people, air, fuels and kits", "with all", "drones alone", at_most=4.0)]
    title = f"a minute of flight written down, {SECONDS * STATES_HZ} states"
    return 0 if report(title, take_turns(cases, args.rounds), bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())

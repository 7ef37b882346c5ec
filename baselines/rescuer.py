"""`Rescuer`: plays the rescue mission with on-board sensing.

It flies in through the door, maps each storey by lidar, looks into every room, puts whom it sees on a map, reports them
with the plate of their room, drops a relief kit beside those who sit or lie, climbs through stairwells, and comes home in
time.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.baselines.rescuer_ears import RescueEars, ears_of
from goldentime.baselines.rescuer_explore import indoors, next_view, outer_walls, shaft, unseen, walk_m
from goldentime.baselines.rescuer_findings import FIRE, PERSON, PLATE, Detects, Findings, Reads, Warms
from goldentime.baselines.rescuer_flight import SENSES, RescueFlight
from goldentime.baselines.rescuer_heat import HeatGuard
from goldentime.baselines.rescuer_help import Helper, kits_of
from goldentime.baselines.rescuer_others import Others
from goldentime.baselines.rescuer_reports import Teller
from goldentime.baselines.rescuer_storeys import Storeys
from goldentime.errors import ConfigError
from goldentime.perception.landmarks import Landmark
from goldentime.types import Brief

__all__ = ["Motion", "Rescuer"]

Floats = NDArray[np.float64]

_AIRBORNE_M = 0.25
_PACE = 0.5
"""Share of its speed while it reads a plate."""
_LOOK_S = 3.0
"""For so long it looks around on a storey before it finds that there is nothing to see."""
_WALL_M, _DEEP_M = 4.4, 0.8
"""The front is no nearer to the start; what is so far behind it has no sky over it."""
_NEAR_M, _HOME_M = 0.35, 0.5
_GOAL_S, _SOON_S, _DONE_M = 4.0, 0.8, 0.8
"""A goal is thought over again after so long, sooner if it is seen by now; around one that was reached, or can't be, there
is nothing more to see."""
_BACK_SHARE, _LANDING_S, _STOREY_S = 1.5, 15.0, 10.0
"""How much longer the way home takes than at full speed; what landing and what each storey take."""
_LEAST_CHARGE, _HOT_K = 0.25, 337.0
_HOT_M, _CALM_K, _COOL_K = 1.5, 324.0, 330.0
"""It is as hot as here so far around; how warm its hull may be when it looks into hot places again, and when it goes on
after it had to cool down."""
_FIRE_M = 0.7
"""So near to a fire it never flies."""
_PLATE_M = 9.0
_LOOKS, _LOST_S = 5, 3.0
"""So often it looks again when there seems to be nothing left to look for; and for how long it waits for a way home."""


class Motion(NamedTuple):
    """How to fly for a step."""

    velocity_m_s: Floats
    """(3,) in the mission frame."""
    turn_rad_s: float = 0.0
    release: bool = False


class Rescuer:
    """The reference agent of the rescue mission. Without a camera it only flies.

    Args:
        speed_m_s: in open space.
        turn_rad_s: how fast it looks around.
        detector: how it sees; the shipped detector if not given.
        reader: how it reads; the shipped reader if not given.
        warms: how it finds people in the dark; the shipped network if not given.
    """

    def __init__(
        self,
        speed_m_s: float = 1.1,
        turn_rad_s: float = 0.9,
        detector: Detects | None = None,
        reader: Reads | None = None,
        warms: Warms | None = None,
    ) -> None:
        self._speed_m_s, self._turn_rad_s = speed_m_s, turn_rad_s
        self._detector, self._reader, self._warms = detector, reader, warms

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: it is no rescue mission, or a sensor is missing.
        """
        sheet, sensors = report_sheet(brief), brief["sensors"]
        missing = sorted({*SENSES} - sensors.keys())
        if sheet is None or "building" not in brief or missing:
            raise ConfigError(f"agent rescuer, mission {brief['mission']}: expected a rescue with reports, lacks {missing}")
        self._brief, self._sheet, self._limit_s = brief, sheet, float(brief["time_limit_s"])
        self.flight = RescueFlight(brief, self._speed_m_s)
        plan, area_m, yaw_rad = self.flight.maps[0], brief["area_m"], float(brief["start_yaw_rad"])
        self._inside, self._covered = (indoors(plan, area_m, yaw_rad, m) for m in (_WALL_M, _WALL_M + _DEEP_M))
        for storey, one in enumerate(self.flight.maps):
            one.wall(outer_walls(one, area_m, yaw_rad, door=storey == 0))
        self._findings = self._eyes(sensors)
        self.ears: RescueEars | None = ears_of(brief)
        """None for a drone that hears nothing."""
        self.others = Others()
        self.teller = Teller(sheet, int(brief["reports"]["budget"]), self._plate_of, self.others)
        self.helper = Helper(kits_of(brief), "team" in brief)
        self._goal: Floats | None = None
        self._goal_s, self._airborne, self._homeward, self._landing = -math.inf, False, False, False
        self.finished = False
        """Whether it has nothing left to look for."""
        self.storeys = Storeys(self.flight, self.others)
        self._done: set[int] = set()
        self._again: set[int] = set()
        self._entered_s = self._landing_s = self._lost_s = 0.0
        self.looks = 0
        """How often it has begun to look again."""
        self._barred: set[int] = set()
        self._heat, self._hull_k, self._cooling = HeatGuard(), 0.0, False

    @property
    def _shunned(self) -> NDArray[np.bool_]:
        """Where holes in the ceiling are stairs that one need not look at."""
        return self._covered & (self.flight.storey not in self._again)

    @property
    def goal_m(self) -> Floats | None:
        """What it is about to look at, (2,); None while there is nothing."""
        return self._goal

    def look_afresh(self) -> None:
        """At everything that it has not seen itself, from now on."""
        self.finished = self._homeward = False
        self._done.clear()
        self._again.clear()
        for plan in self.flight.maps:
            plan.done[:] = plan.hot
        self._entered_s = self.flight.time_s

    def told_things(self, category: str) -> list[Landmark]:
        """Things of a category that it has reported."""
        if self._findings is None:
            return []
        return [mark for mark in self._findings.marks(category) if mark.number in self.teller.things]

    @property
    def place_m(self) -> Floats:
        """Where it thinks that it is, (3,) in the mission frame."""
        return self.flight.fix.position_m.copy()

    def _eyes(self, sensors: Mapping[str, Any]) -> Findings | None:
        if not {"camera", "depth"} <= sensors.keys():
            return None
        if self._detector is None:
            from goldentime.perception.detection import load_detector

            self._detector = load_detector()
        if self._reader is None:
            from goldentime.perception.reading import load_reader

            self._reader = load_reader()
        if self._warms is None and "thermal" in sensors:
            from goldentime.perception.warm_people import load_warm_people

            self._warms = load_warm_people()
        return Findings(sensors, self.flight.floors_m, self._detector, self._reader, self._warms)

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the flight, and a report if there is one to make."""
        self.perceive(observation)
        return self.answer(self.decide(observation))

    def perceive(self, observation: Mapping[str, NDArray[Any]]) -> None:
        """Take one observation in."""
        flight = self.flight
        look = flight.sense(observation)
        if self._findings is not None:
            self._findings.see(observation, look, flight.time_s, self.others.mates_m)
            self._avoid_fire()
        if self.ears is not None:
            found = self._findings.marks(PERSON) if self._findings is not None else []
            self.ears.listen(observation, flight.fix, [*found, *self.others.people.values()], self.others.mates_m)
        self._feel(observation)

    def decide(self, observation: Mapping[str, NDArray[Any]]) -> Motion:
        """What to do now."""
        self._release, self._turn = False, self._turn_rad_s
        must_return = self.must_return(observation)
        if self.finished and self.looks < _LOOKS and not must_return:
            self._look_again()
        self._homeward |= must_return
        # Out where it is cool; when it has cooled down it goes on.
        self._cooling = self._hull_k > (_COOL_K if self._cooling else _HOT_K)
        if self._cooling:
            self._heat.refuge_m = None
        self.flight.hurried = self._homeward or self._cooling
        velocity = self._fly()
        return Motion(velocity, self._turn, self._release)

    def _look_again(self) -> None:
        """What was in the way may be gone, and some ways are narrow; then one storey farther down."""
        self.looks += 1
        self.look_afresh()
        for storey, plan in enumerate(self.flight.maps):
            self.flight.squeeze(storey)
            if self._hull_k < _CALM_K:
                # It may have cooled down since.
                plan.hot[:] = plan.done[:] = False
        if self.looks > 1 and self.flight.storey:
            self._done.add(self.flight.storey)
            self.storeys.target = self.flight.storey - 1

    def answer(self, motion: Motion, *, heard: bool = True) -> dict[str, Any]:
        """The action.

        Args:
            motion: how to fly.
            heard: whether a report would be.
        """
        last = self._landing or self._time_left_s() < 8.0
        telling = self._findings if heard else None
        report = self.teller.next(telling, self.flight.time_s, last=last) if telling is not None else None
        command = self.flight.command(motion.velocity_m_s, motion.turn_rad_s)
        action = {"motion": command, "report": report or no_report(self._sheet)}
        if "release" in self._brief["action"]:
            action["release"] = int(motion.release)
        return action | no_message(self._brief)

    def _feel(self, observation: Mapping[str, NDArray[Any]]) -> None:
        """Where it gets too hot there is nothing to look for."""
        flight = self.flight
        if "thermometer" not in observation:
            return
        place, hull_k = flight.fix.position_m, float(observation["thermometer"][0])
        self._hull_k = hull_k
        if self._heat.feel(hull_k, place, flight.storey, flight.time_s) and not self._cooling:
            assert self._heat.refuge_m is not None
            flight.map.hot |= flight.map.ahead(place, self._heat.refuge_m, _HOT_M)
            flight.map.done |= flight.map.ahead(place, self._heat.refuge_m, _HOT_M + 1.5)
            self._goal = None
            self.helper.leave()

    def _time_left_s(self) -> float:
        return self._limit_s - float(self.flight.time_s)

    def must_return(self, observation: Mapping[str, NDArray[Any]]) -> bool:
        """Whether time or battery leave no more than the way home."""
        flight = self.flight
        gate = self.storeys.shafts.get(flight.storey - 1, self.flight.home_m) if flight.storey else self.flight.home_m
        cost_m = flight.cost_m(gate)
        if not math.isfinite(cost_m):
            cost_m = 1.5 * float(np.hypot(*(flight.fix.position_m[:2] - gate)))
        if flight.storey:
            cost_m += 1.5 * float(np.hypot(*(gate - flight.home_m)))
        need_s = _BACK_SHARE * cost_m / self._speed_m_s + _LANDING_S + _STOREY_S * flight.storey
        charge = float(observation["battery"][0]) if "battery" in observation else 1.0
        return self._time_left_s() < need_s or charge < _LEAST_CHARGE

    def _avoid_fire(self) -> None:
        """Fires that are surely there are never flown near to."""
        assert self._findings is not None
        for mark in self._findings.marks(FIRE, 3):
            if mark.number not in self._barred:
                self._barred.add(mark.number)
                plan = self.flight.maps[self.flight.storey_of(mark.position_m)]
                plan.bar(mark.position_m, _FIRE_M)
                plan.done |= plan.disc(mark.position_m, _FIRE_M + 1.0)

    def _plate_of(self, place_m: Floats) -> str:
        """What the plate says from which the way to a place is shortest."""
        if self._findings is None:
            return ""
        storey_of, down_m = self.flight.storey_of, np.array((0.0, 0.0, 1.0))
        storey = storey_of(place_m)
        plates = [mark for mark in self._findings.marks(PLATE) if storey_of(mark.position_m - down_m) == storey]
        away = walk_m(self.flight.maps[storey], place_m, [mark.position_m for mark in plates]) if plates else []
        near = [(length, mark.number, mark) for length, mark in zip(away, plates, strict=True) if length < _PLATE_M]
        return self._findings.text(min(near)[2]) if near else ""

    def _fly(self) -> Floats:
        flight = self.flight
        if not self._airborne:
            self._airborne = abs(flight.fix.position_m[2] - flight.level_m) < _AIRBORNE_M
            self._turn, self._entered_s = 0.0, flight.time_s
            return flight.hold()
        if self._homeward or self._cooling:
            return self._go_home()
        if self._heat.refuge_m is not None and self.storeys.target is None:
            if not self._at(self._heat.refuge_m) and not flight.stuck:
                return flight.go(self._heat.refuge_m)
            self._heat.refuge_m = None
        serving = self.helper.serve(flight, self._people())
        if serving is not None:
            self._turn = serving.turn_rad_s if serving.turn_rad_s is not None else self._turn
            self._release = serving.release
            return serving.velocity_m_s
        self.storeys.head_for(self.helper.storeys(self.flight, self._people()))
        return self._explore()

    def _explore(self) -> Floats:
        flight = self.flight
        if self.storeys.target is not None:
            return self._change()
        if self._stale():
            if self._goal is not None and (flight.stuck or self._at(self._goal)):
                flight.map.done |= flight.map.disc(self._goal, _DONE_M)
            self._goal, self._goal_s = (
                next_view(flight.map, flight.field(), self._worth_seeing()),
                flight.time_s,
            )
        if self._goal is None:
            if flight.time_s - self._entered_s > _LOOK_S:
                self._next_storey()
            return flight.hold()
        doubtful = self._findings and self._findings.doubtful(flight.time_s)
        plate = self._findings and self._findings.unread(flight.fix.position_m, flight.time_s)
        interest = doubtful or plate
        self._turn = flight.gaze_rad_s(interest.position_m if interest else self._goal)
        return flight.hold() if doubtful else flight.go(self._goal) * (_PACE if plate else 1.0)

    def _stale(self) -> bool:
        """Whether the goal has to be thought over."""
        flight, goal = self.flight, self._goal
        if goal is None or flight.stuck or self._at(goal) or not math.isfinite(flight.cost_m(goal)):
            return True
        x, y = flight.map.index(goal[None])[0].tolist()
        since_s = flight.time_s - self._goal_s
        return since_s > _GOAL_S or (since_s > _SOON_S and not self._worth_seeing()[x, y])

    def _worth_seeing(self) -> NDArray[np.bool_]:
        plan = self.flight.map
        return unseen(plan, self._inside, self._shunned) & ~self.others.left(self.flight.storey, plan)

    def _people(self) -> dict[int, Landmark]:
        """All who were found whom it is to help."""
        found, mine = {**self.others.people, **self.teller.told}, self.others.mine
        return found if mine is None else {number: mark for number, mark in found.items() if number in mine}

    def _at(self, place_m: Floats) -> bool:
        return float(np.hypot(*(place_m - self.flight.fix.position_m[:2]))) < _NEAR_M

    def _next_storey(self) -> None:
        """All of this one is seen: up if there is a way, else home."""
        flight = self.flight
        self._done.add(flight.storey)
        if flight.storey + 1 < len(flight.floors_m) and flight.storey + 1 not in self._done:
            hole = shaft(flight.map, self._covered)
            if hole is not None:
                self.storeys.shafts[flight.storey] = hole
            if hole is not None or self.storeys.knows_way_up(flight.storey):
                self.storeys.target = flight.storey + 1
                return
            if flight.storey not in self._again:
                # Once more, and on the stairs too.
                self._again.add(flight.storey)
                flight.map.done[:] = flight.map.hot
                return
        self.finished = self._homeward = True

    def _change(self) -> Floats:
        """To the next storey up or down."""
        before = self.flight.storey
        change = self.storeys.change()
        if change.upright:
            self._turn = 0.0
        if change.over:
            self._goal = None
            if self.flight.storey != before:
                self._entered_s = self.flight.time_s
        return change.velocity_m_s

    def _go_home(self) -> Floats:
        flight = self.flight
        if self._landing:
            self._turn = 0.0
            return flight.sink() if flight.time_s - self._landing_s > 2.5 else flight.hold()
        level = abs(flight.fix.position_m[2] - flight.level_m) < 0.5
        if self.storeys.target is not None and self.storeys.target > flight.storey and level:
            self.storeys.target = None
        if self.storeys.target is not None:
            return self._change()
        if flight.storey:
            self.storeys.target = flight.storey - 1
            return flight.hold()
        if float(np.hypot(*(flight.fix.position_m[:2] - flight.home_m))) < _HOME_M:
            if not self._homeward:
                return flight.hold()
            self._landing, self._landing_s = True, flight.time_s
            return flight.hold()
        lost = not math.isfinite(flight.cost_m(flight.home_m))
        self._lost_s = self._lost_s + flight.dt_s if lost else 0.0
        if self._lost_s > _LOST_S:
            self._lost_s = 0.0
            flight.squeeze(flight.storey)
        return flight.go(flight.home_m)

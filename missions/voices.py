"""Voices: hover in a field, a room, a floor or a street and report each call for help: who, from where, since when.

`Scenario.sounds` holds all that is to be heard; those who call have `calls`. `Scenario.task` holds, in the world frame,
`origin`, `start_yaw` and `route`, and besides `place`, `difficulty`, `ground_m`, `noise_db` (of the drone's own noise in
hover at its microphones) and `rt60_s` (reverberation time where it starts).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from goldentime.control.frames import yaw_of
from goldentime.envs.acoustics.sounds import Source
from goldentime.envs.airframe import load_airframe
from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.errors import ConfigError
from goldentime.missions.registry import mission
from goldentime.missions.search_flight import Flight, FlightEvent, Limits, judge_flight
from goldentime.missions.search_ledger import Ledger, ReportCosts
from goldentime.missions.search_place import local, place_brief
from goldentime.missions.voices_calls import CALLS, VOICES, Call, calls_of
from goldentime.missions.voices_cast import CastConfig, Scale, cast
from goldentime.missions.voices_levels import hover_noise_db
from goldentime.missions.voices_place import PlaceConfig, Stand, draw_stand, rt60_s
from goldentime.missions.voices_rules import KINDS, Agreed, Book, Facts, hear_call, judge_report
from goldentime.records import dump, record
from goldentime.types import Event, Vec3, WorldState

__all__ = ["Voices", "VoicesConfig"]

COMPLETE = "complete"
"""All calls are over and were found; ends the episode."""


@record
class VoicesConfig:
    """Which places, who calls, and what is agreed."""

    difficulty: float = 0.5
    """In [0, 1], from an open, quiet field to hard rooms at -10 dB."""
    place: PlaceConfig = PlaceConfig()
    cast: CastConfig = CastConfig()
    agreed: Agreed = Agreed()
    costs: ReportCosts = ReportCosts()
    kinds: tuple[str, ...] = KINDS[1:]
    """What can be reported."""
    reports: int = 60
    """The budget."""
    airframe: str = "scout"
    time_limit_s: float = 45.0
    crash_m_s: float = 3.0
    """A contact that changes the velocity along its normal by more within one step is a crash."""


class _Progress(NamedTuple):
    facts: Facts
    limits: Limits
    due: tuple[Call, ...]
    """Calls whose middle is still to come, by its time."""
    book: Book
    flight: Flight = Flight(airborne=True)


@mission("voices", VoicesConfig)
@dataclass(frozen=True)
class Voices:
    """Report each call, once: its direction and onset, its kind, and its place if that is known."""

    config: VoicesConfig

    def __post_init__(self) -> None:
        """Refuse what can't be played."""
        c = self.config
        if not 0.0 <= c.difficulty <= 1.0 or c.reports < 1 or c.time_limit_s < 10.0:
            got = f"{c.difficulty:g}, {c.reports} and {c.time_limit_s:g}"
            raise ConfigError(
                f"voices.scenario: expected difficulty in [0, 1], reports >= 1, time_limit_s >= 10, got {got}"
            )
        if unknown := sorted({*c.kinds} - {*KINDS[1:]}):
            raise ConfigError(f"voices.scenario.kinds: expected some of {', '.join(KINDS[1:])}, got {', '.join(unknown)}")

    @property
    def report(self) -> ReportSchema:
        """Kinds, a bearing, and a place if it is known."""
        return ReportSchema(kinds=(KINDS[0], *self.config.kinds), bearing=True)

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw a place and who calls in it."""
        c = self.config
        stand = draw_stand(c.place, c.difficulty, c.cast.callers, rng)
        noise_db = hover_noise_db(c.airframe)
        sounds = cast(c.cast, stand, Scale(c.difficulty, noise_db, c.time_limit_s), rng)
        scene = stand.scene
        return Scenario(
            mission="voices",
            level=stand.level,
            drones=(DroneSpec(airframe=c.airframe, position=stand.start, yaw=stand.yaw),),
            props=scene.props if scene else (),
            signs=scene.signs if scene else (),
            flames=scene.flames if scene else (),
            smoke=scene.smoke if scene else None,
            sounds=sounds,
            time_limit_s=c.time_limit_s,
            task=_task(stand, c.difficulty, noise_db),
        )

    def sheet(self, scenario: Scenario) -> Sheet:
        """Where it begins, where rescuers are and how long it takes are told; not how many call."""
        c, task = self.config, scenario.task
        brief = {
            **place_brief(scenario),
            "start_height_m": round(scenario.drones[0].position[2] - task["origin"][2], 4),
            "crew_m": [list(local(task, source.path[0].position)) for source in scenario.sounds if _is_crew(source)],
            "reports": {"budget": c.reports, **dump(c.agreed), "costs": dump(c.costs)},
        }
        calls = calls_of(scenario.sounds, task["origin"], calls=True)
        facts = {
            "things": float(len(calls)),
            "callers": float(len({call.caller for call in calls})),
            "kinds": float(bool({*c.kinds} & {*CALLS})),
            "places": float(c.agreed.places),
            "time_limit_s": scenario.time_limit_s,
        }
        return Sheet(brief, facts)

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing heard yet."""
        c, task = self.config, scenario.task
        x, y, z = task["origin"]
        calls = calls_of(scenario.sounds, (x, y, z), calls=True)
        talk = tuple(call for call in calls_of(scenario.sounds, (x, y, z), calls=False) if call.kind in KINDS)
        told = {"place": task["place"], "rt60_s": task["rt60_s"]}
        facts = Facts(calls, talk, c.agreed, c.costs, (x, y, z), task["noise_db"], told)
        lower, upper = scenario.level.bounds
        ground_m = task["ground_m"] + 0.5 * load_airframe(c.airframe).hull_height_m
        limits = Limits(lower, upper, ground_m, scenario.time_limit_s, c.crash_m_s)
        due = tuple(sorted(calls, key=lambda call: call.middle_s))
        return _Progress(facts, limits, due, Book(Ledger(c.reports)))

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """Calls that have come, the report, if there is one, then the flight."""
        events: list[Event] = []
        facts, book, due, now = progress.facts, progress.book, progress.due, after.time_s
        while due and due[0].middle_s <= now:
            book, event = hear_call(facts, book, due[0], now, *_drone(facts, after))
            due = due[1:]
            events.append(event)
        for report in reports:
            if report is not None:
                book, more = judge_report(facts, book, report, now, _drone(facts, after)[0])
                events += more
        flight, end = judge_flight(progress.flight, progress.limits, before, after, events)
        if end is None and not due and len(book.ledger.found) == len(facts.calls):
            end = COMPLETE
            events.append(Event(now, end, 0))
        if book is not progress.book or flight is not progress.flight:
            progress = progress._replace(book=book, due=due, flight=flight)
        return Verdict(progress, events, end, end == FlightEvent.TIME_UP)


def _is_crew(source: Source) -> bool:
    """Whether it is a rescuer who talks; the command post knows where they are."""
    return source.kind in VOICES and not source.calls


def _task(stand: Stand, difficulty: float, noise_db: float) -> dict[str, Any]:
    x, y, _ = stand.start
    return {
        "origin": [x, y, stand.ground_m],
        "start_yaw": stand.yaw,
        "route": [list(point) for point in stand.route],
        "place": stand.place,
        "difficulty": difficulty,
        "ground_m": stand.ground_m,
        "noise_db": round(noise_db, 2),
        "rt60_s": round(rt60_s(stand.level, stand.start), 3),
    }


def _drone(facts: Facts, state: WorldState) -> tuple[Vec3, float]:
    """Where the drone is in the mission frame, and where its nose points [rad]."""
    drone, (a, b, c) = state.drones[0], facts.origin
    x, y, z = drone.position_m
    return (x - a, y - b, z - c), yaw_of(drone.quaternion_xyzw)

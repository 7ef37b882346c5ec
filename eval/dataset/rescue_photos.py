"""Photos of a rescue as people on the ground take them: of rooms, of somebody in a room, of casualties with triage tags."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import OUTSIDE, Point
from goldentime.envs.people.cast import PeopleConfig, Spot, draw_people
from goldentime.envs.people.looks import start_of
from goldentime.envs.people.triage import start_triage, vitals_of
from goldentime.envs.render.content import instances
from goldentime.envs.render.frame import Frame, View
from goldentime.envs.render.photos import TRIAL, TURNS, Lens, aimed, shot
from goldentime.envs.scenario import Scenario
from goldentime.envs.scenes.proof import boxes_of, clearance_m
from goldentime.errors import ScenarioError
from goldentime.eval.contest.sheet2021 import TAGS
from goldentime.eval.dataset.detection import jpeg, process_renderer
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["PhotoConfig", "TriagePhoto", "room_photo", "triage_photo"]

Rng = np.random.Generator

_PLACES, _TRIES = 3, 60
_HAND_M = 1.3
"""How high a photo of a room is taken."""
_CELL_M, _CELLS = 2.1, (4, 3)
"""Places of casualties before the door: how far apart, and how many along and away from the wall."""
_CLEAR_M = 0.35


@record
class PhotoConfig:
    """Size of photos, and what counts on them; the real ones' are unknown, these are ours."""

    width: int = 960
    height: int = 720
    fov_deg: float = 65.0
    quality: int = 90
    least_tag_px: int = 80
    """Of a tag that counts; photos on which one shows less, but not nothing, are not taken."""
    casualties: tuple[int, int] = (2, 8)
    untagged: float = 0.1
    """Share of the casualties without a tag."""

    @property
    def lens(self) -> Lens:
        """What it is taken with."""
        return Lens(self.width, self.height, self.fov_deg)


class TriagePhoto(NamedTuple):
    """A photo and its truth."""

    jpeg: bytes
    counts: tuple[int, int, int, int]
    """Tags in the order of `TAGS`."""


def _shot(scenario: Scenario, state: WorldState, view: View) -> Frame:
    return shot(process_renderer(), scenario, state, view)


def room_photo(
    scenario: Scenario, state: WorldState, nodes: Sequence[Point], floor_m: float, config: PhotoConfig, rng: Rng
) -> bytes:
    """A photo of a room from one of some places in it, of that part of it where most things are."""
    kinds = instances(scenario)
    things = np.array([one.kind in ("prop", "person", "sign") for one in kinds])
    trial = config.lens._replace(width=TRIAL[0], height=TRIAL[1])
    best, most = None, -1.0
    for place in rng.permutation(len(nodes)).tolist()[:_PLACES]:
        eye, turn = (nodes[place][0], nodes[place][1], floor_m + _HAND_M), float(rng.uniform(-math.pi, math.pi))
        for yaw in np.linspace(turn, turn + 2.0 * math.pi, TURNS, endpoint=False).tolist():
            target = (eye[0] + math.cos(yaw), eye[1] + math.sin(yaw), eye[2] - 0.15)
            frame = _shot(scenario, state, aimed(trial, eye, target))
            shown = np.sqrt(np.bincount(frame.instance.ravel(), minlength=len(kinds))[things])
            # Many things, none of which fills the picture.
            worth = (1.0 + float(np.minimum(shown, 12.0).sum())) * min(float(np.median(frame.depth)), 2.5)
            if worth > most:
                best, most = (eye, target), worth
    assert best is not None, "a room has a place"
    return jpeg(_shot(scenario, state, aimed(config.lens, *best)).rgb, config.quality)


def triage_photo(scenario: Scenario, config: PhotoConfig, rng: Rng) -> TriagePhoto:
    """Casualties laid out before the door, each tagged after START, from somewhere around them.

    Raises:
        ScenarioError: there is no room for them, or no view that shows each tag well or not at all.
    """
    staged = _laid_out(scenario, config, rng)
    now = [
        start_of(p)._replace(
            tag=start_triage(vitals_of(p.injury, 0.0, p.mobility)) if rng.random() >= config.untagged else ""
        )
        for p in staged.people
    ]
    state = WorldState(0.0, (), (), people=tuple(now))
    numbers = [i for i, one in enumerate(instances(staged)) if one.kind == "tag"]
    middle = np.mean([p.position for p in staged.people], axis=0)
    boxes = boxes_of(staged.level.solids)
    for _ in range(_TRIES):
        turn, away = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(2.5, 5.5))
        offset = np.array([away * math.cos(turn), away * math.sin(turn), float(rng.uniform(1.6, 3.2))])
        x, y, z = (middle + offset).tolist()
        if clearance_m(np.array([(x, y, z)]), boxes)[0] < _CLEAR_M:
            continue
        a, b, c = (middle + rng.uniform(-1.0, 1.0, 3) * (1.0, 1.0, 0.2)).tolist()
        frame = _shot(staged, state, aimed(config.lens, (x, y, z), (a, b, c)))
        areas = np.bincount(frame.instance.ravel(), minlength=numbers[-1] + 1)[numbers]
        shown = [one.tag for one, area in zip(now, areas.tolist(), strict=True) if one.tag and area >= config.least_tag_px]
        if shown and not ((areas > 0) & (areas < config.least_tag_px)).any():
            counts = [shown.count(tag) for tag in TAGS]
            return TriagePhoto(jpeg(frame.rgb, config.quality), (counts[0], counts[1], counts[2], counts[3]))
    raise ScenarioError("photo: found no view of the casualties that shows each tag well or not at all")


def _laid_out(scenario: Scenario, config: PhotoConfig, rng: Rng) -> Scenario:
    """The scenario with its people replaced by casualties in rows before the door."""
    ground, door = scenario.task["origin"], scenario.task["start_yaw"]
    ahead, left = np.array([math.cos(door), math.sin(door)]), np.array([-math.sin(door), math.cos(door)])
    free = _free_cells(scenario, np.array(ground), ahead, left, rng)
    least, most = config.casualties
    if len(free) < least:
        raise ScenarioError(f"photo: expected room for {least} casualties before the door, found it for {len(free)}")
    states = {"well": 0.3, "hurt": 0.4, "senseless": 0.18, "dead": 0.12}
    count = int(rng.integers(least, min(most, len(free)) + 1))
    cast = PeopleConfig(
        count=(count, count), rescuers=0.0, behaviours={"stays": 1.0},
        states=states,  # type: ignore[arg-type]  # keys of a literal
    )  # fmt: skip
    people = draw_people([Spot(OUTSIDE, place) for place in free], scenario.level, cast, rng)
    turned = tuple(replace(p, yaw=round(door + float(rng.uniform(-0.4, 0.4)), 3)) for p in people)
    return replace(scenario, people=turned, sounds=())


def _free_cells(
    scenario: Scenario, ground: NDArray[np.float64], ahead: NDArray[np.float64], left: NDArray[np.float64], rng: Rng
) -> list[Point]:
    boxes, found = boxes_of(scenario.level.solids), []
    lower, upper = (np.array(corner) for corner in scenario.level.bounds)
    for i in range(_CELLS[0]):
        for j in range(_CELLS[1]):
            aside = (i - 0.5 * (_CELLS[0] - 1)) * _CELL_M
            flat = ground[:2] + aside * left - (j * _CELL_M - 0.5) * ahead + rng.uniform(-0.2, 0.2, 2)
            body = np.array([[*(flat + k * 0.5 * ahead), ground[2] + 0.5] for k in (-1, 0, 1)])
            inside = ((body > lower + 0.3) & (body < upper - 0.3)).all()
            if inside and clearance_m(body, boxes).min() >= 0.35:
                x, y = flat.tolist()
                found.append((x, y, float(ground[2])))
    return found

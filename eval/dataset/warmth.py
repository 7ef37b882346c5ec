"""Thermal pictures of people in burning buildings, with what a drone knows beside them: how far and how high things are."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.people.cast import PeopleConfig
from goldentime.envs.render.content import instances
from goldentime.envs.render.frame import View, make_frame
from goldentime.envs.render.photos import look
from goldentime.envs.scenario import Scenario
from goldentime.envs.surroundings import Surroundings
from goldentime.eval.dataset.card import card_text, table
from goldentime.eval.dataset.detection import process_renderer
from goldentime.eval.dataset.rescue_flight import stage_of
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.files import write_atomic
from goldentime.missions.rescue_place import RescueConfig, Site, draw_site
from goldentime.perception.sighting import Eye, Look
from goldentime.perception.warm_people import heights_m
from goldentime.records import record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["WARMTH", "WarmthConfig", "read_warmth"]

Rng = np.random.Generator

_LYING, _LOW = ("lying_back", "lying_side"), ("sitting", "crouching")
_LEVEL_M = 0.2
"""How far above or below the drone's own level at most it looks for somebody's storey."""


def _rescue() -> RescueConfig:
    people = PeopleConfig(count=(7, 12), states={"well": 0.4, "hurt": 0.35, "senseless": 0.15, "dead": 0.1})
    return RescueConfig(people=people)


@record
class WarmthConfig:
    """What is taken; pairs are the least and the most."""

    n: int = 120
    """Buildings."""
    views: int = 150
    """Pictures of each."""
    moments: int = 12
    """At so many times of each fire."""
    seed: int = 0
    pool: str = "train"
    """`train` or `test`: they share no figure."""
    width: int = 80
    height: int = 60
    fov_deg: float = 57.0
    pitch_deg: tuple[float, float] = (-22.0, 2.0)
    over_m: tuple[float, float] = (-0.3, 0.3)
    """Of the eye over the ways that a drone can fly."""
    aside_m: float = 0.25
    towards: float = 0.65
    """Share of the views that look towards somebody near."""
    near_m: float = 6.0
    least_px: int = 5
    """Of people that count."""
    rescue: RescueConfig = field(default_factory=_rescue)

    def __post_init__(self) -> None:
        if self.n < 1 or not 1 <= self.moments <= self.views or self.pool not in ("train", "test") or self.seed < 0:
            raise ValueError(f"expected n >= 1, 1 <= moments <= views, seed >= 0, a pool train or test, got {self}")


class _Shot(NamedTuple):
    """One picture and who is in it."""

    kelvin: NDArray[np.float32]
    depth_m: NDArray[np.float32]
    above_m: NDArray[np.float32]
    people: list[tuple[int, int, int, int, int]]
    """Left, upper, width, height [px] and how they lie: 0 lying, 1 low, 2 upright."""


def _sizes(config: WarmthConfig) -> list[int]:
    return [config.views] * config.n


def _make(config: WarmthConfig, shard: int, folder: Path) -> dict[str, Any]:
    rng = stream(config.seed, f"dataset.warmth.{config.pool}", shard)
    people = replace(config.rescue.people, pool=config.pool)  # type: ignore[arg-type]  # checked by the record
    building = replace(config.rescue.building, pool=config.pool)  # type: ignore[arg-type]  # checked by the record
    rescue = replace(config.rescue, people=people, building=building)
    site = draw_site(rescue, rng)
    scenario = replace(stage_of("warmth", rescue, site, rng), drones=(), kits=())
    shots = list(_shots(config, site, scenario, rng))
    boxes = [(i, *box) for i, shot in enumerate(shots) for box in shot.people]
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        kelvin=np.array([shot.kelvin for shot in shots], np.float32),
        depth_m=np.array([shot.depth_m for shot in shots], np.float16),
        above_m=np.array([shot.above_m for shot in shots], np.float16),
        people=np.array(boxes, np.int32).reshape(-1, 6),
    )
    write_atomic(folder / f"building_{shard:04d}.npz", buffer.getvalue())
    counts = np.bincount([box[-1] for box in boxes], minlength=3).tolist()
    return {"people": counts, "empty": sum(not shot.people for shot in shots)}


def _shots(config: WarmthConfig, site: Site, scenario: Scenario, rng: Rng) -> Iterator[_Shot]:
    world, renderer = Surroundings(scenario), process_renderer()
    times = np.sort(rng.uniform(0.0, config.rescue.time_limit_s, config.moments))
    share = np.array_split(np.arange(config.views), config.moments)
    nodes = np.array(site.building.graph.nodes)
    floors = np.array(sorted({storey.floor_m for storey in site.building.storeys}))
    frame, numbers = make_frame(config.width, config.height), _numbers(scenario)
    renderer.load(scenario)
    step = 0
    for time_s, views in zip(times.tolist(), share, strict=True):
        while step * 0.1 <= time_s:
            state = world.follow(WorldState(round(step * 0.1, 6), (), ()))
            step += 1
        for _ in views:
            view = _view(config, state, nodes, rng)
            kelvin = np.empty((config.height, config.width), np.float32)
            renderer.render(view, state, frame)
            renderer.thermal(view, state, kelvin)
            floor_m = float(floors[floors <= view.eye[2]].max(initial=floors[0]))
            yield _Shot(
                kelvin, frame.depth.copy(), _heights_m(view, frame.depth) - np.float32(floor_m),
                _boxes(config, frame.instance, numbers, state),
            )  # fmt: skip


def _view(config: WarmthConfig, state: WorldState, nodes: NDArray[np.float64], rng: Rng) -> View:
    """From somewhere that a drone gets to, towards somebody near or anywhere."""
    people = np.array([person.position_m for person in state.people])
    eye = nodes[int(rng.integers(len(nodes)))]
    yaw = float(rng.uniform(-math.pi, math.pi))
    if rng.random() < config.towards:
        person = people[int(rng.integers(len(people)))]
        away = np.linalg.norm(nodes[:, :2] - person[:2], axis=1)
        level = nodes[:, 2] - person[2]
        near = np.flatnonzero((away < config.near_m) & (level > -_LEVEL_M) & (level < 2.5))
        if len(near):
            eye = nodes[int(rng.choice(near))]
            x, y = (person[:2] - eye[:2]).tolist()
            yaw = math.atan2(y, x) + float(rng.normal(0.0, 0.25))
    shift = [*rng.uniform(-config.aside_m, config.aside_m, 2), rng.uniform(*config.over_m)]
    pitch = math.radians(float(rng.uniform(*config.pitch_deg)))
    return look(eye + shift, yaw, pitch, math.radians(config.fov_deg), (config.width, config.height))


def _heights_m(view: View, depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """World z of what each pixel shows."""
    focal_px = 0.5 * view.width / view.half_width
    eye = Eye(view.width, view.height, focal_px, view.axes.T, np.zeros(3), view.far_m)
    return heights_m(depth_m, eye, Look(np.array(view.eye), np.eye(3)))


def _numbers(scenario: Scenario) -> NDArray[np.int64]:
    """(people,) their instance numbers."""
    return np.array([i for i, one in enumerate(instances(scenario)) if one.kind == "person"], np.int64)


def _boxes(
    config: WarmthConfig, instance: NDArray[np.uint16], numbers: NDArray[np.int64], state: WorldState
) -> list[tuple[int, int, int, int, int]]:
    """Who is in the picture: all that are alive or were, firefighters too."""
    found = []
    for number, now in zip(numbers.tolist(), state.people, strict=True):
        rows, columns = np.nonzero(instance == number)
        if len(rows) >= config.least_px:
            left, upper = int(columns.min()), int(rows.min())
            pose = 0 if now.posture in _LYING else 1 if now.posture in _LOW else 2
            found.append((left, upper, int(columns.max()) + 1 - left, int(rows.max()) + 1 - upper, pose))
    return found


def read_warmth(folder: Path) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays of each building: `kelvin`, `depth_m`, `above_m` (n, height, width), and `people` (m, 6) with the number
    of the picture, left, upper, width and height [px], and 0 for lying, 1 for low, 2 for upright."""
    for path in sorted(folder.glob("building_*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            yield {name: arrays[name] for name in arrays.files}


_WHAT = """\
Thermal pictures from within burning buildings, at places that a drone can fly to: `building_0000.npz` and on hold `kelvin`
(apparent temperature), `depth_m` along the optical axis, `above_m` (height over the storey's floor), each (n, 60, 80), and
`people`, (m, 6): number of the picture, left, upper, width and height [px], and 0 for lying, 1 for sitting and crouching,
2 for upright. Nothing of this has noise. Firefighters and the dead are people here."""


def _finish(config: WarmthConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    rows = [(number, *shard["people"], shard["empty"]) for number, shard in enumerate(shards)]
    counts = table(("building", "lying", "low", "upright", "pictures of nobody"), rows)
    text = card_text(WARMTH.title, [("What it is", _WHAT), ("Counts", counts)], statement_of(WARMTH, config))
    write_atomic(folder / "card.md", text)


WARMTH = Recipe(
    name="warmth",
    config=WarmthConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time thermal pictures of people in burning buildings",
    about="Synthetic thermal pictures with depth and height over the floor, and boxes of people with their posture.",
    keywords=("thermal", "people", "fire", "drone", "search and rescue", "synthetic"),
    unit="pictures",
)
"""Makes thermal pictures."""

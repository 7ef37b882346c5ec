"""Clips of the real contest's counting track, from our scenes: names, truth and answer as they were."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import Any

from goldentime.envs.render.frame import make_frame
from goldentime.envs.scenes.scene import Pool, Scene, SceneConfig
from goldentime.eval.contest.track1 import ANSWER_KEY, CLASSES, TRUTH_KEY, counts_bytes
from goldentime.eval.dataset.card import card_text, table
from goldentime.eval.dataset.categories import CATEGORIES, PERSON_KINDS
from goldentime.eval.dataset.detection import draw_place, jpeg, process_renderer
from goldentime.eval.dataset.flight import FlightConfig, flight_views
from goldentime.eval.dataset.labels import annotate
from goldentime.eval.dataset.scene_items import Item, items_of, scenario_of
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.files import pretty_json, write_atomic
from goldentime.records import record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["TRACK1", "CountingRule", "Track1Config"]

_BOXES = "boxes"
_BOX_COLUMNS = "frame,thing,class,left,upper,width,height,visibility,transmittance"


@record
class CountingRule:
    """When an object counts. The real contest's rule is unknown: this one is ours, and here only."""

    least_px: float = 12.0
    """Of the root of its box's area, for a frame to count."""
    least_visibility: float = 0.5
    """Share of it that is in the picture and not hidden."""
    least_transmittance: float = 0.3
    """Share of its light that passes the smoke."""
    least_frames: int = 5
    """Frames of the clip that must show it so, not necessarily in a row."""
    persons: tuple[str, ...] = PERSON_KINDS
    """Kinds that count as persons: staff too; mannequins and posters never."""


@record
class Track1Config:
    """What clips are made. The real pictures' size is unknown; ours is the detector's."""

    n: int = 50
    """Clips; the real contest had 500."""
    seed: int = 0
    pool: Pool = "test"
    width: int = 320
    height: int = 240
    frames: int = 300
    """Per clip."""
    rate_hz: float = 30.0
    streets: float = 0.5
    """Share of the clips that are on streets; the others are on floors."""
    quality: int = 92
    """Of the JPEG files."""
    rule: CountingRule = CountingRule()
    flight: FlightConfig = FlightConfig()
    scene: SceneConfig = field(default_factory=SceneConfig)
    """What is in the scenes; `place` and `pool` are set by the above."""

    def __post_init__(self) -> None:
        if self.n < 1 or self.frames < 1 or self.rate_hz <= 0.0 or self.seed < 0:
            raise ValueError(f"expected n and frames of at least 1, a rate above 0 and a seed of at least 0, got {self}")


def _sizes(config: Track1Config) -> list[int]:
    return [1] * config.n


def _make(config: Track1Config, shard: int, folder: Path) -> dict[str, Any]:
    name = f"t1_video_{shard + 1:05d}"
    (folder / name).mkdir(exist_ok=True)
    rng = stream(config.seed, "dataset.track1", shard)
    scene = draw_place(config.scene, config.pool, config.streets, rng)
    scenario = scenario_of(scene)
    items, renderer, frame = items_of(scene, scenario), process_renderer(), make_frame(config.width, config.height)
    renderer.load(scenario)
    views = flight_views(scene, config.flight, (config.frames, config.rate_hz), (config.width, config.height), rng)
    seen: Counter[int] = Counter()
    boxes: list[str] = []
    for number, view in enumerate(views):
        renderer.render(view, WorldState(number / config.rate_hz, (), ()), frame)
        (folder / name / f"{name}_{number + 1:05d}.jpg").write_bytes(jpeg(frame.rgb, config.quality))
        rows = [row for row in annotate(view, frame, items, scene.smoke) if _is_of(items.items[row["thing"]], config.rule)]
        boxes += [_box_line(number + 1, row) for row in rows]
        seen.update(row["thing"] for row in rows if _shows(row, config.rule))
    write_atomic(folder / _BOXES / f"{name}.csv", "\n".join([_BOX_COLUMNS, *boxes, ""]).encode())
    found: list[dict[str, Any]] = [
        {"thing": thing, "class": items.items[thing].category, "kind": items.items[thing].kind, "frames": frames}
        for thing, frames in sorted(seen.items())
    ]
    counted = Counter(items.items[row["thing"]].category for row in found if row["frames"] >= config.rule.least_frames)
    return {"objects": [counted[kind] for kind in CLASSES], "things": found, **_air(scene)}


def _shows(row: dict[str, Any], rule: CountingRule) -> bool:
    _, _, width, height = row["bbox"]
    large = (width * height) ** 0.5 >= rule.least_px and CATEGORIES[row["category_id"] - 1] in CLASSES
    return bool(large and row["visibility"] >= rule.least_visibility and row["transmittance"] >= rule.least_transmittance)


def _is_of(item: Item, rule: CountingRule) -> bool:
    """Whether it is of a class that is counted."""
    return item.category in CLASSES and (item.category != "person" or item.kind in rule.persons)


def _box_line(frame: int, row: dict[str, Any]) -> str:
    name, seen = CATEGORIES[row["category_id"] - 1], (row["visibility"], row["transmittance"])
    return ",".join(map(str, (frame, row["thing"], name, *row["bbox"], *seen)))


def _air(scene: Scene) -> dict[str, Any]:
    layers = scene.smoke.layers if scene.smoke is not None else ()
    return {"place": scene.config.place, "smoke": max((layer.extinction_per_m for layer in layers), default=0.0)}


_WHAT = """\
Clips in the form of the real contest's counting track (2019): `t1_video_00001/t1_video_00001_00001.jpg` and on, 10 s of
flight along a drawn street or floor. `track1_GT.json` is the truth: per clip the counts of person, fire extinguisher, fire
hydrant, car, bicycle and motorcycle, each object once however often it is seen. `answer_zeros.json` shows an answer's form,
all counts zero. `goldentime contest track1 track1_GT.json ANSWER.json` gives the error."""

_OURS = """\
Unknown of the real track, hence ours: pictures' size; when an object counts (see `rule` below: at least `least_frames`
frames show it with a box of `least_px` by the root of its area, `least_visibility` of it, through `least_transmittance`);
that firefighters and medics count as persons; the speed of flight. `details.json` lists per clip each thing of the six
classes and in how many frames it showed so, counted or not, the place, and the thickest smoke [1/m]. `boxes/` lists, for
training and for finding out what went wrong, where each of them was in each frame [px], however little of it was seen."""


def _finish(config: Track1Config, folder: Path, shards: list[dict[str, Any]]) -> None:
    counts = {clip: tuple(shard["objects"]) for clip, shard in enumerate(shards, 1)}
    write_atomic(folder / "track1_GT.json", counts_bytes(TRUTH_KEY, counts))
    write_atomic(folder / "answer_zeros.json", counts_bytes(ANSWER_KEY, dict.fromkeys(counts, (0,) * len(CLASSES))))
    write_atomic(folder / "details.json", pretty_json([{"id": clip, **shard} for clip, shard in enumerate(shards, 1)]))
    rows = [_class_row(name, [shard["objects"][i] for shard in shards]) for i, name in enumerate(CLASSES)]
    streets = sum(shard["place"] == "street" for shard in shards)
    text = f"{len(shards)} clips of {config.frames} frames, {streets} on streets.\n\n" + table(
        ("class", "mean", "most"), rows
    )
    parts = [("What it is", _WHAT), ("What is ours", _OURS), ("Counts", text)]
    write_atomic(folder / "card.md", card_text(TRACK1.title, parts, statement_of(TRACK1, config)))


def _class_row(name: str, counts: Iterable[int]) -> tuple[str, str, int]:
    numbers = list(counts)
    return name, f"{sum(numbers) / len(numbers):.2f}", max(numbers)


TRACK1 = Recipe(
    name="contest2019-track1",
    config=Track1Config,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time counting clips in the form of the 2019 contest's track 1",
    about="Synthetic clips of a drone's flight along streets and floors on fire, with counts of people, fire "
    "extinguishers, hydrants, cars, bicycles and motorcycles.",
    keywords=("counting", "video", "people", "drone", "synthetic"),
    unit="clips",
)
"""Makes counting clips."""

"""The signs data set: frames of signs with text and corners of every line, and upright crops of the lines."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from goldentime.envs.render.frame import Frame, View, make_frame
from goldentime.envs.scenes.scene import Pool, Scene, SceneConfig
from goldentime.errors import ScenarioError
from goldentime.eval.dataset.catalogue import LICENCE
from goldentime.eval.dataset.categories import category_id
from goldentime.eval.dataset.detection import draw_place, image_row, jpeg, process_renderer
from goldentime.eval.dataset.labels import annotate, smoke_grid
from goldentime.eval.dataset.scene_items import SceneItems, items_of, scenario_of
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sign_labels import crop_of, cut, sign_truth
from goldentime.eval.dataset.sign_views import ReadingConfig, ReadingPoints
from goldentime.eval.dataset.signs_card import signs_card
from goldentime.files import write_atomic
from goldentime.records import canonical_json, record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["SIGNS", "SignsConfig", "sign_shots"]

_SCENES = 5
"""Per shard."""
_REDRAWS = 8
_MOST_TURNS = 10
"""Scenes that are tried for the views of one."""
_CROP_ANGLE_DEG, _CROP_OCCLUSION = 65.0, 0.2
"""Beyond these a line gets no crop."""
_COLUMNS = ("file", "image_id", "thing", "line", "text", "visible_text", "language", "kind", "vertical", "letter_px")
_MORE = ("angle_deg", "face_distance_m", "transmittance", "occlusion")


@record
class SignsConfig:
    """What frames are made."""

    n: int = 5000
    """Frames."""
    seed: int = 0
    pool: Pool = "train"
    width: int = 640
    height: int = 480
    views: int = 10
    """Frames per scene."""
    streets: float = 0.5
    """Share of the scenes that are streets; the others are floors."""
    quality: int = 92
    """Of the JPEG files."""
    crop_px: int = 40
    """Height of a line's crop, of vertical writing its width."""
    least_letter_px: float = 8.0
    """Lines of smaller letters get no crop."""
    pose: ReadingConfig = ReadingConfig()
    scene: SceneConfig = field(
        default_factory=lambda: SceneConfig(signs=(6, 16), people=(0, 4), objects=(2, 8), extinction_per_m=(0.01, 0.12))
    )
    """What is in the scenes; `place` and `pool` are set by the above."""

    def __post_init__(self) -> None:
        if self.n < 1 or self.views < 1 or self.seed < 0:
            raise ValueError(f"expected n and views of at least 1 and a seed of at least 0, got {self}")
        if not 16 <= self.crop_px <= 128:
            raise ValueError(f"expected crop_px of 16 to 128, got {self.crop_px}")


def _sizes(config: SignsConfig) -> list[int]:
    per = _SCENES * config.views
    return [min(per, config.n - first) for first in range(0, config.n, per)]


def _make(config: SignsConfig, shard: int, folder: Path) -> dict[str, Any]:
    for name in ("images", "crops"):
        (folder / name).mkdir(exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    crops: list[dict[str, Any]] = []
    first = shard * _SCENES * config.views
    end = min(first + _SCENES * config.views, config.n)
    for number in range(shard * _SCENES, (shard + 1) * _SCENES):
        rng = stream(config.seed, "dataset.signs", number)
        for view, frame, found, (scene, items, turn) in sign_shots(config, rng) if first < end else ():
            if first >= end:
                break
            place = _MOST_TURNS * number + turn
            row = image_row(first, place, scene, view, smoke_grid(view, frame, scene.smoke))
            (folder / "images" / row["file_name"]).write_bytes(jpeg(frame.rgb, config.quality))
            images.append(row)
            annotations += [{"image_id": first, **annotation} for annotation in found]
            crops += _cut_lines(config, folder, first, found, (view, frame, scene, items))
            first += 1
    return {"images": images, "annotations": annotations, "crops": crops}


class Shot(NamedTuple):
    """One view that shows signs."""

    view: View
    frame: Frame
    """Drawn over by the next."""
    rows: list[dict[str, Any]]
    """The annotations of the signs whose face can be seen."""
    scene: tuple[Scene, SceneItems, int]
    """With its items and how many were drawn before it."""


def sign_shots(
    config: SignsConfig, rng: np.random.Generator, wanted: Callable[[list[dict[str, Any]]], bool] = bool
) -> Iterator[Shot]:
    """Exactly `views` of them that are wanted: from another scene where one runs out of places.

    Raises:
        ScenarioError: many scenes showed too few signs.
    """
    renderer, frame, left = process_renderer(), make_frame(config.width, config.height), config.views
    for turn in range(_MOST_TURNS):
        scene = draw_place(config.scene, config.pool, config.streets, rng)
        scenario = scenario_of(scene)
        items = items_of(scene, scenario)
        renderer.load(scenario)
        points = ReadingPoints(scene, config.pose, (config.width, config.height))
        misses = 0
        while left and misses < _REDRAWS:
            view, time_s = points.draw(rng), float(rng.uniform(0.0, 10.0))
            if view is None:
                break
            renderer.render(view, WorldState(time_s, (), ()), frame)
            rows = _annotated(view, frame, scene, items)
            if not wanted(rows):
                misses += 1
                continue
            left -= 1
            yield Shot(view, frame, rows, (scene, items, turn))
        if not left:
            return
    raise ScenarioError(f"signs: expected {config.views} views of signs in {_MOST_TURNS} scenes, {left} are missing")


def _annotated(view: View, frame: Frame, scene: Scene, items: SceneItems) -> list[dict[str, Any]]:
    """The signs whose face can be seen."""
    found = []
    for row in annotate(view, frame, items, scene.smoke):
        kind, place = items.items[row["thing"]].parts[0]
        truth = sign_truth(view, scene.signs[place]) if kind == "sign" else None
        if truth is not None:
            found.append({**row, **truth})
    return found


def _cut_lines(
    config: SignsConfig,
    folder: Path,
    image: int,
    rows: list[dict[str, Any]],
    shot: tuple[View, Frame, Scene, SceneItems],
) -> list[dict[str, Any]]:
    view, frame, scene, items = shot
    found = []
    for row in rows:
        sign = scene.signs[items.items[row["thing"]].parts[0][1]]
        for number, line in enumerate(row["lines"]):
            corners = np.array(line["corners_px"])
            clear = (corners >= 0.0).all() and (corners <= (config.width, config.height)).all()
            clear &= row["angle_deg"] <= _CROP_ANGLE_DEG and row["occlusion"] <= _CROP_OCCLUSION
            if not clear or line["letter_px"] < config.least_letter_px:
                continue
            name = f"{image:06d}_{row['thing']:03d}_{number}.jpg"
            crop = crop_of(view, sign, number, config.crop_px)
            (folder / "crops" / name).write_bytes(jpeg(cut(frame.rgb, crop), config.quality))
            known = {"file": name, "image_id": image, "line": number, **row, **line}
            found.append({key: known[key] for key in (*_COLUMNS, *_MORE)})
    return found


def _finish(config: SignsConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    images, annotations, crops = (
        [row for shard in shards for row in shard[key]] for key in ("images", "annotations", "crops")
    )
    data = {
        "info": {"description": SIGNS.title, "version": "1", "seed": config.seed, "pool": config.pool},
        "licenses": [{"id": 1, "name": LICENCE[0], "url": LICENCE[1]}],
        "categories": [{"id": category_id("sign"), "name": "sign", "supercategory": ""}],
        "images": [{"license": 1, **image} for image in images],
        "annotations": [{"id": number, **annotation} for number, annotation in enumerate(annotations, 1)],
    }
    write_atomic(folder / "annotations.json", canonical_json(data))
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, (*_COLUMNS, *_MORE), lineterminator="\n")
    writer.writeheader()
    writer.writerows(crops)
    write_atomic(folder / "crops.csv", sheet.getvalue().encode())
    write_atomic(folder / "card.md", signs_card(statement_of(SIGNS, config), images, annotations, crops))


SIGNS = Recipe(
    name="signs",
    config=SignsConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time signs data set",
    about="Synthetic pictures of Korean and English signs on streets and in buildings, some worn, sooty or partly covered, "
    "with the text and corners of every line, and upright crops of the lines.",
    keywords=("scene text", "text recognition", "Korean", "Hangul", "signs", "drone", "synthetic"),
)
"""Makes signs data sets."""

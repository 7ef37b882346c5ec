"""The detection data set: frames of drawn scenes with boxes, masks and all that a score is sliced by. COCO JSON."""

from collections.abc import Iterator
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import Frame, Renderer, View, make_frame, make_renderer
from goldentime.envs.scenes.draw import draw_scene
from goldentime.envs.scenes.scene import Pool, Scene, SceneConfig
from goldentime.errors import ScenarioError
from goldentime.eval.dataset.catalogue import LICENCE
from goldentime.eval.dataset.categories import CATEGORIES, category_id
from goldentime.eval.dataset.detection_card import detection_card
from goldentime.eval.dataset.formats import by_image, visdrone_lines, yolo_lines, yolo_names
from goldentime.eval.dataset.labels import SmokeGrid, annotate, smoke_grid
from goldentime.eval.dataset.scene_items import items_of, scenario_of
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.views import PoseConfig, Viewpoints
from goldentime.files import write_atomic
from goldentime.records import canonical_json, record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["DETECTION", "DetectionConfig", "draw_place", "image_row", "jpeg", "process_renderer"]

_SCENES = 5
"""Per shard."""
_REDRAWS = 5
"""Of a view that shows nothing."""


@record
class DetectionConfig:
    """What frames are made."""

    n: int = 5000
    """Frames."""
    seed: int = 0
    pool: Pool = "train"
    width: int = 320
    height: int = 240
    views: int = 12
    """Frames per scene."""
    streets: float = 0.5
    """Share of the scenes that are streets; the others are floors."""
    empty: float = 0.05
    """Share of the views that are kept even if they show nothing."""
    quality: int = 92
    """Of the JPEG files; colours have full resolution."""
    yolo: bool = False
    """Also write labels/*.txt for YOLO."""
    visdrone: bool = False
    """Also write visdrone/*.txt."""
    pose: PoseConfig = PoseConfig()
    scene: SceneConfig = field(default_factory=SceneConfig)
    """What is in the scenes; `place` and `pool` are set by the above."""

    def __post_init__(self) -> None:
        if self.n < 1 or self.views < 1 or self.seed < 0:
            raise ValueError(f"expected n and views of at least 1 and a seed of at least 0, got {self}")
        if min(self.width, self.height) < 64 or max(self.width, self.height) > 4096:
            raise ValueError(f"expected a width and height of 64 to 4096, got {self.width} and {self.height}")


class Shot(NamedTuple):
    """A kept view of a scene; its frame is overwritten by the next."""

    view: View
    frame: Frame
    annotations: list[dict[str, Any]]
    smoke: SmokeGrid


@cache
def process_renderer() -> Renderer:
    """One for all scenes that a process draws."""
    return make_renderer("gl")


def jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """A JPEG file's bytes. Colours keep their full resolution: clothes of people far away are a few pixels."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), flags)
    assert done
    return data.tobytes()


def draw_place(scene: SceneConfig, pool: Pool, streets: float, rng: np.random.Generator) -> Scene:
    """A street or a floor of a pool; drawn again if one can't be had.

    Raises:
        ScenarioError: none could be had in several tries.
    """
    for _ in range(4):
        config = replace(scene, pool=pool, place="street" if rng.random() < streets else "floor")
        try:
            return draw_scene(config, rng)
        except ScenarioError as error:
            why = error
    raise why


def _sizes(config: DetectionConfig) -> list[int]:
    per = _SCENES * config.views
    return [min(per, config.n - first) for first in range(0, config.n, per)]


def _make(config: DetectionConfig, shard: int, folder: Path) -> dict[str, Any]:
    (folder / "images").mkdir(exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number in range(shard * _SCENES, (shard + 1) * _SCENES):
        first = number * config.views
        if first >= config.n:
            break
        rng = stream(config.seed, "dataset.detection", number)
        scene = draw_place(config.scene, config.pool, config.streets, rng)
        for k, shot in enumerate(_shots(config, scene, rng)):
            if first + k >= config.n:
                break
            name = f"{first + k:06d}.jpg"
            (folder / "images" / name).write_bytes(jpeg(shot.frame.rgb, config.quality))
            images.append(image_row(first + k, number, scene, shot.view, shot.smoke))
            annotations += [{"image_id": first + k, **annotation} for annotation in shot.annotations]
    return {"images": images, "annotations": annotations}


def _shots(config: DetectionConfig, scene: Scene, rng: np.random.Generator) -> Iterator[Shot]:
    scenario = scenario_of(scene)
    items = items_of(scene, scenario)
    renderer, frame = process_renderer(), make_frame(config.width, config.height)
    renderer.load(scenario)
    points = Viewpoints(scene, config.pose, (config.width, config.height))
    for _ in range(config.views):
        keep_empty = bool(rng.random() < config.empty)
        for _ in range(1 + _REDRAWS):
            view, time_s = points.draw(rng), float(rng.uniform(0.0, 10.0))
            renderer.render(view, WorldState(time_s, (), ()), frame)
            found = annotate(view, frame, items, scene.smoke)
            if found or keep_empty:
                break
        yield Shot(view, frame, found, smoke_grid(view, frame, scene.smoke))


def image_row(number: int, scene_number: int, scene: Scene, view: View, smoke: SmokeGrid) -> dict[str, Any]:
    """What is told of an image."""
    eye, forward = view.eye, view.forward
    return {
        "id": number,
        "file_name": f"{number:06d}.jpg",
        "width": view.width,
        "height": view.height,
        "scene": scene_number,
        "place": scene.config.place,
        "smoke": round(float(smoke.extinction_per_m.mean()), 4),
        "smoke_grid": {
            "extinction_per_m": np.round(smoke.extinction_per_m, 4).tolist(),
            "transmittance": np.round(smoke.transmittance, 3).tolist(),
        },
        "eye_m": [round(part, 3) for part in eye],
        "eye_height_m": round(eye[2] - scene.start[2], 3),
        "yaw_deg": round(float(np.degrees(np.arctan2(forward[1], forward[0]))), 2),
        "pitch_deg": round(float(np.degrees(np.arcsin(forward[2]))), 2),
        "fov_deg": round(float(np.degrees(view.fov_rad)), 2),
    }


def _finish(config: DetectionConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    images = [image for shard in shards for image in shard["images"]]
    annotations = [annotation for shard in shards for annotation in shard["annotations"]]
    info = {"description": DETECTION.title, "version": "1", "seed": config.seed, "pool": config.pool}
    data = {
        "info": info,
        "licenses": [{"id": 1, "name": LICENCE[0], "url": LICENCE[1]}],
        "categories": [{"id": category_id(name), "name": name, "supercategory": ""} for name in CATEGORIES],
        "images": [{"license": 1, **image} for image in images],
        "annotations": [{"id": number, **annotation} for number, annotation in enumerate(annotations, 1)],
    }
    write_atomic(folder / "annotations.json", canonical_json(data))
    write_atomic(folder / "card.md", detection_card(statement_of(DETECTION, config), images, annotations))
    _write_other_formats(config, folder, images, annotations)


def _write_other_formats(
    config: DetectionConfig, folder: Path, images: list[dict[str, Any]], annotations: list[dict[str, Any]]
) -> None:
    rows = by_image(annotations)
    for wanted, name in ((config.yolo, "labels"), (config.visdrone, "visdrone")):
        if wanted:
            (folder / name).mkdir(exist_ok=True)
    if config.yolo:
        (folder / "yolo.yaml").write_text(yolo_names())
    for image in images:
        own, stem = rows.get(image["id"], []), Path(image["file_name"]).stem
        if config.yolo:
            (folder / "labels" / f"{stem}.txt").write_text(yolo_lines(image, own))
        if config.visdrone:
            (folder / "visdrone" / f"{stem}.txt").write_text(visdrone_lines(own))


DETECTION = Recipe(
    name="detection",
    config=DetectionConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time detection data set",
    about="Synthetic pictures of streets and floors on fire as a drone sees them, with boxes and masks of people by kind "
    "and posture, things, fires, signs and buildings.",
    keywords=("object detection", "people", "fire", "smoke", "drone", "search and rescue", "synthetic"),
)
"""Makes detection data sets."""

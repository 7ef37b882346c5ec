"""The data card of detection data sets."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldentime.eval.dataset.card import bands, card_text, counted, table
from goldentime.eval.dataset.categories import CATEGORIES

__all__ = ["detection_card"]

Row = Mapping[str, Any]

_WHAT = """\
Pictures of drawn streets and floors as a drone's camera sees them, with boxes and masks of people, things, fires, signs and
buildings: COCO's JSON (`annotations.json`) with further fields. Everything is synthetic; nobody real is shown."""

_FIELDS = """\
- `bbox`, `area`, `segmentation`: of the visible pixels, smoke or not. Left out: fewer than 12 pixels, a side below 4.
- `visibility`: share of what the eye would see of the thing if nothing stood before it and the picture had no edges, told
  from 160 points on its surface (parts of a thing that hide each other count as seen); of a fire from its flames' cores.
- `occlusion`: the same for what lies within the picture's edges: share hidden by other things.
- `transmittance`: mean share of light from its pixels that passes the smoke. Filter by this and by `visibility`.
- `distance_m`: mean along the rays of its pixels. `kind`, `posture`: of people, `kind` also of furniture and signs.
- `thing`: the same number is the same thing in all images of one `scene`.
- Of images: `scene`, `place`, `smoke` (mean extinction [1/m] met by rays), `smoke_grid` (the same in 6 rows of 8 cells, and
  the `transmittance` there; the sky counts as 100 m away), `eye_m`, `eye_height_m`, `yaw_deg`, `pitch_deg`,
  `fov_deg` (horizontal)."""

_LIMITS = """\
Plain surfaces, one sun, few builds of people, no animals, no crowds, no weather but smoke. A detector trained on this alone
will not do on photographs. Shares of kinds, postures and skin colours are drawn, not those of any population. Pictures are
as the camera gives them: lens, noise and exposure are left to training."""

_BANDS = (
    ("distance [m]", "distance_m", (0, 2, 4, 8, 16, 100)),
    ("visibility", "visibility", (0, 0.1, 0.25, 0.5, 0.75, 1)),
    ("transmittance", "transmittance", (0, 0.15, 0.5, 0.9, 1)),
)


def detection_card(statement: Mapping[str, Any], images: Sequence[Row], annotations: Sequence[Row]) -> bytes:
    """The file `card.md`."""
    names = [{"category": CATEGORIES[row["category_id"] - 1]} for row in annotations]
    people = [row for row, name in zip(annotations, names, strict=True) if name["category"] == "person"]
    scenes = len({row["scene"] for row in images})
    streets = sum(row["place"] == "street" for row in images)
    empty = len(images) - len({row["image_id"] for row in annotations})
    counts = (
        f"{len(images)} images of {scenes} scenes, {streets} of the images on streets; {len(annotations)} annotations, "
        f"{empty} images without any."
    )
    parts = [
        ("What it is", _WHAT),
        ("Fields", _FIELDS),
        ("Counts", counts),
        ("By category", table(("category", "annotations"), counted(names, "category"))),
        ("People by kind", table(("kind", "annotations"), counted(people, "kind"))),
        ("People by posture", table(("posture", "annotations"), counted(people, "posture"))),
    ]
    for name, key, edges in _BANDS:
        parts.append((f"By {key.removesuffix('_m')}", table((name, "annotations"), bands(annotations, key, edges))))
    parts.append(("By smoke", table(("extinction [1/m]", "images"), bands(images, "smoke", (0, 1e-4, 0.03, 0.1, 0.3, 9)))))
    return card_text("Golden Time detection data set", [*parts, ("Limits", _LIMITS)], statement)

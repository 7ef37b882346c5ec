"""Annotations in other formats than COCO."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldentime.eval.dataset.categories import CATEGORIES

__all__ = ["by_image", "visdrone_lines", "yolo_lines", "yolo_names"]

Row = Mapping[str, Any]

_UPRIGHT = ("standing", "walking")
_VISDRONE = {"bicycle": 3, "car": 4, "motorcycle": 10}
_PEDESTRIAN, _PEOPLE, _OTHERS = 1, 2, 11


def by_image(annotations: Sequence[Row]) -> dict[int, list[Row]]:
    """Annotations by the image they belong to."""
    found: dict[int, list[Row]] = {}
    for row in annotations:
        found.setdefault(int(row["image_id"]), []).append(row)
    return found


def yolo_names() -> str:
    """The file `yolo.yaml` that names the classes, which count from 0."""
    lines = [f"  {number}: {name}" for number, name in enumerate(CATEGORIES)]
    return "\n".join(["path: .", "train: images", "val: images", "names:", *lines, ""])


def yolo_lines(image: Row, rows: Sequence[Row]) -> str:
    """One line per box: class, centre and size as shares of the image."""
    wide, high = float(image["width"]), float(image["height"])
    lines = []
    for row in rows:
        x, y, w, h = row["bbox"]
        numbers = ((x + w / 2) / wide, (y + h / 2) / high, w / wide, h / high)
        lines.append(" ".join([str(row["category_id"] - 1), *(f"{number:.6f}" for number in numbers)]))
    return "".join(f"{line}\n" for line in lines)


def visdrone_lines(rows: Sequence[Row]) -> str:
    """One line per box: left, top, width, height, 1, category, truncation, occlusion, in VisDrone's numbers.

    People who stand or walk are its pedestrians, others its people; what it has no category for is among its others.
    """
    lines = []
    for row in rows:
        name = CATEGORIES[row["category_id"] - 1]
        number = _VISDRONE.get(name, _OTHERS)
        if name == "person":
            number = _PEDESTRIAN if row["posture"] in _UPRIGHT else _PEOPLE
        within = row["visibility"] / max(1.0 - row["occlusion"], 1e-9)
        cut = int(within < 0.99)
        hidden = 0 if row["occlusion"] < 0.01 else 1 if row["occlusion"] <= 0.5 else 2
        lines.append(",".join(str(part) for part in (*row["bbox"], 1, number, cut, hidden)))
    return "".join(f"{line}\n" for line in lines)

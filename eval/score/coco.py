"""How well things are found in pictures: average precision as COCO defines it, with intervals.

The figures come from faster-coco-eval. Intervals want the score of many resampled sets of pictures, so detections are
matched here a second time, by COCO's rule (Lin et al. 2014, "Microsoft COCO", ECCV, and its reference code), and a test
holds the two equal.

Annotations that a question is not about are ignored: not to have found them is no miss, and what was found on them is no
false alarm.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.score.aggregate import Figure
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["Answer", "Question", "Sheet", "ap50_interval", "average_precision", "category_ap50", "gather"]

_RECALLS = np.linspace(0, 1, 101)
_MOST = 100
"""Detections per picture and category that count, as in COCO."""
_RESAMPLES = 1000

Annotation = Mapping[str, Any]


@record
class Answer:
    """One detection."""

    image_id: int
    category: str
    bbox: tuple[float, float, float, float]
    """Left, upper, width, height [px]."""
    score: float


@record
class Question:
    """Which annotations are asked for."""

    categories: tuple[str, ...]
    least_px: float = 0.0
    """By the root of a box's area."""
    most_px: float = 1e5
    asked: Callable[[Annotation], bool] = lambda _: True
    """Whether an annotation is asked for, besides its category and size."""


class Sheet(NamedTuple):
    """One category's detections, best first, judged at an overlap of a half."""

    picture: NDArray[np.int64]
    """(n) places of the pictures in the data set."""
    hit: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    """False where a detection lies on an annotation that is ignored, or is itself too small or large."""
    asked: NDArray[np.int64]
    """(pictures) annotations that are asked for in each."""
    score: NDArray[np.float64]


def average_precision(data: Mapping[str, Any], answers: Sequence[Answer], question: Question) -> dict[str, float]:
    """`ap` (mean over overlaps of 0.5 to 0.95) and `ap50`, means over categories; NaN if nothing is asked for.

    Args:
        data: COCO's dictionary: `images`, `categories`, `annotations` with `bbox`.

    Raises:
        MissingDependencyError: faster-coco-eval is not installed.
    """
    try:
        from faster_coco_eval import COCO, COCOeval_faster
    except ImportError:
        raise MissingDependencyError("average precision needs faster-coco-eval: pip install 'goldentime[see]'") from None
    chosen = _categories(data, question)
    annotations = [_marked(a, question) for a in data["annotations"] if a["category_id"] in chosen.values()]
    truth = COCO({"images": list(data["images"]), "categories": list(data["categories"]), "annotations": annotations})
    rows = [_row(answer, chosen) for answer in answers if answer.category in chosen]
    if not rows or all(a["iscrowd"] for a in annotations):
        empty = not any(_is_asked(a, question) for a in annotations)
        return dict.fromkeys(("ap", "ap50"), float("nan") if empty else 0.0)
    evaluation = COCOeval_faster(truth, truth.loadRes(rows), iouType="bbox")
    evaluation.params.catIds = sorted(chosen.values())
    evaluation.params.areaRng = [[question.least_px**2, question.most_px**2]]
    evaluation.params.areaRngLbl = ["all"]
    evaluation.params.maxDets = [_MOST]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = np.asarray(evaluation.eval["precision"])[..., 0, 0]
    return {"ap": _mean(precision), "ap50": _mean(precision[0])}


def _mean(precision: NDArray[np.float64]) -> float:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else float("nan")


def _categories(data: Mapping[str, Any], question: Question) -> dict[str, int]:
    known = {category["name"]: category["id"] for category in data["categories"]}
    if unknown := [name for name in question.categories if name not in known]:
        raise ConfigError(f"categories: {', '.join(unknown)} not in the data set, which has {', '.join(known)}")
    return {name: known[name] for name in question.categories}


def _is_asked(annotation: Annotation, question: Question) -> bool:
    return not annotation.get("iscrowd", 0) and question.asked(annotation)


def _marked(annotation: Annotation, question: Question) -> dict[str, Any]:
    """As COCO's code wants it: the area is the box's, and what is not asked for is a crowd."""
    box = [float(value) for value in annotation["bbox"]]
    crowd = 0 if _is_asked(annotation, question) else 1
    return {
        "id": annotation["id"],
        "image_id": annotation["image_id"],
        "category_id": annotation["category_id"],
        "bbox": box,
        "area": box[2] * box[3],
        "iscrowd": crowd,
    }


def _row(answer: Answer, chosen: Mapping[str, int]) -> dict[str, Any]:
    box = [float(value) for value in answer.bbox]
    return {
        "image_id": answer.image_id,
        "category_id": chosen[answer.category],
        "bbox": box,
        "score": float(answer.score),
    }


def gather(data: Mapping[str, Any], answers: Sequence[Answer], question: Question) -> dict[str, Sheet]:
    """Judge all detections of each category at an overlap of a half, greedily from the best score down."""
    chosen = _categories(data, question)
    places = {image["id"]: i for i, image in enumerate(data["images"])}
    truths: dict[tuple[int, int], list[Annotation]] = {}
    for annotation in data["annotations"]:
        truths.setdefault((annotation["image_id"], annotation["category_id"]), []).append(annotation)
    found: dict[tuple[int, int], list[Answer]] = {}
    for answer in answers:
        if answer.category in chosen:
            found.setdefault((answer.image_id, chosen[answer.category]), []).append(answer)
    sheets = {}
    for name, category in chosen.items():
        asked = np.zeros(len(places), np.int64)
        parts = []
        for image, place in places.items():
            rows = truths.get((image, category), [])
            boxes = np.array([row["bbox"] for row in rows], np.float64).reshape(-1, 4)
            wanted = np.array([_is_asked(row, question) for row in rows], bool)
            fitting = wanted & _fits(boxes, question)
            asked[place] = fitting.sum()
            if best := sorted(found.get((image, category), []), key=lambda a: -a.score)[:_MOST]:
                parts.append((place, *_judge(best, boxes, wanted, fitting, question)))
        sheets[name] = _sheet(parts, asked)
    return sheets


def _fits(boxes: NDArray[np.float64], question: Question) -> NDArray[np.bool_]:
    area = boxes[:, 2] * boxes[:, 3]
    return (area >= question.least_px**2) & (area <= question.most_px**2)


Judged = tuple[int, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]


def _sheet(parts: Sequence[Judged], asked: NDArray[np.int64]) -> Sheet:
    if not parts:
        nothing = np.zeros(0, bool)
        return Sheet(np.zeros(0, np.int64), nothing, nothing, asked, np.zeros(0))
    score = np.concatenate([part[3] for part in parts])
    order = np.argsort(-score, kind="stable")
    picture = np.repeat([part[0] for part in parts], [len(part[3]) for part in parts])
    hit, counted = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    return Sheet(picture[order], hit[order], counted[order], asked, score[order])


def _judge(
    best: Sequence[Answer],
    boxes: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    fitting: NDArray[np.bool_],
    question: Question,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Hit, counted and score of one picture's detections of one category.

    A detection takes the annotation that it overlaps most among those asked for; only if there is none, one that is
    ignored. Against annotations that are not asked for its own area is the measure, and they can be met many times.
    """
    shape = np.array([answer.bbox for answer in best], np.float64)
    shared = _shared(shape, boxes)
    area, others = shape[:, 2:].prod(1)[:, None], boxes[:, 2:].prod(1)[None]
    overlap = shared / np.where(wanted[None], area + others - shared, area)
    hit, ignored = np.zeros(len(best), bool), ~_fits(shape, question)
    free = np.ones(len(boxes), bool)
    for i in range(len(best)):
        match = -1
        for group in (fitting & free, ~fitting & (free | ~wanted)):
            rows = np.flatnonzero(group & (overlap[i] >= 0.5 - 1e-10))
            if len(rows):
                # Of equals the last, as in the reference code.
                match = int(rows[::-1][np.argmax(overlap[i, rows[::-1]])])
                break
        if match >= 0:
            free[match] = False
            hit[i], ignored[i] = fitting[match], not fitting[match]
    return hit, ~ignored, np.array([answer.score for answer in best], np.float64)


def _shared(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(-1))


def category_ap50(sheet: Sheet, times: NDArray[np.int64] | None = None) -> float:
    """Average precision at an overlap of a half, by the 101 points of COCO; NaN where nothing is asked for.

    Args:
        times: (pictures) how often each picture counts; once if left out.
    """
    often = np.ones(len(sheet.asked), np.int64) if times is None else times
    positives = int(often @ sheet.asked)
    if positives == 0:
        return float("nan")
    weight = often[sheet.picture] * sheet.counted
    hits = np.cumsum(weight * sheet.hit)
    alarms = np.cumsum(weight * ~sheet.hit)
    precision = hits / np.maximum(hits + alarms, 1e-12)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(hits / positives, _RECALLS, side="left")
    return float(np.append(precision, 0.0)[place].mean())


def ap50_interval(sheets: Mapping[str, Sheet], resamples: int = _RESAMPLES, seed: int = 0) -> Figure:
    """Mean AP50 over categories with a 95 % percentile interval over resampled pictures.

    Raises:
        ConfigError: nothing is asked for in any category.
    """
    known = [sheet for sheet in sheets.values() if sheet.asked.sum()]
    if not known:
        raise ConfigError("average precision: no annotation is asked for")
    rng, count = stream(seed, "bootstrap.coco"), len(known[0].asked)
    draws = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    means = [
        np.nanmean([category_ap50(sheet, times) for sheet in known])
        for times in draws
        if any(times @ s.asked for s in known)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float(np.mean([category_ap50(sheet) for sheet in known]))
    return Figure(mean=round(mean, 6), low=round(float(low), 6), high=round(float(high), 6))

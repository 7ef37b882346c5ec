"""Scores of detection and counting against values by hand and against COCO's reference code."""

import contextlib
import io
import math

import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.eval.score.coco import Answer, Question, ap50_interval, average_precision, category_ap50, gather
from goldentime.eval.score.counting import count_figures
from goldentime.eval.score.slices import fairness, slice_table

CATEGORIES = ("person", "car")


def data_set(boxes, images=None):
    """A COCO dictionary from (image, category, box, further keys)."""
    count = images or max(box[0] for box in boxes) + 1
    return {
        "images": [{"id": i, "width": 320, "height": 240, "file_name": f"{i}.jpg"} for i in range(count)],
        "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CATEGORIES)],
        "annotations": [
            {"id": i + 1, "image_id": image, "category_id": CATEGORIES.index(category) + 1, "bbox": list(box), **more}
            for i, (image, category, box, more) in enumerate(boxes)
        ],
    }


def answer(image, category, box, score):
    return Answer(image_id=image, category=category, bbox=box, score=score)


BOX, FAR = (10.0, 10.0, 40.0, 80.0), (200.0, 100.0, 50.0, 50.0)
SMALL = (100.0, 10.0, 10.0, 10.0)


def ap50(data, answers, question):
    """By both ways, which have to agree."""
    mine = np.nanmean([category_ap50(sheet) for sheet in gather(data, answers, question).values()])
    theirs = average_precision(data, answers, question)["ap50"]
    assert mine == pytest.approx(theirs, abs=1e-9)
    return mine


PERSON = Question(categories=("person",))


def test_average_precision_of_a_hit_a_false_alarm_and_a_miss():
    data = data_set([(0, "person", BOX, {}), (1, "person", BOX, {})])
    # First a hit, then a false alarm: precision is 1 up to a recall of 1/2, which are 51 of the 101 points, then nothing.
    answers = [answer(0, "person", BOX, 0.9), answer(0, "person", FAR, 0.8)]
    assert ap50(data, answers, PERSON) == pytest.approx(51 / 101)
    # The false alarm first: precision is 1/2.
    worse = [answer(0, "person", BOX, 0.7), answer(0, "person", FAR, 0.8)]
    assert ap50(data, worse, PERSON) == pytest.approx(0.5 * 51 / 101)


def test_a_second_detection_of_one_thing_is_a_false_alarm():
    data = data_set([(0, "person", BOX, {}), (0, "person", FAR, {})])
    answers = [answer(0, "person", BOX, 0.9), answer(0, "person", BOX, 0.8), answer(0, "person", FAR, 0.7)]
    # Recall 1/2 at precision 1 (51 points), recall 1 at precision 2/3 (50 points).
    assert ap50(data, answers, PERSON) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_what_is_not_asked_for_is_neither_miss_nor_false_alarm():
    data = data_set([(0, "person", BOX, {"transmittance": 1.0}), (0, "person", FAR, {"transmittance": 0.1})])
    question = Question(categories=("person",), asked=lambda a: a["transmittance"] >= 0.5)
    on_both = [answer(0, "person", FAR, 0.9), answer(0, "person", BOX, 0.8)]
    assert ap50(data, on_both, question) == pytest.approx(1.0)
    assert ap50(data, on_both[1:], question) == pytest.approx(1.0)
    elsewhere = [answer(0, "person", (250.0, 10.0, 30.0, 30.0), 0.9), on_both[1]]
    assert ap50(data, elsewhere, question) == pytest.approx(0.5)


def test_sizes_outside_are_left_alone():
    data = data_set([(0, "person", BOX, {}), (0, "person", SMALL, {})])
    question = Question(categories=("person",), least_px=24.0)
    small_alarm = answer(0, "person", (5.0, 200.0, 8.0, 8.0), 0.95)
    assert ap50(data, [small_alarm, answer(0, "person", BOX, 0.9)], question) == pytest.approx(1.0)


def test_a_category_nobody_asks_about_is_refused():
    with pytest.raises(ConfigError, match="ghost"):
        gather(data_set([(0, "person", BOX, {})]), [], Question(categories=("ghost",)))


def scattered(seed, images=40):
    """Random truth and random detections near it."""
    rng = np.random.default_rng(seed)
    boxes, answers = [], []
    for image in range(images):
        for _ in range(rng.integers(0, 6)):
            size = rng.uniform(6, 90, 2)
            box = tuple(float(v) for v in np.round([*rng.uniform(0, [320, 240] - size), *size], 1))
            category = CATEGORIES[int(rng.integers(2))]
            boxes.append((image, category, box, {"transmittance": float(rng.uniform()), "kind": "man"}))
            for _ in range(rng.integers(0, 3)):
                moved = np.array(box) + rng.normal(0, 0.12, 4) * [size[0], size[1], size[0], size[1]]
                shape = (float(moved[0]), float(moved[1]), float(max(moved[2], 2)), float(max(moved[3], 2)))
                answers.append(answer(image, CATEGORIES[int(rng.integers(2))], shape, float(rng.uniform())))
    return data_set(boxes, images), answers


@pytest.mark.parametrize("seed", range(4))
def test_agreement_with_the_reference_code(seed):
    COCO = pytest.importorskip("pycocotools.coco").COCO
    COCOeval = pytest.importorskip("pycocotools.cocoeval").COCOeval

    data, answers = scattered(seed)
    question = Question(categories=CATEGORIES, least_px=20.0, asked=lambda a: a["transmittance"] > 0.4)
    for row in data["annotations"]:
        row |= {"area": row["bbox"][2] * row["bbox"][3], "iscrowd": int(row["transmittance"] <= 0.4)}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = data
        truth.createIndex()
        rows = [
            {
                "image_id": a.image_id,
                "category_id": CATEGORIES.index(a.category) + 1,
                "bbox": list(a.bbox),
                "score": a.score,
            }
            for a in answers
        ]
        evaluation = COCOeval(truth, truth.loadRes(rows), "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[400.0, 1e10]], ["all"]
        evaluation.params.maxDets = [100]
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"]
    plain = [{key: a[key] for key in a if key != "iscrowd"} for a in data["annotations"]]
    figures = average_precision(data | {"annotations": plain}, answers, question)
    assert figures["ap50"] == pytest.approx(precision[0].mean(), abs=1e-9)
    assert figures["ap"] == pytest.approx(precision.mean(), abs=1e-9)
    assert ap50(data | {"annotations": plain}, answers, question) == pytest.approx(precision[0].mean(), abs=1e-9)


def test_intervals_hold_the_figure_and_repeat():
    data, answers = scattered(9)
    sheets = gather(data, answers, Question(categories=CATEGORIES))
    figure = ap50_interval(sheets, resamples=200)
    assert figure.low < figure.mean < figure.high
    assert figure == ap50_interval(sheets, resamples=200)


def test_slices_count_what_they_ask_for():
    more = {"transmittance": 0.9, "distance_m": 3.0, "occlusion": 0.0, "posture": "standing"}
    data = data_set(
        [
            (0, "person", BOX, more | {"kind": "man"}),
            (0, "person", FAR, more | {"kind": "child", "transmittance": 0.3}),
            (1, "car", FAR, more | {"distance_m": 9.0}),
            (1, "person", SMALL, more | {"kind": "woman"}),
        ]
    )
    question = Question(categories=CATEGORIES, least_px=24.0, asked=lambda a: a["transmittance"] >= 0.5)
    rows = {(row.by, row.name): row for row in slice_table(data, [answer(0, "person", BOX, 0.9)], question, resamples=20)}
    ap50s = {key: row.ap50.mean for key, row in rows.items() if row.ap50 is not None}
    assert rows["all", "all"].n == 2
    assert ap50s["all", "all"] == pytest.approx(0.5)  # person found, car not
    assert ap50s["kind", "man"] == pytest.approx(1.0)
    assert ("kind", "child") not in rows
    assert rows["size_px", "8-16"].n == 1
    assert rows["transmittance", "0.15-0.5"].n == 1
    assert ap50s["distance_m", "8-16"] == 0.0


def test_fairness_is_the_largest_gap_between_groups():
    rows = [(i, "person", BOX, {"kind": "man"}) for i in range(4)]
    rows += [(i, "person", FAR, {"kind": "child"}) for i in range(4)]
    found = [answer(i, "person", BOX, 0.9) for i in range(4)] + [
        answer(0, "person", FAR, 0.9),
        answer(1, "person", FAR, 0.1),
    ]
    result = fairness(data_set(rows), found, PERSON, 0.5)
    assert {name: figure.mean for name, figure in result.recalls.items()} == {"men": 1.0, "children": 0.25}
    assert result.gap.mean == pytest.approx(0.75)
    assert result.gap.low <= 0.75 <= result.gap.high


def test_counts_of_many_clips():
    truth = {1: (1, 0, 0, 0, 0, 0), 2: (0, 0, 0, 2, 0, 0), 3: (2, 0, 0, 0, 0, 1)}
    figures = count_figures(truth, {2: (0, 0, 0, 2, 0, 0), 3: (1, 0, 0, 2, 0, 1)})
    # The first clip is missing, one person short: sqrt(5); the third has a person too few and two cars too many: 3.
    assert figures.error.mean == pytest.approx((math.sqrt(5) + 0 + 3) / 3, abs=1e-6)
    assert figures.error.low < figures.error.mean < figures.error.high
    assert figures.clips == 3
    assert figures.exact == pytest.approx(1 / 3)
    assert figures.bias["person"] == pytest.approx(-2 / 3)
    assert figures.absolute["car"] == pytest.approx(2 / 3)

"""How well the detector finds what it has never seen, by size, smoke, distance, occlusion, posture and kind of person.

    goldentime dataset make detection n=1000 pool=test out=runs/data/detection-test
    python benchmarks/eval_detector.py runs/data/detection-test
    python benchmarks/eval_detector.py runs/data/detection-test --latency --errors errors.png

Average precision is COCO's, with 95 % intervals over resampled pictures. The headline is the mean over the contest's six
classes and fire, of boxes of at least 24 pixels (the root of the area) seen through a transmittance of at least 0.5; other
boxes are ignored there and have rows of their own.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from goldentime.baselines.vision.detector import HEADLINE, clear_question, find_all
from goldentime.baselines.vision.detector_data import CutConfig, PictureSet, read_set
from goldentime.baselines.vision.detector_smoke import in_cells
from goldentime.eval.score.classify import balanced_accuracy, confusion, over_groups, roc_auc
from goldentime.eval.score.coco import Answer, average_precision
from goldentime.eval.score.slices import GROUPS, Fairness, fairness, slice_table
from goldentime.perception.boxes import corners_of, overlaps
from goldentime.perception.detection import Detector, load_detector

SURE = 0.4
"""Score from which on a detection counts for recall and in the pictures of errors."""
SMOKY_PER_M = 0.01
"""Mean extinction of a picture that counts as smoky: what reflects light is seen some 300 m through it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder of goldentime dataset make detection")
    parser.add_argument("--checkpoint", type=Path, help="another than the shipped one")
    parser.add_argument("--most", type=int, help="only so many pictures")
    parser.add_argument("--resamples", type=int, default=300)
    parser.add_argument("--latency", action="store_true", help="time single pictures on one thread as well")
    parser.add_argument("--headline", action="store_true", help="leave the slices out")
    parser.add_argument("--errors", type=Path, help="draw the worst misses and false alarms")
    args = parser.parse_args()
    torch.set_num_threads(1)
    detector = load_detector(args.checkpoint, least_score=0.01)
    pictures = read_set(args.data, CutConfig(), args.most)
    answers = find_all(detector.find, pictures)
    figures = average_precision(pictures.annotations, answers, clear_question())
    print(f"{len(pictures.labels)} pictures: AP50 {figures['ap50']:.3f}, AP {figures['ap']:.3f} (faster-coco-eval)")
    show_table(pictures, answers, args.resamples, args.headline)
    if not args.headline:
        show_persons(detector, pictures)
        show_smoke(detector, pictures)
    if args.latency:
        show_latency(load_detector(args.checkpoint), pictures)
    if args.errors:
        cv2.imwrite(str(args.errors), errors(pictures, answers)[..., ::-1])
    return 0


def show_table(pictures: PictureSet, answers: Sequence[Answer], resamples: int, short: bool) -> None:
    """Print AP50 by slice."""
    print(f"{'by':14} {'':18} {'n':>6} {'AP50':>6}  95 % interval")
    for row in slice_table(pictures.annotations, answers, clear_question(), resamples):
        if row.ap50 is not None and not (short and row.by not in ("all", "category")):
            print(f"{row.by:14} {row.name:18} {row.n:6} {row.ap50.mean:6.3f}  {row.ap50.low:.3f}-{row.ap50.high:.3f}")
    others = tuple(name for name in pictures.categories if name not in HEADLINE)
    rows = slice_table(pictures.annotations, answers, clear_question(others), resamples)
    for row in rows:
        if row.by == "category" and row.ap50 is not None:
            print(f"{'further':14} {row.name:18} {row.n:6} {row.ap50.mean:6.3f}  {row.ap50.low:.3f}-{row.ap50.high:.3f}")
    show_fairness(fairness(pictures.annotations, answers, clear_question(("person",)), SURE))


def show_fairness(found: Fairness) -> None:
    """Print the recall of men, women and children."""
    print(f"recall of persons at a score of at least {found.least_score:g}:")
    for group, figure in found.recalls.items():
        print(f"  {group:10} {found.counts[group]:6} {figure.mean:6.3f}  {figure.low:.3f}-{figure.high:.3f}")
    print(f"  largest gap       {found.gap.mean:6.3f}  {found.gap.low:.3f}-{found.gap.high:.3f}")


def show_persons(detector: Detector, pictures: PictureSet) -> None:
    """Print how often kind and posture of a found person are right, by the size of the box, and who is taken for whom."""
    found = found_persons(detector, pictures)
    sizes = np.array([person.size_px for person in found])
    for low, high in ((48.0, 1e5), (24.0, 48.0)):
        some = [person for person, size in zip(found, sizes, strict=True) if low <= size < high]
        if not some:
            continue
        print(
            f"found persons of {low:g} px and more: {len(some)}"
            if high > 1e4
            else f"of {low:g} to {high:g} px: {len(some)}"
        )
        scenes = np.array([person.scene for person in some])
        for question in ("kind", "posture", "group"):
            truth, said = (np.array([getattr(p, side)[question] for p in some]) for side in ("truth", "said"))
            names, numbers = np.unique(np.concatenate([truth, said]), return_inverse=True)
            columns = numbers[: len(some)], numbers[len(some) :]
            fair = over_groups(balanced_accuracy, columns, scenes)
            rate = over_groups(lambda a, b: float((a == b).mean()), columns, scenes)
            print(
                f"  {question:8} right {rate.mean:.3f} ({rate.low:.3f}-{rate.high:.3f}), each of {len(np.unique(truth))} "
                f"weighing the same {fair.mean:.3f} ({fair.low:.3f}-{fair.high:.3f})"
            )
            if question != "posture":
                show_confusion(truth.tolist(), said.tolist(), names.tolist())


def show_confusion(truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> None:
    """Print a row for each truth."""
    table = confusion(truth, said, names)
    print(f"    {'is, said':14}" + "".join(f"{name[:10]:>11}" for name in names))
    for name, row in zip(names, table, strict=True):
        print(f"    {name:14}" + "".join(f"{count:11}" for count in row))


class FoundPerson(NamedTuple):
    """A person of the headline who was found."""

    scene: int
    size_px: float
    truth: dict[str, str]
    said: dict[str, str]


def found_persons(detector: Detector, pictures: PictureSet) -> list[FoundPerson]:
    """Those that a detection of at least `SURE` overlaps by half."""
    people = []
    rows = zip(pictures.pictures, pictures.annotations["images"], _persons(pictures), strict=True)
    for picture, image, truth in rows:
        found = [d for d in detector.detect(picture) if d.category == "person" and d.score >= SURE] if truth else []
        if not found:
            continue
        shared = overlaps(np.array([corners_of(a["bbox"]) for a in truth]), np.array([corners_of(d.box) for d in found]))
        for row, annotation in zip(shared, truth, strict=True):
            if row.max() >= 0.5:
                best, (width, height) = found[int(row.argmax())], annotation["bbox"][2:]
                told = _answers(annotation["kind"], annotation["posture"]), _answers(best.kind, best.posture)
                people.append(FoundPerson(image["scene"], float(np.sqrt(width * height)), *told))
    return people


def _answers(kind: str, posture: str) -> dict[str, str]:
    group = next((name for name, kinds in GROUPS.items() if kind in kinds), "in gear")
    return {"kind": kind, "posture": posture, "group": group}


def show_smoke(detector: Detector, pictures: PictureSet) -> None:
    """Print how far extinction and transmittance are off, and how surely smoky pictures are told from clear ones."""
    height, width = pictures.pictures.shape[1:3]
    told, true, seen, passing = [], [], [], []
    for picture, smoke in zip(pictures.pictures, pictures.smoke, strict=True):
        answer, truth = detector.smoke(picture), in_cells(smoke, height, width)
        told.append(answer.extinction_per_m)
        seen.append(answer.transmittance)
        true.append(truth[0])
        passing.append(truth[1])
    said, extinction = np.array(told), np.array(true)
    scenes = np.array([image["scene"] for image in pictures.annotations["images"]])
    mean, whole = said.mean((1, 2)).astype(np.float64), extinction.mean((1, 2))
    smoky = (whole >= SMOKY_PER_M).astype(np.int64)
    area = over_groups(roc_auc, (smoky, mean), scenes)
    fair = over_groups(balanced_accuracy, (smoky, (mean >= SMOKY_PER_M).astype(np.int64)), scenes)
    print(f"smoke: {smoky.sum()} of {len(smoky)} pictures have a mean extinction of at least {SMOKY_PER_M:g} /m")
    print(f"  told from the others: ROC AUC {area.mean:.3f} ({area.low:.3f}-{area.high:.3f})")
    print(f"  by an answer of as much: balanced accuracy {fair.mean:.3f} ({fair.low:.3f}-{fair.high:.3f})")
    for name, chosen in (("smoky", smoky == 1), ("other", smoky == 0)):
        if chosen.any():
            off = np.abs(mean - whole)[chosen].mean()
            print(f"  extinction of {name} pictures [1/m]: mean {whole[chosen].mean():.4f}, mean error {off:.4f}")
    cells = np.abs(np.array(seen) - np.array(passing)).mean((1, 2)).astype(np.float64)
    error = over_groups(lambda a: float(a.mean()), (cells,), scenes)
    print(f"  transmittance of cells: mean error {error.mean:.3f} ({error.low:.3f}-{error.high:.3f})")
    above_said, above = (
        part[:, : height // 64].mean((1, 2)) - part[:, height // 64 :].mean((1, 2)) for part in (said, extinction)
    )
    layered = np.abs(above) > SMOKY_PER_M
    if layered.any():
        right = (np.sign(above_said) == np.sign(above))[layered].mean()
        print(f"  which half is smokier, where they differ by {SMOKY_PER_M:g} /m: right in {right:.3f} of {layered.sum()}")


def _persons(pictures: PictureSet) -> list[list[dict[str, Any]]]:
    """Persons of the headline, by picture."""
    data, asked = pictures.annotations, clear_question().asked
    number = next(category["id"] for category in data["categories"] if category["name"] == "person")
    rows: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in data["images"]}
    for annotation in data["annotations"]:
        width, height = annotation["bbox"][2:]
        if annotation["category_id"] == number and asked(annotation) and width * height >= 24.0**2:
            rows[annotation["image_id"]].append(annotation)
    return [rows[image["id"]] for image in data["images"]]


def show_latency(detector: Detector, pictures: PictureSet) -> None:
    """Print the time of one picture, from pixels to detections; on a busy machine the processor's time tells more."""
    wall, processor = [], []
    for picture in pictures.pictures[:120]:
        begun = time.perf_counter(), time.thread_time()
        detector.detect(picture)
        wall.append(1e3 * (time.perf_counter() - begun[0]))
        processor.append(1e3 * (time.thread_time() - begun[1]))
    height, width = pictures.pictures.shape[1:3]
    for name, times in (("by the clock", wall), ("of the processor", processor)):
        half, most = np.percentile(times[20:], [50, 95])
        print(f"latency at {width}x{height}, one thread, {name}: median {half:.1f} ms, 95th percentile {most:.1f} ms")


def errors(pictures: PictureSet, answers: Sequence[Answer], count: int = 24) -> NDArray[np.uint8]:
    """Pictures with the most misses (yellow) and false alarms (red) of the headline; hits are green."""
    names = {category["id"]: category["name"] for category in pictures.annotations["categories"]}
    question, drawn = clear_question(), []
    for i, image in enumerate(pictures.annotations["images"]):
        sure = [a for a in answers if a.image_id == image["id"] and a.score >= SURE and a.category in HEADLINE]
        rows = [a for a in pictures.annotations["annotations"] if a["image_id"] == image["id"]]
        drawn.append(_marked(pictures.pictures[i], sure, [(names[a["category_id"]], a, question.asked(a)) for a in rows]))
    worst = sorted(drawn, key=lambda pair: -pair[0])[: 4 * count : 4]
    tiles = [picture for _, picture in worst]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 4)
    return np.concatenate([np.concatenate(tiles[i : i + 4], 1) for i in range(0, len(tiles), 4)])


def _marked(
    picture: NDArray[np.uint8], sure: Sequence[Answer], truth: Sequence[tuple[str, dict[str, Any], bool]]
) -> tuple[int, NDArray[np.uint8]]:
    """How much is wrong, and the picture with the boxes."""
    out, wrong = np.asarray(cv2.resize(picture, None, fx=1.5, fy=1.5), np.uint8), 0

    def draw(box: Sequence[float], colour: tuple[int, int, int], text: str) -> None:
        x0, y0, x1, y1 = (round(1.5 * float(v)) for v in corners_of((box[0], box[1], box[2], box[3])))
        cv2.rectangle(out, (x0, y0), (x1, y1), colour, 1)
        cv2.putText(out, text, (x0 + 1, y0 + 10), cv2.FONT_HERSHEY_SIMPLEX, 0.35, colour, 1)

    for category, annotation, asked in truth:
        mine = [a for a in sure if a.category == category and _iou(a.bbox, annotation["bbox"]) >= 0.5]
        if category in HEADLINE and asked and not mine and annotation["bbox"][2] * annotation["bbox"][3] >= 24.0**2:
            draw(annotation["bbox"], (255, 255, 0), category)
            wrong += 1
    for answer in sure:
        hit = any(c == answer.category and _iou(answer.bbox, a["bbox"]) >= 0.5 for c, a, _ in truth)
        draw(answer.bbox, (0, 255, 0) if hit else (255, 0, 0), f"{answer.category} {answer.score:.2f}")
        wrong += not hit
    return wrong, out


def _iou(a: Sequence[float], b: Sequence[float]) -> float:
    first, second = (corners_of((box[0], box[1], box[2], box[3]))[None] for box in (a, b))
    return float(overlaps(first, second)[0, 0])


if __name__ == "__main__":
    sys.exit(main())

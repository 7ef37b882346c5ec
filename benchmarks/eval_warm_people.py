"""How well the shipped network finds people in thermal pictures: `python benchmarks/eval_warm_people.py FOLDER [FILE]`.

FOLDER is a set of `goldentime dataset make warmth pool=test`, FILE other weights.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

from goldentime.baselines.vision.warm_people import Pictures, read_pictures, reckon
from goldentime.eval.score.aggregate import wilson
from goldentime.perception.warm_people import load_warm_people

_SCORE = 0.35
_LOOKS = 100


def chosen(pictures: Pictures, which: np.ndarray) -> Pictures:
    """Some of the pictures."""
    rows = np.flatnonzero(which)
    people = [pictures.people[i] for i in rows.tolist()]
    return Pictures(pictures.kelvin[rows], pictures.depth_m[rows], pictures.above_m[rows], people)


def main() -> None:
    """Print precision, recall and poses by how hot it is in view, and what a picture takes."""
    torch.set_num_threads(1)
    finder = load_warm_people(Path(sys.argv[2]) if len(sys.argv) > 2 else None, least_score=_SCORE)
    pictures = read_pictures(Path(sys.argv[1]))
    middle_k = np.median(pictures.kelvin, axis=(1, 2))
    parts = {
        "all": middle_k > 0.0,
        "cooler than 298 K": middle_k < 298.0,
        "298 to 310 K": (middle_k >= 298.0) & (middle_k < 310.0),
        "hotter than 310 K": middle_k >= 310.0,
    }
    print(f"{'median in view':20s} pictures  people  recall (95 %)         precision  pose right")
    for name, which in parts.items():
        found = reckon(finder, chosen(pictures, which))
        told = wilson(round(found.recall * found.people), max(found.people, 1))
        print(
            f"{name:20s} {int(which.sum()):8d} {found.people:7d}  {found.recall:.3f} ({told.low:.3f}-{told.high:.3f})  "
            f"{found.precision:.3f}      {found.poses:.3f}"
        )
    begun = time.process_time()
    for i in range(min(_LOOKS, len(pictures.people))):
        finder.find(*(array[i].astype(np.float32) for array in pictures[:3]))
    print(f"{1000.0 * (time.process_time() - begun) / min(_LOOKS, len(pictures.people)):.1f} ms a picture")


if __name__ == "__main__":
    main()

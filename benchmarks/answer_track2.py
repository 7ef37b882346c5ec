"""Our reader's answer to the text track.

`goldentime dataset make contest2019-track2 out=FOLDER`, then `python benchmarks/answer_track2.py FOLDER ANSWER.json`, then
`goldentime contest track2 FOLDER/track2_GT.json ANSWER.json`. Only the pictures are read. With `--lexicon` the reader is
given the fixed words of the held-out pool, as an organiser may publish them.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from goldentime.envs.signage.vocabulary import lexicon
from goldentime.eval.contest.track2 import Answers, answer_bytes
from goldentime.files import write_atomic
from goldentime.perception.reading import load_reader


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--lexicon", action="store_true")
    args = parser.parse_args()
    reader = load_reader(lexicon=lexicon("test") if args.lexicon else None)
    answers: Answers = {}
    for path in sorted((args.folder / "images").glob("t2_image_*.jpg")):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            print(f"{path}: can't be read", file=sys.stderr)
            return 2
        readings = reader.read(np.asarray(picture, np.uint8))
        answers[int(path.stem.rpartition("_")[2])] = tuple(reading.text for reading in readings)
    write_atomic(args.answer, answer_bytes(answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())

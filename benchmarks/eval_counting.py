"""How well detector and tracker count in clips of the 2019 contest's first track: its error with a 95 % interval.

goldentime dataset make contest2019-track1 n=50 pool=test out=runs/data/track1-test
python benchmarks/eval_counting.py runs/data/track1-test
python benchmarks/eval_counting.py runs/data/track1-test --answer answer.json
python benchmarks/eval_counting.py runs/data/track1-test --cache runs/watched --weights other_counter.json
"""

import argparse
import sys
import time
from pathlib import Path

import torch

from goldentime.baselines.vision.counter import CounterConfig, count_watched
from goldentime.baselines.vision.watched import watch_once
from goldentime.eval.contest.track1 import ANSWER_KEY, CLASSES, TRUTH_KEY, counts_bytes, read_counts
from goldentime.eval.score.counting import count_figures
from goldentime.files import write_atomic
from goldentime.perception.counting import load_count_model
from goldentime.perception.detection import load_detector


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="a folder of goldentime dataset make contest2019-track1")
    parser.add_argument("--checkpoint", type=Path, default=Path("baselines/checkpoints/detector.safetensors"))
    parser.add_argument("--weights", type=Path, help="of counting, other ones than the shipped; see calibrate_counter.py")
    parser.add_argument("--cache", type=Path, help="keep what is found there: then a second run takes seconds")
    parser.add_argument("--most", type=int, help="only so many clips")
    parser.add_argument("--answer", type=Path, help="write the contest's answer file")
    args = parser.parse_args()
    torch.set_num_threads(1)
    truth = dict(list(read_counts(args.clips / "track1_GT.json", TRUTH_KEY).items())[: args.most])
    config, model, weights = CounterConfig(), load_count_model(args.weights), args.checkpoint.read_bytes()
    detector = load_detector(args.checkpoint, least_score=config.tracker.least_score)
    answers, begun = {}, time.process_time()
    for clip in truth:
        watched = watch_once(detector, weights, args.clips / f"t1_video_{clip:05d}", config, args.cache)
        answers[clip] = tuple(count_watched(watched, CLASSES, model, config))
        wrong = [a - t for a, t in zip(answers[clip], truth[clip], strict=True)]
        print(f"clip {clip:5}  truth {list(truth[clip])}  answer {answers[clip]}  apart {wrong}", flush=True)
    spent = time.process_time() - begun
    score = count_figures(truth, answers)
    print(f"{score.clips} clips, {spent / score.clips:.1f} CPU s each: error {score.error.mean:.3f} ", end="")
    print(f"({score.error.low:.3f}-{score.error.high:.3f}), without any error {score.exact:.0%}")
    nothing = count_figures(truth, {})
    print(f"for comparison, zeros: {nothing.error.mean:.3f} ({nothing.error.low:.3f}-{nothing.error.high:.3f})")
    for name in CLASSES:
        print(f"  {name:18} answered less true {score.bias[name]:+.2f}, apart by {score.absolute[name]:.2f}")
    if args.answer:
        write_atomic(args.answer, counts_bytes(ANSWER_KEY, answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())

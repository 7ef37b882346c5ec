"""Fit the counter's weights to the detector, on clips of pool `train`; tell by cross-validation how well it then counts.

goldentime dataset make contest2019-track1 n=40 pool=train seed=5 out=runs/data/track1-train
python benchmarks/calibrate_counter.py runs/data/track1-train --cache runs/watched --out baselines/checkpoints/counter.json
"""

import argparse
import sys
from pathlib import Path

import torch

from goldentime.baselines.vision.counter import CounterConfig
from goldentime.baselines.vision.counter_fit import Followed, fit_counter, followed, read_truth
from goldentime.baselines.vision.watched import watch_once
from goldentime.eval.contest.track1 import CLASSES, TRUTH_KEY, read_counts
from goldentime.eval.score.counting import count_figures
from goldentime.files import pretty_json, write_atomic
from goldentime.perception.counting import CountModel, count_tracks
from goldentime.perception.detection import load_detector
from goldentime.records import dump


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="a folder of goldentime dataset make contest2019-track1 pool=train")
    parser.add_argument("--checkpoint", type=Path, default=Path("baselines/checkpoints/detector.safetensors"))
    parser.add_argument("--cache", type=Path, help="keep what is found there: then a second run takes seconds")
    parser.add_argument("--folds", type=int, default=4, help="of the cross-validation")
    parser.add_argument("--most", type=int, help="only so many clips")
    parser.add_argument("--out", type=Path, help="write the weights there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    clips = _followed(args)
    counts = {clip: row for clip, row in read_counts(args.clips / "track1_GT.json", TRUTH_KEY).items() if clip in clips}
    answers = _cross_validated(clips, args.folds)
    figures = count_figures(counts, answers)
    print(f"{figures.clips} clips, {args.folds} folds: error {figures.error.mean:.3f} ", end="")
    print(f"({figures.error.low:.3f}-{figures.error.high:.3f})")
    for name in CLASSES:
        print(f"  {name:18} answered less true {figures.bias[name]:+.2f}, apart by {figures.absolute[name]:.2f}")
    if args.out:
        write_atomic(args.out, pretty_json(dump(fit_counter(list(clips.values())))))
    return 0


def _followed(args: argparse.Namespace) -> dict[int, Followed]:
    config, found = CounterConfig(), {}
    detector = load_detector(args.checkpoint, least_score=config.tracker.least_score)
    weights = args.checkpoint.read_bytes()
    for clip, truth in list(read_truth(args.clips).items())[: args.most]:
        watched = watch_once(detector, weights, args.clips / f"t1_video_{clip:05d}", config, args.cache)
        found[clip] = followed(watched, truth, config)
        print(f"clip {clip:5}: {len(found[clip].tracks)} tracks", flush=True)
    return found


def _cross_validated(clips: dict[int, Followed], folds: int) -> dict[int, tuple[int, ...]]:
    answers = {}
    for fold in range(folds):
        model = fit_counter([clip for number, clip in clips.items() if number % folds != fold])
        answers |= {number: _count(clip, model) for number, clip in clips.items() if number % folds == fold}
    return answers


def _count(clip: Followed, model: CountModel) -> tuple[int, ...]:
    return tuple(count_tracks(clip.tracks, clip.flight, clip.size_px, CLASSES, model))


if __name__ == "__main__":
    sys.exit(main())

"""Can our signs be read? Readers that never saw them look straight on from 2 and 4 m, at 640 x 480 pixels over 60 degrees.

`python benchmarks/read_signs.py`

Tesseract comes from the system (`apt-get install tesseract-ocr tesseract-ocr-kor`), RapidOCR from `pip install rapidocr
onnxruntime`; either may be absent. Each line is cut out by the truth about its place, so this measures legibility, not the
finding of text. Covered signs, vertical ones, and those that don't fit in the picture are left out.
"""

import argparse
import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from goldentime.envs.signage.layout import panes
from goldentime.envs.signs import Language, SignKind, SignSpec, SignVariety, draw_sign, line_box, sign_image
from goldentime.eval.score.aggregate import wilson
from goldentime.eval.score.text import mean_figures, score_text
from goldentime.rng import stream

WIDTH_PX, VIEW_RAD = 640, math.radians(60.0)
FOCAL_PX = WIDTH_PX / 2 / math.tan(VIEW_RAD / 2)
DISTANCES_M = (2.0, 4.0)
OVERSIZE = 4
LINE_PX = 40
"""Height that a cut-out line is enlarged to."""
WALL_PX = 8
WALL = (150, 148, 144)
AIMS = {("tesseract", Language.KO): 0.80, ("rapidocr", Language.EN): 0.95}
LANGUAGES = {"tesseract": tuple(Language), "rapidocr": (Language.EN,)}
"""What each reader knows; RapidOCR's own models have no Hangul."""
Reader = Callable[[Sequence[Image.Image]], list[str]]


def as_seen(spec: SignSpec, distance_m: float) -> Image.Image:
    """The sign on a grey wall as the camera's pixels would hold it."""
    large = Image.fromarray(sign_image(spec, OVERSIZE * FOCAL_PX / distance_m))
    margin = WALL_PX * OVERSIZE
    wide, high = (-(-side // OVERSIZE) * OVERSIZE + 2 * margin for side in large.size)
    wall = Image.new("RGB", (wide, high), WALL)
    wall.paste(large, (margin, margin), large)
    return wall.reduce(OVERSIZE)


def lines_of(spec: SignSpec, distance_m: float) -> Iterator[Image.Image]:
    """Each line cut out with a margin that stays clear of border and pictogram, enlarged."""
    picture, scale = as_seen(spec, distance_m), FOCAL_PX / distance_m
    _, pane = panes(spec)
    clear = 0.04 * min(spec.size_m)
    for number in range(len(spec.lines)):
        box = line_box(spec, number)
        margin = 0.2 * box.height
        left, top = max(box.left - margin, pane.left - clear), max(box.top - margin, pane.top - clear)
        right, bottom = min(box.right + margin, pane.right + clear), min(box.bottom + margin, pane.bottom + clear)
        corners = (math.floor(left * scale), math.floor(top * scale), math.ceil(right * scale), math.ceil(bottom * scale))
        x0, y0, x1, y1 = (corner + WALL_PX for corner in corners)
        cut = picture.crop((x0, y0, x1, y1))
        enlarge = LINE_PX / cut.height
        yield cut.resize((max(round(cut.width * enlarge), 1), LINE_PX), Image.Resampling.BICUBIC)


def plain(line: Image.Image) -> Image.Image:
    """Dark letters on a light ground, in grey, with room around them: what Tesseract was made for."""
    grey = ImageOps.autocontrast(line.convert("L"), cutoff=1)
    rim = np.concatenate([np.asarray(grey)[[0, -1]].ravel(), np.asarray(grey)[:, [0, -1]].ravel()])
    dark = float(np.median(rim)) < 128
    grey = ImageOps.invert(grey) if dark else grey
    return ImageOps.expand(grey, 12, int(np.median(255 - rim if dark else rim)))


def tesseract() -> Reader | str:
    """The reader, or why there is none."""
    if shutil.which("tesseract") is None:
        return "tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-kor"
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    if not {"kor", "eng"} <= set(listed):
        return "tesseract lacks a language: apt-get install tesseract-ocr-kor tesseract-ocr-eng"

    single = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # its threads slow each other down on single lines

    def read(lines: Sequence[Image.Image]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{number:05d}.png" for number in range(len(lines))]
            for path, line in zip(paths, lines, strict=True):
                plain(line).save(path)
            index = Path(folder) / "index.txt"
            index.write_text("".join(f"{path}\n" for path in paths))
            command = ["tesseract", str(index), "stdout", "-l", "kor+eng", "--psm", "7", "--dpi", "150"]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=single)
        pages = done.stdout.split("\f")
        return [page.strip() for page in pages[: len(lines)]]

    return read


def rapidocr() -> Reader | str:
    """The reader, or why there is none."""
    if importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None:
        return "rapidocr is not installed: pip install rapidocr onnxruntime"
    from rapidocr import RapidOCR  # type: ignore[import-not-found, unused-ignore]

    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(lines: Sequence[Image.Image]) -> list[str]:
        pixels = [np.ascontiguousarray(np.asarray(line)[..., ::-1]) for line in lines]
        found = [engine(line, use_det=False, use_cls=False, use_rec=True).txts for line in pixels]
        return ["".join(texts or ()) for texts in found]

    return read


def draw(count: int, language: Language, distance_m: float, variety: SignVariety, seed: int) -> list[SignSpec]:
    """Signs of all kinds in turn that stand across and fit in the picture."""
    kinds, found, number = list(SignKind), list[SignSpec](), 0
    while len(found) < count:
        rng = stream(seed, f"read_signs.{language}", number)
        spec = draw_sign(kinds[number % len(kinds)], rng, variety, language=language)
        number += 1
        if not spec.vertical and spec.size_m[0] * FOCAL_PX / distance_m <= WIDTH_PX:
            found.append(spec)
    return found


def measure(reader: Reader, specs: Sequence[SignSpec], distance_m: float) -> dict[str, Any]:
    """How well one reader reads, with the readings that failed."""
    lines = [list(lines_of(spec, distance_m)) for spec in specs]
    texts = iter(reader([line for part in lines for line in part]))
    answers = [" ".join(next(texts) for _ in part) for part in lines]
    scores = [score_text(spec.text, answer) for spec, answer in zip(specs, answers, strict=True)]
    figures = mean_figures(scores)
    assert figures is not None
    # Readers differ in where they see a space; Korean is written with and without.
    tight = [s.text.replace(" ", "") == a.replace(" ", "") for s, a in zip(specs, answers, strict=True)]
    return {
        "n": len(specs),
        "exact": wilson(sum(score.exact for score in scores), len(specs)),
        "exact_but_spaces": wilson(sum(tight), len(specs)),
        "jamo_1ned": figures.jamo_similarity,
        "missed": [
            (spec.kind.value, spec.font, spec.text, answer)
            for spec, answer, same in zip(specs, answers, tight, strict=True)
            if not same
        ],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signs", type=int, default=120, help="signs per language and distance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--new", action="store_true", help="signs without wear and soot")
    parser.add_argument("--missed", action="store_true", help="show what was misread")
    args = parser.parse_args()
    variety = SignVariety(wear=(0.0, 0.0), soot=(0.0, 0.0), covered=0.0) if args.new else SignVariety(covered=0.0)
    print(f"{args.signs} signs per row, seed {args.seed}, {'new' if args.new else 'worn and sooty as drawn by default'}")
    print(f"{'reader':10} {'language':8} {'m':>2}  {'exact':>5} {'95 % interval':>15}  {'spaces aside':>12}  jamo 1-NED")
    for make in (tesseract, rapidocr):
        reader = make()
        if isinstance(reader, str):
            print(f"{make.__name__:10} left out: {reader}")
            continue
        for language in LANGUAGES[make.__name__]:
            for distance in DISTANCES_M:
                row = measure(reader, draw(args.signs, language, distance, variety, args.seed), distance)
                show(make.__name__, language, distance, row)
                for missed in row["missed"] if args.missed else ():
                    print("   ", json.dumps(missed, ensure_ascii=False))
    return 0


def show(reader: str, language: Language, distance_m: float, row: dict[str, Any]) -> None:
    """Print one line of the table."""
    exact, tight = row["exact"], row["exact_but_spaces"]
    aim = AIMS.get((reader, language))
    note = "" if aim is None else f"  aim {aim:.0%} {'met' if exact.mean >= aim else 'not met'}"
    interval = f"{exact.low:.1%}-{exact.high:.1%}"
    print(
        f"{reader:10} {language.value:8} {distance_m:2.0f}  {exact.mean:5.1%} {interval:>15}  {tight.mean:12.1%}"
        f"  {row['jamo_1ned']:.3f}{note}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

"""Can our reader read signs it has never seen? Held-out words and fonts, through the camera, in frames of 640 x 480.

`python benchmarks/eval_reader.py --signs 300 --seed 7`

A sign hangs in a room, 2 to 6 m from the camera (40 degrees wide), seen at up to 40 degrees from either side; all of it is
in the picture. The reader gets the frame and nothing else. Tesseract and RapidOCR, where they are installed, get the lines
that our reader found and straightened, so they are compared as spellers. A lexicon is the list of words that signs may
show; names that are put together and numbers are not in it.

Only projecting shop signs of one short Korean word are written downwards, and few of them fit in the frame: `--vertical`
measures these alone.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.signage.fonts import pool_fonts
from goldentime.envs.signage.vocabulary import lexicon
from goldentime.envs.signs import (
    Language,
    Mounting,
    PlacedSign,
    SignKind,
    SignSpec,
    SignVariety,
    draw_sign,
    face_corners,
    line_box,
    rect_corners,
)  # fmt: skip
from goldentime.eval.score.aggregate import wilson
from goldentime.eval.score.text import mean_figures, score_text
from goldentime.perception.reading import Reader, Reading, load_reader
from goldentime.rng import stream
from goldentime.types import DroneState, Vec3, WorldState

WIDTH, HEIGHT, FOV_RAD = 640, 480, math.radians(40.0)
FOCAL_PX = WIDTH / 2 / math.tan(FOV_RAD / 2)
DISTANCE_M, ANGLE_DEG = (2.0, 6.0), 40.0
RIM_PX = 4
"""A sign fits when its corners are so far inside the frame."""
ROOM_M = 14.0
Picture = NDArray[np.uint8]


class Shot(NamedTuple):
    """One sign before the camera."""

    spec: SignSpec
    distance_m: float
    angle_deg: float
    letter_px: float
    """Mean height of the largest line's box in the frame."""
    clear: float
    """Share of the sign's light that smoke lets through."""
    quad: NDArray[np.float64]
    frame: Picture


def look(sign: PlacedSign, distance_m: float, angle: float, rng: np.random.Generator) -> View:
    """A camera at that distance from the sign's first face, off its normal by an angle, not quite aimed at it."""
    corners = face_corners(sign)[0]
    centre = corners.mean(0)
    out = np.cross(corners[3] - corners[0], corners[1] - corners[0])
    away = math.atan2(out[1], out[0]) + angle
    rise = float(rng.uniform(-0.25, 0.25))
    eye = centre + distance_m * np.array([math.cos(away), math.sin(away), rise])
    aim = centre - eye
    yaw = math.atan2(aim[1], aim[0]) + float(rng.normal(0, 0.05))
    pitch = math.atan2(aim[2], math.hypot(aim[0], aim[1])) + float(rng.normal(0, 0.04))
    roll = float(rng.normal(0, 0.03))
    forward = np.array([math.cos(yaw) * math.cos(pitch), math.sin(yaw) * math.cos(pitch), math.sin(pitch)])
    up = np.array([-math.cos(yaw) * math.sin(pitch), -math.sin(yaw) * math.sin(pitch), math.cos(pitch)])
    up = up * math.cos(roll) + np.cross(forward, up) * math.sin(roll)
    return View(_vec(eye), _vec(forward), _vec(up), WIDTH, HEIGHT, FOV_RAD, 60.0)


def _vec(vector: NDArray[np.float64]) -> Vec3:
    x, y, z = vector.tolist()
    return x, y, z


def in_frame(view: View, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """World points in pixels."""
    right, down, forward = view.axes
    away = points - np.array(view.eye)
    depth = away @ forward
    columns = [away @ right / depth * FOCAL_PX + WIDTH / 2 - 0.5, away @ down / depth * FOCAL_PX + HEIGHT / 2 - 0.5]
    return np.stack(columns, -1)


def paint(rng: np.random.Generator) -> str:
    """Any colour, mostly pale."""
    grey = 255.0 * float(rng.uniform(0.25, 0.95))
    red, green, blue = np.clip(grey + rng.normal(0.0, 20.0, 3), 0, 255).astype(int).tolist()
    return f"paint_{red:02x}{green:02x}{blue:02x}"


def room(sign: PlacedSign, rng: np.random.Generator, smoke: SmokeLayers | None) -> Scenario:
    """The sign on a wall, in a room with some boxes against the walls."""
    half = ROOM_M / 2
    walls = (
        ((-0.1, 0.0, 3.0), (0.2, 2 * ROOM_M, 10.0)),
        ((half, -9.0, 3.0), (ROOM_M, 0.2, 10.0)),
        ((half, 9.0, 3.0), (ROOM_M, 0.2, 10.0)),
    )
    solids = [Box(centre=centre, size=size, semantic="wall", material=paint(rng)) for centre, size in walls]
    reach = face_corners(sign).reshape(-1, 3)
    for _ in range(int(rng.integers(0, 7))):
        size = rng.uniform(0.15, 0.9, 3)
        centre = np.array([size[0] / 2, rng.uniform(-3, 3), rng.uniform(0, 6)])
        clear = np.abs(centre[1] - reach[:, 1].mean()) > size[1] / 2 + np.ptp(reach[:, 1]) / 2 + 0.1
        clear |= np.abs(centre[2] - reach[:, 2].mean()) > size[2] / 2 + np.ptp(reach[:, 2]) / 2 + 0.1
        if clear and reach[:, 0].max() < 0.3:
            solids.append(Box(centre=tuple(centre.tolist()), size=tuple(size.tolist()), material=paint(rng)))
    drone = DroneSpec(airframe="scout", position=(-30.0, 0.0, 1.5))
    return Scenario(
        mission="eval",
        level=Level(solids=tuple(solids)),
        signs=(sign,),
        smoke=smoke,
        drones=(drone,),
        time_limit_s=1.0,
        task={},
    )


STATE = WorldState(
    0.0,
    (DroneState((-30.0, 0.0, 1.5), (0.0, 0.0, 0.0, 1.0), *((0.0, 0.0, 0.0),) * 3, (0.0,) * 4, 1.0, 12.0, (), 0.0),),
    (),
)


def shots(count: int, seed: int, variety: SignVariety, vertical: bool = False) -> Iterator[Shot]:
    """Signs of all kinds in both languages, or such as are written downwards alone, that fit in the frame."""
    renderer, number, found = make_renderer("gl"), 0, 0
    kinds = (SignKind.SHOP,) if vertical else tuple(SignKind)
    while found < count:
        rng = stream(seed, "eval_reader", number)
        number += 1
        language = (Language.KO, Language.EN, Language.KO, Language.EN, Language.MIXED)[0 if vertical else number % 5]
        spec = draw_sign(kinds[int(rng.integers(len(kinds)))], rng, variety, language=language)
        if vertical and not spec.vertical:
            continue
        sign = PlacedSign(spec=spec, anchor=(0.0 if spec.mounting is not Mounting.HANGING else 1.0, 0.0, 0.0), yaw=0.0)
        distance, angle = float(rng.uniform(*DISTANCE_M)), float(rng.uniform(-ANGLE_DEG, ANGLE_DEG))
        view = look(sign, distance, math.radians(angle), rng)
        quad = in_frame(view, face_corners(sign)[0])
        if (
            (quad < RIM_PX).any()
            or (quad > np.array([WIDTH, HEIGHT]) - RIM_PX).any()
            or view.eye[2] < 0.2
            or view.eye[0] < 0.5
        ):
            continue
        extinction = float(rng.uniform(0.02, 0.3)) if rng.random() < 0.25 else 0.0
        smoke = (
            SmokeLayers(layers=(SmokeLayer(bottom_m=0.0, top_m=12.0, extinction_per_m=extinction),)) if extinction else None
        )
        frame = make_frame(WIDTH, HEIGHT)
        renderer.load(room(sign, rng, smoke))
        renderer.render(view, STATE, frame)
        picture = frame.rgb.astype(np.float32) + 2.0 * rng.standard_normal(frame.rgb.shape, np.float32)
        size = max(letter_px(view, sign, place) for place in range(len(spec.lines)))
        found += 1
        yield Shot(
            spec,
            distance,
            abs(angle),
            size,
            math.exp(-extinction * distance),
            quad,
            np.clip(picture, 0, 255).astype(np.uint8),
        )
    renderer.close()


def letter_px(view: View, sign: PlacedSign, line: int) -> float:
    """Mean height of a line's box in the frame, the width of a column's."""
    quad = in_frame(view, rect_corners(sign, line_box(sign.spec, line))[0])
    first, second = ((0, 1), (3, 2)) if sign.spec.vertical else ((0, 3), (1, 2))
    return float(np.mean([np.linalg.norm(quad[a] - quad[b]) for a, b in (first, second)]))


def meant(shot: Shot, readings: Sequence[Reading]) -> Reading | None:
    """The reading whose middle is on the sign."""
    import cv2

    inside = [
        r for r in readings if cv2.pointPolygonTest(shot.quad.astype(np.float32), np.mean(r.quad, 0).tolist(), False) >= 0
    ]
    return max(inside, key=lambda r: len(r.text), default=None)


class Row(NamedTuple):
    """What one reader answered to one shot."""

    shot: Shot
    answer: str

    @property
    def exact(self) -> bool:
        return score_text(self.shot.spec.text, self.answer).exact

    @property
    def tight(self) -> bool:
        return self.shot.spec.text.replace(" ", "") == self.answer.replace(" ", "")


SLICES: dict[str, Callable[[Shot], str]] = {
    "language": lambda s: s.spec.language.value,
    "distance": lambda s: f"{int(s.distance_m)}-{int(s.distance_m) + 1} m",
    "angle": lambda s: f"{10 * int(s.angle_deg / 10)}-{10 * int(s.angle_deg / 10) + 10} deg",
    "letters": lambda s: next(name for most, name in LETTERS if s.letter_px < most),
    "smoke": lambda s: (
        "clear" if s.clear == 1.0 else f"{int(s.clear * 4) / 4:.2f}-{int(s.clear * 4) / 4 + 0.25:.2f} let through"
    ),
    "covered": lambda s: "covered" if s.spec.covers else "open",
    "writing": lambda s: "downwards" if s.spec.vertical else "across",
    "kind": lambda s: s.spec.kind.value,
}
LETTERS: tuple[tuple[float, str], ...] = (
    (12.0, "under 12 px"),
    (16.0, "12-16 px"),
    (24.0, "16-24 px"),
    (32.0, "24-32 px"),
    (48.0, "32-48 px"),
    (1e9, "48 px on"),
)


def show(name: str, rows: Sequence[Row]) -> None:
    """One line of the table."""
    if not rows:
        return
    right = wilson(sum(row.exact for row in rows), len(rows))
    figures = mean_figures(score_text(row.shot.spec.text, row.answer) for row in rows)
    assert figures is not None
    tight = sum(row.tight for row in rows) / len(rows)
    interval = f"{right.low:.1%}-{right.high:.1%}"
    ned = f"{figures.similarity:.3f} {figures.jamo_similarity:11.3f}"
    print(f"{name:38} {len(rows):5} {right.mean:6.1%} {interval:>13} {tight:7.1%} {ned}", flush=True)


def table(name: str, rows: Sequence[Row], sliced: bool) -> None:
    """All of a reader's lines; the headline is over all signs that nothing covers."""
    show(f"{name}: open signs", [row for row in rows if not row.shot.spec.covers])
    show(f"{name}: all signs", rows)
    for slicing, of in SLICES.items() if sliced else ():
        for part in sorted({of(row.shot) for row in rows}):
            open_only = slicing != "covered"
            show(f"  {slicing} {part}", [r for r in rows if of(r.shot) == part and not (open_only and r.shot.spec.covers)])


def foreign(reader: Reader, seen: Sequence[Shot]) -> Iterator[tuple[str, list[Row] | str]]:
    """The comparison readers on the lines that our reader finds: rows, or why there are none."""
    from PIL import Image
    from read_signs import rapidocr, tesseract  # type: ignore[import-not-found, unused-ignore]  # beside this file

    for make in (tesseract, rapidocr):
        engine = make()
        if isinstance(engine, str):
            yield make.__name__, engine
            continue
        cuts = [max(reader.cut(shot.frame), key=len, default=[]) for shot in seen]
        texts = iter(engine([Image.fromarray(line) for lines in cuts for line in lines]))
        yield (
            make.__name__,
            [Row(shot, " ".join(next(texts) for _ in lines)) for shot, lines in zip(seen, cuts, strict=True)],
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--vertical", action="store_true", help="only signs that are written downwards")
    parser.add_argument("--checkpoint", type=Path, help="other weights than those that come with the package")
    parser.add_argument("--missed", action="store_true", help="show what was misread")
    args = parser.parse_args()
    variety = SignVariety(fonts=pool_fonts("test"), words="test")
    seen = list(shots(args.signs, args.seed, variety, args.vertical))
    print(f"{len(seen)} signs, fonts {', '.join(variety.fonts)}, words of the test pool, seed {args.seed}")
    print(f"{'':38} {'n':>5} {'exact':>6} {'95 % interval':>13} {'unspaced':>7} 1-NED  jamo 1-NED")
    plain = load_reader(args.checkpoint)
    for name, words in (("ours", None), ("ours with lexicon", lexicon("test"))):
        reader = load_reader(args.checkpoint, words)
        begun = time.perf_counter()
        readings = [reader.read(shot.frame) for shot in seen]
        seconds = time.perf_counter() - begun
        rows = [
            Row(shot, found.text if (found := meant(shot, all_)) else "") for shot, all_ in zip(seen, readings, strict=True)
        ]
        table(name, rows, True)
        stray = sum(len(all_) - (meant(shot, all_) is not None) for shot, all_ in zip(seen, readings, strict=True))
        print(f"{name}: {1000 * seconds / len(seen):.0f} ms per frame; {stray} readings where no sign is")
        for row in rows if args.missed else ():
            if not row.exact:
                shot = row.shot
                print("   ", json.dumps([shot.spec.kind, shot.spec.font, round(shot.letter_px), round(shot.distance_m, 1),
                      round(shot.angle_deg), round(shot.clear, 2), bool(shot.spec.covers), shot.spec.text, row.answer],
                      ensure_ascii=False))  # fmt: skip
    for name, rows_or_why in foreign(plain, seen):
        if isinstance(rows_or_why, str):
            print(f"{name}: left out, {rows_or_why}")
        else:
            table(name, rows_or_why, False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

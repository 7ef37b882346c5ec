"""Draw each kind of sign at 2, 4 and 8 m as the 640x480 camera with a field of view of 60 degrees sees it.

The middle of each picture is shown, pixel by pixel. `python docs/draw_distances.py docs/img/sign_distances.png`
"""

import argparse
import math
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.signs import Language, Mounting, PlacedSign, SignKind, SignVariety, draw_sign, load_font
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

SIZE = (640, 480)
DISTANCES_M = (2.0, 4.0, 8.0)
CROP_PX = (300, 150)
GAP_PX = 4
LABEL_PX = 16
ZERO = (0.0, 0.0, 0.0)
MOUNTINGS = {
    SignKind.EXIT: Mounting.HANGING, SignKind.FLOOR_NUMBER: Mounting.FLAT, SignKind.NOTICE: Mounting.PROJECTING,
}  # fmt: skip


def scenario(kind: SignKind, language: Language, seed: int) -> Scenario:
    """One sign before a wall at x = 0 and below a ceiling; it looks to +x."""
    rng = stream(seed, f"distances.{kind}")
    wanted = MOUNTINGS.get(kind, Mounting.FLAT)
    spec = draw_sign(kind, rng, SignVariety(wear=(0.0, 0.3), covered=0.0), language=language)
    while spec.mounting is not wanted:
        spec = draw_sign(kind, rng, SignVariety(wear=(0.0, 0.3), covered=0.0), language=language)
    spec = replace(spec, height_m=2.0)
    # A projecting sign hangs on a wall beside the way, so that its face looks along it.
    aside = wanted is Mounting.PROJECTING
    anchor = (0.0, -0.06 - spec.size_m[0] / 2, 0.0) if aside else (0.0, 0.0, 0.0)
    sign = PlacedSign(spec=spec, anchor=anchor, yaw=math.pi / 2 if aside else 0.0)
    walls = [Box(centre=(-0.1 - 1.5 * (wanted is not Mounting.FLAT), 0.0, 2.0), size=(0.2, 14.0, 4.0), material="plaster")]
    if aside:
        walls.append(Box(centre=(0.0, anchor[1] - 0.1, 2.0), size=(1.0, 0.2, 4.0), material="brick"))
    if wanted is Mounting.HANGING:
        top = 2.0 + spec.size_m[1] / 2 + sign.rod_m
        walls.append(Box(centre=(3.0, 0.0, top + 0.1), size=(14.0, 14.0, 0.2), material="plaster"))
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, -50.0))
    level = Level(solids=tuple(walls))
    return Scenario(mission="doc", level=level, drones=(drone,), signs=(sign,), time_limit_s=1.0, task={})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    renderer, frame = make_renderer("gl"), make_frame(*SIZE)
    state = WorldState(0.0, (DroneState(ZERO, (0.0, 0.0, 0.0, 1.0), ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0),), ())
    languages = (Language.KO, Language.EN)
    columns = len(languages) * len(DISTANCES_M)
    cell = (CROP_PX[0] + GAP_PX, CROP_PX[1] + GAP_PX)
    sheet = Image.new("RGB", (columns * cell[0] - GAP_PX, len(SignKind) * cell[1] - GAP_PX + LABEL_PX), "white")
    pen = ImageDraw.Draw(sheet)
    left, top = (SIZE[0] - CROP_PX[0]) // 2, (SIZE[1] - CROP_PX[1]) // 2
    for row, kind in enumerate(SignKind):
        for column in range(columns):
            language, distance = languages[column // len(DISTANCES_M)], DISTANCES_M[column % len(DISTANCES_M)]
            if not row:
                pen.text((column * cell[0] + 4, 0), f"{distance:g} m", "black", load_font("NanumGothic", 13.0))
            renderer.load(scenario(kind, language, arguments.seed))
            at = View((distance, 0.0, 2.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), *SIZE, math.radians(60.0), 100.0)
            renderer.render(at, state, frame)
            part = Image.fromarray(frame.rgb).crop((left, top, left + CROP_PX[0], top + CROP_PX[1]))
            sheet.paste(part, (column * cell[0], LABEL_PX + row * cell[1]))
    renderer.close()
    # A palette keeps the file small.
    sheet.quantize(256, dither=Image.Dither.NONE).save(arguments.picture, optimize=True)


if __name__ == "__main__":
    main()

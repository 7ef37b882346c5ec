"""Draw the contact sheet of signs: each kind in each language, new, worn, sooty and covered.

`python docs/draw_signs.py docs/img/signs.png`
"""

import argparse
from pathlib import Path

from PIL import Image

from goldentime.envs.signs import Language, SignKind, SignSpec, SignVariety, draw_sign, sign_image
from goldentime.rng import stream

CELL_PX = (200, 88)
GAP_PX = 6
ROWS = (
    SignVariety(wear=(0.0, 0.1), soot=(0.0, 0.0), covered=0.0),
    SignVariety(wear=(0.8, 1.0), soot=(0.0, 0.2), covered=0.0),
    SignVariety(wear=(0.2, 0.4), soot=(0.7, 1.0), covered=0.0, backlit=1.0),
    SignVariety(covered=1.0),
)
"""Looks, one column each per language."""


def _fitted(spec: SignSpec) -> Image.Image:
    """The sign as large as its cell lets it be."""
    width, height = spec.size_m
    return Image.fromarray(sign_image(spec, min(CELL_PX[0] / width, CELL_PX[1] / height)))


def contact_sheet(seed: int) -> Image.Image:
    """A row per kind and language, a column per look."""
    cells = [(kind, language) for kind in SignKind for language in Language]
    columns = 2 * len(ROWS)
    size = (columns * (CELL_PX[0] + GAP_PX) + GAP_PX, -(-len(cells) // 2) * (CELL_PX[1] + GAP_PX) + GAP_PX)
    sheet = Image.new("RGB", size, (120, 124, 128))
    for number, (kind, language) in enumerate(cells):
        for look, variety in enumerate(ROWS):
            rng = stream(seed, "signs.sheet", number, look)
            image = _fitted(draw_sign(kind, rng, variety, language=language))
            column = number % 2 * len(ROWS) + look
            x = GAP_PX + column * (CELL_PX[0] + GAP_PX) + (CELL_PX[0] - image.width) // 2
            y = GAP_PX + number // 2 * (CELL_PX[1] + GAP_PX) + (CELL_PX[1] - image.height) // 2
            sheet.paste(image, (x, y), image)
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sheet = contact_sheet(arguments.seed)
    # A palette keeps the file small.
    sheet.quantize(256, dither=Image.Dither.NONE).save(arguments.picture, optimize=True)


if __name__ == "__main__":
    main()

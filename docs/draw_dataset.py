"""Draws the picture of docs/datasets.md: frames of the detection set with the boxes of their annotations.

python docs/draw_dataset.py [FOLDER]
"""

import colorsys
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from goldentime.eval.dataset.command import make_dataset
from goldentime.eval.dataset.load import PictureData, load

IMAGES = Path(__file__).parent / "img"
SCALE, COLUMNS, ROWS, GAP = 2, 4, 2, 6


def colour(category: int) -> tuple[int, int, int]:
    """One of its own for each category."""
    red, green, blue = colorsys.hsv_to_rgb(category * 0.381966 % 1.0, 0.75, 1.0)
    return round(255 * red), round(255 * green), round(255 * blue)


def drawn(data: PictureData, place: int) -> Image.Image:
    """One frame, twice as large, with its boxes."""
    sample = data[place]
    height, width = sample.image.shape[:2]
    picture = Image.fromarray(sample.image).resize((SCALE * width, SCALE * height), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(15)
    for box, row in zip(sample.boxes.tolist(), data.annotations(place), strict=True):
        tone = colour(row["category_id"])
        left, top, right, bottom = (SCALE * edge for edge in box)
        draw.rectangle((left, top, right - 1, bottom - 1), outline=tone, width=2)
        name = data.categories[row["category_id"]]
        text = f"{row['kind']} {row['posture']}".replace("_", " ") if name == "person" else name.replace("_", " ")
        at = (min(left, SCALE * width - draw.textlength(text, font) - 6), max(top - 19, 0))
        draw.rectangle((*at, at[0] + draw.textlength(text, font) + 5, at[1] + 18), fill=tone)
        draw.text((at[0] + 3, at[1] + 1), text, (0, 0, 0), font)
    return picture


def sheet(data: PictureData) -> Image.Image:
    """Frames of different scenes that show people; those with a fire come first and make half of it."""
    names = data.categories
    found: dict[bool, dict[int, int]] = {True: {}, False: {}}
    for place in range(len(data)):
        rows = data.annotations(place)
        people = [row for row in rows if names[row["category_id"]] == "person" and row["area"] > 250]
        fires = [row for row in rows if names[row["category_id"]] == "fire" and row["area"] > 150]
        if people and 3 <= len(rows) <= 11:
            found[bool(fires)].setdefault(data.image(place)["scene"], place)
    half = COLUMNS * ROWS // 2
    chosen = list(found[True].values())[:half] + list(found[False].values())[:half]
    pictures = [drawn(data, place) for place in chosen]
    width, height = pictures[0].size
    page = Image.new("RGB", (COLUMNS * (width + GAP) - GAP, ROWS * (height + GAP) - GAP), "white")
    for i, picture in enumerate(pictures):
        page.paste(picture, (i % COLUMNS * (width + GAP), i // COLUMNS * (height + GAP)))
    return page


def main() -> None:
    """Make a small set, unless a folder is given, and draw its sheet."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        if len(sys.argv) == 1:
            make_dataset("detection", {"n": 120, "views": 6, "seed": 5}, folder)
        page = sheet(load(folder))
    page.resize((page.width // 2, page.height // 2), Image.Resampling.LANCZOS).save(
        IMAGES / "dataset_detection.png", optimize=True
    )


if __name__ == "__main__":
    main()

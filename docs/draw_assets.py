"""Draw every person and object of the asset library into two contact sheets.

Run `python docs/draw_assets.py` after `goldentime assets build`; it writes docs/img/people.png and docs/img/objects.png.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from goldentime.envs.assets.library import POSTURES, AssetMesh, load_asset, object_names, people_names

Floats = NDArray[np.float64]

_SUN = np.array([0.55, -0.35, 0.76])
_PAPER = np.array([0.93, 0.94, 0.95])


def shoot(asset: AssetMesh, side: int, turn_deg: float, tilt_deg: float, span_m: float) -> Floats:
    """A parallel view (side, side, 3) from `turn_deg` to the left of the front.

    Faces seen from behind are violet: a few inside clothes are meant to be, many would be a fault.
    """
    fine = 2 * side
    turn, tilt = np.radians(turn_deg), np.radians(tilt_deg)
    towards = np.array([np.cos(turn) * np.cos(tilt), np.sin(turn) * np.cos(tilt), np.sin(tilt)])
    right = np.array([-np.sin(turn), np.cos(turn), 0.0])
    frame = np.stack([right, np.cross(towards, right), towards])
    points = asset.vertices.astype(float)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    seen = (points - centre) @ frame.T
    pixel = seen[:, :2] * [1, -1] * fine / span_m + fine / 2
    light = 0.45 + 0.55 * np.clip(asset.normals @ (_SUN / np.linalg.norm(_SUN)), 0, 1)
    base = np.array([colour for _, colour in asset.regions])[asset.region]
    picture = np.tile(_PAPER, (fine, fine, 1))
    depth = np.full((fine, fine), -np.inf)
    for face, colour in zip(asset.faces, base, strict=True):
        _fill(picture, depth, pixel[face], seen[face, 2], light[face], colour)
    return picture.reshape(side, 2, side, 2, 3).mean(axis=(1, 3))


def _fill(picture: Floats, depth: Floats, xy: Floats, z: Floats, light: Floats, colour: Floats) -> None:
    low = np.maximum(np.floor(xy.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(xy.max(axis=0)).astype(int), len(depth) - 1)
    if (low > high).any():
        return
    (x0, y0), (x1, y1), (x2, y2) = xy
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if abs(area) < 1e-9:
        return
    gx, gy = np.meshgrid(np.arange(low[0], high[0] + 1) + 0.5, np.arange(low[1], high[1] + 1) + 0.5)
    b = ((gx - x0) * (y2 - y0) - (x2 - x0) * (gy - y0)) / area
    c = ((x1 - x0) * (gy - y0) - (gx - x0) * (y1 - y0)) / area
    a = 1 - b - c
    deep = a * z[0] + b * z[1] + c * z[2]
    window = (slice(low[1], high[1] + 1), slice(low[0], high[0] + 1))
    inside = (a >= 0) & (b >= 0) & (c >= 0) & (deep > depth[window])
    if area > 0:  # clockwise on a picture whose y points down: we see the back
        colour, light = np.array([0.8, 0.0, 0.9]), np.ones(3)
    shade = (a * light[0] + b * light[1] + c * light[2])[..., None] * colour
    depth[window] = np.where(inside, deep, depth[window])
    picture[window] = np.where(inside[..., None], shade, picture[window])


def sheet(rows: list[list[str]], side: int, turn_deg: float, span_m: float | None) -> Floats:
    """One cell per name with the name below; `span_m` is each cell's width, or None to fit each asset."""
    strip = 18
    columns = max(len(row) for row in rows)
    page = np.tile(_PAPER, (len(rows) * (side + strip), columns * side, 1))
    for i, row in enumerate(rows):
        for j, name in enumerate(row):
            asset = load_asset(name)
            size = np.linalg.norm(np.ptp(asset.vertices, axis=0)) if span_m is None else span_m
            top = i * (side + strip)
            page[top : top + side, j * side : (j + 1) * side] = shoot(asset, side, turn_deg, 15, 1.05 * size)
            page[top + side : top + side + strip, j * side : (j + 1) * side] = _label(name, side, strip)
    return page


def _label(text: str, width: int, height: int) -> Floats:
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=tuple(_PAPER))
    canvas = FigureCanvasAgg(figure)
    figure.text(0.5, 0.3, text, ha="center", va="baseline", fontsize=6.5, color="0.2")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3] / 255.0


def _save(path: Path, page: Floats) -> None:
    picture = Image.fromarray(np.rint(255.0 * page.clip(0.0, 1.0)).astype(np.uint8))
    # A palette keeps the file small.
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Draw both sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/img"))
    folder = parser.parse_args().folder
    people, objects = people_names(), object_names()
    # Two figures in all their postures side by side.
    rows = [list(people[i : i + 2 * len(POSTURES)]) for i in range(0, len(people), 2 * len(POSTURES))]
    _save(folder / "people.png", sheet(rows, 140, -35, 2.3))
    rows = [list(objects[i : i + 12]) for i in range(0, len(objects), 12)]
    _save(folder / "objects.png", sheet(rows, 160, 40, None))


if __name__ == "__main__":
    main()

"""Our own drawings beside a sign's text, each in a square, drawn large and shrunk so that edges are smooth."""

from collections.abc import Callable

from PIL import Image, ImageDraw

from goldentime.envs.signage.spec import Colour, Pictogram

__all__ = ["pictogram_tile"]

_OVERSIZE = 4
_YELLOW, _BLACK, _RED, _WHITE = (250, 204, 16), (20, 20, 22), (204, 20, 30), (250, 250, 248)
Points = tuple[tuple[float, float], ...]


class _Pen:
    """Draws in coordinates of the unit square, y down."""

    def __init__(self, image: Image.Image) -> None:
        self._side = image.width
        self._draw = ImageDraw.Draw(image)

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        return [(x * self._side, y * self._side) for x, y in points]

    def area(self, points: Points, colour: Colour) -> None:
        self._draw.polygon(self._pixels(points), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self._draw.ellipse(self._pixels(((x - radius, y - radius), (x + radius, y + radius))), fill=colour)

    def stroke(self, points: Points, width: float, colour: Colour) -> None:
        """A line with round joints and ends."""
        self._draw.line(self._pixels(points), fill=colour, width=max(round(width * self._side), 1))
        for x, y in points:
            self.disc(x, y, width / 2, colour)


def _running(pen: _Pen, ink: Colour) -> None:
    """Someone who runs towards a door frame on the left."""
    pen.stroke(((0.34, 0.10), (0.10, 0.10), (0.10, 0.95), (0.34, 0.95)), 0.05, ink)
    pen.disc(0.57, 0.16, 0.09, ink)
    pen.stroke(((0.58, 0.32), (0.66, 0.56)), 0.15, ink)
    pen.stroke(((0.56, 0.32), (0.38, 0.36), (0.32, 0.50)), 0.065, ink)
    pen.stroke(((0.60, 0.32), (0.78, 0.38), (0.88, 0.28)), 0.065, ink)
    pen.stroke(((0.64, 0.58), (0.46, 0.66), (0.48, 0.90)), 0.085, ink)
    pen.stroke(((0.67, 0.58), (0.74, 0.76), (0.94, 0.80)), 0.085, ink)


def _triangle(pen: _Pen) -> None:
    pen.stroke(((0.5, 0.09), (0.94, 0.87), (0.06, 0.87), (0.5, 0.09)), 0.10, _BLACK)
    pen.area(((0.5, 0.09), (0.94, 0.87), (0.06, 0.87)), _YELLOW)


def _warning(pen: _Pen, ink: Colour) -> None:
    _triangle(pen)
    pen.area(((0.44, 0.34), (0.56, 0.34), (0.53, 0.64), (0.47, 0.64)), _BLACK)
    pen.disc(0.5, 0.74, 0.055, _BLACK)


def _bolt(pen: _Pen, ink: Colour) -> None:
    _triangle(pen)
    pen.area(((0.55, 0.30), (0.40, 0.58), (0.49, 0.58), (0.43, 0.81), (0.62, 0.51), (0.52, 0.51)), _BLACK)


def _flame(pen: _Pen, ink: Colour) -> None:
    _triangle(pen)
    pen.area(
        ((0.50, 0.33), (0.57, 0.45), (0.61, 0.52), (0.66, 0.49), (0.66, 0.68), (0.59, 0.77), (0.41, 0.77), (0.34, 0.67),
         (0.37, 0.54), (0.42, 0.58), (0.44, 0.46)), _BLACK,
    )  # fmt: skip
    pen.area(((0.50, 0.58), (0.56, 0.68), (0.53, 0.75), (0.46, 0.75), (0.44, 0.68)), _YELLOW)


def _forbidden(pen: _Pen, ink: Colour) -> None:
    """A ring with a bar, over a standing figure."""
    pen.disc(0.5, 0.5, 0.47, _RED)
    pen.disc(0.5, 0.5, 0.37, _WHITE)
    pen.disc(0.5, 0.29, 0.07, _BLACK)
    pen.stroke(((0.5, 0.43), (0.5, 0.56)), 0.15, _BLACK)
    pen.stroke(((0.46, 0.58), (0.45, 0.78)), 0.07, _BLACK)
    pen.stroke(((0.54, 0.58), (0.55, 0.78)), 0.07, _BLACK)
    pen.stroke(((0.23, 0.23), (0.77, 0.77)), 0.09, _RED)


def _arrow(pen: _Pen, ink: Colour) -> None:
    """An arrow to the left."""
    pen.stroke(((0.16, 0.5), (0.90, 0.5)), 0.13, ink)
    pen.stroke(((0.46, 0.18), (0.14, 0.5), (0.46, 0.82)), 0.13, ink)


_DRAWINGS: dict[Pictogram, Callable[[_Pen, Colour], None]] = {
    Pictogram.RUNNING: _running,
    Pictogram.WARNING: _warning,
    Pictogram.BOLT: _bolt,
    Pictogram.FLAME: _flame,
    Pictogram.FORBIDDEN: _forbidden,
    Pictogram.ARROW: _arrow,
}


def pictogram_tile(pictogram: Pictogram, side_px: int, face: Colour, ink: Colour) -> Image.Image:
    """The drawing on its face, RGB, `side_px` squared."""
    tile = Image.new("RGB", (side_px * _OVERSIZE, side_px * _OVERSIZE), face)
    _DRAWINGS[pictogram](_Pen(tile), ink)
    return tile.reduce(_OVERSIZE)

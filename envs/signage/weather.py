"""What time, lamps and smoke do to a sign's face.

All patterns follow from the sign's seed and lie on fixed grids stretched over the face, so that they look alike at any
resolution.
"""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from goldentime.envs.signage.spec import Colour, SignSpec
from goldentime.rng import stream

__all__ = ["blacken", "lighten", "weather"]

_PATCH_M, _CLOUD_M = 0.04, 0.25
_MOST_CELLS = 160
_FADE, _FLAKES, _FLAKE_OPACITY = 0.45, 0.12, 190
_SCRATCHES = 24
_LOST_PAINT: Colour = (172, 172, 168)
_SCRATCH: Colour = (190, 190, 188)
_SOOT: Colour = (26, 24, 22)
_GLOW = 0.4
_SPILL_SHRINK = 4


def _grid(spec: SignSpec, name: str, cell_m: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Noise in [0, 1), one value for about every `cell_m` of the face."""
    width, height = (min(max(round(side / cell_m), 2), _MOST_CELLS) for side in spec.size_m)
    return stream(spec.seed, name).random((height, width), dtype=np.float32)


def _mask(share: np.ndarray[tuple[int, int], np.dtype[np.float32]], size: tuple[int, int]) -> Image.Image:
    """A grid of opacities in [0, 1], smoothly stretched."""
    return Image.fromarray((share * np.float32(255.0)).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)


def weather(spec: SignSpec, face: Image.Image) -> Image.Image:
    """Fading towards a pale face colour, flakes of lost paint, scratches."""
    if spec.wear == 0.0:
        return face
    red, green, blue = (round(0.6 * part + 0.4 * 205) for part in spec.face)
    worn = Image.blend(face, Image.new("RGB", face.size, (red, green, blue)), _FADE * spec.wear)
    kept = 255.0 * (1.0 - _FLAKES * spec.wear)
    flakes = [min(max(round((level - kept) * 14), 0), _FLAKE_OPACITY) for level in range(256)]
    worn.paste(_LOST_PAINT, mask=_mask(_grid(spec, "sign.flakes", _PATCH_M), face.size).point(flakes))
    worn.paste(_SCRATCH, mask=_scratches(spec, face.size))
    return worn


def _scratches(spec: SignSpec, size: tuple[int, int]) -> Image.Image:
    width, height = size
    rng = stream(spec.seed, "sign.scratches")
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    thick = max(round(0.006 * min(size)), 1)
    for x, y, dx, dy in rng.random((round(_SCRATCHES * spec.wear), 4)).tolist():
        end = ((x + 0.3 * (dx - 0.5)) * width, (y + 0.5 * (dy - 0.5)) * height)
        pen.line([(x * width, y * height), end], fill=110, width=thick)
    return mask


def lighten(spec: SignSpec, face: Image.Image) -> Image.Image:
    """Lamps inside the face: it glows, and light spills over the edges of the letters."""
    if spec.backlight == 0.0:
        return face
    small = (max(face.width // _SPILL_SHRINK, 1), max(face.height // _SPILL_SHRINK, 1))
    shrunk = face.resize(small, Image.Resampling.BOX)
    spill = shrunk.filter(ImageFilter.GaussianBlur(max(0.04 * min(shrunk.size), 0.5)))
    glow = [round(_GLOW * spec.backlight * level) for level in range(256)] * 3
    return ImageChops.add(face, spill.resize(face.size, Image.Resampling.BILINEAR).point(glow))


def blacken(spec: SignSpec, face: Image.Image) -> Image.Image:
    """Soot in clouds, thicker towards the top, where smoke stands first."""
    if spec.soot == 0.0:
        return face
    cloud = _grid(spec, "sign.soot", _CLOUD_M)
    down = np.linspace(1.0, 0.6, len(cloud), dtype=np.float32)[:, None]
    share = np.float32(spec.soot) * down * (np.float32(0.35) + np.float32(0.6) * cloud)
    sooty = face.copy()
    sooty.paste(_SOOT, mask=_mask(share, face.size))
    return sooty

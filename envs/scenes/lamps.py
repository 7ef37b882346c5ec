"""Lamps: below the ceiling of a storey, and on a street at dusk."""

import colorsys
from collections.abc import Sequence

import numpy as np

from goldentime.envs.hazards.lights import Lamp, Lighting
from goldentime.envs.level import Cylinder, Point
from goldentime.envs.scenes.draft import Draft, solid_bounds

__all__ = ["hang_lamps", "hang_shade", "light_posts", "light_rooms"]

Rng = np.random.Generator

_LIT = 0.35
"""Share of the storeys with a ceiling whose lamps are on; without windows it is all of them."""
_DUSK = 0.2
"""Share of the streets at dusk. Pictures with lamps take longer to draw: by day there are none."""
_MOST = 3
"""Lamps of a scene, for the same reason."""
_BELOW_M = 0.4
"""From the ceiling to where a lamp's light comes from, so that it lights the ceiling around it too."""


def hang_lamps(draft: Draft, ceiling_m: float, places: Sequence[tuple[float, float]], *, dark: bool) -> None:
    """Hang lamps below some of the places, if the lamps of this storey are on; `dark` are storeys without windows."""
    rng = draft.rng
    lit = rng.random() < _LIT or dark
    daylight = round(float(rng.uniform(0.3, 0.5) if dark else rng.uniform(0.5, 0.75)), 3)
    count, colour, power = int(rng.integers(2, _MOST + 1)), _colour(rng), round(float(rng.uniform(1.1, 1.7)), 3)
    if not lit:
        return
    lamps: list[Lamp] = []
    for number in rng.permutation(len(places)).tolist():
        x, y = places[number]
        if len(lamps) < count and hang_shade(draft, (x, y, ceiling_m)):
            lamps.append(Lamp(position=(x, y, round(ceiling_m - _BELOW_M, 3)), power=power, colour=colour))
    draft.light = Lighting(daylight=daylight, lamps=tuple(lamps))


def light_rooms(draft: Draft, places: Sequence[Point]) -> None:
    """Hang lamps below the ceilings of a building, if its lamps are on; the places are the ceilings' points above them."""
    rng = draft.rng
    lit, daylight = rng.random() < _LIT, round(float(rng.uniform(0.4, 0.7)), 3)
    colour, power = _colour(rng), round(float(rng.uniform(0.9, 1.3)), 3)
    hung = [(x, y, z) for x, y, z in places if hang_shade(draft, (x, y, z))]
    if lit:
        lamps = (Lamp(position=(x, y, round(z - _BELOW_M, 3)), power=power, colour=colour) for x, y, z in hung)
        draft.light = Lighting(daylight=daylight, lamps=tuple(lamps))


def hang_shade(draft: Draft, at: Point) -> bool:
    """What is seen of a lamp below a point of the ceiling, if there is room."""
    x, y, z = at
    # Its side slants downwards: it shines on all that can be seen of it.
    shade = Cylinder(
        base=(x, y, round(z - 0.05, 3)), radius=0.1, radius_top=0.22, height=0.05, semantic="ceiling",
        material="white_paint", facets=12,
    )  # fmt: skip
    fits = draft.fits(solid_bounds(shade))
    if fits:
        draft.build(shade)
    return fits


def light_posts(draft: Draft, heads: Sequence[Point]) -> None:
    """At dusk, some lamp posts shine; the points are right below their heads."""
    rng = draft.rng
    dusk, daylight = rng.random() < _DUSK, round(float(rng.uniform(0.35, 0.65)), 3)
    colour, power = _colour(rng), round(float(rng.uniform(2.5, 4.0)), 3)
    if dusk:
        lamps = tuple(Lamp(position=at, power=power, colour=colour) for at in heads[:_MOST])
        draft.light = Lighting(daylight=daylight, lamps=lamps)


def _colour(rng: Rng) -> tuple[float, float, float]:
    """From the yellow of a filament to the blue of some tubes."""
    warm = bool(rng.random() < 0.6)
    hue, most = (0.1, 0.35) if warm else (0.58, 0.12)
    red, green, blue = (round(part, 3) for part in colorsys.hsv_to_rgb(hue, float(rng.uniform(0.03, most)), 1.0))
    return red, green, blue

"""Buildings that can be named by their form and their signs: fire station, hospital, school, police box, flats, shops."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from goldentime.envs.level import Box, Cylinder, Point, Primitive
from goldentime.envs.scenes.buildings_civic import fire_station, hospital, police_box, school
from goldentime.envs.scenes.buildings_homes import apartment, shop_row
from goldentime.envs.scenes.buildings_parts import Shell
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signage.pose import PlacedSign
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["BUILDINGS", "Building", "draw_building", "place_building"]

Rng = np.random.Generator
_MAKERS: dict[str, Callable[[Shell, Rng, Pool], tuple[float, float, float]]] = {
    "fire_station": fire_station,
    "hospital": hospital,
    "school": school,
    "police_box": police_box,
    "apartment": apartment,
    "shop_row": shop_row,
}

BUILDINGS = tuple(_MAKERS)
"""The kinds of buildings."""


@record
class Building:
    """A building: what it consists of, and how much room it takes.

    As drawn, its front wall lies in the plane x = 0 and looks towards +x, with y = 0 in the middle and z = 0 on the ground.
    """

    kind: str
    """One of `BUILDINGS`."""
    solids: tuple[Primitive, ...]
    """Of semantic class `building`."""
    glass: tuple[Box, ...]
    signs: tuple[PlacedSign, ...]
    size: tuple[float, float, float]
    """[m] width along the front, depth behind the front wall, height."""
    overhang_m: float
    """By how much canopy, balconies and the like stand out before the front wall."""


def draw_building(kind: str, rng: Rng, *, pool: Pool = "train") -> Building:
    """Draw one building in its own frame.

    Args:
        kind: one of `BUILDINGS`.
        rng: the only source of chance.
        pool: buildings of the two pools differ in materials and proportions.

    Raises:
        ConfigError: no such kind, or no font is installed.
    """
    if kind not in _MAKERS:
        raise ConfigError(f"building: expected one of {', '.join(BUILDINGS)}, got {kind!r}")
    shell = Shell()
    _, _, height = _MAKERS[kind](shell, rng, pool)
    low, high = _extent(shell.solids)
    # The front wall is the plane x = 0 and its middle y = 0, whatever stands out and wherever a tower is.
    shift = (0.0, -0.5 * (low[1] + high[1]), 0.0)
    building = Building(
        kind=kind,
        solids=tuple(shell.solids),
        glass=tuple(shell.glass),
        signs=tuple(shell.signs),
        size=(round(high[1] - low[1], 3), round(-low[0], 3), round(max(height, high[2]), 3)),
        overhang_m=round(high[0], 3),
    )
    return place_building(building, shift, 0.0)


def place_building(building: Building, position: Point, yaw: float) -> Building:
    """The building moved into the world.

    Args:
        building: as `draw_building` made it.
        position: [m] where the foot of the middle of its front wall goes.
        yaw: [rad] which way its front looks; 0 is east, counter-clockwise from above.
    """
    cos, sin = math.cos(yaw), math.sin(yaw)

    def moved(point: Point) -> Point:
        x, y, z = point
        return position[0] + cos * x - sin * y, position[1] + sin * x + cos * y, position[2] + z

    def carried(part: Primitive) -> Primitive:
        if isinstance(part, Box):
            return replace(part, centre=moved(part.centre), yaw=part.yaw + yaw)
        if isinstance(part, Cylinder):
            return replace(part, base=moved(part.base))
        return replace(part, vertices=tuple(moved(vertex) for vertex in part.vertices))

    return replace(
        building,
        solids=tuple(carried(part) for part in building.solids),
        glass=tuple(replace(pane, centre=moved(pane.centre), yaw=pane.yaw + yaw) for pane in building.glass),
        signs=tuple(replace(sign, anchor=moved(sign.anchor), yaw=sign.yaw + yaw) for sign in building.signs),
    )


def _extent(parts: list[Primitive]) -> tuple[Point, Point]:
    """Lower and upper corner of unturned parts."""
    corners: list[Point] = []
    for part in parts:
        if isinstance(part, Box):
            corners += [
                (
                    part.centre[0] + s * part.size[0] / 2,
                    part.centre[1] + s * part.size[1] / 2,
                    part.centre[2] + s * part.size[2] / 2,
                )
                for s in (-1.0, 1.0)
            ]
        elif isinstance(part, Cylinder):
            x, y, z = part.base
            corners += [(x - part.radius, y - part.radius, z), (x + part.radius, y + part.radius, z + part.height)]
        else:
            corners += part.vertices
    points = np.array(corners)
    low, high = points.min(0).tolist(), points.max(0).tolist()
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])

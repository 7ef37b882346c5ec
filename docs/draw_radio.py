"""Draw how far radio reaches into a generated building: from a base before its door, and with a relay in the corridor.

`python docs/draw_radio.py docs/img` writes radio.png.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.image import AxesImage
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from goldentime.envs.buildings.building import Building, BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.level import UNSEEN, Box, Level
from goldentime.envs.radio.barriers import barriers_of
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.link import received_dbm
from goldentime.rng import stream

SEED, ROOMS = 2, 20
FLIGHT_M, BASE_M = 1.5, (-3.0, -6.0, 1.2)
"""Height of the drones over the floor; the base as seen from the door."""
CELL_M, MARGIN_M = 0.1, 2.0
CHUNK = 500
RANGE_DBM = (-110.0, -40.0)

Floats = NDArray[np.float64]


def power_dbm(config: RadioConfig, level: Level, start: Floats, points: Floats) -> Floats:
    """(n,) from one place at points (n, 3)."""
    barriers = barriers_of(level, config.frequency_hz)
    parts = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    return np.concatenate([received_dbm(config, barriers, np.broadcast_to(start, part.shape), part) for part in parts])


def relay_place(building: Building, config: RadioConfig, base: Floats) -> Floats:
    """Where on the way through the corridors a drone that the base reaches reaches most rooms."""
    level = building.level
    kinds = [facts.kind for facts in building.compartments]
    nodes = np.array(building.graph.nodes)
    halls = nodes[[kinds[room] == "corridor" if room >= 0 else False for room in building.graph.rooms]]
    halls = halls[power_dbm(config, level, base, halls) >= config.sensitivity_dbm]
    centres = np.array([0.5 * (np.array(room.lower) + room.upper) for room in level.rooms])
    reached = [(power_dbm(config, level, place, centres) >= config.sensitivity_dbm).sum() for place in halls]
    best: Floats = halls[int(np.argmax(reached))]
    return best


def draw_plan(panel: plt.Axes, level: Level, height_m: float) -> None:
    """What stands at the drones' height, but for furniture."""
    for part in (*level.solids, *level.glass):
        if isinstance(part, Box) and part.material != UNSEEN and abs(part.centre[2] - height_m) < 0.5 * part.size[2]:
            half = 0.5 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * part.size[:2]
            c, s = np.cos(part.yaw), np.sin(part.yaw)
            corners = half @ np.array([(c, s), (-s, c)]) + part.centre[:2]
            colour = {"door": "#c05010", "glass": "#80d0ff"}.get(part.semantic, "black")
            panel.add_patch(Polygon(corners, facecolor=colour, edgecolor=colour, linewidth=0.8))


def draw_map(panel: plt.Axes, axes: tuple[Floats, Floats], power: Floats, weakest_dbm: float) -> AxesImage:
    """Power at the points of a grid, with a line where contact ends."""
    x, y = axes
    grid, extent = power.reshape(len(y), len(x)), (x[0], x[-1], y[0], y[-1])
    image = panel.imshow(grid, extent=extent, origin="lower", cmap="viridis", vmin=RANGE_DBM[0], vmax=RANGE_DBM[1])
    panel.contour(x, y, grid, [weakest_dbm], colors="red", linewidths=0.8, linestyles="solid")
    panel.set(xlabel="x [m]", ylabel="y [m]", xlim=extent[:2], ylim=extent[2:])
    return image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the picture goes")
    folder = parser.parse_args().folder
    config = RadioConfig()
    building = generate_building(BuildingConfig(use="office", storeys=1, rooms=ROOMS), stream(SEED, "building"))
    level, height_m = building.level, building.storeys[0].floor_m + FLIGHT_M
    base = np.array(building.entrance.position) + BASE_M
    relay = relay_place(building, config, base)
    corners = np.array([corner for room in level.rooms for corner in (room.lower, room.upper)])
    low, high = np.minimum(corners.min(0) - MARGIN_M, base - 1.0), corners.max(0) + MARGIN_M
    x, y = (np.arange(low[axis], high[axis], CELL_M) + 0.5 * CELL_M for axis in range(2))
    points = np.column_stack([*(part.ravel() for part in np.meshgrid(x, y)), np.full(len(x) * len(y), height_m)])
    middles = np.array([(*(0.5 * (np.array(room.lower) + room.upper))[:2], height_m) for room in level.rooms])
    figure, panels = plt.subplots(2, 1, figsize=(7.4, 8.6), layout="constrained")
    titles = ("received from the base", "the stronger of base and relay")
    for panel, places, title in zip(panels, ([base], [base, relay]), titles, strict=True):
        power, inside = (np.max([power_dbm(config, level, p, to) for p in places], 0) for to in (points, middles))
        reached = f"{(inside >= config.sensitivity_dbm).sum()} of {len(middles)} rooms"
        image = draw_map(panel, (x, y), power, config.sensitivity_dbm)
        draw_plan(panel, level, height_m)
        panel.set(title=f"{title}: {reached}")
        for place, mark in zip(places, "^o", strict=False):
            panel.plot(*place[:2], mark, color="white", markeredgecolor="black", markersize=9)
    figure.colorbar(image, ax=panels, label=f"dBm; red line at {config.sensitivity_dbm:g}", shrink=0.6, pad=0.01)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "radio.png", dpi=85)


if __name__ == "__main__":
    main()

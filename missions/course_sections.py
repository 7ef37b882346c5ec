"""Draw single sections of a course: one function per kind, in the coordinates of a lane.

In a lane u counts along the flight and v to the left from the middle; `Lane` puts both on the plan. Every size is a blend
from an easy to a hard value by the difficulty.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from goldentime.envs.scenario import Mover
from goldentime.missions.course_plan import (
    Block,
    MazeWall,
    OpenBox,
    Point2,
    Pole,
    Section,
    Tree,
    Tunnel,
    WindArea,
)
from goldentime.types import Vec3

__all__ = ["DRAWERS", "TUNNEL_FLOOR_M", "TUNNEL_HEIGHT_M", "Lane", "Task", "blend", "pipe_chamfer"]

TUNNEL_FLOOR_M, TUNNEL_HEIGHT_M = 0.1, 2.84
"""As in 2020: the roof reaches the ceiling, so that nobody passes above it."""


class Lane(NamedTuple):
    """A straight stretch of hall along x."""

    x_m: float
    """Where u = 0."""
    y_m: float
    """Its middle."""
    ahead: int
    """1 where the course runs east, -1 where it runs west."""
    width_m: float
    height_m: float
    wall_m: float
    """Thickness of inner walls."""

    def at(self, u: float, v: float) -> Point2:
        """A point on the plan."""
        return round(self.x_m + self.ahead * u, 3), round(self.y_m + self.ahead * v, 3)

    def block(self, u: float, v: tuple[float, float], z: tuple[float, float], thick: float) -> Block:
        """A plate across the lane from v[0] to v[1] and z[0] to z[1]."""
        centre = (*self.at(u, 0.5 * (v[0] + v[1])), round(0.5 * (z[0] + z[1]), 3))
        return Block(centre=centre, size=(thick, round(v[1] - v[0], 3), round(z[1] - z[0], 3)))

    def wall(self, u: float, v: tuple[float, float]) -> MazeWall:
        """A wall of full height across the lane from v[0] to v[1]."""
        centre = self.at(u, 0.5 * (v[0] + v[1]))
        return MazeWall(centre=centre, length=round(v[1] - v[0], 3), yaw=0.5 * math.pi)

    def gate(self, u: float) -> tuple[Point2, Point2]:
        """An exit across the whole lane."""
        return self.at(u, 0.5 * self.width_m), self.at(u, -0.5 * self.width_m)


class Task(NamedTuple):
    """What a drawer is asked for: a section that begins at `u` of a lane."""

    lane: Lane
    u: float
    name: str
    difficulty: float
    rng: np.random.Generator

    def blend(self, easy: float, hard: float) -> float:
        """The value between easy and hard at this difficulty."""
        return blend(easy, hard, self.difficulty)


Drawn = tuple[Section, float]
"""A section and the u of its exit."""


def blend(easy: float, hard: float, difficulty: float) -> float:
    """The value between easy and hard at a difficulty."""
    return easy + (hard - easy) * difficulty


def _maze(task: Task) -> Drawn:
    lane, rng, half = task.lane, task.rng, 0.5 * task.lane.width_m
    count = int(rng.integers(1, 2 + round(2 * task.difficulty), endpoint=True))
    gap, spacing = task.blend(3.2, 1.6), task.blend(4.0, 2.8)
    walls: list[MazeWall] = []
    for number in range(count):
        u = task.u + 1.0 + number * spacing
        kind = rng.choice(["left", "right", "middle", "sides"] if 2 * half - 2 * gap > 1.0 else ["left", "right"])
        spans = {
            "left": [(-half + gap, half)],
            "right": [(-half, half - gap)],
            "middle": [(-half + gap, half - gap)],
            "sides": [(-half, -0.5 * gap), (0.5 * gap, half)],
        }[str(kind)]
        walls += [lane.wall(u, span) for span in spans]
    end = task.u + 2.0 + (count - 1) * spacing
    return Section(name=task.name, kind="maze", exit=lane.gate(end), walls=tuple(walls)), end


def _poles(task: Task) -> Drawn:
    lane, length = task.lane, 5.0
    count = round(task.blend(4, 14) * lane.width_m / 10.0)
    radii = task.rng.choice([0.057, 0.108, 0.159], count)
    places = _scatter(task, length, radii.tolist(), task.blend(1.8, 1.0))
    poles = tuple(
        Pole(base=(*place, 0.0), radius=radius, height=round(task.rng.uniform(2.0, 2.6), 2)) for place, radius in places
    )
    return Section(name=task.name, kind="poles", exit=lane.gate(task.u + length), cylinders=poles), task.u + length


def _trees(task: Task) -> Drawn:
    lane, length = task.lane, 6.0
    count = round(task.blend(3, 9) * lane.width_m / 10.0)
    scales = task.rng.choice([0.8, 1.0, 1.2], count)
    places = _scatter(task, length, (0.55 * scales).tolist(), task.blend(2.0, 1.2))
    trees = tuple(Tree(base=(*place, 0.0), scale=round(radius / 0.55, 3)) for place, radius in places)
    return Section(name=task.name, kind="trees", exit=lane.gate(task.u + length), trees=trees), task.u + length


def _scatter(task: Task, length: float, radii: list[float], gap: float) -> list[tuple[Point2, float]]:
    """Places for discs with at least `gap` between them; discs for which none is found are left out."""
    side, placed = 0.5 * task.lane.width_m - 0.3, list[tuple[float, float, float]]()
    for radius in radii:
        for _ in range(10):
            u, v = float(task.rng.uniform(0.8, length - 0.8)), float(task.rng.uniform(-side, side))
            if all(math.hypot(u - a, v - b) >= radius + c + gap for a, b, c in placed):
                placed.append((u, v, radius))
                break
    return [(task.lane.at(task.u + u, v), radius) for u, v, radius in placed]


def _nets(task: Task) -> Drawn:
    lane, rng = task.lane, task.rng
    count = int(rng.integers(1, 1 + round(2 * task.difficulty), endpoint=True))
    half = 0.5 * lane.width_m - 0.3
    low, high = (0.1, task.blend(1.0, 1.5)), (task.blend(1.9, 1.4), lane.height_m - 0.1)
    over, spacing = bool(rng.random() < 0.5), task.blend(2.6, 2.0)
    nets = []
    for number in range(count):
        nets.append(lane.block(task.u + 0.6 + number * spacing, (-half, half), low if over else high, 0.01))
        over = not over
    end = task.u + 1.2 + (count - 1) * spacing
    return Section(name=task.name, kind="nets", exit=lane.gate(end), boxes=tuple(nets)), end


def _windows(task: Task) -> Drawn:
    lane, rng, u = task.lane, task.rng, task.u + 1.0
    half, wide, pillar = 0.5 * task.lane.width_m, task.blend(2.4, 1.6), 0.8
    most = int((lane.width_m - pillar) / (wide + pillar))
    count = int(rng.integers(1, min(most, 3), endpoint=True))
    sill, lintel = task.blend(0.5, 0.9), task.blend(2.85, 2.6)
    share = lane.width_m / count
    slack = 0.5 * (share - wide - pillar)
    middles = [-half + (i + 0.5) * share + float(rng.uniform(-slack, slack)) for i in range(count)]
    edges = [-half, *(m + s * 0.5 * wide for m in middles for s in (-1, 1)), half]
    boxes = [lane.block(u, (-half, half), (0.0, sill), lane.wall_m)]
    boxes.append(lane.block(u, (-half, half), (lintel, lane.height_m), lane.wall_m))
    boxes += [lane.block(u, (a, b), (sill, lintel), lane.wall_m) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    free, glass = int(rng.integers(count)), []
    for number, middle in enumerate(middles):
        if number == free or rng.random() > task.blend(0.2, 0.9):
            continue
        low = sill if rng.random() < 0.5 else 0.5 * (sill + lintel)
        glass.append(lane.block(u, (middle - 0.5 * wide, middle + 0.5 * wide), (low, lintel), 0.1))
    gate = lane.gate(u + 1.0)
    return Section(name=task.name, kind="windows", exit=gate, boxes=tuple(boxes), glass=tuple(glass)), u + 1.0


def pipe_chamfer(width: float, rng: np.random.Generator) -> float:
    """0 for a tunnel, or the chamfer that makes it a pipe; one or the other by chance."""
    return round(0.22 * width, 3) if rng.random() < 0.5 else 0.0


def _tunnel(task: Task) -> Drawn:
    lane, rng, half = task.lane, task.rng, 0.5 * task.lane.width_m
    width, length = round(task.blend(2.95, 2.0), 2), round(float(task.rng.uniform(4.0, 7.0)), 2)
    outer = 0.5 * width + 0.1
    v = round(float(rng.uniform(-half + outer + 0.3, half - outer - 0.3)), 2)
    begin, end = task.u + 0.5, task.u + 0.5 + length
    tunnel = Tunnel(
        centreline=(lane.at(begin, v), lane.at(end, v)), width=width, height=TUNNEL_HEIGHT_M, floor_z=TUNNEL_FLOOR_M,
        chamfer=pipe_chamfer(width, rng),
    )  # fmt: skip
    # Walls on both sides of the mouth leave no way but through.
    u = begin + 0.5 * lane.wall_m
    walls = lane.wall(u, (-half, v - outer)), lane.wall(u, (v + outer, half))
    return Section(name=task.name, kind="tunnel", exit=lane.gate(end + 0.2), walls=walls, tunnel=tunnel), end + 0.2


def _movers(task: Task) -> Drawn:
    """A bar that swings across an empty stretch, slowly enough for a bump not to be a crash."""
    lane, rng, length = task.lane, task.rng, 4.0
    size: Vec3 = (0.3, 0.5, 2.6)
    swing = round(0.5 * lane.width_m - 1.0, 3)
    period_s = round(2 * math.pi * swing / float(rng.uniform(0.8, 1.2)), 2)
    centre = (*lane.at(task.u + 0.5 * length, 0.0), 0.5 * size[2] + 0.05)
    bar = Mover(
        centre=centre, size=size, amplitude=(0.0, swing, 0.0), period_s=period_s,
        phase=round(float(rng.uniform(0.0, 2 * math.pi)), 3),
    )  # fmt: skip
    return Section(name=task.name, kind="movers", exit=lane.gate(task.u + length), movers=(bar,)), task.u + length


def _wind_and_delivery(task: Task) -> Drawn:
    lane, rng = task.lane, task.rng
    length, side = round(task.blend(9.0, 12.0), 2), round(task.blend(1.2, 0.7), 2)
    reach = 0.2 * lane.width_m
    place = lane.at(task.u + 0.5 * length, float(rng.uniform(-reach, reach)))
    section = Section(
        name=task.name, kind="wind_and_delivery", exit=lane.gate(task.u + length),
        wind_zone=WindArea(centre=lane.at(task.u + 0.5 * length, 0.0), size=(length, round(lane.width_m, 3))),
        open_box=OpenBox(base=(*place, 0.0), size=(side, side, 0.5)),
    )  # fmt: skip
    return section, task.u + length


DRAWERS: dict[str, Callable[[Task], Drawn]] = {
    "maze": _maze,
    "poles": _poles,
    "nets": _nets,
    "trees": _trees,
    "windows": _windows,
    "tunnel": _tunnel,
    "movers": _movers,
    "wind_and_delivery": _wind_and_delivery,
}
"""By kind; every drawer leaves the lane's full width at its exit."""

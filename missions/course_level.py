"""From the plan of a course to its level: every piece as a primitive with semantic class and material."""

import math
from itertools import pairwise

from goldentime.envs.level import Box, Cylinder, Level, Mesh, Primitive
from goldentime.missions.course_plan import CoursePlan, MazeWall, OpenBox, OuterWall, Pad, Point2, Section, Tree, Tunnel
from goldentime.types import Vec3

__all__ = ["build_level"]

_TUNNEL_WALL_M = 0.1
_BOX_WALL_M = 0.03
_OUTWARD = {"north": (0.0, 1.0), "south": (0.0, -1.0), "east": (1.0, 0.0), "west": (-1.0, 0.0)}

# Our birch at scale 1; the source gives only scales. Trunk 1.0 m, crown as stacked frusta, 2.6 m in all.
_TRUNK = (0.06, 1.0)
"""Radius, height [m]."""
_CROWN = ((0.9, 0.35, 0.55, 0.4), (1.3, 0.55, 0.40, 0.6), (1.9, 0.40, 0.08, 0.7))
"""Base height, lower radius, upper radius, height [m] of each frustum."""

_BLOCKS = {"nets": ("net", "nylon"), "windows": ("window", "concrete")}
"""Semantic class and material of a section's boxes, by its kind."""


def build_level(plan: CoursePlan) -> Level:
    """All solids and panes; the bounds reach up to the top of the walls, so that nobody flies over them."""
    solids: list[Primitive] = [_outer_wall(wall, plan) for wall in plan.outer_walls]
    solids += [_pad(plan.start_pad), _pad(plan.landing_pad)]
    glass: list[Box] = []
    for section in plan.sections:
        solids += _section(section, plan)
        glass += [Box(centre=pane.centre, size=pane.size, semantic="glass", material="glass") for pane in section.glass]
    return Level(solids=tuple(solids), glass=tuple(glass), bounds=_bounds(plan))


def _bounds(plan: CoursePlan) -> tuple[Vec3, Vec3]:
    margin = plan.envelope.wall_thickness
    xs = [x for wall in plan.outer_walls for x in (wall.start[0], wall.end[0])]
    ys = [y for wall in plan.outer_walls for y in (wall.start[1], wall.end[1])]
    lower = (min(xs) - margin, min(ys) - margin, 0.0)
    return lower, (max(xs) + margin, max(ys) + margin, plan.envelope.wall_height)


def _section(section: Section, plan: CoursePlan) -> list[Primitive]:
    semantic, material = _BLOCKS.get(section.what, ("obstacle", "concrete"))
    solids: list[Primitive] = [_maze_wall(wall, plan) for wall in section.walls]
    solids += [Cylinder(base=pole.base, radius=pole.radius, height=pole.height) for pole in section.cylinders]
    solids += [Box(centre=b.centre, size=b.size, semantic=semantic, material=material) for b in section.boxes]
    for tree in section.trees:
        solids += _tree(tree)
    if section.tunnel is not None:
        solids += _tunnel(section.tunnel)
    if section.open_box is not None:
        solids += _open_box(section.open_box)
    return solids


def _outer_wall(wall: OuterWall, plan: CoursePlan) -> Box:
    thick, high = plan.envelope.wall_thickness, plan.envelope.wall_height
    (ax, ay), (bx, by), (ox, oy) = wall.start, wall.end, _OUTWARD[wall.body]
    centre = (0.5 * (ax + bx + ox * thick), 0.5 * (ay + by + oy * thick), 0.5 * high)
    return Box(centre=centre, size=(abs(bx - ax) or thick, abs(by - ay) or thick, high), semantic="wall")


def _maze_wall(wall: MazeWall, plan: CoursePlan) -> Box:
    high = plan.envelope.wall_height
    size = (wall.length, plan.envelope.wall_thickness, high)
    return Box(centre=(*wall.centre, 0.5 * high), size=size, yaw=wall.yaw, semantic="wall")


def _pad(pad: Pad) -> Box:
    x, y, z = pad.base
    return Box(centre=(x, y, z + 0.5 * pad.size[2]), size=pad.size, semantic="pad", material="rubber")


def _tree(tree: Tree) -> list[Primitive]:
    (x, y, z), scale = tree.base, tree.scale
    radius, height = _TRUNK
    parts: list[Primitive] = [
        Cylinder(base=tree.base, radius=radius * scale, height=height * scale, semantic="tree", material="wood")
    ]
    for base, lower, upper, high in _CROWN:
        parts.append(
            Cylinder(
                base=(x, y, z + base * scale), radius=lower * scale, radius_top=upper * scale, height=high * scale,
                semantic="tree", material="foliage",
            )
        )  # fmt: skip
    return parts


def _open_box(box: OpenBox) -> list[Primitive]:
    (x, y, z), (sx, sy, sz), t = box.base, box.size, _BOX_WALL_M
    pieces = [((x, y, z + 0.5 * t), (sx, sy, t))]
    for side in (-1.0, 1.0):
        pieces.append(((x + side * 0.5 * (sx - t), y, z + 0.5 * (sz + t)), (t, sy, sz - t)))
        pieces.append(((x, y + side * 0.5 * (sy - t), z + 0.5 * (sz + t)), (sx - 2 * t, t, sz - t)))
    return [Box(centre=centre, size=size, semantic="box", material="plywood") for centre, size in pieces]


def _tunnel(tunnel: Tunnel) -> list[Primitive]:
    legs = list(pairwise(tunnel.centreline))
    parts: list[Primitive] = []
    for number, (a, b) in enumerate(legs):
        before = _turn(legs[number - 1], (a, b)) if number else 0
        after = _turn((a, b), legs[number + 1]) if number + 1 < len(legs) else 0
        parts += _Leg(tunnel, a, b, before, after).parts()
    return parts


def _turn(first: tuple[Point2, Point2], second: tuple[Point2, Point2]) -> int:
    """1 for a turn to the left, -1 for one to the right."""
    (ax, ay), (bx, by) = first
    (cx, cy), (dx, dy) = second
    return 1 if (bx - ax) * (dy - cy) - (by - ay) * (dx - cx) > 0 else -1


class _Leg:
    """One straight piece of a tunnel; `before` and `after` are the turns at its ends, 0 for an open end.

    At a corner the leg before it has the floor and roof of the corner's square.
    """

    def __init__(self, tunnel: Tunnel, a: Point2, b: Point2, before: int, after: int) -> None:
        self._tunnel, self._before, self._after, self._start = tunnel, before, after, a
        self._length = math.dist(a, b)
        self._ahead = ((b[0] - a[0]) / self._length, (b[1] - a[1]) / self._length)

    def parts(self) -> list[Primitive]:
        """Floor, roof, two walls and, in a pipe, the filled edges."""
        t, thick, half = self._tunnel, _TUNNEL_WALL_M, 0.5 * self._tunnel.width
        first = half if self._before else 0.0
        last = self._length + (half if self._after else 0.0)
        roof = t.floor_z + t.height
        wide = t.width + 2 * thick
        boxes = [self._box((first, last), 0.0, wide, (max(t.floor_z - thick, 0.0), t.floor_z)),
                 self._box((first, last), 0.0, wide, (roof, roof + thick))]  # fmt: skip
        for side in (1, -1):
            # The wall on the inside of a corner stops at its square, the one outside runs round it.
            begin = 0.0 if not self._before else half if side == self._before else -half - thick
            end = self._length + (0.0 if not self._after else -half if side == self._after else half + thick)
            boxes.append(self._box((begin, end), side * (half + 0.5 * thick), thick, (0.0, roof)))
        parts: list[Primitive] = list(boxes)
        if t.chamfer > 0.0:
            stretch = (first, self._length - (half if self._after else 0.0))
            parts += [self._chamfer(stretch, side, top) for side in (1, -1) for top in (False, True)]
        return parts

    def _place(self, along: float, left: float) -> Point2:
        ux, uy = self._ahead
        return self._start[0] + along * ux - left * uy, self._start[1] + along * uy + left * ux

    def _box(self, stretch: tuple[float, float], left: float, width: float, heights: tuple[float, float]) -> Box:
        x, y = self._place(0.5 * (stretch[0] + stretch[1]), left)
        long, (low, high) = stretch[1] - stretch[0], heights
        size = (long, width) if abs(self._ahead[0]) > 0.5 else (width, long)
        return Box(centre=(x, y, 0.5 * (low + high)), size=(*size, high - low), semantic="tunnel", material="steel")

    def _chamfer(self, stretch: tuple[float, float], side: int, top: bool) -> Mesh:
        t = self._tunnel
        edge = t.floor_z + t.height if top else t.floor_z
        inward = -t.chamfer if top else t.chamfer
        wall = side * 0.5 * t.width
        profile = ((wall, edge), (wall - side * t.chamfer, edge), (wall, edge + inward))
        vertices = tuple((*self._place(along, left), z) for along in stretch for left, z in profile)
        caps = ((0, 2, 1), (3, 4, 5))
        sides = tuple(f for i, j in ((0, 1), (1, 2), (2, 0)) for f in ((i, j, j + 3), (i, j + 3, i + 3)))
        faces = caps + sides
        if (side > 0) != top:
            faces = tuple((a, c, b) for a, b, c in faces)
        return Mesh(vertices=vertices, faces=faces, semantic="tunnel", material="steel")

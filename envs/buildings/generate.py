"""Generates buildings: from a config and a seed, or from a plan that someone made."""

from dataclasses import replace

import numpy as np

from goldentime.envs.buildings.building import (
    Building,
    BuildingConfig,
    Compartment,
    Door,
    Entrance,
    Exit,
    Graph,
    Plate,
    Storey,
)
from goldentime.envs.buildings.fittings import build_door, build_window, door_opening, window_opening
from goldentime.envs.buildings.fuels import fuels_of
from goldentime.envs.buildings.furnish import furnish
from goldentime.envs.buildings.graph import Obstacles, prove
from goldentime.envs.buildings.layout import draw_plan
from goldentime.envs.buildings.marks import hang_plates, hang_signs
from goldentime.envs.buildings.plan import FRONT_M, Cell, Plan, inner
from goldentime.envs.buildings.shell import Run, build_shell, face_material, runs_of
from goldentime.envs.buildings.spots import find_spots
from goldentime.envs.buildings.stairs import build_stairs
from goldentime.envs.buildings.surfaces import ceiling_points
from goldentime.envs.buildings.ways import START_M, plan_ways
from goldentime.envs.buildings.yard import ROAD_M, furnish_yard, lay_yard
from goldentime.envs.level import OUTSIDE, Level, Point, Room
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.lamps import light_rooms
from goldentime.envs.scenes.palette import draw_look
from goldentime.envs.scenes.rooms import absorption_m2
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.envs.scenes.street_ground import PAVING_M
from goldentime.envs.signs import face_corners
from goldentime.errors import ScenarioError

__all__ = ["build", "generate_building"]

Rng = np.random.Generator

_TRIES = 8
_LEAST_OPEN = 0.5
"""So large a share of the rooms a drone gets into."""


def generate_building(config: BuildingConfig, rng: Rng) -> Building:
    """Draw a building whose rooms, but for those told to be sealed, a drone can reach from where it begins.

    Args:
        config: what is asked for.
        rng: the only source of chance.

    Raises:
        ScenarioError: too few rooms could be reached in a bounded number of draws.
    """
    why = ""
    for _ in range(_TRIES):
        try:
            return build(draw_plan(config, rng), config, rng)
        except ScenarioError as error:
            why = str(error)
    raise ScenarioError(f"building: expected one that fits {config}, got none in {_TRIES} draws; the last: {why}")


def build(plan: Plan, config: BuildingConfig, rng: Rng) -> Building:
    """Build, furnish and prove a plan.

    Raises:
        ScenarioError: fewer than half of the rooms can be reached.
    """
    draft = Draft(SceneConfig(place="floor", pool=config.pool), draw_look(config.pool, rng), rng)
    lay_yard(draft, plan)
    build_shell(draft, plan)
    for stair in plan.stairs:
        build_stairs(draft, plan, stair)
    for door in plan.doors:
        build_door(draft, door, plan.floor_m(door.storey))
    for pane in plan.windows:
        build_window(draft, pane, plan.floor_m(pane.storey))
    ways = plan_ways(draft, plan)
    light_rooms(draft, [at for cell in plan.cells if cell.kind != "stairs" for at in ceiling_points(plan, cell)])
    plates = hang_plates(draft, plan)
    hang_signs(draft, plan)
    furnish(draft, plan, config.difficulty)
    furnish_yard(draft, plan)
    obstacles = Obstacles((*draft.solids, *draft.glass))
    graph, passable = prove(ways, obstacles)
    compartments = _compartments(plan, graph)
    _check(plan, compartments)
    level = _level(draft, plan, plates)
    fuels, fuel_props = fuels_of(draft.props, level.rooms, rng)
    doors = tuple(
        Door(rooms=door.rooms, opening=i, state=door.state, passable=i in passable, storey=door.storey)
        for i, door in enumerate(plan.doors)
    )
    main = plan.doors[plan.entrance]
    return Building(
        use=plan.use,
        level=level,
        compartments=compartments,
        props=tuple(draft.props),
        signs=tuple(draft.signs),
        light=draft.light,
        things=draft.measured(),
        fuels=tuple(fuels),
        fuel_props=tuple(fuel_props),
        storeys=_storeys(plan),
        doors=doors,
        plates=_plates(draft, plates),
        exits=_exits(plan),
        entrance=Entrance(position=(main.at, round(FRONT_M - START_M, 4), PAVING_M), yaw=round(0.5 * np.pi, 4)),
        spots=tuple(find_spots(draft, plan, compartments, graph, obstacles)),
        graph=graph,
    )


def _compartments(plan: Plan, graph: Graph) -> tuple[Compartment, ...]:
    inside = set(graph.rooms)
    return tuple(
        Compartment(
            kind=cell.kind, use=cell.use, storey=cell.storeys[0], number=cell.number, sealed=number not in inside
        )
        for number, cell in enumerate(plan.cells)
    )  # fmt: skip


def _check(plan: Plan, compartments: tuple[Compartment, ...]) -> None:
    rooms = [facts for facts in compartments if facts.kind == "room"]
    free = sum(not facts.sealed for facts in rooms)
    if free < _LEAST_OPEN * len(rooms):
        shut = [number for number, facts in enumerate(compartments) if facts.kind == "room" and facts.sealed]
        raise ScenarioError(
            f"rooms: expected at least half of {len(rooms)} within a drone's reach, got {free}; sealed are cells {shut}"
        )
    shut = [number for number, facts in enumerate(compartments) if facts.kind == "corridor" and facts.sealed]
    if shut:
        raise ScenarioError(f"corridors: expected all within a drone's reach, got cells {shut} sealed")


def _level(draft: Draft, plan: Plan, plates: dict[int, int]) -> Level:
    openings = [door_opening(door, plan.floor_m(door.storey)) for door in plan.doors]
    openings += [window_opening(pane, plan.floor_m(pane.storey)) for pane in plan.windows]
    (x0, x1), (_, y1) = plan.span(0), plan.span(1)
    bounds = ((x0 - 8.0, -ROAD_M - 3.0, 0.0), (x1 + 8.0, y1 + 6.0, plan.floor_m(plan.storeys) + 6.0))
    runs = [runs_of(plan, storey) for storey in range(plan.storeys)]
    rooms = []
    for number, cell in enumerate(plan.cells):
        text = draft.signs[plates[number]].spec.text if number in plates else ""
        rooms.append(replace(_room(draft, plan, number, runs[cell.storeys[0]]), name=text))
    return Level(
        solids=tuple(draft.solids), glass=tuple(draft.glass), bounds=bounds, rooms=tuple(rooms), openings=tuple(openings)
    )


def _room(draft: Draft, plan: Plan, number: int, runs: list[Run]) -> Room:
    cell = plan.cells[number]
    (x0, x1), (y0, y1) = inner(cell)
    lower: Point = (x0, y0, plan.floor_m(cell.storeys[0]))
    upper: Point = (x1, y1, round(plan.floor_m(cell.storeys[1]) + plan.height_m, 4))
    faces = [_face(draft, plan, (cell, axis, side), runs) for axis in (1, 0) for side in (0, 1)]
    tiles = cell.use in ("office", "classroom") and cell.storeys[0] % 2 == 0
    ceiling = "mineral_tile" if tiles else draft.look.ceiling
    stuff = round(absorption_m2(draft.props, lower, upper), 3)
    materials = (faces[0], faces[1], faces[2], faces[3], draft.look.floor, ceiling)
    return Room(lower=lower, upper=upper, materials=materials, absorption_m2=stuff)


def _face(draft: Draft, plan: Plan, which: tuple[Cell, int, int], runs: list[Run]) -> str:
    """What the wall in the middle of one side of a room is painted with."""
    cell, axis, side = which
    along, over = (cell.y, cell.x) if axis else (cell.x, cell.y)
    for run in runs:
        if run.axis == axis and run.line == over[side] and run.along[0] <= 0.5 * sum(along) <= run.along[1]:
            return face_material(draft, plan.cells, run.rooms)
    raise ScenarioError(f"room at {cell.x}, {cell.y}: expected a wall at {over[side]}, got none")


def _storeys(plan: Plan) -> tuple[Storey, ...]:
    return tuple(
        Storey(number=k + 1, floor_m=plan.floor_m(k), ceiling_m=round(plan.floor_m(k) + plan.height_m, 4))
        for k in range(plan.storeys)
    )


def _plates(draft: Draft, plates: dict[int, int]) -> tuple[Plate, ...]:
    found = []
    for room, sign in sorted(plates.items()):
        x, y, z = face_corners(draft.signs[sign])[0].mean(0).round(4).tolist()
        found.append(Plate(room=room, text=draft.signs[sign].spec.text, sign=sign, position=(x, y, z)))
    return tuple(found)


def _exits(plan: Plan) -> tuple[Exit, ...]:
    found = []
    for number, door in enumerate(plan.doors):
        if OUTSIDE in door.rooms:
            room = max(door.rooms)
            x, y = (door.line, door.at) if door.axis else (door.at, door.line)
            found.append(Exit(door=number, room=room, position=(x, y, plan.floor_m(door.storey))))
    return tuple(found)

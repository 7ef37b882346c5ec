"""What lies before and around a building: a street with parked cars, trees and lamp posts, and houses across it."""

import math

import numpy as np

from goldentime.envs.buildings.plan import FRONT_M, Plan
from goldentime.envs.scenes.buildings import BUILDINGS, draw_building, place_building
from goldentime.envs.scenes.draft import Draft, solid_bounds
from goldentime.envs.scenes.scene import Thing
from goldentime.envs.scenes.street import park
from goldentime.envs.scenes.street_ground import Street, lay_ground, plant
from goldentime.envs.scenes.walls import WALL_M

__all__ = ["ROAD_M", "furnish_yard", "lay_yard"]

ROAD_M = 3.4
"""Half the road's width."""
_OPPOSITE = 2
"""Houses across the street, at most."""
_KINDS = {"car": 0.5, "bicycle": 0.15, "motorcycle": 0.15, "cone": 0.1, "hydrant": 0.1}


def _street(plan: Plan) -> Street:
    return Street(max(plan.span(0)[1], 12.0), ROAD_M, FRONT_M - 0.5 * WALL_M, 0.0)


def lay_yard(draft: Draft, plan: Plan) -> None:
    """The ground, and the houses across the street."""
    street = _street(plan)
    lay_ground(draft, street)
    end = 0.0
    for _ in range(int(draft.rng.integers(0, _OPPOSITE + 1))):
        house = draw_building(BUILDINGS[int(draft.rng.integers(len(BUILDINGS)))], draft.rng, pool=draft.pool)
        end += float(draft.rng.uniform(1.0, 5.0)) + 0.5 * house.size[0]
        placed = place_building(house, (end, -(FRONT_M + house.overhang_m + 0.1), 0.0), 0.5 * math.pi)
        end += 0.5 * house.size[0]
        solids = draft.build(*placed.solids)
        draft.glass += placed.glass
        for pane in placed.glass:
            draft.claim(solid_bounds(pane), solid=True)
        signs = tuple(draft.fix(sign) for sign in placed.signs)
        draft.note(Thing(kind=house.kind, centre=(0, 0, 0), size=(0, 0, 0), solids=solids, signs=signs))


def furnish_yard(draft: Draft, plan: Plan) -> None:
    """Trees, lamp posts, vehicles."""
    street = _street(plan)
    plant(draft, street)
    kinds, shares = list(_KINDS), np.array(list(_KINDS.values()))
    for number in draft.rng.choice(len(kinds), size=int(draft.rng.integers(2, 7)), p=shares / shares.sum()).tolist():
        park(draft, street, kinds[number])

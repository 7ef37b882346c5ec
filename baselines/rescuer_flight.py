"""How the rescuer flies: it knows where it is, maps each storey at flight height, and gets to places of the map."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.rescuer_unknown import first_leg
from goldentime.control.planner import Grid, Space, clearance, flood, trace
from goldentime.control.pursuit import pursue
from goldentime.control.repulsion import Berth, push_away
from goldentime.perception.navigation import Scan
from goldentime.perception.odometry import Odometer
from goldentime.perception.sighting import Look, look_from
from goldentime.perception.slice_map import Band, SliceMap
from goldentime.types import Brief

__all__ = ["LEVEL_M", "SENSES", "Field", "RescueFlight", "start_of"]

SENSES = ("attitude", "barometer", "flow", "lidar", "rangefinder")
"""Sensors that it flies by."""

Floats = NDArray[np.float64]

_CLEARANCE_M = 0.095
"""Height of the scout's centre while it stands."""
LEVEL_M = 1.35
"""Flight height over a floor: over tables, under lintels, and low enough for the air to be clear longest."""
_BAND_M, _SLAB_M = (-0.3, 0.35), 0.12
_RADII_M = (0.29, 0.25, 0.2)
"""Hull radius plus what margin a doorway leaves; smaller ones are tried where a larger one finds hardly a way, and where
it squeezes."""
_EASE_M, _DEAR = 0.45, 4.0
"""So much more room than that is no longer dear, and how much dearer the tightest place is than open space."""
_CLEARS_M, _LOOKS_M, _EVERY = 6.0, 4.5, 2
"""How far beams clear the map, how far off somebody is told for sure; and one scan in so many is mapped."""
_PLAN_S = 1.0
_LOOKAHEAD_M, _BRAKE_M_S2, _CLIMB_M_S, _SINK_M_S = 0.5, 1.5, 0.7, 0.4
_SIDE_M, _OVER_M = 0.35, 0.3
"""What is no more above or below is beside it; and so far it keeps from what it flies over."""
_BERTH = Berth(keep_m=0.55, band_m=_SIDE_M, push_m_s=0.6)
"""What is nearer than this, and no more than that above or below, pushes away, the harder the nearer."""
_TURN_GAIN, _TURN_RAD_S = 1.5, 1.2
_HOT = 4.0
"""How much dearer a hot place is."""
_MATE_M = 0.9
"""How far another drone may be from where it said it was."""
_LEG_S = 1.5
"""How often it thinks over where a way through the unknown may begin."""
_STUCK_S, _GAINED_M, _BARRED_M = 5.0, 0.2, 0.3


class Field(NamedTuple):
    """Where the drone can get to on its storey."""

    space: Space
    costs_m: NDArray[np.float32]
    """(nx, ny, 1) from the drone; inf where it can't get to."""


def _without(scan: Scan, mates_m: Sequence[Floats]) -> Scan:
    """A scan without the beams that end near one of some places."""
    if not mates_m:
        return scan
    away = np.linalg.norm(scan.ends_m[:, None] - np.array(mates_m), axis=2).min(axis=1)
    return Scan(scan.ends_m[away > _MATE_M], scan.hit[away > _MATE_M])


def start_of(brief: Brief) -> tuple[float, float, float]:
    """Where the drone starts, in the mission frame; in a team each somewhere else."""
    if "team" not in brief:
        return 0.0, 0.0, _CLEARANCE_M
    x, y, z = brief["team"][brief["drone"]]["start_m"]
    return x, y, z


class RescueFlight:
    """The body of the rescuer.

    Args:
        brief: of a rescue mission.
        speed_m_s: in open space.
    """

    def __init__(self, brief: Brief, speed_m_s: float) -> None:
        self.floors_m = [float(z) for z in brief["building"]["storeys_m"]]
        x, y, z = start_of(brief)
        self.home_m = np.array((x, y))
        self._odometer = Odometer(brief, z, self.floors_m, (x, y))
        lower, upper = brief["area_m"]
        slabs = [*(floor - _SLAB_M for floor in self.floors_m[1:]), math.inf]
        self.maps = [
            SliceMap(tuple(lower[:2]), tuple(upper[:2]), Band(z + LEVEL_M + _BAND_M[0], z + LEVEL_M + _BAND_M[1], slab))
            for z, slab in zip(self.floors_m, slabs, strict=True)
        ]
        motion = brief["action"]["motion"]
        self._low, self._high = np.array(motion["low"]), np.array(motion["high"])
        self.dt_s, self._speed_m_s = 1.0 / brief["action_hz"], speed_m_s
        self._near, self._ring = np.zeros((0, 3)), brief["sensors"]["lidar"]["options"]
        self.storey, self.time_s, self._scans = 0, -self.dt_s, 0
        self._field: Field | None = None
        self._planned_s, self._goal = -math.inf, np.full(2, np.inf)
        self._path: Floats | None = None
        self._best_m, self._stuck_s = math.inf, 0.0
        self._leg = (self.home_m, self.home_m, -math.inf)
        self.mates_m: Sequence[Floats] = ()
        """Where other drones are, (3,) each: what stands there moves on, and is no part of the map."""
        self.hurried = False
        """Whether it may fly through heat."""
        self._squeezed = [0] * len(self.floors_m)
        self.stuck = False
        """Whether it gave up getting to the last goal."""

    def beside(self, mates_m: float) -> None:
        """From now on what is nearer than this moves along."""
        self._odometer.mates_m = mates_m

    @property
    def map(self) -> SliceMap:
        """Of the storey it is on."""
        return self.maps[self.storey]

    @property
    def level_m(self) -> float:
        """Flight height of the storey it is on."""
        return self.floors_m[self.storey] + LEVEL_M

    @property
    def low(self) -> bool:
        """Whether something right below keeps it from sinking."""
        return self._under_m < 1.5 * _OVER_M

    def storey_of(self, place_m: Floats) -> int:
        """The storey that a place is on."""
        below = [i for i, floor in enumerate(self.floors_m) if floor <= place_m[2] + 0.3]
        return max(below, default=0)

    def enter(self, storey: int) -> None:
        """It is on another storey now."""
        self.storey, self._field, self._path = storey, None, None
        self.map.pass_(self.fix.position_m, 0.5)

    def sense(self, observation: Mapping[str, NDArray[Any]]) -> Look:
        """Take one observation in; where the body is now."""
        self.time_s += self.dt_s
        self._under_m = float(observation["rangefinder"][0])
        self.fix = fix = self._odometer.update(observation)
        if fix.scan is not None:
            self._near = fix.scan.ends_m[fix.scan.hit]
            self._scans += 1
            if self._scans % _EVERY == 0 and abs(fix.position_m[2] - self.level_m) < 0.3:
                self.map.pass_(fix.position_m, 0.3)
                self.map.insert(fix.position_m, _without(fix.scan, self.mates_m), _CLEARS_M)
                if self._scans % (2 * _EVERY) == 0:
                    self._looked()
        roll, pitch, _ = observation["attitude"].astype(float).tolist()
        return look_from(fix.position_m, fix.yaw_rad, roll, pitch)

    def _looked(self) -> None:
        """The level beams ahead tell how far the camera sees."""
        assert self.fix.scan is not None
        level = int(np.argmin(np.abs(self._ring["elevations_deg"])))
        columns = self._ring["columns"]
        ends = self.fix.scan.ends_m[level * columns : (level + 1) * columns]
        side = columns // 10
        self.map.look(self.fix.position_m, np.concatenate([ends[:side], ends[-side:]]), _LOOKS_M)

    def field(self) -> Field:
        """Where it can get to; thought over once a second."""
        if self._field is None or self.time_s - self._planned_s >= _PLAN_S:
            self._planned_s = self.time_s
            self._field = self._flooded()
        return self._field

    def _flooded(self) -> Field:
        here, best = self.fix.position_m, None
        origin = (float(self.map.lower_m[0]), float(self.map.lower_m[1]), 0.0)
        away = clearance(Grid(origin, self.map.cell_m, self.map.occupied[:, :, None]))
        x, y = self.map.index(here[None])[0].tolist()
        known = self.map.free[:, :, None]
        if not self.map.hot[x, y] and not self.hurried:
            known &= ~self.map.hot[:, :, None]
        for radius in _RADII_M[self._squeezed[self.storey] :]:
            free = (away > radius) & known
            # A drone too near to something leaves it by the shortest way.
            free |= (self.map.disc(here, 0.4) & self.map.free)[:, :, None] & (away >= away[x, y, 0])
            free[x, y, 0] = True
            price = 1.0 + _DEAR * np.clip(1.0 - (away - radius) / _EASE_M, 0.0, 1.0)
            price[self.map.hot] *= _HOT
            space = Space(origin, self.map.cell_m, free, price.astype(np.float32))
            costs = flood(space, (float(here[0]), float(here[1]), 0.5 * self.map.cell_m))
            best = Field(space, costs)
            if np.isfinite(costs).sum() * self.map.cell_m**2 > 6.0:
                break
        assert best is not None
        return best

    def squeeze(self, storey: int) -> None:
        """From now on through narrower places, and again where it did not get on."""
        self._squeezed[storey] = min(self._squeezed[storey] + 1, len(_RADII_M) - 1)
        self.maps[storey].forget_doubts()
        self._field = None

    def cost_m(self, place_m: Floats) -> float:
        """Of the way to a place of this storey; inf where there is none."""
        x, y = self.map.index(place_m[None])[0].tolist()
        return float(self.field().costs_m[x, y, 0])

    def go(self, place_m: Floats) -> Floats:
        """The velocity [m/s] (3,) that leads to a place (2,) of this storey; nothing where no way is known."""
        moved = float(np.hypot(*(place_m - self._goal))) > 0.3
        if moved:
            self._goal, self._best_m, self._stuck_s, self.stuck = place_m.copy(), math.inf, 0.0, False
        fresh = self._field is None or self.time_s - self._planned_s >= _PLAN_S
        if moved or fresh or self._path is None:
            field = self.field()
            goal = (float(place_m[0]), float(place_m[1]), 0.5 * self.map.cell_m)
            way = trace(field.space, field.costs_m, goal)
            self._path = None if way is None else way.points_m
        self._check(self.cost_m(place_m))
        if self._path is None:
            return self.hold()
        here = np.array([*self.fix.position_m[:2], self._path[0, 2]])
        velocity = pursue(self._path, here, _LOOKAHEAD_M, self._pace(), _BRAKE_M_S2)
        velocity[2] = 0.0
        return velocity + self.hold()

    def towards(self, place_m: Floats) -> Floats:
        """The velocity that leads to a place (2,), or while no way there is known to where one may begin."""
        if math.isfinite(self.cost_m(place_m)):
            return self.go(place_m)
        sought, _, since_s = self._leg
        late = self.time_s - since_s >= _LEG_S or float(np.hypot(*(place_m[:2] - sought[:2]))) > 0.5
        if late or self.stuck:
            costs = self.field().costs_m[:, :, 0]
            radius_m = _RADII_M[self._squeezed[self.storey]]
            leg = first_leg(self.map, costs, self.fix.position_m, place_m, radius_m)
            self._leg = (place_m.copy(), leg, self.time_s)
        return self.go(self._leg[1])

    def _check(self, left_m: float) -> None:
        """Notice when it does not get on; then don't try that way again while there are others."""
        if left_m < self._best_m - _GAINED_M:
            self._best_m, self._stuck_s = left_m, 0.0
            return
        self._stuck_s += self.dt_s
        if self._stuck_s > _STUCK_S:
            if self._path is not None and len(self._path) > 1:
                ahead = self._path[1, :2] - self.fix.position_m[:2]
                ahead *= 0.5 / max(float(np.hypot(*ahead)), 0.5)
                self.map.doubt(self.fix.position_m[:2] + ahead, _BARRED_M)
            self._best_m, self._stuck_s, self.stuck = math.inf, 0.0, True
            self._field = None

    def _pace(self) -> float:
        offset = self._near - self.fix.position_m
        beside = np.abs(offset[:, 2]) < _SIDE_M
        room_m = float(np.hypot(offset[beside, 0], offset[beside, 1]).min(initial=2.0))
        return self._speed_m_s * min(max((room_m - 0.2) / 0.5, 0.45), 1.0)

    def hold(self, height_m: float | None = None) -> Floats:
        """The velocity that keeps a height, that of the storey if not given, and away from things, also from below."""
        goal_m = self.level_m if height_m is None else height_m
        goal_m = max(goal_m, float(self.fix.position_m[2]) - self._under_m + _OVER_M)
        rise = min(max(1.5 * (goal_m - float(self.fix.position_m[2])), -_SINK_M_S), _CLIMB_M_S)
        velocity = self._push()
        velocity[2] += rise
        return velocity

    def sink(self) -> Floats:
        """The velocity for landing."""
        return np.array([0.0, 0.0, -_SINK_M_S])

    def _push(self) -> Floats:
        return push_away(self._near, self.fix.position_m, _BERTH)

    def gaze_rad_s(self, place_m: Floats) -> float:
        """The turn that looks at a place."""
        x, y = (place_m[:2] - self.fix.position_m[:2]).tolist()
        turn = _TURN_GAIN * math.remainder(math.atan2(y, x) - self.fix.yaw_rad, 2.0 * math.pi)
        return min(max(turn, -_TURN_RAD_S), _TURN_RAD_S)

    def command(self, velocity_m_s: Floats, turn_rad_s: float) -> NDArray[np.float32]:
        """The action's motion for a velocity in the map's frame."""
        # The command is held while the drone turns: it is meant for the heading in the middle of the step.
        yaw = self.fix.yaw_rad + 0.5 * turn_rad_s * self.dt_s
        c, s = math.cos(yaw), math.sin(yaw)
        vx, vy, vz = velocity_m_s.tolist()
        motion = np.array([c * vx + s * vy, c * vy - s * vx, vz, turn_rad_s])
        held: NDArray[np.float32] = np.clip(motion, self._low, self._high).astype(np.float32)
        return held

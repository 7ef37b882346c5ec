"""People who walk, breathe, suffer, put on smoke hoods and fall silent: the state of all of them, step by step.

Nothing is drawn at random here: the same people in the same air fare the same.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import Fuel
from goldentime.envs.level import OUTSIDE, Level
from goldentime.envs.level_rooms import room_bounds, rooms_at
from goldentime.envs.people import dose, walking
from goldentime.envs.people.following import Follower
from goldentime.envs.people.ground import ground_of
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import LAME, LOST, SENSELESS, start_triage, vitals_of
from goldentime.errors import ConfigError
from goldentime.types import DroneState, FireState, KitState, PersonState

__all__ = ["WORSENS", "Crowd"]

Floats = NDArray[np.float64]

_BLEEDING_PER_S = math.log(1.5) / 600.0
"""Injuries above `WORSENS` grow by so much of themselves, from 0.6 to deadly in ten minutes: our choice."""
WORSENS = 0.3
_DRESSED = 0.2
"""Share of that growth that is left with the dressing of a relief kit: our choice."""
_REACH_M, _SHORT_REACH_M, _RAISED_M = 1.0, 0.7, 1.2
"""How near a kit must lie for one who walks, for the others, and how high over their ground: our choice."""
_RESTS_M_S = 0.2
"""A released kit that is slower has landed."""
_TAKES_S = 6.0
"""How long it takes to reach for a kit and put the hood on: our choice."""
_FADES_DB, _MUFFLED_DB = 15.0, 6.0
"""How much weaker a voice is just before it falls silent, and through a hood: our choice."""
_SHY_W_M2, _SHY_K, _SHY_PER_M = 1500.0, 333.15, 1.0
"""Radiation, warmth and smoke into which nobody follows a drone: below what hurts (ISO 13571: 2500 W/m2), and with 3 m of
sight left; our choice."""
_UPRIGHT = ("standing", "walking", "waving")


class _Hand(NamedTuple):
    """Someone who reaches for a kit."""

    person: int
    since_s: float
    """For how long by now."""


class Crowd:
    """All people of a scenario who may move, suffer and be helped; in their order.

    `people` may be empty. Firefighters and medics wear their own breathing apparatus: they move, but nothing befalls them.
    """

    def __init__(self, people: Sequence[Person], level: Level, fuels: Sequence[Fuel] = ()) -> None:
        """Everybody in their place.

        Args:
            people: as a scenario has them.
            level: where they are.
            fuels: what may burn, in the order of `FireState.fuels_w`; without them flames do not radiate.

        Raises:
            ConfigError: somebody has no asset for lying on the side or for their own posture.
        """
        _check(people)
        self._people = tuple(people)
        self._bounds = room_bounds(level)
        self._fuels_m = np.array([fuel.position for fuel in fuels], np.float64).reshape(-1, 3)
        self._fuel_rooms = np.array([fuel.room for fuel in fuels], np.intp)
        self._at = np.array([person.position for person in people], np.float64).reshape(-1, 3)
        self._yaw = [person.yaw for person in people]
        self._tracks = [walking.track_of(p.path) if p.behaviour == "wanders" else None for p in people]
        self._gone = [0.0] * len(people)
        self._speeds = np.array([walking.walking_m_s(person) for person in people], np.float64)
        self._followers = _followers(people, level)
        self._fire: FireState | None = None
        self._victim = np.array([person.victim for person in people], np.bool_)
        self._suffers = self._victim
        self._walks = np.array([person.mobility == "walks" for person in people], np.bool_)
        self._injury = np.array([person.injury for person in people], np.float64)
        self._fed, self._heat = np.zeros(len(people)), np.zeros(len(people))
        self._hooded = np.zeros(len(people), np.bool_)
        self._rooms = rooms_at(self._bounds, self._at)
        self._tags = _tags(people, self._rooms.tolist())
        self._slow = np.ones(len(people))
        self._smoke = np.zeros(len(people))
        self._hands: dict[int, _Hand] = {}
        self._taken: dict[int, int] = {}
        self._moving = [False] * len(people)
        self._awake = self._who_is_awake()
        self._posture = [""] * len(people)
        self._mouth = np.zeros(len(people))
        self._settle()

    @property
    def taken(self) -> dict[int, int]:
        """Which person has taken which kit, by the kit's number."""
        return dict(self._taken)

    @property
    def rooms(self) -> tuple[int, ...]:
        """The room of each person now; `level.OUTSIDE` in the open air."""
        return tuple(self._rooms.tolist())

    @property
    def awake(self) -> tuple[bool, ...]:
        """Whether each is conscious."""
        return tuple(self._awake.tolist())

    @property
    def injuries(self) -> tuple[float, ...]:
        """Severity of each person's injury now."""
        return tuple(self._injury.tolist())

    def step(
        self,
        dt_s: float,
        fire: FireState | None = None,
        drones: Sequence[DroneState] = (),
        kits: Sequence[KitState] = (),
    ) -> tuple[PersonState, ...]:
        """Let time pass; how all are then.

        Args:
            dt_s: how long; doses grow at the rates of the step's beginning.
            fire: air now, None for fresh air.
            drones: whom those who follow may follow.
            kits: in the order of the scenario.
        """
        if not self._people:
            return ()
        self._suffers = self._victim & (self._worst() < dose.DEADLY_DOSE) & (self._injury <= LOST)
        self._breathe(dt_s, fire)
        self._bleed(dt_s)
        self._awake = self._who_is_awake()
        self._reach(dt_s, kits)
        self._walk(dt_s, drones)
        self._settle()
        return self.read()

    def give(self, person: int) -> bool:
        """Put the hood of a kit on somebody; whether they are awake and had none."""
        can = bool(self._awake[person] and self._victim[person] and not self._hooded[person])
        self._hooded[person] |= can
        return can

    def read(self) -> tuple[PersonState, ...]:
        """How all are."""
        rows = zip(
            self._people, self._at.tolist(), self._yaw, self._posture, self._worst().tolist(), self._injury.tolist(),
            self._fed.tolist(), self._heat.tolist(), self._hooded.tolist(), self._awake.tolist(), self._tags, strict=True,
        )  # fmt: skip
        return tuple(
            PersonState(
                (at[0], at[1], at[2]), yaw, posture, start_triage(vitals_of(injury, worst, person.mobility)), fed, heat,
                _voice_db(worst, injury, hooded) if awake else -math.inf, hooded, tag, injury,
            )
            for person, at, yaw, posture, worst, injury, fed, heat, hooded, awake, tag in rows
        )  # fmt: skip

    def _worst(self) -> Floats:
        return np.maximum(self._fed, self._heat)

    def _who_is_awake(self) -> NDArray[np.bool_]:
        return (self._worst() < 1.0) & (self._injury <= SENSELESS)

    def _breathe(self, dt_s: float, fire: FireState | None) -> None:
        if any(self._moving):
            self._rooms, self._fire = rooms_at(self._bounds, self._at), fire
        if fire is None or not len(fire.layer_m):
            self._smoke = np.zeros(len(self._people))
            self._slow = np.ones(len(self._people))
            return
        air = dose.air_at(fire, self._rooms, self._at[:, 2] + self._mouth, self._bounds.upper[self._rooms, 2])
        self._smoke, self._slow = air.extinction_per_m, walking.smoke_slows(air.extinction_per_m)
        breathed = np.where(self._awake, dose.AWAKE_L_MIN, dose.RESTING_L_MIN)
        suffers_min = np.where(self._suffers, dt_s / 60.0, 0.0)
        self._fed = self._fed + suffers_min * dose.gas_per_min(air, breathed, self._hooded)
        self._heat = self._heat + suffers_min * dose.heat_per_min(air, self._flames(fire))

    def _flames(self, fire: FireState) -> Floats:
        if not len(self._fuel_rooms) or not fire.fuels_w.any():
            return np.zeros(len(self._people))
        same = self._rooms[:, None] == self._fuel_rooms
        return dose.flame_w_m2(self._at, self._fuels_m, same, fire.fuels_w)

    def _bleed(self, dt_s: float) -> None:
        growing = self._suffers & (self._injury >= WORSENS)
        if growing.any():
            rate = np.where(self._hooded, _DRESSED * _BLEEDING_PER_S, _BLEEDING_PER_S)
            self._injury = np.where(growing, np.minimum(self._injury * np.exp(rate * dt_s), 1.0), self._injury)

    def _reach(self, dt_s: float, kits: Sequence[KitState]) -> None:
        lying = [
            number
            for number, kit in enumerate(kits)
            if kit.carrier < 0 and number not in self._taken and math.hypot(*kit.velocity_m_s) <= _RESTS_M_S
        ]
        hands: dict[int, _Hand] = {}
        nearest = self._nearest(np.array([kits[number].position_m for number in lying])) if lying else []
        for number, person in zip(lying, nearest, strict=True):
            if person < 0:
                continue
            before = self._hands.get(number)
            since_s = dt_s + (before.since_s if before is not None and before.person == person else 0.0)
            if since_s < _TAKES_S:
                hands[number] = _Hand(person, since_s)
            elif self.give(person):
                self._taken[number] = person
        self._hands = hands

    def _nearest(self, kits_m: Floats) -> list[int]:
        """Who can take each kit (k, 3) that lies; -1 if nobody."""
        reach = np.where(self._walks & (self._injury <= LAME), _REACH_M, _SHORT_REACH_M)
        away = kits_m[:, None] - self._at
        flat = np.hypot(away[..., 0], away[..., 1])
        can = (flat <= reach) & (np.abs(away[..., 2]) <= _RAISED_M) & self._awake & self._victim & ~self._hooded
        if not can.any():
            return [-1] * len(kits_m)
        can &= rooms_at(self._bounds, kits_m)[:, None] == self._rooms
        nearest = np.where(can, flat, np.inf).argmin(1)
        return [int(person) if can[place, person] else -1 for place, person in enumerate(nearest)]

    def _walk(self, dt_s: float, drones: Sequence[DroneState]) -> None:
        reaching = {hand.person for hand in self._hands.values()}
        weak = np.maximum(self._worst(), self._injury)
        steps = np.where(self._awake & ~self._hooded & (self._injury <= LAME), dt_s * self._slow * (1.0 - weak * weak), 0.0)
        for i, step_m in enumerate((steps * self._speeds).tolist()):
            self._moving[i] = False
            track = self._tracks[i]
            if step_m <= 0.0 or i in reaching:
                continue
            if track is not None:
                self._gone[i] += step_m
                self._at[i], self._yaw[i] = walking.track_at(track, self._gone[i])
                self._moving[i] = True
            elif drones and i in self._followers:
                self._moving[i] = self._follow(i, step_m, drones)

    def _follow(self, i: int, step_m: float, drones: Sequence[DroneState]) -> bool:
        moved = self._followers[i].step(self._at[i], step_m, float(self._smoke[i]), drones)
        if moved is None or self._shies(i, moved[0]):
            return False
        self._at[i], self._yaw[i] = moved
        return True

    def _shies(self, i: int, place_m: Floats) -> bool:
        """Whether it is too hot or too smoky there for somebody to follow any farther."""
        if self._fire is None:
            return False
        rooms = rooms_at(self._bounds, place_m[None])
        air = dose.air_at(self._fire, rooms, place_m[2:] + self._mouth[i], self._bounds.upper[rooms, 2])
        limits = ((air.radiant_w_m2, _SHY_W_M2), (air.kelvin, _SHY_K), (air.extinction_per_m, _SHY_PER_M))
        return any(float(there[0]) > limit for there, limit in limits)

    def _settle(self) -> None:
        """Postures, and how high they breathe in them."""
        for i, person in enumerate(self._people):
            posture = self._posture_of(i)
            if posture != self._posture[i]:
                self._posture[i] = posture
                self._mouth[i] = dose.breathing_height_m(posture, person.kind, person.scale)

    def _posture_of(self, i: int) -> str:
        person = self._people[i]
        if person.mobility == "trapped" or person.posture.startswith("lying"):
            return person.posture
        # A kit's card says: hood on, lie down, stay.
        if not self._awake[i] or self._hooded[i]:
            return "lying_side"
        wanted = person.posture
        if self._moving[i]:
            wanted = "walking" if person.mobility == "walks" else "crouching"
        elif person.posture in _UPRIGHT and self._injury[i] > LAME:
            wanted = "sitting"
        elif person.posture == "walking":
            wanted = "standing"
        return wanted if wanted in person.assets else person.posture


def _followers(people: Sequence[Person], level: Level) -> dict[int, Follower]:
    starts = {i: person.position for i, person in enumerate(people) if person.behaviour == "follows"}
    ground = ground_of(level, [*starts.values()]) if starts else None
    return {} if ground is None else {i: Follower(ground) for i in starts}


def _tags(people: Sequence[Person], rooms: list[int]) -> tuple[str, ...]:
    """What rescuers have left beside those in their rooms, before the episode."""
    been = {room for person, room in zip(people, rooms, strict=True) if not person.victim} - {OUTSIDE}
    return tuple(
        start_triage(vitals_of(person.injury, 0.0, person.mobility)) if person.victim and room in been else ""
        for person, room in zip(people, rooms, strict=True)
    )


def _check(people: Sequence[Person]) -> None:
    for number, person in enumerate(people):
        missing = {person.posture, "lying_side"} - {*person.assets}
        if missing:
            wanted, got = ", ".join(sorted(missing)), ", ".join(sorted(person.assets))
            raise ConfigError(f"people[{number}].assets: expected also {wanted}, got {got}")


def _voice_db(worst: float, injury: float, hooded: bool) -> float:
    """How much louder than when they are well."""
    return 0.0 - _FADES_DB * max(min(worst, 1.0), injury / SENSELESS) - (_MUFFLED_DB if hooded else 0.0)

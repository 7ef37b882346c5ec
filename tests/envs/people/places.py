"""Three rooms in a row, their air by hand, and people in them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Level, Room
from goldentime.envs.people.person import Person
from goldentime.types import DroneState, FireState, KitState, Vec3

BARE = ("", "", "", "", "", "")
ROOMS = 3
LEVEL = Level(
    rooms=tuple(Room(lower=(6.0 * i, 0.0, 0.0), upper=(6.0 * i + 5.8, 6.0, 3.0), materials=BARE) for i in range(ROOMS))
)
POSTURES = ("standing", "walking", "waving", "sitting", "crouching", "lying_back", "lying_side")


def person(room: int = 0, **given: Any) -> Person:
    """A man in the middle of a room, unhurt."""
    posture = given.setdefault("posture", "standing")
    given.setdefault("assets", {name: f"man-0-{name}" for name in {*POSTURES, posture}})
    given.setdefault("position", (6.0 * room + 2.9, 3.0, 0.0))
    values: dict[str, Any] = {"kind": "man", "room": room} | given
    return Person(**values)


def fire(
    layer_m: Any = 3.0, *, co: Any = 0.0, lower_co: Any = 0.0, kelvin: Any = 293.15, lower_k: Any = 293.15,
    smoke: Any = 0.0, lower_smoke: Any = 0.0, co2: Any = 0.0, o2: Any = 0.209, fuels_w: Any = (),
) -> FireState:  # fmt: skip
    """Air of the three rooms; scalars hold for all. Where only one value can be given, it is that of the upper layer."""

    def each(value: Any) -> NDArray[np.float64]:
        return np.broadcast_to(np.asarray(value, np.float64), (ROOMS,)).copy()

    return FireState(
        layer_m=each(layer_m), upper_k=each(kelvin), lower_k=each(lower_k), upper_extinction_per_m=each(smoke),
        lower_extinction_per_m=each(lower_smoke), upper_co=each(co), lower_co=each(lower_co), upper_co2=each(co2),
        lower_co2=each(0.0), upper_o2=each(o2), lower_o2=each(0.209), fuels_w=np.array(fuels_w, np.float64),
    )  # fmt: skip


def drone(position_m: Vec3, velocity_m_s: Vec3 = (0.0, 0.0, 0.0)) -> DroneState:
    """A drone in the air."""
    still = (0.0, 0.0, 0.0)
    return DroneState(position_m, (0.0, 0.0, 0.0, 1.0), velocity_m_s, still, still, (), 1.0, 11.0, (), 0.0)


def kit(position_m: Vec3, velocity_m_s: Vec3 = (0.0, 0.0, 0.0), carrier: int = -1) -> KitState:
    """A relief kit that lies, if nothing else is said."""
    return KitState(position_m, velocity_m_s, carrier)

"""A log made by hand of a house of two storeys that burns: people fade, smoke sinks, a kit is brought. No simulator."""

from typing import Any

import numpy as np

from goldentime.eval.log import EpisodeLog
from goldentime.types import DroneState, Event, FireState, KitState, LoadState, PersonState, RadioState, WorldState

END_S = 90.0
STEP_S = 0.1
CONDITIONS = ("urgent", "immediate", "dead")


def box(semantic: str, lower: tuple[float, ...], upper: tuple[float, ...], material: str = "plaster") -> dict[str, Any]:
    """A cuboid between two corners."""
    centre = [(a + b) / 2 for a, b in zip(lower, upper, strict=True)]
    size = [b - a for a, b in zip(lower, upper, strict=True)]
    return {"shape": "box", "centre": centre, "size": size, "yaw": 0.0, "semantic": semantic, "material": material}


def storey(z: float) -> list[dict[str, Any]]:
    """Floor, ceiling and walls of a corridor with two rooms."""
    low, high = z, z + 2.7
    return [
        box("floor", (0, 0, low - 0.1), (12, 8, low), "wood"),
        box("ceiling", (0, 0, high), (12, 8, high + 0.1)),
        box("wall", (0, -0.15, low), (12, 0, high)),
        box("wall", (0, 8, low), (12, 8.15, high)),
        box("wall", (-0.15, 0, low), (0, 8, high)),
        box("wall", (12, 0, low), (12.15, 3, high)),
        box("wall", (12, 5, low), (12.15, 8, high)),
        box("wall", (5.9, 3, low), (6, 8, high)),
        box("wall", (0, 2.9, low), (2, 3, high)),
        box("wall", (3, 2.9, low), (8, 3, high)),
        box("wall", (9, 2.9, low), (12, 3, high)),
    ]


def rooms(z: float, floor: int) -> list[dict[str, Any]]:
    """A corridor and two rooms."""
    high, faces = z + 2.7, ["plaster"] * 6
    cuboids = [((0, 0), (12, 2.9)), ((0, 3), (5.9, 8)), ((6, 3), (12, 8))]
    names = ["복도", f"{floor}01호", f"{floor}02호"]
    return [
        {"lower": [*a, z], "upper": [*b, high], "materials": faces, "absorption_m2": 0.0, "name": name}
        for (a, b), name in zip(cuboids, names, strict=True)
    ]


def person(kind: str, place: tuple[float, float, float], room: int) -> dict[str, Any]:
    """Somebody of the asset library."""
    assets = {posture: f"{kind}-1-{posture}" for posture in ("standing", "sitting", "lying_side")}
    return {
        "kind": kind,
        "assets": assets,
        "colours": {},
        "scale": 1.0,
        "position": list(place),
        "yaw": 0.6,
        "posture": "standing",
        "room": room,
        "victim": kind != "firefighter",
    }


def scenario() -> dict[str, Any]:
    """The house as a header holds it."""
    fuel = {"growth": "fast", "peak_w": 2.5e6, "energy_j": 4e8, "soot_yield": 0.05, "co_yield": 0.04}
    return {
        "mission": "stage3",
        "level": {
            "solids": [*storey(0.0), *storey(3.0)],
            "glass": [box("glass", (12.02, 3, 0), (12.06, 5, 2.7), "glass")],
            "bounds": [[-4.0, -4.0, 0.0], [16.0, 12.0, 6.5]],
            "rooms": [*rooms(0.0, 1), *rooms(3.0, 2)],
        },
        "drones": [
            {"airframe": "scout", "position": [-2, 1.5, 0.2], "yaw": 0.0},
            {"airframe": "scout", "position": [-2, 0, 0.2], "yaw": 0},
        ],
        "kits": [{"carrier": 1, "mass_kg": 0.25, "size": [0.2, 0.2, 0.2]}],
        "loads": [{"drones": [0, 1], "position": [0.0, 1.2, 0.1], "rope_m": 1.0, "mass_kg": 2.8, "size": [0.3, 0.3, 0.2]}],
        "movers": [],
        "props": [
            {"asset": "sofa-402", "position": [2.0, 6.5, 0.0], "yaw": 0.0, "scale": 1.0, "colours": {}, "semantic": ""}
        ],
        "fire": {
            "fuels": [{"room": 1, "position": [2.0, 6.5, 0.5], **fuel}, {"room": 1, "position": [4.5, 7.0, 0.7], **fuel}],
            "ignitions": [{"fuel": 0, "time_s": -30.0}],
        },
        "people": [
            person("woman", (4.5, 4.0, 0.0), 1),
            person("man", (9.0, 6.0, 3.0), 5),
            person("firefighter", (1.0, 1.0, 0.0), 0),
        ],
        "sounds": [
            {
                "kind": "woman",
                "calls": True,
                "speaker": "",
                "path": [{"time_s": 0.0, "position": [4.5, 4.0, 1.5]}],
                "soundings": [{"start_s": 20.0, "duration_s": 2.0, "clip": "a", "level_db": 80.0}],
            }
        ],
        "wind": {"zones": [], "gust_scale": 0.0},
        "time_limit_s": END_S,
        "task": {"start_pad": {"position": [-2.0, 1.0, 0.0], "size": [2.0, 2.0, 0.05]}},
    }


def state(time_s: float) -> WorldState:
    """Two drones on a round, three people and a fire that grows."""
    return WorldState(
        time_s=time_s,
        drones=(_drone(time_s, 1.5, 1.6), _drone(max(time_s - 4.0, 0.0), 1.0, 1.2)),
        kits=(KitState((3.0, 1.0, 0.1), (0.0, 0.0, 0.0), 1 if time_s < 30.0 else -1),),
        people=_people(time_s),
        fire=_fire(time_s),
        loads=(LoadState((time_s / 10.0, 1.2, 0.6), (0.1, 0.0, 0.0), (0, 1) if time_s < 40.0 else (1,)),),
        radio=_radio(time_s),
    )


def _radio(time_s: float) -> RadioState:
    """The second drone reaches the base through the first, until that is too far away."""
    power_dbm = np.array([[-np.inf, -60.0, -70.0], [-60.0, -np.inf, -95.0], [-70.0 - time_s / 10.0, -95.0, -np.inf]])
    hops = np.array([[0, 1, 1], [1, 0, 2], [1, 2, 0]]) if time_s < 50.0 else np.array([[0, 1, -1], [1, 0, -1], [-1, -1, 0]])
    return RadioState(power_dbm, hops, ((), ()))


def _drone(time_s: float, y: float, z: float) -> DroneState:
    share = time_s / END_S
    x = -2.0 + 13.0 * np.sin(np.pi * share)
    height = z + (3.0 if 0.45 < share < 0.9 else 0.0)
    yaw = 0.3 * np.sin(time_s / 3)
    return DroneState(
        position_m=(float(x), y + 0.3 * float(np.sin(time_s)), height),
        quaternion_xyzw=(0.0, 0.0, float(np.sin(yaw / 2)), float(np.cos(yaw / 2))),
        velocity_m_s=(0.4, 0.0, 0.0),
        angular_velocity_rad_s=(0.0, 0.0, 0.0),
        acceleration_m_s2=(0.0, 0.0, 0.0),
        rotor_speed_rad_s=(0.0,) * 4,
        state_of_charge=1.0 - 0.6 * share,
        voltage_v=16.0,
        contacts=(),
        contact_s=0.0,
    )


def _people(time_s: float) -> tuple[PersonState, ...]:
    fed = time_s / END_S
    condition = CONDITIONS[min(int(3 * fed), 2)]
    posture = ("standing", "sitting", "lying_side")[min(int(3 * fed), 2)]
    silent = float("-inf") if condition == "dead" else -3.0
    woman = PersonState((4.5, 4.0, 0.0), 0.6, posture, condition, fed, 0.3 * fed, silent, time_s > 40, "")
    man = PersonState(
        (9.0, 6.0, 3.0), 2.0, "crouching", "urgent", 0.2 * fed, 0.0, -1.0, False, "urgent" if fed > 0.5 else ""
    )
    walker = PersonState((1.0 + 0.05 * time_s, 1.0, 0.0), 0.0, "standing", "non_urgent", 0.0, 0.0, 0.0, False, "")
    return woman, man, walker


def _fire(time_s: float) -> FireState:
    share = time_s / END_S
    floors, burning = np.array([0.0, 0, 0, 3, 3, 3]), np.array([0.5, 1.0, 0.0, 0.3, 0.0, 0.1])
    grown = share * burning
    clean = np.full(6, 0.2095)
    return FireState(
        layer_m=floors + 2.7 - 1.9 * np.minimum(2 * grown, 1.0),
        upper_k=293.0 + 500.0 * grown,
        lower_k=293.0 + 30.0 * grown,
        upper_extinction_per_m=3.0 * grown,
        lower_extinction_per_m=0.1 * grown,
        upper_co=0.01 * grown,
        lower_co=0.0005 * grown,
        upper_co2=0.05 * grown,
        lower_co2=0.001 * grown,
        upper_o2=clean,
        lower_o2=clean,
        fuels_w=np.array([2.0e6 * share, 8e5 * max(share - 0.4, 0.0)]),
    )


EVENTS = (
    Event(21.0, "heard", 0, 9.0, {"source": 0, "sounding": 0, "snr_db": 9.0, "kind": "woman"}),
    Event(25.0, "found", 0, 1.0, {"kind": "woman", "said": "여자", "position": [4.5, 4.0, 0.5], "error_m": 0.4}),
    Event(25.0, "credit", 0, 1.0),
    Event(30.0, "kit_released", 1, 1.0, {"position": [3.0, 1.0, 0.1]}),
    Event(61.3, "wrong", 1, 1.0, {"said": "man", "text": "<b>&</b></script>"}),
    Event(90.0, "landed", 0),
)


def make_log(end_s: float = END_S, events: tuple[Event, ...] = EVENTS) -> EpisodeLog:
    """The log of both drones at 10 Hz."""
    log = EpisodeLog(labels={"agent": "hand", "index": 0, "mission": "stage3", "split": "public"})
    header = {"mission": "stage3", "env_id": "Stage3-v0", "seed": 7, "scenario": scenario(), "scenario_digest": "0" * 64}
    facts = {"things": 3, "described": 0, "time_limit_s": END_S}
    log.begin({**header, "config": {"title": "House", "action_hz": 10.0, "sensors": {}, "rules": "search"}, "facts": facts})
    left = list(events)
    for tick in range(round(end_s / STEP_S) + 1):
        now = tick * STEP_S
        due = [event for event in left if event.time_s <= now + 1e-9]
        left = left[len(due) :]
        log.record(state(now), due)
    log.end("landed")
    return log

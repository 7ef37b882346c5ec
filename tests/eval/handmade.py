"""Logs made by hand: a little course of three sections, and flights over it that need no simulator.

Run as a script, it writes the golden log and scorecard of tests/golden/ anew.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import save_log
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.files import pretty_json
from goldentime.records import dump
from goldentime.types import DroneState, Event, WorldState

FACTS = {"sections": 3, "kits": 1, "shortest_path_m": 20.0, "par_time_s": 10.0, "time_limit_s": 60.0}


def box(semantic: str, centre: Sequence[float], size: Sequence[float], yaw: float = 0.0) -> dict[str, Any]:
    """A cuboid as a logged scenario holds it."""
    return {"shape": "box", "centre": [*centre], "size": [*size], "yaw": yaw, "semantic": semantic, "material": "x"}


POLE = {"shape": "cylinder", "base": [6, 3, 0], "radius": 0.2, "height": 2, "semantic": "pole", "material": "x"}
RAMP = {
    "shape": "mesh",
    "vertices": [[14, 2, 0], [16, 2, 0], [16, 5, 1], [14, 5, 1]],
    "faces": [[0, 1, 2], [0, 2, 3]],
    "semantic": "tunnel",
    "material": "x",
}
WALLS = [box("wall", (10, 0, 1.5), (24, 0.5, 3)), box("wall", (10, 8, 1.5), (24, 0.5, 3), 0.1)]

SCENARIO: dict[str, Any] = {
    "mission": "course",
    "level": {
        "solids": [*WALLS, POLE, RAMP, box("net", (10, 4, 2.2), (0.05, 8, 1.3))],
        "glass": [box("glass", (18, 4, 1.5), (0.1, 2, 2))],
        "bounds": [[-3, -1, 0], [23, 9, 4]],
    },
    "drones": [{"airframe": "scout", "position": [0, 4, 0.1], "yaw": 0.0}],
    "kits": [],
    "movers": [{"centre": [12, 4, 1], "size": [0.5, 0.5, 2], "amplitude": [0, 2, 0], "period_s": 4.0, "phase": 0.0}],
    "wind": {
        "zones": [{"lower": [15, 0, 0], "upper": [19, 8, 3], "velocity": [0, 2, 0], "edge_m": 1.0}],
        "gust_scale": 0.1,
    },
    "time_limit_s": 60.0,
    "task": {"landing_pad": {"base": [20, 4, 0], "size": [2, 2, 0.05]}},
}


def header(**facts: float) -> dict[str, Any]:
    """What an environment would begin a log with."""
    return {
        "mission": "course",
        "env_id": "Course-v0",
        "seed": 7,
        "scenario": SCENARIO,
        "scenario_digest": "0" * 64,
        "config": {"title": "Course"},
        "facts": {**FACTS, **facts},
    }


def state(
    time_s: float, position: Sequence[float], velocity: Sequence[float] = (1, 0, 0), contact_s: float = 0.0
) -> WorldState:
    """One drone at one instant."""
    drone = DroneState(
        position_m=(float(position[0]), float(position[1]), float(position[2])),
        quaternion_xyzw=(0.0, 0.0, 0.0, 1.0),
        velocity_m_s=(float(velocity[0]), float(velocity[1]), float(velocity[2])),
        angular_velocity_rad_s=(0.0, 0.0, 0.0),
        acceleration_m_s2=(0.0, 0.0, 0.0),
        rotor_speed_rad_s=(0.0,) * 4,
        state_of_charge=1.0 - time_s / 1200,
        voltage_v=16.0,
        contacts=(),
        contact_s=contact_s,
    )
    return WorldState(time_s, (drone,), ())


def make_log(events: Sequence[Event] = (), *, end_s: float = 20.0, reason: str = "landed", **facts: float) -> EpisodeLog:
    """A flight along a gentle curve through the little course at 10 Hz, 20 m in 20 s."""
    log = EpisodeLog(labels={"agent": "hand", "index": 0, "mission": "course", "split": "public"})
    log.begin(header(**facts))
    left = sorted(events, key=lambda event: event.time_s)
    for tick in range(round(end_s * 10) + 1):
        now = tick / 10
        due = [event for event in left if event.time_s <= now]
        left = left[len(due) :]
        x, z = now, min(now / 2, 1.5)
        speed = 1.0 + 0.8 * np.sin(now)
        log.record(state(now, (x, 4 + 0.6 * np.sin(now / 2), z), (speed, 0, 0)), due, {"progress": 0.25})
    log.end(reason)
    return log


def full_flight() -> list[Event]:
    """Everything done and one touch on the way."""
    touch = {"position": [6.0, 3.9, 1.4], "other": "level"}
    return [
        Event(4.0, "section_passed", 0, 1.0, {"section": "maze"}),
        Event(6.0, "collision", 0, 1.0, touch),
        Event(6.0, "collision_s", 0, 0.1),
        Event(6.1, "collision_s", 0, 0.15),
        Event(9.0, "section_passed", 0, 1.0, {"section": "nets"}),
        Event(15.0, "kit_delivered", 0),
        Event(16.0, "section_passed", 0, 1.0, {"section": "windows"}),
        Event(20.0, "landed", 0),
    ]


if __name__ == "__main__":
    golden = Path(__file__).resolve().parents[1] / "golden"
    log = make_log(full_flight())
    save_log(log, golden / "course_flight.jsonl")
    (golden / "course_flight.score.json").write_bytes(pretty_json(dump(score(log, load_rules("course")))))

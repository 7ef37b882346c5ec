"""A person who may move, suffer and be helped, as a scenario describes one at the start."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from goldentime.envs.level import Point
from goldentime.records import record

__all__ = ["Behaviour", "Mobility", "Person"]

Mobility = Literal["walks", "crawls", "trapped"]
Behaviour = Literal["stays", "wanders", "follows"]


@record
class Person:
    """Who they are, where, and how they fare when the episode begins."""

    kind: str
    """As of `envs.scenes.cast`: man, woman, child, elderly_man, elderly_woman, firefighter, medic."""
    assets: Mapping[str, str]
    """By posture, the asset that shows them; at least of `posture` and `lying_side`."""
    colours: Mapping[str, Point] = field(default_factory=dict)
    """As `Prop.colours`."""
    scale: float = 1.0
    position: Point
    """[m] where they stand, sit or lie, world ENU."""
    yaw: float = 0.0
    posture: str
    room: int
    """Place in `Level.rooms`."""
    mobility: Mobility = "walks"
    behaviour: Behaviour = "stays"
    path: tuple[Point, ...] = ()
    """Where one who wanders goes to and fro, on the ground; begins at `position`."""
    injury: float = 0.0
    """Severity in [0, 1]: 0 unhurt, above 0.9 not survivable."""
    victim: bool = True
    """Firefighters and medics are none."""
    sound: int = -1
    """Place in `Scenario.sounds` of their voice; -1 for one who is silent."""
    help_s: float | None = None
    """When a relief kit can be theirs at best; None where none is meant for them."""

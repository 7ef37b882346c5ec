"""A scene: a furnished, peopled, perhaps burning place, and the truth about what is in it.

Missions and data sets are drawn from the same scenes. `scenes.draw.draw_scene` draws one; here is what it consists of.
The world frame is ENU (x east, y north, z up), metres and radians.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.hazards.smoke import SmokeLayers
from goldentime.envs.level import Level, Point
from goldentime.envs.scenario import Prop
from goldentime.envs.signage.pose import PlacedSign
from goldentime.records import record

__all__ = ["Pool", "Scene", "SceneConfig", "Thing"]

Pool = Literal["train", "test"]
"""`train` and `test` scenes share no figure, no object, no building, no font and no word of a sign."""


@record
class SceneConfig:
    """How a scene is drawn; pairs are the fewest and the most."""

    place: Literal["street", "floor"] = "street"
    """A street between buildings, or one floor inside a building: a corridor with rooms."""
    pool: Pool = "train"
    people: tuple[int, int] = (3, 10)
    """Man, woman, child, elderly, firefighter, medic; any posture."""
    distractors: tuple[int, int] = (0, 3)
    """Mannequins and posters of people: they look like people and count as none."""
    objects: tuple[int, int] = (6, 14)
    """Not counting furniture (`scenes.catalogue.FURNITURE`) and what people carry."""
    signs: tuple[int, int] = (4, 12)
    fires: tuple[int, int] = (0, 3)
    smoky: float = 0.5
    """Share of the scenes with smoke."""
    extinction_per_m: tuple[float, float] = (0.02, 0.3)
    """Of the thickest layer, where there is smoke; drawn on a logarithmic scale."""


@record
class Thing:
    """One thing that can be found, and all that can be said of it."""

    kind: str
    """`man`, `woman`, `child`, `elderly_man`, `elderly_woman`, `firefighter`, `medic`, `mannequin`, `poster`, the kind of
    an object (`fire_extinguisher`, `hydrant`, `car`, `bicycle`, `motorcycle`, ...), `fire`, or the kind of a building
    (`fire_station`, `hospital`, `school`, `police_box`, `apartment`, `shop_row`)."""
    centre: Point
    """[m] the middle of its bounding box."""
    size: Point
    """[m] of its bounding box along the world's axes."""
    props: tuple[int, ...] = ()
    """Its places in `Scene.props`: a person's own first, then what they carry."""
    solids: tuple[int, ...] = ()
    """Its places in `Scene.level.solids`, for buildings."""
    flames: tuple[int, ...] = ()
    """Its places in `Scene.flames`, for a fire."""
    signs: tuple[int, ...] = ()
    """Its places in `Scene.signs`, for buildings."""
    posture: str = ""
    """Of people and mannequins, as in `assets.postures`."""
    colours: Mapping[str, str] = field(default_factory=dict)
    """The names of the colours of its regions, such as `{"top": "red"}`."""
    carries: str = ""
    """The kind of object that a person carries, such as `backpack`."""


@record
class Scene:
    """A drawn scene; a mission adds drones, time limit and task to make a scenario of it."""

    config: SceneConfig
    level: Level
    """With the hulls of all props and bodies of all signs, of material `level.UNSEEN`."""
    props: tuple[Prop, ...]
    signs: tuple[PlacedSign, ...]
    flames: tuple[Flame, ...]
    smoke: SmokeLayers | None
    light: Lighting = Lighting()
    """Lamps below ceilings and in streets at dusk; by day there are none."""
    things: tuple[Thing, ...]
    start: Point
    """[m] on the ground, free around and above: where a drone may begin."""
    start_yaw: float
    """[rad] into the scene."""
    route: tuple[Point, ...]
    """[m] a polyline from above `start` that a drone of radius 0.4 m can fly without touching anything and from which every
    thing and every sign can be seen from within 8 m (street; buildings and their signs 12 m) or 6 m (floor)."""

"""What stands along the walls of a room."""

import math
from collections.abc import Callable, Sequence

from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.draft import Draft, prop_room
from goldentime.envs.scenes.lettering import Wall
from goldentime.envs.scenes.objects import put_object

__all__ = ["FURNISHING", "put_at_wall"]

FURNISHING: dict[str, tuple[str, ...]] = {
    "office": ("table", "table", "shelf"), "ward": ("bed", "bed", "chair", "shelf"), "lounge": ("sofa", "sofa", "table"),
    "store": ("shelf", "shelf", "shelf"), "classroom": ("table", "table", "table"), "bare": ("chair",),
}  # fmt: skip
"""What stands along the walls of a room by its use; a table has a chair before it."""


def put_at_wall(
    draft: Draft,
    asset: str,
    walls: Sequence[Wall],
    *,
    chair: Callable[[], str] | None = None,
    turn: float = 0.0,
    jitter: float = 0.0,
) -> bool:
    """A thing with its back to a wall, and before it a chair, which is drawn only once the thing stands.

    With a `turn` [rad] of a quarter or half it is not the back that is at the wall.
    """
    room = prop_room(Prop(asset=asset, position=(0.0, 0.0, 0.0), yaw=turn))
    half, deep = 0.5 * room.size[1] + 0.05, 0.5 * room.size[0]
    for _ in range(10):
        wall = walls[int(draft.rng.integers(len(walls)))]
        if wall.length_m < 2.0 * half:
            continue
        x, y, z = wall.at(float(draft.rng.uniform(half, wall.length_m - half)))
        away = deep + 0.03
        at = (round(x + away * math.cos(wall.yaw), 3), round(y + away * math.sin(wall.yaw), 3), z)
        yaw = wall.yaw + turn + float(draft.rng.uniform(-jitter, jitter))
        if put_object(draft, asset, at, yaw, 0.0):
            if chair is not None:
                seat, ahead = chair(), deep + 0.4
                before = (round(at[0] + ahead * math.cos(wall.yaw), 3), round(at[1] + ahead * math.sin(wall.yaw), 3), z)
                put_object(draft, seat, before, wall.yaw + math.pi + float(draft.rng.uniform(-0.4, 0.4)), 0.0)
            return True
    return False

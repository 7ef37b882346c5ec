"""People, and those who look like people: who they are, how they are dressed, and what they carry."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from goldentime.envs.assets.library import Colour, load_asset
from goldentime.envs.level import Point
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes import palette
from goldentime.envs.scenes.catalogue import TRIAGE_TAGS, draw_figure, draw_object
from goldentime.envs.scenes.draft import Draft, Place, prop_room
from goldentime.envs.scenes.lettering import Wall
from goldentime.envs.scenes.objects import put_object
from goldentime.envs.scenes.seats import seated

__all__ = ["add_mannequins", "add_people", "add_poster", "lie_tags"]

Rng = np.random.Generator

_KINDS = {
    "man": 0.24, "woman": 0.24, "child": 0.18, "elderly_man": 0.08, "elderly_woman": 0.08, "firefighter": 0.1,
    "medic": 0.08,
}  # fmt: skip
_POSTURES = {
    "standing": 0.22, "walking": 0.2, "waving": 0.14, "sitting": 0.14, "crouching": 0.1, "lying_back": 0.1,
    "lying_side": 0.1,
}  # fmt: skip
_UPRIGHT = ("standing", "walking")
_IN_GEAR = ("firefighter", "medic")
_BACKPACKS, _SUITCASES = 0.3, 0.15
"""Shares of those who stand or walk, in their own clothes, that carry one."""
_GAP_M = 0.1
_ON_SEATS = 0.7
"""Share of those who sit that do so on a seat where one is free; the others sit on the ground."""
_TAGGED = 0.4
"""Share of those who lie that have a triage tag beside them."""
_LITTERED = 0.25
"""Share of the scenes where tags lie about."""
_TRIES, _FULL = 25, 4
"""Places tried for one; and after so many in vain the scene is full."""
_SHOULDER, _BACK_M = 0.83, 0.09
"""Where a backpack hangs: its upper edge as a share of the body's height, and the back behind the body's axis."""


class _Person(NamedTuple):
    """Someone drawn, before there is a place for them."""

    kind: str
    posture: str
    prop: Prop
    colours: dict[str, str]
    load: str
    """The asset of what they carry, or nothing."""


def add_people(draft: Draft, count: int, place: Place) -> int:
    """Place so many people; fewer where there is no room. How many it were."""
    return _add(draft, count, place, _draw_person)


def add_mannequins(draft: Draft, count: int, place: Place) -> int:
    """Place so many mannequins; fewer where there is no room. How many it were."""
    return _add(draft, count, place, _draw_mannequin)


def _add(draft: Draft, count: int, place: Place, draw: Callable[[Draft], _Person]) -> int:
    found = failed = 0
    while found < count and failed < _FULL:
        done = _placed(draft, draw(draft), place)
        found, failed = found + done, 0 if done else failed + 1
    return found


def add_poster(draft: Draft, walls: Sequence[Wall], lift_m: float = 0.0) -> bool:
    """Hang a picture of a person on one of the walls, low enough to be taken for one; False where there is no room.

    `lift_m` is how much higher than a wall's foot one stands before it.
    """
    rng = draft.rng
    kind = ("man", "woman", "child", "firefighter")[int(rng.integers(4))]
    for _ in range(_TRIES):
        wall = walls[int(rng.integers(len(walls)))]
        if wall.length_m < 1.0:
            continue
        x, y, z = wall.at(float(rng.uniform(0.5, wall.length_m - 0.5)))
        x, y = round(x + 0.02 * math.cos(wall.yaw), 4), round(y + 0.02 * math.sin(wall.yaw), 4)
        at = (x, y, round(z + lift_m + float(rng.uniform(0.15, 0.45)), 3))
        prop = Prop(asset=f"poster-{kind}-0", position=at, yaw=wall.yaw, scale=round(float(rng.uniform(0.75, 0.95)), 3))
        room = prop_room(prop)
        if draft.fits(room) and room.high[2] < wall.height_m:
            draft.name("poster", [draft.put(prop, room)])
            return True
    return False


def _placed(draft: Draft, person: _Person, place: Place) -> bool:
    if person.posture == "sitting" and draft.rng.random() < _ON_SEATS and _sits(draft, person):
        return True
    for _ in range(_TRIES):
        props = _standing(person, place(draft.rng), round(float(draft.rng.uniform(-math.pi, math.pi)), 3), draft.rng)
        rooms = [prop_room(prop) for prop in props]
        if all(draft.fits(room, _GAP_M) for room in rooms):
            numbers = [draft.put(prop, room) for prop, room in zip(props, rooms, strict=True)]
            draft.name(person.kind, numbers, posture=person.posture, colours=person.colours)
            if person.posture.startswith("lying") and draft.rng.random() < _TAGGED:
                _tag(draft, props[0])
            return True
    return False


def _sits(draft: Draft, person: _Person) -> bool:
    """The person on a free seat, if there is one."""
    found = seated(draft, person.prop)
    if found is None:
        return False
    prop, seat = found
    thing = draft.name(person.kind, [draft.put(prop, prop_room(prop))], posture=person.posture, colours=person.colours)
    if seat.thing is not None:
        draft.sitters.append((thing, seat.thing))
    return True


def _tag(draft: Draft, person: Prop) -> None:
    """A triage tag on the ground beside someone who lies there."""
    rng = draft.rng
    side, along = 1.0 if rng.random() < 0.5 else -1.0, float(rng.uniform(-0.5, 0.4))
    points, cos, sin = load_asset(person.asset).vertices, math.cos(person.yaw), math.sin(person.yaw)
    away = side * (0.5 * person.scale * float(np.ptp(points[:, 1])) + float(rng.uniform(0.14, 0.3)))
    x, y, z = person.position
    _lie_tag(draft, (round(x + cos * along - sin * away, 3), round(y + sin * along + cos * away, 3), z))


def lie_tags(draft: Draft, place: Place) -> None:
    """In some scenes, triage tags that someone lost."""
    if draft.rng.random() < _LITTERED:
        for _ in range(int(draft.rng.integers(1, 4))):
            _lie_tag(draft, place(draft.rng))


def _lie_tag(draft: Draft, at: Point) -> bool:
    """A triage tag of any colour on the ground, if nothing else lies there."""
    rng = draft.rng
    asset = f"{TRIAGE_TAGS[int(rng.integers(len(TRIAGE_TAGS)))]}-0"
    return put_object(draft, asset, at, float(rng.uniform(-math.pi, math.pi)), 0.0)


def _pick(shares: dict[str, float], rng: Rng) -> str:
    names, weights = list(shares), np.array(list(shares.values()))
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def _draw_person(draft: Draft) -> _Person:
    rng = draft.rng
    kind, posture = _pick(_KINDS, rng), _pick(_POSTURES, rng)
    asset = draw_figure(kind, posture, draft.pool, rng)
    colours: dict[str, Colour] = {"skin": palette.skin(rng)}
    names: dict[str, str] = {}
    if kind not in _IN_GEAR:
        top, bottom = palette.named(rng), palette.named(rng, bottom=True)
        colours |= {"top": top.colour, "bottom": bottom.colour, "shoes": palette.shoes(rng)}
        colours |= {"hair": palette.hair(rng, old=kind.startswith("elderly"))}
        names = {"top": top.name, "bottom": bottom.name}
    load, chance = "", float(rng.random())
    if kind not in _IN_GEAR and posture in _UPRIGHT and chance < _BACKPACKS + _SUITCASES:
        load = draw_object("backpack" if chance < _BACKPACKS else "suitcase", draft.pool, rng)
    scale = round(float(rng.uniform(0.93, 1.07)), 3)
    return _Person(kind, posture, Prop(asset=asset, position=(0, 0, 0), scale=scale, colours=colours), names, load)


def _draw_mannequin(draft: Draft) -> _Person:
    """In cream, grey or dark from head to foot."""
    rng = draft.rng
    posture = _pick(_POSTURES, rng)
    asset = draw_figure("mannequin", posture, draft.pool, rng)
    tones: tuple[Colour, ...] = ((0.86, 0.80, 0.70), (0.62, 0.62, 0.62), (0.12, 0.12, 0.13), (0.90, 0.90, 0.88))
    tone = palette.near(tones[int(rng.integers(len(tones)))], rng, 0.0, 0.03)
    colours = {name: tone for name, _ in load_asset(asset).regions}
    scale = round(float(rng.uniform(0.93, 1.07)), 3)
    return _Person("mannequin", posture, Prop(asset=asset, position=(0, 0, 0), scale=scale, colours=colours), {}, "")


def _standing(person: _Person, at: Point, yaw: float, rng: Rng) -> list[Prop]:
    """The person in their place, and what they carry."""
    own = Prop(
        asset=person.prop.asset, position=at, yaw=yaw, scale=person.prop.scale, colours=person.prop.colours
    )  # fmt: skip
    if not person.load:
        return [own]
    tall = float(load_asset(own.asset).vertices[:, 2].max()) * own.scale
    load = load_asset(person.load)
    if load.kind == "suitcase":
        aside, ahead, up, scale, turn = 0.3 + 0.5 * float(np.ptp(load.vertices[:, 1])), -0.1, 0.0, 1.0, 0.0
    else:
        # The pocket faces away from the back.
        scale = round(min(1.0, 0.58 * tall), 3)
        deep, high = float(-load.vertices[:, 0].min()) * scale, float(load.vertices[:, 2].max()) * scale
        aside, ahead, up, turn = 0.0, -(_BACK_M * own.scale * min(tall / 1.7, 1.0) + deep), _SHOULDER * tall - high, math.pi
    cos, sin = math.cos(yaw), math.sin(yaw)
    place = (
        round(at[0] + cos * ahead - sin * aside, 3), round(at[1] + sin * ahead + cos * aside, 3), round(at[2] + up, 3)
    )  # fmt: skip
    return [own, Prop(asset=person.load, position=place, yaw=round(yaw + turn, 3), scale=scale)]

"""What changes while one looks: flames that follow what burns, people who move, lie down and are tagged."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from goldentime import ConfigError
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.hazards.flames import Flame, flame_shares
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import Box, Opening, Room
from goldentime.envs.people.looks import start_of
from goldentime.envs.people.person import Person
from goldentime.envs.render.classes import CLASSES
from goldentime.envs.render.content import Instance, instances
from goldentime.envs.scenario import Prop
from goldentime.types import FireState

FUELS = tuple(
    Fuel(room=0, position=(4.0, y, 0.0), growth="fast", peak_w=1e6, energy_j=1e8) for y in (-1.0, 1.0)
)  # fmt: skip
PLAN = FirePlan(fuels=FUELS, ignitions=(Ignition(fuel=0),))
FLAMES = (
    *(Flame(position=fuel.position, radius_m=0.4, height_m=1.6, fuel=i, embers=8) for i, fuel in enumerate(FUELS)),
    Flame(position=(6.0, 0.0, 0.0)),
)


HALL = Room(lower=(-20.0, -20.0, 0.0), upper=(20.0, 20.0, 5.0), materials=("",) * 6)


def fire(*watts, rooms=1):
    """Of air without smoke."""
    return FireState(*(np.zeros(rooms),) * 11, np.array(watts, float))


def ablaze(scenes, *solids, rooms=(HALL,), openings=(), **more):
    scenario = scenes.scene(*solids, fire=PLAN, **more)
    return dataclasses.replace(scenario, level=dataclasses.replace(scenario.level, rooms=rooms, openings=openings))


def person(posture="standing", **more):
    assets = {name: f"man-0-{name}" for name in ("standing", "sitting", "lying_side")}
    return Person(kind="man", assets=assets, posture=posture, room=0, **{"position": (4.0, 0.0, 0.0), **more})


def seen(renderer, scenes, scenario, *people, **more):
    return scenes.picture(renderer, scenario, of=scenes.state()._replace(people=people, **more))


def test_a_flame_is_as_high_as_the_two_fifths_power_of_its_heat():
    shares = flame_shares(FLAMES, PLAN, fire(1e6, 1e6 / 32.0))
    assert shares == pytest.approx([1.0, 0.25, 1.0])
    assert flame_shares(FLAMES, PLAN, fire(5e6, 10.0)) == pytest.approx([1.0, 0.0, 1.0])
    assert flame_shares(FLAMES, None, None) == pytest.approx([1.0] * 3)


def test_flames_follow_what_burns_and_are_hidden_where_nothing_does(scenes, gl):
    scenario = ablaze(scenes, flames=FLAMES)
    pixels = {
        watts: [int((seen(gl, scenes, scenario, fire=fire(*watts)).instance == 2 + i).sum()) for i in range(3)]
        for watts in ((1e6, 0.0), (0.0, 1e5), (1e6, 1e6), (0.0, 0.0))
    }
    assert pixels[1e6, 0.0][1] == pixels[0.0, 1e5][0] == pixels[0.0, 0.0][0] == 0
    assert pixels[1e6, 0.0][0] == pixels[1e6, 1e6][0] > 0
    assert 0 < pixels[0.0, 1e5][1] < 0.5 * pixels[1e6, 1e6][1]
    assert len({numbers[2] for numbers in pixels.values()}) == 1  # the flame that is tied to nothing
    still = scenes.picture(gl, scenes.scene(flames=FLAMES))
    assert (seen(gl, scenes, scenario, fire=fire(1e6, 1e6)).rgb == still.rgb).all()


def test_a_fire_lights_and_warms_as_it_burns(scenes, gl):
    wall = Box(centre=(5.0, 0.0, 2.0), size=(0.2, 8.0, 4.0), material="plaster")
    flames = tuple(dataclasses.replace(FLAMES[0], position=(4.0, y, 0.0), seed=i) for i, y in enumerate((-0.5, 0.0, 0.5)))
    scenario = ablaze(scenes, wall, flames=flames, light=Lighting(daylight=0.0, firelight=True))
    light, warmth = [], []
    for watts in (0.0, 2e5, 1e6):
        now = scenes.state()._replace(fire=fire(watts, 0.0))
        behind = scenes.picture(gl, scenario, of=now).instance == 2
        behind[:, 50:110] = False  # without the flames and their glow
        light.append(scenes.picture(gl, scenario, of=now).rgb[behind].mean())
        kelvin = np.zeros((120, 160), np.float32)
        gl.thermal(scenes.view(), now, kelvin)
        warmth.append(float(kelvin[behind].mean()))
    assert light[0] == 0.0 < 2.0 < light[1] < 0.8 * light[2], light
    assert warmth[0] == pytest.approx(293.15, abs=0.01)
    assert warmth[0] + 3.0 < warmth[1] < warmth[2] - 3.0


def test_a_fire_shines_over_its_room_and_through_the_door_alone(scenes, gl):
    """Two rooms with a wall between; the fire is in the other one."""
    solid = ((3.0, -3.0, 4.0), (3.0, 2.0, 2.0))  # the wall at x = 3 with a door from y = -1 to 1
    walls = [Box(centre=(x, y, 1.5), size=(0.1, width, 3.0), material="plaster") for x, y, width in solid]
    walls.append(Box(centre=(0.0, 0.0, -0.05), size=(12.0, 12.0, 0.12), semantic="floor", material="plaster"))
    rooms = tuple(
        Room(lower=(a, -4.0, 0.0), upper=(b, 4.0, 3.0), materials=("",) * 6) for a, b in ((0.0, 2.95), (3.05, 6.0))
    )
    door = Opening(rooms=(0, 1), centre=(3.0, 0.0, 1.5), size=(0.1, 2.0, 3.0))
    plan = dataclasses.replace(PLAN, fuels=tuple(dataclasses.replace(fuel, room=1) for fuel in FUELS))
    flame = Flame(position=(4.5, 0.0, 0.0), radius_m=0.5, height_m=1.8, fuel=0)
    light = Lighting(daylight=0.0, firelight=True)
    now, at = scenes.state()._replace(fire=fire(1e6, 0.0, rooms=2)), scenes.view(eye=(1.0, 0.0, 2.6), pitch=-1.4)
    red, kelvin = {}, {}
    for name, openings in (("closed", ()), ("open", (door,))):
        scenario = ablaze(scenes, *walls, rooms=rooms, openings=openings, flames=(flame,), light=light)
        scenario = dataclasses.replace(scenario, fire=plan)
        red[name] = scenes.picture(gl, scenario, at, now).rgb[..., 0].astype(int)
        kelvin[name] = np.zeros((120, 160), np.float32)
        gl.thermal(at, now, kelvin[name])
    x, y, z = np.moveaxis(scenes.points_of(at, scenes.picture(gl, scenario, at, now).depth), -1, 0)
    floor = (np.abs(z) < 0.05) & (x > 0.1) & (x < 2.9) & (np.abs(y) < 3.9)
    assert red["closed"][floor].max() == 0
    assert np.abs(kelvin["closed"][floor] - 293.15).max() < 0.01
    middle, side = floor & (np.abs(y) < 0.5) & (x > 1.5), floor & (np.abs(y) > 2.2) & (x > 2.0)
    assert red["open"][middle].min() > 20
    assert kelvin["open"][middle].min() > 296.0
    assert red["open"][side].max() == 0


@pytest.mark.parametrize("backend", ["gl", "tiny"])
def test_people_are_where_they_are_now(scenes, make, backend):
    renderer, scenario = make(backend), scenes.scene(people=(person(), person(position=(6.0, -2.0, 0.0))))
    numbers = [i for i, thing in enumerate(instances(scenario)) if thing.kind == "person"]
    start = [start_of(one) for one in scenario.people]
    first = seen(renderer, scenes, scenario, *start)
    moved = seen(renderer, scenes, scenario, start[0]._replace(position_m=(4.0, 1.5, 0.0)), start[1])
    columns = [np.nonzero(picture.instance == numbers[0])[1].mean() for picture in (first, moved)]
    assert columns[0] == pytest.approx(79.5, abs=3.0)
    assert columns[1] < columns[0] - 20.0  # to the left
    assert ((first.instance == numbers[1]) == (moved.instance == numbers[1])).all()
    assert CLASSES[first.semantic[first.instance == numbers[0]][0]] == "person"
    assert (seen(renderer, scenes, scenario).rgb == first.rgb).all()  # where they start, while nothing is known of them


@pytest.mark.parametrize("backend", ["gl", "tiny"])
def test_another_posture_is_another_model(scenes, make, backend):
    renderer, scenario = make(backend), scenes.scene(people=(person(yaw=1.57),))
    number = instances(scenario).index(Instance("person", 0, "person"))
    standing, lying = (
        seen(renderer, scenes, scenario, start_of(scenario.people[0])._replace(posture=posture))
        for posture in ("standing", "lying_back")  # of which there is no model: as lying on the side
    )
    for picture, tall in ((standing, True), (lying, False)):
        rows, columns = np.nonzero(picture.instance == number)
        assert (np.ptp(rows) > np.ptp(columns)) == tall
    sitting = seen(renderer, scenes, scenario, start_of(scenario.people[0])._replace(posture="sitting"))
    for picture, name in ((lying, "lying_side"), (sitting, "sitting")):
        model = Prop(asset=f"man-0-{name}", position=(4.0, 0.0, 0.0), yaw=1.57)
        assert (picture.rgb == scenes.picture(renderer, scenes.scene(props=(model,))).rgb).all()


def test_numbers_of_other_things_do_not_depend_on_people(scenes, gl):
    bare = scenes.scene(scenes.block(6.0), flames=FLAMES)
    peopled = dataclasses.replace(bare, people=(person(scale=0.9, colours={"top": (1.0, 0.0, 0.0)}),))
    one, other = scenes.picture(gl, bare), scenes.picture(gl, peopled)
    same = other.instance < len(instances(bare))
    assert (one.ids[same] == other.ids[same]).all()
    assert not same.all()
    reds = other.rgb[~same].astype(int)
    assert ((reds[:, 0] > 100) & (reds[:, 1] < 20)).any()


def test_a_tag_lies_beside_those_who_have_one(scenes, gl):
    scenario = scenes.scene(people=(person("lying_side", yaw=1.57),))
    at = scenes.view(eye=(2.5, 0.0, 2.0), pitch=-0.9)
    tag = instances(scenario).index(Instance("tag", 0, "triage_tag"))
    for condition, colour in (("", None), ("immediate", "red"), ("dead", "black"), ("non_urgent", "green")):
        now = scenes.state()._replace(people=(start_of(scenario.people[0])._replace(tag=condition),))
        picture = scenes.picture(gl, scenario, at, now)
        classes = {CLASSES[number] for number in np.unique(picture.semantic[picture.instance == tag])}
        assert classes == ({f"triage_tag_{colour}"} if colour else set())


def test_colours_of_regions_that_a_person_does_not_have_are_refused(scenes, gl):
    with pytest.raises(ConfigError, match=r"people\[0\]\.colours: man-0-.* has the regions .*, got 'wings'"):
        gl.load(scenes.scene(people=(person(colours={"wings": (0.0, 0.0, 0.0)}),)))


_HASHES = """
from hashlib import sha256
import numpy as np
import scenes, test_changing as t
from goldentime.envs.hazards.smoke import SmokeLayers
from goldentime.envs.people.looks import start_of
from goldentime.envs.render.frame import make_renderer
from test_rooms import LEVEL, PLAN, burning
import dataclasses
scenario = dataclasses.replace(scenes.scene(people=(t.person(),), flames=t.FLAMES[:1], fire=PLAN), level=LEVEL)
now = scenes.state()._replace(fire=burning((1.0, 0.7), (0.1, 0.0), watts=(4e5,)), people=(start_of(t.person()),))
renderer, kelvin = make_renderer("gl"), np.zeros((120, 160), np.float32)
frame = scenes.picture(renderer, scenario, of=now)
renderer.thermal(scenes.view(), now, kelvin)
print(*[sha256(part.tobytes()).hexdigest() for part in (*frame, kelvin)])
"""


def test_every_process_draws_the_same_bytes(scenes):
    folder = scenes.__file__.rsplit("/", 1)[0]
    code = f"import sys; sys.path.insert(0, {folder!r})\n{_HASHES}"
    one, other = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert one == other != ""

"""Ways of sound through openings and walls, what surfaces swallow, and levels worked out without sound."""

import math
from dataclasses import replace

import numpy as np
import pytest

from goldentime.envs.acoustics.absorption import absorption_of, transmission_loss_db
from goldentime.envs.acoustics.air import BANDS_HZ, air_absorption
from goldentime.envs.acoustics.bending import bend_loss_db
from goldentime.envs.acoustics.levels import arrival_of, bearing
from goldentime.envs.acoustics.paths import ways_between
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.space import room_at, space_of
from goldentime.envs.buildings.building import BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.level import OUTSIDE, Box, Level, Opening, Room
from goldentime.errors import ConfigError

RATE = 16000
TILED = ("plaster",) * 4 + ("linoleum", "mineral_tile")


def flat(open_share=1.0, third=False) -> Level:
    """Two rooms in a row along x with a door between them in a brick wall, perhaps a third one behind the second."""
    rooms = [Room(lower=(5.14 * i, 0.0, 0.0), upper=(5.14 * i + 5.0, 5.0, 3.0), materials=TILED) for i in range(2 + third)]
    doors, walls = [], []
    for i in range(1 + third):
        x = 5.14 * i + 5.07
        doors.append(Opening(rooms=(i, i + 1), centre=(x, 3.45, 1.05), size=(0.14, 0.9, 2.1), leaf="wood", open=open_share))
        for y, wide, z, high in ((1.5, 3.0, 1.5, 3.0), (4.45, 1.1, 1.5, 3.0), (3.45, 0.9, 2.55, 0.9)):
            walls.append(Box(centre=(x, y, z), size=(0.14, wide, high), semantic="wall", material="brick"))
    return Level(solids=tuple(walls), rooms=tuple(rooms), openings=tuple(doors))


def rendered_db(level: Level, source, ear) -> float:
    """Of noise with the power of 1 Pa in the octaves from 125 Hz to 4 kHz that share it evenly."""
    rng, n = np.random.default_rng(0), 12 * 1600
    hz = np.fft.rfftfreq(n, 1.0 / RATE)
    spectrum = np.fft.rfft(rng.standard_normal(n)) / np.sqrt(np.maximum(hz, 1.0)) * ((hz > 88.0) & (hz < 5657.0))
    dry = np.fft.irfft(spectrum, n)
    dry = (dry / dry.std()).astype(np.float32)
    mics = ear + np.array([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.0, 0.3, 0.1]])
    renderer = Renderer(level, RATE)
    heard = [
        renderer.render([SignalChunk(0, dry[k : k + 1600], source, source)], mics, mics, 1600) for k in range(0, n, 1600)
    ]
    return float(10.0 * np.log10(np.square(np.concatenate(heard, axis=1)[:, 4800:]).mean()))


SOURCE = np.array([3.0, 3.4, 1.6])
PINK = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -60.0)


@pytest.mark.parametrize("ear", [(7.0, 3.4, 1.5), (7.0, 1.0, 1.5), (4.0, 1.0, 1.4)])
@pytest.mark.parametrize("open_share", [1.0, 0.0])
def test_estimated_levels_are_those_of_the_sound(ear, open_share):
    level, at = flat(open_share), np.array(ear)
    arrival = arrival_of(space_of(level), SOURCE, at, 0.0, PINK)
    assert arrival is not None
    assert arrival.total_db == pytest.approx(rendered_db(level, SOURCE, at), abs=2.5)


def test_a_door_lets_less_through_the_less_it_is_open():
    ear = np.array([7.0, 2.0, 1.5])
    levels = [rendered_db(flat(share), SOURCE, ear) for share in (1.0, 0.2, 0.0)]
    assert levels[0] > levels[1] + 4.0 > levels[2] + 12.0
    solid = replace(flat(0.0), openings=())
    assert rendered_db(solid, SOURCE, ear) < levels[2] - 10.0


def test_sound_round_a_corner_comes_from_the_door():
    space = space_of(flat())
    straight, aside = (arrival_of(space, SOURCE, np.array(ear), 60.0) for ear in ((7.0, 3.4, 1.5), (6.0, 0.5, 1.5)))
    assert straight is not None and aside is not None
    assert straight.in_line and straight.way_m == pytest.approx(straight.distance_m)
    assert straight.direct_db == pytest.approx(60.0 - 20.0 * math.log10(straight.distance_m), abs=1.5)
    assert not aside.in_line and aside.way_m > aside.distance_m + 0.3
    assert aside.point == pytest.approx((5.14, 3.0, aside.point[2]))
    assert (straight.source_room, straight.ear_room) == (0, 1)


def test_the_way_into_a_third_room_leads_through_two_doors():
    level = flat(third=True)
    space = space_of(level)
    ways = ways_between(space, SOURCE, np.array([12.0, 1.0, 1.5]))
    assert ways[0].key == ("opening", 2, 0, 1)
    near = arrival_of(space, SOURCE, np.array([7.0, 1.0, 1.5]), 60.0)
    far = arrival_of(space, SOURCE, np.array([12.0, 1.0, 1.5]), 60.0)
    assert near is not None and far is not None and far.total_db < near.total_db - 3.0


def test_a_window_is_heard_through_from_outside():
    level = flat()
    window = Opening(rooms=(0, OUTSIDE), centre=(-0.07, 2.5, 1.5), size=(0.14, 1.5, 1.2), leaf="glass", open=0.0)
    level = replace(level, openings=(*level.openings, window))
    space, outside = space_of(level), np.array([-4.0, 2.5, 1.5])
    assert room_at(space, outside) == OUTSIDE
    arrival = arrival_of(space, outside, np.array([2.0, 2.5, 1.5]), 60.0)
    assert arrival is not None and arrival.source_room == OUTSIDE
    assert 15.0 < 60.0 - arrival.direct_db < 60.0


def test_a_point_on_the_threshold_belongs_to_a_room():
    space = space_of(flat())
    assert [room_at(space, np.array([x, 3.4, 1.0])) for x in (4.0, 5.05, 5.09, 6.0)] == [0, 0, 1, 1]


def test_bending_costs_nothing_in_the_light_5_db_at_the_edge_and_more_in_the_shade():
    light, edge, shade = bend_loss_db(-2.0), bend_loss_db(0.0), bend_loss_db(0.5)
    assert (light == 0.0).all() and np.allclose(edge, 5.0, atol=0.01)
    assert (np.diff(shade) >= 0.0).all() and shade.max() <= 24.0
    near = [bend_loss_db(d)[3] for d in np.linspace(-0.1, 0.1, 201)]
    assert np.abs(np.diff(near)).max() < 0.6


def test_air_swallows_as_the_standard_tabulates():
    # ISO 9613-1, table 1: 20 degrees Celsius, 50 % humidity, in dB/km.
    expected = (0.445, 1.32, 2.73, 4.66, 9.86, 29.4, 104.0)
    assert np.allclose(1000.0 * air_absorption(np.array(BANDS_HZ)), expected, rtol=0.02)


def test_surfaces_swallow_by_material_and_place():
    assert (absorption_of("") == 1.0).all()
    assert (absorption_of("mineral_tile") > absorption_of("concrete")).all()
    assert (absorption_of("paint_ffffff", 0) == absorption_of("plaster")).all()
    assert (absorption_of("paint_ffffff", 1) == absorption_of("linoleum")).all()
    assert transmission_loss_db("glass").mean() < transmission_loss_db("red_brick").mean()


def test_bearings_are_in_the_frame_of_the_body():
    turned = (0.0, 0.0, math.sin(math.pi / 4), math.cos(math.pi / 4))
    azimuth, elevation = bearing(np.zeros(3), turned, np.array([1.0, 0.0, 1.0]))
    assert azimuth == pytest.approx(-math.pi / 2) and elevation == pytest.approx(math.pi / 4)


def test_rooms_and_openings_that_do_not_fit_are_told():
    level = flat()
    with pytest.raises(ConfigError, match=r"level opening 0: rooms must lie in \[-1, 1\), got \(0, 1\)"):
        space_of(replace(level, rooms=level.rooms[:1]))
    with pytest.raises(ConfigError, match="level room 0: lower must be below upper"):
        space_of(Level(rooms=(replace(level.rooms[0], upper=(5.0, 0.0, 3.0)),)))


def test_of_many_ways_through_openings_the_loudest_is_taken():
    rng = np.random.default_rng(7)
    level = generate_building(BuildingConfig(use="office", rooms=10, storeys=2), rng).level
    space = space_of(level)
    low, high = np.array(level.bounds)
    compared = 0
    for _ in range(60):
        source, ear = rng.uniform(low, high), rng.uniform(low, high)
        ends = room_at(space, source), room_at(space, ear)
        chains = space.chains.get(ends, [])
        if ends[0] == ends[1] or len(chains) < 2:
            continue
        compared += 1

        def loudness(chain, source=source, ear=ear, ends=ends):
            alone = space._replace(chains={ends: [chain]}, batches={})
            way = ways_between(alone, source, ear)[0]
            return float(way.gains[3]) / (way.extra_m + float(np.linalg.norm(way.point - ear)) + 1e-3)

        best = max(chains, key=loudness)
        assert ways_between(space, source, ear)[0].key == ("opening", ends[1], *best)
    assert compared > 5

"""Rooms that burn."""

import pytest

from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.level import OUTSIDE, Level, Opening, Room

MATERIALS = ("plaster",) * 6


def cuboid(x, wide, deep, tall, floor=0.0) -> Room:
    return Room(lower=(x, 0.0, floor), upper=(x + wide, deep, floor + tall), materials=MATERIALS)


def door(rooms, x, y=1.0, wide=0.9, tall=2.0, sill=0.0, **leaf) -> Opening:
    return Opening(rooms=rooms, centre=(x, y, sill + 0.5 * tall), size=(0.1, wide, tall), **leaf)


def steady(watts, room=0, place=(1.8, 1.2, 0.3), **more) -> Fuel:
    """Burns so much within seconds, and for long."""
    return Fuel(room=room, position=place, growth="ultrafast", peak_w=watts, energy_j=1e13, **more)


@pytest.fixture(scope="session")
def burn_room():
    """A room of 3.6 x 2.4 x 2.4 m with one door to the open air, and a steady fire in it."""

    def make(watts, wide=0.8, **plan) -> tuple[Level, FirePlan]:
        level = Level(rooms=(cuboid(0.0, 3.6, 2.4, 2.4),), openings=(door((0, OUTSIDE), 3.6, 1.2, wide),))
        return level, FirePlan(fuels=(steady(watts),), ignitions=(Ignition(fuel=0),), **plan)

    return make


@pytest.fixture(scope="session")
def flat():
    """A living room with two items and a window, a corridor that leads outside, and a bedroom behind a door."""
    level = Level(
        rooms=(cuboid(0.0, 4.0, 5.0, 2.7), cuboid(4.1, 8.0, 2.0, 2.7), cuboid(12.2, 4.0, 3.0, 2.7)),
        openings=(
            door((0, 1), 4.05),
            door((1, OUTSIDE), 8.0, 0.0),
            door((1, 2), 12.15, leaf="wood", open=0.0),
            door((0, OUTSIDE), 0.0, 2.0, 1.5, 1.0, 1.0, leaf="glass", open=0.0),
        ),
    )
    items = [
        Fuel(room=0, position=(2.0, 2.5, 0.5), growth="fast", peak_w=2e6, energy_j=6e8),
        Fuel(room=0, position=(1.0, 1.0, 0.5), growth="fast", peak_w=1e6, energy_j=3e8),
        Fuel(room=2, position=(14.0, 1.0, 0.5), growth="medium", peak_w=1e6, energy_j=3e8),
    ]
    return level, FirePlan(fuels=tuple(items), ignitions=(Ignition(fuel=0, time_s=0.0),))

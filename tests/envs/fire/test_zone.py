"""What rooms do in a fire: temperatures, layers, ledgers and spread."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldentime.envs.fire import gas
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.fire.walls import LININGS
from goldentime.envs.fire.zone import ZoneModel
from goldentime.envs.level import OUTSIDE, Level, Opening, Room

MATERIALS = ("plaster",) * 6


def run(place, until_s, dt_s=0.1) -> ZoneModel:
    level, plan = place
    model = ZoneModel(level, plan, dt_s=dt_s)
    while model.time_s < until_s - 1e-9:
        model.step()
    return model


def mqh_k(watts, level, time_s, lining="gypsum") -> float:
    """Rise of the hot layer, 6.85 (Q^2 / (A H^(1/2) h A_T))^(1/3) in kW: McCaffrey, Quintiere and Harkleroad, Fire
    Technology 17 (1981) 98-119."""
    material = LININGS[lining]
    resistance = material.density_kg_m3 * material.heat_j_kgk / material.conductivity_w_mk
    early = time_s < resistance * (0.5 * material.thickness_m) ** 2
    conducts = material.conductivity_w_mk * 1e-3
    h = conducts * (np.sqrt(resistance / time_s) if early else 1.0 / material.thickness_m)
    (x, y, z), (_, wide, tall) = np.subtract(level.rooms[0].upper, level.rooms[0].lower), level.openings[0].size
    walls = 2.0 * (x * y + x * z + y * z) - wide * tall
    return float(6.85 * ((1e-3 * watts) ** 2 / (wide * tall * np.sqrt(tall) * h * walls)) ** (1.0 / 3.0))


@pytest.mark.parametrize("watts", [60e3, 200e3, 500e3])
def test_the_hot_layer_is_as_hot_as_in_the_experiments(burn_room, watts):
    level, plan = burn_room(watts)
    model = run((level, plan), 240.0)
    found = float(model.read().upper_k[0]) - plan.outside_k
    assert found == pytest.approx(mqh_k(watts, level, 240.0), rel=0.3)
    assert 0.4 < model.read().layer_m[0] < 1.8


@pytest.mark.parametrize("watts", [100e3, 500e3])
def test_smoke_fills_a_room_as_zukoski_worked_out(watts):
    """A room with a leak at the floor: rho A dz/dt = -(plume + Q / (cp T)), Zukoski, Fire and Materials 2 (1978)."""
    room = Room(lower=(0.0, 0.0, 0.0), upper=(8.0, 8.0, 4.0), materials=MATERIALS)
    leak = Opening(rooms=(0, OUTSIDE), centre=(8.0, 4.0, 0.025), size=(0.1, 4.0, 0.05))
    fuel = Fuel(room=0, position=(4.0, 4.0, 0.0), growth="ultrafast", peak_w=watts, energy_j=1e12, radiative_share=0.3)
    model = ZoneModel(Level(rooms=(room,), openings=(leak,)), FirePlan(fuels=(fuel,), ignitions=(Ignition(fuel=0),)))
    z, worst = 4.0, 0.0
    while z > 1.2:
        model.step()
        heat = float(model.read().fuels_w[0])
        scale = gas.CP_J_KG_K * 1.204 * 293.15 * np.sqrt(gas.GRAVITY_M_S2 * z) * z**2
        plume = 0.21 * 1.204 * np.sqrt(gas.GRAVITY_M_S2 * z) * z**2 * (heat / scale) ** (1.0 / 3.0)
        z -= 0.1 * (plume + 0.7 * heat / (gas.CP_J_KG_K * 293.15)) / (1.204 * 64.0)
        worst = max(worst, abs(float(model.read().layer_m[0]) - z))
    assert model.time_s > 20.0
    assert worst < 0.4


def test_energy_and_matter_are_all_accounted_for(flat):
    model = run(flat, 300.0)
    b = model.balance()
    assert b.burnt_j > 2e8
    gone = b.burnt_j + b.vapour_j + b.surfaces_j + b.outside_j
    assert b.held_j - b.begun_j == pytest.approx(gone, abs=1e-9 * b.burnt_j)
    np.testing.assert_allclose(b.held_kg - b.begun_kg, b.burnt_kg + b.outside_kg, rtol=0.0, atol=1e-9)
    assert b.burnt_kg[gas.O2] < 0.0 < b.burnt_kg[gas.CO]


def test_burning_uses_a_kilogram_of_oxygen_per_13_megajoules(flat):
    b = run(flat, 120.0).balance()
    assert b.burnt_j / -b.burnt_kg[gas.O2] == pytest.approx(13.1e6, rel=1e-9)
    assert b.burnt_kg[gas.SOOT] == pytest.approx(0.05 * b.burnt_j / 20e6, rel=1e-9)


def test_shorter_steps_converge(flat):
    states = [run(flat, 100.0, dt_s=dt).read() for dt in (0.4, 0.2, 0.1)]
    for name in ("upper_k", "layer_m", "upper_co2"):
        a, b, c = (getattr(s, name)[:2] for s in states)
        assert (np.abs(b - c) < 0.75 * np.abs(a - b) + 1e-4 * np.abs(c)).all(), name
        np.testing.assert_allclose(b, c, rtol=0.02)


def test_equal_plans_burn_alike_and_readings_do_not_change_later(flat):
    first, second = run(flat, 20.0), run(flat, 20.0)
    kept = first.read()
    copies = [part.copy() for part in kept]
    for a, b in zip(kept, second.read(), strict=True):
        assert a.tobytes() == b.tobytes()
    first.step()
    for part, copy in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_a_fire_in_a_closed_room_dies_for_want_of_oxygen(burn_room):
    level, plan = burn_room(400e3)
    level = replace(level, openings=(replace(level.openings[0], leaf="wood", open=0.0),))
    model = run((level, plan), 240.0)
    state = model.read()
    assert state.fuels_w[0] < 60e3
    assert 0.08 < state.upper_o2[0] < 0.16
    assert state.upper_co[0] > 1e-3
    model.set_open(0, 1.0)
    for _ in range(900):
        model.step()
    assert model.read().fuels_w[0] > 200e3


def test_too_little_air_makes_far_more_carbon_monoxide(burn_room):
    per_joule = []
    for watts in (150e3, 4e6):
        b = run(burn_room(watts), 200.0).balance()
        per_joule.append(b.burnt_kg[gas.CO] / b.burnt_j)
    assert per_joule[1] > 2.0 * per_joule[0]


def test_a_fire_with_too_little_air_burns_what_the_door_lets_in(burn_room):
    level, plan = burn_room(6e6)
    model = run((level, plan), 200.0)
    inflow = float(model.vent_flows_kg_s()[1, 0])
    assert 0.40 <= inflow / (0.8 * 2.0 * np.sqrt(2.0)) <= 0.61
    assert model.read().fuels_w[0] == pytest.approx(0.2315 * 13.1e6 * inflow, rel=0.15)


def test_fire_spreads_and_a_closed_door_keeps_it_out(flat):
    level, plan = flat
    model = ZoneModel(level, plan)
    lit = np.zeros(3, bool)
    while model.time_s < 330.0:
        model.step()
        if model.time_s == pytest.approx(60.0):
            early = model.open_shares()
        lit |= model.read().fuels_w > 1e4
    state = model.read()
    assert lit.tolist() == [True, True, False]
    assert early[3] == 0.0 and model.open_shares()[3] == 1.0, "the pane breaks when the layer is hot, not before"
    assert state.upper_extinction_per_m[1] > 5.0 * state.upper_extinction_per_m[2]
    assert state.upper_k[2] < 320.0


def test_what_burnt_before_the_episode_has_grown_at_its_start(burn_room):
    level, plan = burn_room(1e6)
    slow = replace(plan.fuels[0], growth="fast")
    early = ZoneModel(level, replace(plan, fuels=(slow,), ignitions=(Ignition(fuel=0, time_s=-60.0),)))
    now = run((level, replace(plan, fuels=(slow,))), 60.0)
    assert early.time_s == 0.0
    np.testing.assert_allclose(early.read().upper_k, now.read().upper_k, rtol=0.01)
    assert early.read().fuels_w[0] == pytest.approx(1.055e6 / 150.0**2 * 60.0**2, rel=0.02)


def test_an_item_dies_down_when_its_energy_is_spent(burn_room):
    level, plan = burn_room(300e3)
    item = replace(plan.fuels[0], energy_j=3e7)
    model = run((level, replace(plan, fuels=(item,))), 250.0)
    assert model.read().fuels_w[0] == 0.0
    assert model.balance().burnt_j == pytest.approx(3e7, rel=1e-3)


def test_smoke_climbs_a_stairwell():
    """Rooms on two storeys off one stairwell: smoke of the lower reaches the landing above."""
    level = Level(
        rooms=(
            Room(lower=(0.0, 0.0, 0.0), upper=(4.0, 4.0, 2.7), materials=MATERIALS),
            Room(lower=(4.1, 0.0, 0.0), upper=(6.5, 4.0, 8.7), materials=MATERIALS),
            Room(lower=(0.0, 0.0, 6.0), upper=(4.0, 4.0, 8.7), materials=MATERIALS),
        ),
        openings=(
            Opening(rooms=(0, 1), centre=(4.05, 1.0, 1.0), size=(0.1, 0.9, 2.0)),
            Opening(rooms=(1, 2), centre=(4.05, 1.0, 7.0), size=(0.1, 0.9, 2.0)),
            Opening(rooms=(1, OUTSIDE), centre=(6.5, 1.0, 1.0), size=(0.1, 0.9, 2.0)),
            Opening(rooms=(2, OUTSIDE), centre=(0.0, 1.0, 7.5), size=(0.1, 1.0, 1.0)),
        ),
    )
    fuel = Fuel(room=0, position=(2.0, 2.0, 0.3), growth="fast", peak_w=1e6, energy_j=1e12)
    model = run((level, FirePlan(fuels=(fuel,), ignitions=(Ignition(fuel=0),))), 180.0)
    state = model.read()
    assert state.upper_extinction_per_m[2] > 0.5
    assert 6.0 <= state.layer_m[2] < 8.0
    assert model.vent_flows_kg_s()[1, 2] > 0.3, "the stack draws air in below"


@st.composite
def buildings(draw):
    share, height = st.floats(0.0, 1.0), st.floats(2.0, 9.0)
    count = draw(st.integers(1, 4))
    rooms, openings, fuels = [], [], []
    for i in range(count):
        floor, wide = draw(st.sampled_from([0.0, 0.2, 3.0])), draw(st.floats(1.0, 6.0))
        lower, upper = (10.0 * i, 0.0, floor), (10.0 * i + wide, draw(st.floats(1.0, 6.0)), floor + draw(height))
        rooms.append(Room(lower=lower, upper=upper, materials=MATERIALS))
        place = (lower[0] + 0.5, 0.5, floor + draw(st.floats(0.0, 1.5)))
        growth = draw(st.sampled_from(["slow", "ultrafast"]))
        peak, heat = draw(st.floats(1e3, 2e7)), draw(st.floats(1e5, 1e10))
        fuels.append(Fuel(room=i, position=place, growth=growth, peak_w=peak, energy_j=heat))
    for _ in range(draw(st.integers(0, 6))):
        pair = (draw(st.integers(0, count - 1)), draw(st.integers(-1, count - 1)))
        size = (0.1, draw(st.floats(0.05, 3.0)), draw(st.floats(0.05, 3.0)))
        centre = (0.0, 0.0, draw(st.floats(0.0, 6.0)))
        leaf = draw(st.sampled_from(["", "wood", "glass"]))
        openings.append(Opening(rooms=pair, centre=centre, size=size, leaf=leaf, open=draw(share)))
    lit = tuple(Ignition(fuel=i) for i in range(draw(st.integers(0, count))))
    return Level(rooms=tuple(rooms), openings=tuple(openings)), FirePlan(fuels=tuple(fuels), ignitions=lit)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(buildings())
def test_whatever_burns_the_air_stays_possible(building):
    level, plan = building
    state, model = None, ZoneModel(level, plan, dt_s=0.2)
    for _ in range(250):
        model.step()
        if model.time_s % 5.0 < 0.2:
            state = model.read()
            assert all(np.isfinite(part).all() for part in state)
            floors, tops = ([getattr(r, end)[2] for r in level.rooms] for end in ("lower", "upper"))
            assert (state.layer_m >= np.array(floors) - 1e-9).all() and (state.layer_m <= np.array(tops) + 1e-9).all()
            for part in (state.upper_k, state.lower_k):
                assert (part > 250.0).all() and (part < 3000.0).all()
            for part in (state.upper_o2, state.lower_o2):
                assert (part >= 0.0).all() and (part <= 0.2096).all()
            for part in (*state[3:9],):
                assert (part >= 0.0).all()
            assert np.isfinite(model.pressures_pa()).all()
    b = model.balance()
    scale = abs(b.burnt_j) + abs(b.outside_j) + b.begun_j
    assert b.held_j - b.begun_j == pytest.approx(b.burnt_j + b.vapour_j + b.surfaces_j + b.outside_j, abs=1e-9 * scale)

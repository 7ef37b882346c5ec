"""Flow through openings and in plumes against quadrature and the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.fire import gas
from goldentime.envs.fire.plume import centreline_excess, centreline_m_s, entrained_kg_s, spilled_kg_s
from goldentime.envs.fire.pressure import solve
from goldentime.envs.fire.vents import DISCHARGE, flows, slabs, vents_of
from goldentime.envs.level import OUTSIDE, Level, Opening, Room

MATERIALS = ("plaster",) * 6
LEVEL = Level(
    rooms=(
        Room(lower=(0.0, 0.0, 0.0), upper=(4.0, 4.0, 2.8), materials=MATERIALS),
        Room(lower=(4.1, 0.0, 0.3), upper=(8.0, 4.0, 3.4), materials=MATERIALS),
    ),
    openings=(
        Opening(rooms=(0, 1), centre=(4.05, 2.0, 1.2), size=(0.1, 0.9, 2.4)),
        Opening(rooms=(1, OUTSIDE), centre=(8.0, 2.0, 1.9), size=(0.1, 1.2, 1.4)),
    ),
)
VENTS = vents_of(LEVEL)
FLOOR = np.array([0.0, 0.3, 0.0])
OUTER = 1.204


def profile(room, z, layer, density):
    """Pressure against that outside at the same height, from the floor up, by quadrature."""
    fine = np.linspace(FLOOR[room], z, 4001)
    rho = np.where(0.5 * (fine[1:] + fine[:-1]) < layer[room], density[0, room], density[1, room])
    return float(((OUTER - rho) * np.diff(fine)).sum() * gas.GRAVITY_M_S2)


def by_quadrature(vent, layer, density, pressure):
    """Volume flows both ways by summing Bernoulli's law over thin strips."""
    first, second = VENTS.rooms[:, vent]
    edges = np.linspace(VENTS.sill_m[vent], VENTS.soffit_m[vent], 801)
    out = [0.0, 0.0]
    for z, high in zip(0.5 * (edges[1:] + edges[:-1]), np.diff(edges), strict=True):
        sides = [0.0 if r == 2 else pressure[r] + profile(r, z, layer, density) for r in (first, second)]
        drop = sides[0] - sides[1]
        source = first if drop > 0.0 else second
        rho = density[1 if z > layer[source] else 0, source]
        out[0 if drop > 0.0 else 1] += DISCHARGE * VENTS.width_m[vent] * high * np.sqrt(2.0 * abs(drop) / rho)
    return out


@pytest.mark.parametrize(
    ("borders", "temperatures", "pressure"),
    [
        ((1.3, 2.0), ((293, 900), (293, 420)), (-2.0, -0.4)),
        ((0.4, 1.1), ((350, 1200), (300, 500)), (-4.0, -1.0)),
        ((2.4, 0.6), ((293, 500), (310, 700)), (3.0, 1.5)),
    ],
)
def test_flow_through_an_opening_is_bernoullis_law_summed_over_its_height(borders, temperatures, pressure):
    layer = np.array([*borders, 0.0])
    density = np.array([*(gas.PRESSURE_PA / gas.R_J_KG_K / np.array(temperatures, float)), [OUTER, OUTER]]).T
    stretches = slabs(VENTS, VENTS.width_m, FLOOR, layer, density)
    found = flows(stretches, VENTS.incidence @ np.array(pressure)).out.sum(axis=1)
    for vent in range(2):
        np.testing.assert_allclose(found[:, vent], by_quadrature(vent, layer, density, pressure), rtol=0.01, atol=2e-3)


@given(st.lists(st.floats(-20.0, 20.0), min_size=2, max_size=2), st.floats(0.0, 3.0), st.floats(300.0, 1300.0))
def test_flow_rises_with_the_difference_of_pressure(difference, border, hot):
    layer, density = np.array([border, 1.5, 0.0]), np.array([[OUTER] * 3, [353.0 / hot, 0.8, OUTER]])
    stretches = slabs(VENTS, VENTS.width_m, FLOOR, layer, density)
    low, high = (flows(stretches, np.full(len(VENTS.width_m), d)).net for d in sorted(difference))
    assert (high >= low - 1e-9).all()


@pytest.mark.parametrize("hot_k", [900.0, 1100.0, 1300.0])
def test_a_room_full_of_fire_draws_half_a_kilogram_per_second_and_square_root_of_height(hot_k):
    """0.5 A H^(1/2): Kawagoe (1958); Rockett, Combustion Science and Technology 12 (1976), has 0.40 to 0.61."""
    level = Level(
        rooms=LEVEL.rooms[:1], openings=(Opening(rooms=(0, OUTSIDE), centre=(4.0, 2.0, 1.0), size=(0.1, 1.0, 2.0)),)
    )
    vents = vents_of(level)
    density = np.array([[353.0 / hot_k, OUTER]] * 2)
    stretches = slabs(vents, vents.width_m, np.zeros(2), np.zeros(2), density)
    made = 0.0
    for _ in range(60):
        # What heats the air that comes in: as much mass leaves as enters.
        _, moved = solve(vents, stretches, np.zeros(1), np.full(1, 1e-9), np.array([made]), np.zeros(1))
        into = moved.out[1].sum()
        made = into * (OUTER / density[0, 0] - 1.0)
    assert 0.40 <= into * OUTER / (2.0 * np.sqrt(2.0)) <= 0.61


@pytest.mark.parametrize("watts", [50e3, 200e3, 1e6])
@pytest.mark.parametrize("rise", [2.0, 3.0, 6.0])
def test_plumes_draw_as_much_air_as_zukoski_found(watts, rise):
    """0.21 rho (g z)^(1/2) z^2 Q*^(1/3), far from the flame: Zukoski, Kubota and Cetegen, Fire Safety Journal 3 (1981)."""
    if rise < 0.166 * (0.7e-3 * watts) ** 0.4:
        pytest.skip("inside the flame")
    scale = gas.CP_J_KG_K * 1.204 * 293.15 * np.sqrt(gas.GRAVITY_M_S2 * rise) * rise**2
    expected = 0.21 * 1.204 * np.sqrt(gas.GRAVITY_M_S2 * rise) * rise**2 * (watts / scale) ** (1.0 / 3.0)
    assert entrained_kg_s(np.float64(0.7 * watts), np.float64(rise)) == pytest.approx(expected, rel=0.25)


def test_a_plume_draws_nothing_at_its_base_and_jumps_nowhere():
    rise = np.linspace(0.0, 5.0, 5001)
    flow = entrained_kg_s(np.full_like(rise, 500e3), rise)
    assert flow[0] == 0.0
    assert (np.diff(flow) > 0.0).all()
    assert np.diff(flow).max() < 0.03


def test_spilled_smoke_draws_more_the_farther_it_rises():
    drawn = spilled_kg_s(np.full(3, 0.5), np.full(3, 100e3), np.array([-1.0, 0.5, 1.5]))
    assert drawn[0] == pytest.approx(0.0, abs=1e-9)
    assert 0.0 < drawn[1] < drawn[2]


def test_the_axis_of_a_plume_is_as_hot_and_fast_as_heskestads():
    """9.1 (T / (g cp^2 rho^2))^(1/3) Q^(2/3) z^(-5/3) and 3.4 (g / (cp rho T))^(1/3) Q^(1/3) z^(-1/3), Q convective in kW,
    from the virtual origin: Heskestad, SFPE Handbook, "Fire plumes"."""
    watts, rise = 500e3, 4.0
    convective = 0.7e-3 * watts
    heat = 9.1 * (293.0 / (9.81 * 1.004**2 * 1.2**2)) ** (1 / 3) * convective ** (2 / 3) * rise ** (-5 / 3)
    speed = 3.4 * (9.81 / (1.004 * 1.2 * 293.0)) ** (1 / 3) * convective ** (1 / 3) * rise ** (-1 / 3)
    assert 293.0 * centreline_excess(np.float64(watts), np.float64(rise)) == pytest.approx(heat, rel=0.3)
    assert centreline_m_s(np.float64(watts), np.float64(rise)) == pytest.approx(speed, rel=0.3)

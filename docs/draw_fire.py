"""Draw the fire model beside the literature, and what a flat does in a fire.

python docs/draw_fire.py docs/img
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import matplotlib

matplotlib.use("Agg")

import numpy as np
from bench_fire import building
from matplotlib import pyplot

from goldentime.envs.fire import gas
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.fire.plume import entrained_kg_s
from goldentime.envs.fire.walls import LININGS
from goldentime.envs.fire.zone import ZoneModel
from goldentime.envs.level import OUTSIDE, Level, Opening, Room

MATERIALS = ("plaster",) * 6
AIR = 1.204
DOOR = (0.8, 2.0)
SIZE = (3.6, 2.4, 2.4)


def cell(watts: float, lining: str) -> ZoneModel:
    """A room with a door, and a steady fire."""
    room = Room(lower=(0.0, 0.0, 0.0), upper=SIZE, materials=MATERIALS)
    door = Opening(rooms=(0, OUTSIDE), centre=(SIZE[0], 1.2, 0.5 * DOOR[1]), size=(0.1, *DOOR))
    fuel = Fuel(room=0, position=(1.8, 1.2, 0.3), growth="ultrafast", peak_w=watts, energy_j=1e13)
    plan = FirePlan(fuels=(fuel,), ignitions=(Ignition(fuel=0),), lining=lining)
    return ZoneModel(Level(rooms=(room,), openings=(door,)), plan)


def mqh_k(watts: float, time_s: float, lining: str) -> float:
    """McCaffrey, Quintiere and Harkleroad (1981), kW inside."""
    made = LININGS[lining]
    h = 1e-3 * np.sqrt(made.conductivity_w_mk * made.density_kg_m3 * made.heat_j_kgk / time_s)
    (x, y, z), (wide, tall) = SIZE, DOOR
    walls = 2.0 * (x * y + x * z + y * z) - wide * tall
    return float(6.85 * ((1e-3 * watts) ** 2 / (wide * tall * np.sqrt(tall) * h * walls)) ** (1.0 / 3.0))


def zukoski_kg_s(watts: float, rise: np.ndarray) -> np.ndarray:
    """0.21 rho (g z)^(1/2) z^2 Q*^(1/3)."""
    scale = gas.CP_J_KG_K * AIR * 293.15 * np.sqrt(gas.GRAVITY_M_S2 * rise) * rise**2
    return 0.21 * AIR * np.sqrt(gas.GRAVITY_M_S2 * rise) * rise**2 * (watts / scale) ** (1.0 / 3.0)


def temperatures(panel: pyplot.Axes) -> None:
    """Hot layers against the correlation, three minutes into the fire."""
    for lining, mark in (("gypsum", "o"), ("brick", "s"), ("concrete", "^")):
        pairs = []
        for watts in (50e3, 100e3, 200e3, 400e3, 800e3):
            model = cell(watts, lining)
            while model.time_s < 180.0:
                model.step()
            pairs.append((mqh_k(watts, 180.0, lining), float(model.read().upper_k[0]) - 293.15))
        panel.plot(*np.array(pairs).T, mark, label=lining)
    ends = np.array([0.0, 600.0])
    panel.plot(ends, ends, "k", linewidth=0.8)
    panel.fill_between(ends, 0.7 * ends, 1.3 * ends, color="0.9", label="±30 %")
    panel.set(xlim=(0, 600), ylim=(0, 700), xlabel="MQH (1981), rise [K]", ylabel="model, rise [K]")
    panel.set_title("hot layer at 180 s")
    panel.legend(fontsize=8)


def plumes(panel: pyplot.Axes) -> None:
    """Mass flow against height."""
    rise = np.linspace(0.3, 8.0, 200)
    for watts, colour in ((100e3, "tab:blue"), (500e3, "tab:orange"), (2e6, "tab:red")):
        far = rise > 0.166 * (0.65e-3 * watts) ** 0.4
        zukoski = zukoski_kg_s(watts, rise)
        panel.fill_between(rise[far], 0.8 * zukoski[far], 1.2 * zukoski[far], color=colour, alpha=0.2, linewidth=0)
        panel.plot(
            rise, entrained_kg_s(np.full_like(rise, 0.65 * watts), rise), color=colour, label=f"{1e-3 * watts:.0f} kW"
        )
    panel.set(xlabel="height above fire [m]", ylabel="plume [kg/s]", yscale="log")
    panel.set_title("bands: Zukoski (1981) ±20 %")
    panel.legend(fontsize=8)


def filling(panel: pyplot.Axes) -> None:
    """Smoke comes down in a hall with a leak at the floor."""
    room = Room(lower=(0.0, 0.0, 0.0), upper=(8.0, 8.0, 4.0), materials=MATERIALS)
    leak = Opening(rooms=(0, OUTSIDE), centre=(8.0, 4.0, 0.025), size=(0.1, 4.0, 0.05))
    for watts, colour in ((100e3, "tab:blue"), (500e3, "tab:orange")):
        fuel = Fuel(room=0, position=(4.0, 4.0, 0.0), growth="ultrafast", peak_w=watts, energy_j=1e12, radiative_share=0.3)
        model = ZoneModel(Level(rooms=(room,), openings=(leak,)), FirePlan(fuels=(fuel,), ignitions=(Ignition(fuel=0),)))
        z, lines = 4.0, []
        while model.time_s < 120.0:
            model.step()
            heat = float(model.read().fuels_w[0])
            plume = float(zukoski_kg_s(heat, np.float64(max(z, 0.01))))
            z = max(z - 0.1 * (plume + 0.7 * heat / (gas.CP_J_KG_K * 293.15)) / (AIR * 64.0), 0.0)
            lines.append((model.time_s, float(model.read().layer_m[0]), z))
        time_s, ours, theirs = np.array(lines).T
        panel.plot(time_s, ours, color=colour, label=f"{1e-3 * watts:.0f} kW")
        panel.plot(time_s, theirs, ":", color=colour)
    panel.set(xlabel="time [s]", ylabel="layer [m]", title="hall 8 x 8 x 4 m; dotted: Zukoski (1978)", ylim=(0.0, 4.1))
    panel.legend(fontsize=8)


def doors(panel: pyplot.Axes) -> None:
    """Air that a door lets in, over the heat that would burn."""
    peaks = np.array([0.1, 0.3, 0.6, 1.0, 2.0, 4.0, 8.0])
    found = []
    for peak in peaks:
        model = cell(1e6 * peak, "gypsum")
        while model.time_s < 240.0:
            model.step()
        found.append((model.vent_flows_kg_s()[1, 0], 1e-6 * model.read().fuels_w[0]))
    factor = DOOR[0] * DOOR[1] ** 1.5
    panel.axhspan(0.40 * factor, 0.61 * factor, color="0.9", label="0.40 to 0.61 A H^½ (Rockett 1976)")
    panel.axhline(0.5 * factor, color="k", linewidth=0.8, label="0.5 A H^½ (Kawagoe 1958)")
    panel.plot(peaks, [a for a, _ in found], "o-", label="air in [kg/s]")
    panel.plot(peaks, [b for _, b in found], "s--", color="tab:red", label="heat released [MW]")
    panel.set(xscale="log", xlabel="heat release with enough air [MW]", title="door 0.8 x 2 m at 240 s", ylim=(0.0, 4.5))
    panel.legend(fontsize=7)


def validation(file: Path) -> None:
    """Four comparisons."""
    figure, panels = pyplot.subplots(2, 2, figsize=(10, 7.6), layout="constrained")
    for panel, draw in zip(panels.flat, (temperatures, plumes, filling, doors), strict=True):
        draw(panel)
        panel.grid(alpha=0.3)
    figure.savefig(file, dpi=100)


def course(file: Path) -> None:
    """Ten minutes in a corridor with rooms."""
    level, plan = building(5)
    model, lines = ZoneModel(level, plan), []
    while model.time_s < 600.0:
        model.step()
        s = model.read()
        lines.append((s.upper_k - 273.15, s.layer_m, 1e6 * s.upper_co, s.upper_extinction_per_m, s.upper_o2 * 100.0))
    time_s = 0.1 * np.arange(1, len(lines) + 1)
    names = ("hot layer [°C]", "border [m]", "CO above [ppm]", "extinction above [1/m]", "oxygen above [%]")
    figure, panels = pyplot.subplots(1, 5, figsize=(15, 3.2), layout="constrained")
    for panel, values, name in zip(panels, zip(*lines, strict=True), names, strict=True):
        for room, label in ((1, "room on fire"), (0, "corridor"), (2, "room across")):
            panel.plot(time_s, [v[room] for v in values], label=label)
        panel.set(xlabel="time [s]", title=name)
        panel.grid(alpha=0.3)
    panels[0].legend(fontsize=8)
    figure.savefig(file, dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    validation(args.folder / "fire_validation.png")
    course(args.folder / "fire_course.png")


if __name__ == "__main__":
    main()

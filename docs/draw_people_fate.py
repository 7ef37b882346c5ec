"""Draws the picture of docs/people.md: doses of five people over time, without and with a relief kit.

python docs/draw_people_fate.py

The fire is made by hand, so that the picture does not depend on any model of fire: in three rooms in a row the smoke comes
down, thickens and grows hot, the later and the less the farther a room is from the first.
"""

from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from goldentime.envs.level import Level, Room
from goldentime.envs.people.dose import DEADLY_DOSE
from goldentime.envs.people.fate import Fate, fate
from goldentime.envs.people.person import Mobility, Person
from goldentime.types import FireState

IMAGE = Path(__file__).parent / "img" / "people_fate.png"
BARE = ("", "", "", "", "", "")
LEVEL = Level(
    rooms=tuple(Room(lower=(6.0 * i, 0.0, 0.0), upper=(6.0 * i + 5.8, 6.0, 2.7), materials=BARE) for i in range(3))
)
HORIZON_S, STEP_S = 900.0, 5.0
COLOURS = ("tab:red", "tab:purple", "tab:orange", "tab:blue", "tab:green")


class Case(NamedTuple):
    """Somebody, and when a kit reaches them."""

    name: str
    room: int
    posture: str
    hood_s: float
    mobility: Mobility = "walks"
    injury: float = 0.0


CASES = (
    Case("stands in the burning room", 0, "standing", 60.0),
    Case("lies there, trapped", 0, "lying_back", 240.0, "trapped"),
    Case("stands next door", 1, "standing", 480.0),
    Case("sits next door, trapped", 1, "sitting", 300.0, "trapped"),
    Case("stands two doors away", 2, "standing", 660.0),
)


def air(time_s: float) -> FireState:
    """Of the three rooms."""
    reached = 1.0 - np.exp(-np.maximum(time_s - np.array([0.0, 60.0, 150.0]), 0.0) / np.array([120.0, 200.0, 300.0]))
    strength = np.array([1.0, 0.55, 0.3])
    lower = 0.35 * reached * strength
    upper = reached * strength
    return FireState(
        layer_m=2.7 - 2.2 * reached * np.array([1.0, 0.85, 0.7]),
        upper_k=293.0 + 165.0 * upper,
        lower_k=293.0 + 40.0 * upper**2,
        upper_extinction_per_m=6.0 * upper,
        lower_extinction_per_m=6.0 * lower,
        upper_co=0.008 * upper,
        lower_co=0.008 * lower,
        upper_co2=0.0004 + 0.07 * upper,
        lower_co2=0.0004 + 0.07 * lower,
        upper_o2=0.209 - 0.07 * upper,
        lower_o2=0.209 - 0.07 * lower,
        fuels_w=np.zeros(0),
    )


def person(case: Case) -> Person:
    """An adult in the middle of the room."""
    return Person(
        kind="man",
        assets={posture: f"man-0-{posture}" for posture in {case.posture, "lying_side", "sitting"}},
        position=(6.0 * case.room + 2.9, 3.0, 0.0),
        posture=case.posture,
        room=case.room,
        mobility=case.mobility,
        injury=case.injury,
    )


def main() -> None:
    people = [person(case) for case in CASES]
    history = [(float(t), air(float(t))) for t in np.arange(0.0, HORIZON_S, STEP_S)]
    alone = fate(people, LEVEL, history, horizon_s=HORIZON_S)
    helped = fate(people, LEVEL, history, horizon_s=HORIZON_S, hoods_s=[case.hood_s for case in CASES])
    figure, (top, gas, heat) = plt.subplots(
        3, 1, figsize=(9.5, 10.0), sharex=True, layout="constrained", height_ratios=(0.7, 1.3, 1.3)
    )
    minutes = [time_s / 60.0 for time_s, _ in history]
    for room, colour in enumerate(("tab:red", "tab:orange", "tab:green")):
        word = ("burning room", "next door", "two doors away")[room]
        top.plot(minutes, [state.layer_m[room] for _, state in history], color=colour, label=word)
    top.set_ylabel("smoke layer above [m]")
    top.legend(fontsize=8)
    for axes, name, label in ((gas, "fed", "dose of gas"), (heat, "fed_heat", "dose of heat")):
        for i, case in enumerate(CASES):
            draw(axes, alone, getattr(alone, name)[:, i], i, "-", case.name)
            draw(axes, helped, getattr(helped, name)[:, i], i, "--", None)
            if name == "fed":
                at = int(case.hood_s)
                axes.plot(case.hood_s / 60.0, helped.fed[at, i], "o", color=COLOURS[i], ms=5)
        for level, word in ((1.0, "unconscious"), (DEADLY_DOSE, "dead")):
            axes.axhline(level, color="0.6", lw=0.8)
            axes.text(14.95, level + 0.03, word, fontsize=8, color="0.4", ha="right")
        axes.set_ylabel(label)
        axes.set_ylim(0.0, 1.85)
    gas.legend(fontsize=8, title="solid: nobody comes; dashed: with a kit (dot)", title_fontsize=8, loc="upper left")
    heat.set_xlabel("time [min]")
    heat.set_xlim(0.0, HORIZON_S / 60.0)
    figure.savefig(IMAGE, dpi=80)
    table(alone, helped)


def draw(axes: plt.Axes, found: Fate, dose: np.ndarray, i: int, style: str, name: str | None) -> None:
    """A dose until it is deadly or the person is dead of something else."""
    living = found.time_s <= found.dead_s[i]
    axes.plot(found.time_s[living] / 60.0, dose[living], style, color=COLOURS[i], label=name, lw=1.6)


def table(alone: Fate, helped: Fate) -> None:
    """Print the times."""
    for i, case in enumerate(CASES):
        times = (alone.incapacitated_s[i], alone.dead_s[i], case.hood_s, helped.incapacitated_s[i], helped.dead_s[i])
        print(f"{case.name:28s}", *(f"{time_s:6.0f}" for time_s in times))


if __name__ == "__main__":
    main()

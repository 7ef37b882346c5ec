"""What hearing costs: steps of 100 ms at 16 kHz, and impulse responses against those of pyroomacoustics.

python benchmarks/bench_acoustics.py; with --plot FILE it draws the cost per microphone, source and order instead
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from collections.abc import Callable

import numpy as np
import pyroomacoustics as pra
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.acoustics.absorption import absorption_of
from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.responses import Origin, Responses
from goldentime.envs.acoustics.space import space_of
from goldentime.envs.level import Level, Room

RATE_HZ, SAMPLES = 16000, 1600
SIZE = (6.0, 5.0, 3.0)
MATERIALS = ("plaster", "plaster", "plaster", "plaster", "linoleum", "mineral_tile")
LEVEL = Level(rooms=(Room(lower=(0.0, 0.0, 0.0), upper=SIZE, materials=MATERIALS),))
"""It reverberates 0.5 to 0.8 s."""
STEP = "3 sources, 4 microphones, order 3, reverberation"
SOUND = "the 100 ms of sound themselves"
OURS, BANDED, FLAT = (
    "8 responses of order 3, 7 octaves",
    "pyroomacoustics, 7 octaves, air",
    "pyroomacoustics, one band, no air",
)


def stepping(mics: int = 4, sources: int = 3, order: int = 3, repeats: int = 20) -> Callable[[], float]:
    """Microseconds per step while microphones and sources move."""
    rng = np.random.default_rng(0)
    array = rng.uniform(-0.1, 0.1, (mics, 3))
    dry = rng.standard_normal((sources, SAMPLES)).astype(np.float32)
    renderer, number = Renderer(LEVEL, RATE_HZ, order=order), 0

    def ear(time_s: float) -> np.ndarray:
        return array + np.array([3.0 + np.sin(0.3 * time_s), 2.5 + np.cos(0.4 * time_s), 1.5])

    def mouth(source: int, time_s: float) -> np.ndarray:
        return np.array([1.0 + source % 4 + 0.5 * np.sin(time_s + source), 1.5 + 0.5 * np.cos(time_s + source), 1.6])

    def step() -> None:
        nonlocal number
        begin, number = 0.1 * number, number + 1
        end = begin + 0.1
        chunks = [SignalChunk(s, dry[s], mouth(s, begin), mouth(s, end)) for s in range(sources)]
        renderer.render(chunks, ear(begin), ear(end), SAMPLES)

    for _ in range(3):
        step()
    return timed(step, repeats)


def responses() -> dict[str, Callable[[], float]]:
    """Of one room with 8 microphones."""
    source, mics = (
        np.array([1.2, 1.3, 1.5]),
        np.array([4.0, 3.0, 1.4]) + np.random.default_rng(0).uniform(-0.1, 0.1, (8, 3)),
    )
    pra.constants.set("c", SPEED_OF_SOUND_M_S)
    faces = dict(zip(("west", "east", "south", "north", "floor", "ceiling"), MATERIALS, strict=True))
    places = {"floor": 1, "ceiling": 2}

    def material(face: str, *, flat: bool) -> pra.Material:
        absorption = absorption_of(faces[face], places.get(face, 0)).tolist()
        if flat:
            return pra.Material(absorption[3])
        return pra.Material({"coeffs": absorption, "center_freqs": list(BANDS_HZ), "description": faces[face]})

    def theirs(*, flat: bool) -> None:
        materials = {face: material(face, flat=flat) for face in faces}
        room = pra.ShoeBox(SIZE, fs=RATE_HZ, materials=materials, max_order=3, air_absorption=not flat)
        room.add_source(source)
        room.add_microphone_array(mics.T)
        room.compute_rir()

    ours = Responses(space_of(LEVEL), RATE_HZ, 3)
    return {
        OURS: timed(lambda: ours.at([Origin(0, source)], mics), 20),
        BANDED: timed(lambda: theirs(flat=False), 1),
        FLAT: timed(lambda: theirs(flat=True), 2),
    }


def plot(file: Path, rounds: int) -> None:
    """Cost of a step by microphones, sources and order, the others being 4, 3 and 3: of the best round, which others
    disturbed least."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sweeps = {
        "microphones": ("mics", (1, 2, 4, 8, 16)),
        "sources": ("sources", (1, 2, 3, 5, 8)),
        "order": ("order", (0, 1, 2, 3, 4, 6)),
    }
    cases = {(key, value): stepping(**{key: value}) for key, values in sweeps.values() for value in values}
    times = take_turns({str(case): run for case, run in cases.items()}, rounds)
    figure, panels = pyplot.subplots(1, 3, figsize=(10, 3.2), sharey=True, layout="constrained")
    for panel, (name, (key, values)) in zip(panels, sweeps.items(), strict=True):
        panel.plot(values, [min(times[str((key, value))]) / 1000.0 for value in values], "o-")
        panel.axhline(5.0, color="tab:red", linewidth=0.8)
        panel.annotate("20 times real time", (values[0], 5.1), color="tab:red", fontsize=8)
        panel.set(xlabel=name, ylim=(0.0, None), xticks=values)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("processor time [ms per 100 ms]")
    figure.savefig(file, dpi=110)


def main() -> int:
    parser = options(__doc__.splitlines()[0], rounds=9)
    parser.add_argument("--plot", type=Path, help="draw the cost per microphone, source and order here")
    args = parser.parse_args()
    if args.plot:
        plot(args.plot, args.rounds)
        return 0
    cases = {
        STEP: stepping(),
        "the same with 8 microphones": stepping(mics=8),
        "the same in quiet: sources silent": stepping(sources=0),
        SOUND: lambda: 1e5,
        **responses(),
    }
    bounds = [
        Bound("share of real time", STEP, SOUND, at_most=0.05),
        Bound("pyroomacoustics, same room, to ours", BANDED, OURS, at_least=20.0),
        Bound("pyroomacoustics, one band, to ours", FLAT, OURS),
    ]
    held = report("Hearing, in microseconds", take_turns(cases, args.rounds), bounds, as_json=args.json)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

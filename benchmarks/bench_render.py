"""What a picture costs: colour, depth and ids of the reference scene, beside PyBullet's TinyRenderer.

python benchmarks/bench_render.py [--threads n] [--growth | --features] [--frames 1000]

The scene has 200 boxes, 20 people and 30 signs. TinyRenderer casts shadows unless told otherwise, which ours does not: both
of its settings are timed, and the bounds hold for the one it comes with. `--growth` prints and plots the cost against the
number of visible triangles instead, which must not grow faster than they do, and prints resident memory over many frames;
`--features` prints what shadows, lamps, flames, blur and the thermal picture add.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import psutil
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.assets.library import people_names
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lamp, Lighting
from goldentime.envs.level import Box, Level
from goldentime.envs.render.content import build_content
from goldentime.envs.render.culling import frustum, sees_boxes, sees_spheres
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.render.tiny import TinyRenderer
from goldentime.envs.scenario import DroneSpec, Prop, Scenario
from goldentime.envs.signs import PlacedSign, SignKind, draw_sign
from goldentime.types import DroneState, WorldState

SIZES = ((320, 240), (640, 480))
TARGETS = {320: 8.0, 640: 12.0}
IMAGE = Path(__file__).resolve().parents[1] / "docs" / "img" / "camera_growth.png"
STATE = WorldState(
    0.0, (DroneState((0.0,) * 3, (0.0, 0.0, 0.0, 1.0), *((0.0,) * 3,) * 3, (0.0,) * 4, 1.0, 12.0, (), 0.0),), ()
)


def reference_scene(boxes: int = 200, people: int = 20, signs: int = 30) -> Scenario:
    """Boxes in rows on both sides of a street, people on it, signs on the boxes; all of it ahead of the view."""
    rng = np.random.default_rng(0)
    solids, hung = [], []
    for i in range(boxes):
        x, side = 4.0 + 0.4 * (i // 2), 1.0 if i % 2 else -1.0
        size = (float(rng.uniform(0.3, 1.2)), float(rng.uniform(0.3, 1.2)), float(rng.uniform(0.5, 4.0)))
        y = side * float(rng.uniform(3.5, 9.0))
        solids.append(Box(centre=(x, y, 0.5 * size[2]), size=size, yaw=float(rng.uniform(0, 3))))
    for i in range(signs):
        side = 1.0 if i % 2 else -1.0
        place = (4.0 + 0.9 * i, side * 3.2, 0.0)
        hung.append(PlacedSign(spec=draw_sign(SignKind.SHOP, rng), anchor=place, yaw=-side * 0.5 * math.pi - side * 0.6))
    names = people_names()
    props = tuple(
        Prop(asset=names[(5 * i) % len(names)], position=(4.0 + 0.7 * i, float(rng.uniform(-2.5, 2.5)), 0.0), yaw=float(i))
        for i in range(people)
    )
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 1.5))
    level = Level(solids=tuple(solids))
    return Scenario(
        mission="bench", level=level, drones=(drone,), props=props, signs=tuple(hung), time_limit_s=1.0, task={}
    )


def ahead(width: int, height: int) -> View:
    """From the start of the street."""
    return View((0.0, 0.0, 1.6), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), width, height, math.radians(80.0), 100.0, 0)


def triangles_in_view(scenario: Scenario, view: View) -> int:
    """How many triangles are in view, in full detail."""
    content, planes = build_content(scenario), frustum(view)
    chunks = np.diff(content.solids.first)[sees_boxes(planes, content.solids.centre, content.solids.half)]
    count = int(chunks.sum())
    for group in content.groups:
        props = [scenario.props[placed.place] for placed in group.placed if placed.kind == "prop"]
        if props:
            centres = np.array([prop.position for prop in props])
            seen = sees_spheres(planes, centres, np.full(len(props), group.model.radius))
            count += int(seen.sum()) * len(group.model.details[0].indices)
    return count


def drawing(renderer: Renderer, size: tuple[int, int], scenario: Scenario, repeats: int) -> Callable[[], float]:
    """A case of the benchmark."""
    view, frame = ahead(*size), make_frame(*size)
    renderer.load(scenario)
    return timed(lambda: renderer.render(view, STATE, frame), repeats)


def growth(frames: int, rounds: int) -> bool:
    """Cost against visible triangles, and memory over many frames; whether cost grows no faster than triangles do."""
    memory(frames)
    people = (0, 10, 20, 40, 80, 160)
    made = [reference_scene(people=count) for count in people]
    triangles = np.array([triangles_in_view(scenario, ahead(*SIZES[0])) for scenario in made])
    cases = {
        f"{count} {size[0]}": drawing(make_renderer("gl"), size, scenario, 8)
        for count, scenario in zip(people, made, strict=True)
        for size in SIZES
    }
    times = take_turns(cases, rounds)
    costs = np.array([[np.median(times[f"{count} {size[0]}"]) / 1e3 for size in SIZES] for count in people])
    print("people   triangles   ms per picture 320x240   640x480")
    for count, number, (small, large) in zip(people, triangles, costs, strict=True):
        print(f"{count:>6} {number:>11}   {small:>22.2f}   {large:>7.2f}")
    held = True
    for size, column in zip(SIZES, costs.T, strict=True):
        # What people add over what they bring: 1 is linear.
        slope = np.polyfit(np.log(triangles[1:] - triangles[0]), np.log(column[1:] - column[0]), 1)[0]
        held &= bool(slope <= 1.0)
        print(f"{size[0]}x{size[1]}: cost grows with the {slope:.2f}th power of triangles, at most 1 "
              f"{'ok' if slope <= 1.0 else 'MISSED'}")  # fmt: skip
    plot(triangles, costs)
    return held


def plot(triangles: np.ndarray, costs: np.ndarray) -> None:
    """docs/img/camera_growth.png, each line beside a straight one through its first two points."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    for size, column, colour in zip(SIZES, costs.T, ("tab:blue", "tab:orange"), strict=True):
        straight = column[0] + (column[1] - column[0]) / (triangles[1] - triangles[0]) * (triangles - triangles[0])
        axes.plot(triangles / 1e3, column, "o-", color=colour, label=f"{size[0]}x{size[1]}")
        axes.plot(triangles / 1e3, straight, ":", color=colour, label="linear from the first two points")
    axes.set(xlabel="triangles in view, full detail [thousands]", ylabel="one core, ms per picture")
    axes.set_ylim(0.0, 2.0 * costs.max())
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(IMAGE, dpi=100)
    print(f"drawn: {IMAGE.name}")


def memory(frames: int) -> None:
    """Resident memory over many pictures."""
    renderer, view, frame = make_renderer("gl"), ahead(*SIZES[1]), make_frame(*SIZES[1])
    renderer.load(reference_scene())
    samples = []
    for number in range(frames + 1):
        renderer.render(view, STATE, frame)
        if number in (frames // 10, frames):
            samples.append(psutil.Process().memory_info().rss / 2**20)
    print(f"RSS after {frames // 10} and {frames} pictures: {samples[0]:.1f} and {samples[1]:.1f} MiB")


def features(rounds: int) -> None:
    """What each option and each kind of light adds to the reference scene."""
    flames = tuple(Flame(position=(6.0 + 3.0 * i, (-1.0) ** i * 2.0, 0.0), seed=i) for i in range(8))
    sparks = tuple(replace(flame, embers=20) for flame in flames)
    lamps = tuple(Lamp(position=(6.0 + 3.0 * i, 0.0, 3.0)) for i in range(8))
    plain = reference_scene()
    scenes = {
        "plain": plain,
        "1 lamp": replace(plain, light=Lighting(lamps=lamps[:1])),
        "8 lamps": replace(plain, light=Lighting(lamps=lamps)),
        "8 flames": replace(plain, flames=flames),
        "8 flames with 20 embers each": replace(plain, flames=sparks),
        "8 flames with firelight": replace(plain, flames=flames, light=Lighting(firelight=True)),
    }
    for size in SIZES:
        view, frame, kelvin = ahead(*size), make_frame(*size), np.zeros(size[::-1], np.float32)
        turned = (view.eye, (math.cos(0.04), math.sin(0.04), 0.0), view.up)
        cases = {name: drawing(make_renderer("gl"), size, scenario, 3) for name, scenario in scenes.items()}
        renderer = make_renderer("gl")
        renderer.load(plain)
        views = {"shadows": view._replace(shadows=True), "motion blur": view._replace(opened=turned)}
        for name, other in views.items():
            cases[name] = timed(partial(renderer.render, other, STATE, frame), 3)
        cases["thermal, alone"] = timed(partial(renderer.thermal, view, STATE, kelvin), 3)
        times = take_turns(cases, rounds)
        print(f"{size[0]}x{size[1]}, ms per picture and over the plain one")
        for name, values in times.items():
            more = np.median(np.array(values) - times["plain"]) / 1e3
            print(f"  {name:<32} {np.median(values) / 1e3:>6.1f} {more:>+6.1f}")


def arguments() -> argparse.Namespace:
    parser = options(__doc__.splitlines()[0], rounds=5)
    parser.add_argument(
        "--threads", type=int, default=0, help="threads of Mesa's rasteriser besides the caller's, default 0"
    )
    parser.add_argument("--growth", action="store_true", help="cost against triangles, and memory")
    parser.add_argument("--features", action="store_true", help="cost of shadows, lamps, flames, blur, thermal")
    parser.add_argument("--frames", type=int, default=1000, help="pictures for the memory figure, default 1000")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    # Mesa reads it when the context is made. One thread against one: TinyRenderer has no more.
    os.environ["LP_NUM_THREADS"] = str(args.threads)
    if args.growth:
        return 0 if growth(args.frames, args.rounds) else 1
    if args.features:
        features(args.rounds)
        return 0
    scenario = reference_scene()
    cases, bounds = {}, []
    for size in SIZES:
        name = f"{size[0]}x{size[1]}"
        cases[f"gl {name}"] = drawing(make_renderer("gl"), size, scenario, 20)
        cases[f"tiny {name}"] = drawing(TinyRenderer(shadows=True), size, scenario, 2)
        cases[f"tiny without shadows {name}"] = drawing(TinyRenderer(), size, scenario, 2)
        bounds.append(Bound(f"tiny over gl, {name}", f"tiny {name}", f"gl {name}", at_least=TARGETS[size[0]]))
        bounds.append(Bound(f"without shadows over gl, {name}", f"tiny without shadows {name}", f"gl {name}"))
    begin = time.perf_counter()
    times = take_turns(cases, args.rounds)
    triangles = triangles_in_view(scenario, ahead(*SIZES[0]))
    title = f"One picture (colour, depth, ids), {triangles} triangles in view, {time.perf_counter() - begin:.0f} s in all"
    return 0 if report(title, times, bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())

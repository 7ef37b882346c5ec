"""What the lamps of drawn scenes cost: processor time of a 320x240 picture with a scene's lamps and by day, side by side.

`python benchmarks/bench_scene_light.py`
"""

import argparse
import sys
import time
from dataclasses import replace

import numpy as np

from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import Scenario
from goldentime.envs.scenes.draw import draw_scene
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.eval.dataset.scene_items import scenario_of
from goldentime.eval.dataset.views import PoseConfig, Viewpoints
from goldentime.rng import stream
from goldentime.types import WorldState

SIZE = (320, 240)
VIEWS, ROUNDS = 5, 4
NOW = WorldState(0.0, (), ())


def picture_ms(renderer: Renderer, scenario: Scenario, views: list[View]) -> float:
    """Median over all views and rounds; all threads of the process count."""
    frame, times = make_frame(*SIZE), []
    renderer.load(scenario)
    for view in views:
        renderer.render(view, NOW, frame)
    for _ in range(ROUNDS):
        for view in views:
            begun = time.process_time()
            renderer.render(view, NOW, frame)
            times.append(time.process_time() - begun)
    return 1000.0 * float(np.median(times))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=25, help="of each place; those without lamps are left out")
    args = parser.parse_args()
    renderer = make_renderer("gl")
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    places: tuple[SceneConfig, ...] = (SceneConfig(place="floor"), SceneConfig(place="street"))
    for config in places:
        for seed in range(args.scenes):
            scene = draw_scene(config, stream(seed, "scenario"))
            if scene.light.lamps:
                points, rng = Viewpoints(scene, PoseConfig(), SIZE), stream(seed, "bench")
                views = [points.draw(rng) for _ in range(VIEWS)]
                scenario = scenario_of(scene)
                lit, day = (
                    picture_ms(renderer, replace(scenario, light=light), views) for light in (scene.light, Lighting())
                )
                found.setdefault((config.place, len(scene.light.lamps)), []).append((lit, day))
    for (place, lamps), rows in sorted(found.items()):
        lit, day = np.mean(rows, axis=0).tolist()
        print(f"{place:6} {lamps} lamps, {len(rows):2} scenes: {lit:5.2f} ms, by day {day:5.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Cameras stand where a drone could be."""

import math

import numpy as np
import pytest

from goldentime.envs.scenes.draw import draw_scene
from goldentime.envs.scenes.proof import boxes_of, clearance_m
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.errors import ScenarioError
from goldentime.eval.dataset.sign_views import ReadingConfig, ReadingPoints
from goldentime.eval.dataset.views import PoseConfig, Viewpoints
from tests.eval.dataset.small_scenes import man, scene, thing, wall


@pytest.fixture(scope="module", params=["street", "floor"])
def place(request):
    return draw_scene(SceneConfig(place=request.param, signs=(4, 6)), np.random.default_rng(5))


def test_views_keep_their_distance_and_limits(place):
    config = PoseConfig()
    points, rng = Viewpoints(place, config, (320, 240)), np.random.default_rng(0)
    views = [points.draw(rng) for _ in range(60)]
    eyes = np.array([view.eye for view in views])
    low, high = config.street_height_m if place.config.place == "street" else config.floor_height_m
    assert clearance_m(eyes, boxes_of(place.level.solids)).min() >= config.clearance_m
    assert (eyes[:, 2] - place.start[2] >= low).all() and (eyes[:, 2] - place.start[2] <= high).all()
    pitches = np.degrees([math.asin(view.forward[2]) for view in views])
    assert pitches.min() >= -35.01 and pitches.max() <= 10.01
    assert all(60.0 <= math.degrees(view.fov_rad) <= 90.0 for view in views)


def test_most_views_look_at_what_is_in_sight():
    """One man can be seen, the other stands behind a wall."""
    place = scene(
        props=[man(5.0, 3.0), man(5.0, -6.0)], solids=[wall(4.0, -4.0, 30.0, 9.0)],
        things=[thing("man", props=(0,)), thing("man", props=(1,))], route=((0.0, 0.0, 1.5), (1.0, 0.0, 1.5)),
    )  # fmt: skip
    from dataclasses import replace

    things = (replace(place.things[0], centre=(2.0, 3.0, 1.0)), replace(place.things[1], centre=(9.0, -6.0, 1.0)))
    points, rng = Viewpoints(replace(place, things=things), PoseConfig(towards=1.0), (320, 240)), np.random.default_rng(0)
    for _ in range(30):
        view = points.draw(rng)
        to = np.array(things[0].centre) - view.eye
        ahead = np.array(view.forward)[:2] @ to[:2] / np.linalg.norm(to[:2])
        assert ahead > math.cos(math.radians(45.0)) * math.cos(math.radians(36.0))


def test_a_scene_without_a_free_place_is_an_error():
    place = scene(solids=[wall(0.0, 0.0, 30.0)], route=((0.0, 0.0, 1.0), (0.0, 1.0, 1.0)))
    with pytest.raises(ScenarioError, match=r"expected a place 50\.0 m from everything"):
        Viewpoints(place, PoseConfig(clearance_m=50.0), (320, 240)).draw(np.random.default_rng(0))


def test_signs_are_looked_at_from_within_the_limits(place):
    from goldentime.eval.dataset.sign_labels import sign_truth

    config = ReadingConfig()
    points, rng = ReadingPoints(place, config, (640, 480)), np.random.default_rng(0)
    for _ in range(20):
        view = points.draw(rng)
        assert view is not None
        truths = [truth for sign in place.signs if (truth := sign_truth(view, sign)) is not None]
        good = [
            truth
            for truth in truths
            if truth["angle_deg"] <= config.angle_deg + 0.1 and 1.4 <= truth["face_distance_m"] <= 8.1
            and 0 < np.mean(truth["face_px"], 0)[0] < 640 and 0 < np.mean(truth["face_px"], 0)[1] < 480
        ]  # fmt: skip
        assert good

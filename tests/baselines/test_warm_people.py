"""People in thermal pictures: the set has the same bytes again, the shipped network finds them in it, training goes on."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from goldentime.baselines.vision.loop import LoopConfig, run_loop  # noqa: E402 - after the check
from goldentime.baselines.vision.warm_people import WarmConfig, WarmTask, read_pictures, reckon  # noqa: E402 - likewise
from goldentime.errors import ConfigError  # noqa: E402 - likewise
from goldentime.eval.dataset.shards import DONE, make_shards  # noqa: E402 - likewise
from goldentime.eval.dataset.warmth import WARMTH, WarmthConfig  # noqa: E402 - likewise
from goldentime.perception.sighting import eye_of, look_from  # noqa: E402 - likewise
from goldentime.perception.warm_people import heights_m, load_warm_people, seen_depth_m  # noqa: E402 - likewise

pytestmark = pytest.mark.train

EARLY = replace(WarmthConfig().rescue, time_limit_s=60.0)
SMALL = WarmthConfig(n=2, views=30, moments=2, seed=3, pool="test", rescue=EARLY)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("warmth")
    make_shards(WARMTH, SMALL, folder)
    return folder


def test_the_same_configuration_gives_the_same_bytes(small, tmp_path):
    make_shards(WARMTH, SMALL, tmp_path / "again")
    assert (tmp_path / "again" / DONE).read_bytes() == (small / DONE).read_bytes()


def test_pictures_are_of_people_on_the_floor(small):
    pictures = read_pictures(small)
    assert pictures.kelvin.shape == (60, 60, 80)
    assert sum(len(people) for people in pictures.people) > 10
    for above_m, people in zip(pictures.above_m, pictures.people, strict=True):
        for left, upper, width, height, pose in people.tolist():
            part = above_m[upper : upper + height, left : left + width].astype(float)
            assert pose in (0, 1, 2)
            assert part.min() < 2.2  # nobody hangs under the ceiling


def test_the_shipped_network_finds_most_people(small):
    found = reckon(load_warm_people(least_score=0.35), read_pictures(small))
    assert found.people > 10
    assert found.recall > 0.5
    assert found.precision > 0.6


def test_a_batch_depends_on_seed_and_step_alone_and_training_lowers_the_loss(small, tmp_path):
    config = WarmConfig(data=small, batch=4, loop=LoopConfig(steps=25, warmup_steps=2), out=tmp_path / "run")
    torch.manual_seed(0)
    task = WarmTask(config, read_pictures(small), None)
    (pictures, truth), (same, _), (other, _) = task.batch(3), task.batch(3), task.batch(4)
    assert torch.equal(pictures, same)
    assert not torch.equal(pictures, other)
    begin = float(task.loss((pictures, truth))[0].detach())
    end = run_loop(task, config.loop, config.out)
    assert end.steps == 25
    assert float(task.loss((pictures, truth))[0].detach()) < 0.8 * begin


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no pictures"):
        read_pictures(tmp_path)


def test_heights_and_depth_fit_the_places_of_pixels():
    options = {"pitch_deg": -10.0, "yaw_deg": 0.0, "position_m": [0.1, 0.0, 0.0], "far_m": 100.0}
    depth_eye = eye_of(options | {"width": 320, "height": 240, "fov_deg": 80.0})
    warm_eye = eye_of(options | {"width": 80, "height": 60, "fov_deg": 57.0})
    look = look_from(np.array([1.0, 2.0, 4.0]), 0.7, 0.05, -0.1)
    # A floor at height 3, seen by the depth camera.
    rows, columns = np.mgrid[0:240, 0:320]
    rays = depth_eye.rays(np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5])) @ look.turn.T
    base = float(look.place(depth_eye.position_m[None])[0, 2])
    depth = np.where(rays[:, 2] < -0.05, (3.0 - base) / np.minimum(rays[:, 2], -0.05), 50.0)
    warm_depth = seen_depth_m(depth.reshape(240, 320).astype(np.float32), (depth_eye, warm_eye))
    heights = heights_m(warm_depth, warm_eye, look)
    lower = heights[45:]
    assert lower.shape == (15, 80)
    assert np.abs(lower - 3.0).max() < 0.03

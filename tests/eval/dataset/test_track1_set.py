"""Counting clips: names, truth and smooth flights."""

import csv
import json
import math

import cv2
import numpy as np

from goldentime.envs.scenes.scene import SceneConfig
from goldentime.eval.contest.track1 import ANSWER_KEY, CLASSES, TRUTH_KEY, read_counts
from goldentime.eval.dataset.flight import FlightConfig, flight_views
from goldentime.eval.dataset.shards import make_shards
from goldentime.eval.dataset.track1 import TRACK1, CountingRule, Track1Config, _shows
from tests.eval.dataset.small_scenes import man, scene, wall

SCENE = SceneConfig(people=(5, 6), objects=(6, 8), signs=(0, 1), fires=(0, 0), smoky=0.0)
CONFIG = Track1Config(
    n=2, width=160, height=120, frames=8, rate_hz=1.0, scene=SCENE, seed=4, rule=CountingRule(least_frames=2)
)


def test_clips_have_the_contests_names_and_truth(tmp_path):
    make_shards(TRACK1, CONFIG, tmp_path)
    for clip in ("t1_video_00001", "t1_video_00002"):
        names = sorted(path.name for path in (tmp_path / clip).iterdir())
        assert names == [f"{clip}_{number:05d}.jpg" for number in range(1, 9)]
        picture = cv2.imread(str(tmp_path / clip / names[0]))
        assert picture is not None and picture.shape == (120, 160, 3)
    truth = read_counts(tmp_path / "track1_GT.json", TRUTH_KEY)
    assert read_counts(tmp_path / "answer_zeros.json", ANSWER_KEY) == dict.fromkeys(truth, (0,) * 6)
    details = json.loads((tmp_path / "details.json").read_bytes())
    assert sum(sum(row) for row in truth.values()) > 0
    for row in details:
        counted = [thing["class"] for thing in row["things"] if thing["frames"] >= 2]
        assert tuple(counted.count(name) for name in CLASSES) == truth[row["id"]]
        with (tmp_path / "boxes" / f"t1_video_{row['id']:05d}.csv").open() as file:
            boxes = list(csv.DictReader(file))
        for thing in row["things"]:
            own = [box for box in boxes if int(box["thing"]) == thing["thing"]]
            assert {box["class"] for box in own} == {thing["class"]}
            assert thing["frames"] <= len({box["frame"] for box in own}) == len(own) <= CONFIG.frames


def test_what_is_small_hidden_or_in_smoke_does_not_show():
    row = {"category_id": 1, "bbox": [0, 0, 10, 20], "visibility": 0.9, "transmittance": 0.9}
    assert _shows(row, CountingRule())
    for change in ({"bbox": [0, 0, 8, 16]}, {"visibility": 0.4}, {"transmittance": 0.2}, {"category_id": 7}):
        assert not _shows(row | change, CountingRule())


def test_a_flight_is_smooth_and_stays_near_its_route():
    place = scene(
        props=[man(5.0, 2.0)], solids=[wall(8.0, 0.0, 6.0)],
        route=((0.0, 0.0, 1.2), (5.0, 0.0, 1.2), (5.0, 1.0, 1.2), (5.0, 0.0, 1.2), (0.0, 0.0, 1.2)),
    )  # fmt: skip
    views = flight_views(place, FlightConfig(), (300, 30.0), (160, 120), np.random.default_rng(1))
    eyes = np.array([view.eye for view in views])
    forward = np.array([view.forward for view in views])
    steps = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
    turns = np.degrees(np.arccos(np.clip((forward[1:] * forward[:-1]).sum(1), -1.0, 1.0)))
    assert len(views) == 300
    assert steps.max() < 1.7 / 30.0 and steps.min() > 0.0
    assert turns.max() < 10.0
    assert (np.abs(eyes[:, 1] - 0.5) < 0.6).all() and (eyes[:, 0] > -0.1).all() and (eyes[:, 0] < 5.1).all()
    assert all(math.isclose(view.eye[2], 1.2) for view in views)

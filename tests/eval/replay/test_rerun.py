"""The Rerun recording: a viewer finds in it what the log holds, at the log's times; without the library one clear error."""

import os
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from goldentime.cli import main
from goldentime.errors import LogError, MissingDependencyError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import save_log
from goldentime.eval.replay import command
from goldentime.eval.replay.rerun_file import write_recording
from goldentime.eval.replay.story import line_of, story_of
from goldentime.eval.score.rules import load_rules

END_S = 45.0


@pytest.fixture(scope="module")
def chunk() -> Any:
    """The library's own reader."""
    return pytest.importorskip("rerun.chunk", reason="the extra rerun is not installed")


@pytest.fixture(scope="module")
def short(burning) -> EpisodeLog:
    """Kits and loads are let go of in it, conditions and postures change."""
    log: EpisodeLog = burning.make_log(end_s=END_S)
    return log


@pytest.fixture(scope="module")
def path(chunk, short, tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "0000.rrd"
    write_recording(short, load_rules("search"), path, [{"times": [0.0, 1.0], "jpeg": ["/9j/", "/9j/2w=="]}])
    return path


@pytest.fixture(scope="module")
def found(chunk, path) -> dict[str, list[Any]]:
    """Record batches by entity."""
    found: dict[str, list[Any]] = {}
    for part in chunk.RrdReader(path).stream():
        found.setdefault(part.entity_path, []).append(part.to_record_batch())
    return found


def column(found, path: str, name: str) -> list[Any]:
    """A column of an entity from all its batches, with those rows only that have it."""
    batches = [batch for batch in found[path] if name in batch.schema.names]
    return [row for batch in batches for row in batch.column(name).to_pylist() if row is not None]


def times(found, path: str) -> list[float]:
    """[s] of an entity's rows."""
    return [time.total_seconds() for time in column(found, path, "episode")]


def test_every_logged_pose_of_every_drone_is_in_it_at_its_time(short, found):
    samples = short.samples()
    for drone in (0, 1):
        own = f"/world/drones/{drone}"
        np.testing.assert_allclose(times(found, own), samples.time_s, atol=1e-8)
        places = np.array(column(found, own, "Transform3D:translation"))[:, 0]
        np.testing.assert_array_equal(places, samples.position_m[:, drone].astype(np.float32))
        turns = np.array(column(found, own, "Transform3D:quaternion"))[:, 0]
        np.testing.assert_array_equal(turns, samples.quaternion_xyzw[:, drone].astype(np.float32))
        charge = np.array(column(found, f"/curves/charge/{drone}", "Scalars:scalars"))[:, 0]
        np.testing.assert_array_equal(charge, samples.state_of_charge[:, drone])


def test_it_has_one_time_line_from_start_to_end(chunk, path, short, found):
    assert {line for part in chunk.RrdReader(path).stream() for line in part.timeline_names} == {"episode"}
    every = [time for own in found if "episode" in found[own][0].schema.names for time in times(found, own)]
    assert [min(every), max(every)] == pytest.approx([0.0, short.samples().time_s[-1]])


def test_every_event_is_a_line_of_text_at_its_time(short, found):
    texts = Counter[tuple[float, str]]()
    for path in (path for path in found if path.startswith("/events/")):
        lines = [text for (text,) in column(found, path, "TextLog:text")]
        texts.update(zip(times(found, path), lines, strict=True))
    assert texts == Counter((event.time_s, line_of(event)) for event in short.events)
    assert len(column(found, "/story", "TextLog:text")) == len(story_of(short, None))


def test_the_level_lies_in_it_by_storey_and_class(short, found):
    assert {path for path in found if path.startswith("/world/level/")} == {
        "/world/level/1/glass",
        *(f"/world/level/{storey}/{kind}" for storey in (1, 2) for kind in ("floor", "ceiling", "wall")),
    }
    (points,) = column(found, "/world/level/2/wall", "Mesh3D:vertex_positions")
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    np.testing.assert_allclose([low, high], [(-0.15, -0.15, 3.0), (12.15, 8.15, 5.7)], atol=1e-6)


def test_a_kit_hangs_below_its_drone_until_it_is_let_go(short, found):
    when, places = times(found, "/world/kits/0"), np.array(column(found, "/world/kits/0", "Transform3D:translation"))[:, 0]
    row = int(np.argmin(np.abs(np.array(when) - 20.0)))
    assert when[row] == pytest.approx(20.0)
    carrier = short.samples().position_m[200, 1]
    assert np.linalg.norm(places[row, :2] - carrier[:2]) < 0.01 and -0.5 < places[row, 2] - carrier[2] < 0.0
    np.testing.assert_allclose(places[-1], (3.0, 1.0, 0.1), atol=1e-6)
    assert when[-1] == pytest.approx(30.0)  # it lies still from then on


def test_people_are_shown_in_one_posture_at_a_time(short, found):
    shapes = {}
    for posture in ("standing", "sitting", "lying_side"):
        path = f"/world/people/0/woman-1-{posture}"
        size = np.abs(np.array(column(found, path, "Transform3D:mat3x3"))[:, 0]).max(-1)
        shapes[posture] = [bool(size[np.searchsorted(times(found, path), t, side="right") - 1] > 0) for t in (10.0, 40.0)]
    assert shapes == {"standing": [True, False], "sitting": [False, True], "lying_side": [False, False]}
    labels = [label for (label,) in column(found, "/world/people/0/condition", "Points3D:labels")]
    assert labels == ["woman, urgent", "woman, immediate"]


def test_fire_smoke_and_pictures_follow_the_log(short, found):
    seconds = short.tracks()["air"][:, 0]
    np.testing.assert_allclose(times(found, "/world/smoke"), seconds, atol=1e-8)
    flames = [len(row) for row in column(found, "/world/fire", "Ellipsoids3D:half_sizes")]
    assert flames == [int((row[1:] >= 500.0).sum()) for row in short.tracks()["fuels"]]
    power = np.array(column(found, "/curves/fire_w", "Scalars:scalars"))[:, 0]
    np.testing.assert_allclose(power, short.tracks()["fuels"][:, 1:].sum(1))
    assert times(found, "/camera/0") == [0.0, 1.0]
    assert [bytes(blob) for (blob,) in column(found, "/camera/0", "EncodedImage:blob")] == [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xdb",
    ]


def test_a_viewer_opens_with_views_of_it(chunk, path, short):
    reader = chunk.RrdReader(path)
    assert [store.recording_id for store in reader.recordings()] == [short.digest()]
    assert len(reader.blueprints()) == 1


def test_the_command_writes_it_beside_the_log(chunk, burning, tmp_path, capsys):
    save_log(burning.make_log(end_s=1.0), tmp_path / "0003.jsonl")
    assert main(["replay", str(tmp_path / "0003.jsonl"), "--rerun"]) == 0
    assert str(tmp_path / "0003.rrd") in capsys.readouterr().out
    assert chunk.RrdReader(tmp_path / "0003.rrd").recordings()


def test_a_kill_while_writing_leaves_the_old_recording(chunk, burning, tmp_path, monkeypatch):
    (tmp_path / "a.rrd").write_bytes(b"old")

    def killed(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_recording(burning.make_log(end_s=1.0), None, tmp_path / "a.rrd")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.rrd", b"old")]


def test_a_log_without_a_scenario_is_refused(chunk, tmp_path):
    with pytest.raises(LogError, match="expected a log with a scenario"):
        write_recording(EpisodeLog(), None, tmp_path / "a.rrd")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_one_message_says_what_to_install(burning, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "rerun", None)
    log = burning.make_log(end_s=1.0)
    with pytest.raises(MissingDependencyError, match=r"pip install 'goldentime\[rerun\]'"):
        write_recording(log, None, tmp_path / "a.rrd")
    assert list(tmp_path.iterdir()) == []
    save_log(log, tmp_path / "a.jsonl")
    assert main(["replay", str(tmp_path / "a.jsonl"), "--rerun"]) == 2
    error = capsys.readouterr().err
    assert "goldentime[rerun]" in error and "Traceback" not in error
    assert {file.suffix for file in tmp_path.iterdir()} <= {".jsonl", ".npz"}, "nothing was made before it was told"


def test_a_page_is_made_without_what_only_pictures_and_recordings_need():
    lacks = "import sys; sys.modules.update(dict.fromkeys(('PIL', 'moderngl', 'rerun'))); "
    done = subprocess.run(
        [sys.executable, "-c", lacks + "import goldentime.eval.replay.command"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_nobody_gets_a_recording_unasked(tmp_path):
    assert not command.ReplayOptions(path=tmp_path).rerun

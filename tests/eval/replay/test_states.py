"""A logged world asked again: states between samples, pictures and films from them."""

import io
from dataclasses import replace

import numpy as np
import pytest

from goldentime.errors import ConfigError, LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.replay.senses import heard_sound
from goldentime.eval.replay.states import States


def test_states_are_those_that_were_recorded(burning, log):
    states = States(log)
    for time_s in (0.0, 30.0, 61.0, 90.0):
        got, truth = states.at(time_s), burning.state(time_s)
        for drone, was in zip(got.drones, truth.drones, strict=True):
            assert drone.position_m == pytest.approx(was.position_m, abs=1e-6)
            assert abs(np.dot(drone.quaternion_xyzw, was.quaternion_xyzw)) == pytest.approx(1.0)
            assert drone.state_of_charge == pytest.approx(was.state_of_charge)
        assert [(p.posture, p.condition, p.hooded, p.tag) for p in got.people] == [
            (p.posture, p.condition, p.hooded, p.tag) for p in truth.people
        ]
        assert [person.voice_db for person in got.people] == [person.voice_db for person in truth.people]
        assert got.kits[0].carrier == truth.kits[0].carrier
        assert got.loads[0].position_m == pytest.approx(truth.loads[0].position_m)
        assert got.loads[0].held == truth.loads[0].held
        assert got.fire is not None and truth.fire is not None
        for name in ("layer_m", "upper_k", "upper_extinction_per_m", "lower_co", "fuels_w"):
            np.testing.assert_allclose(getattr(got.fire, name), getattr(truth.fire, name), atol=1e-9, err_msg=name)


def test_between_two_samples_all_moves_evenly(log):
    states = States(log)
    a, b, middle = states.at(10.0), states.at(10.1), states.at(10.05)
    mean = np.mean([a.drones[0].position_m, b.drones[0].position_m], axis=0)
    assert middle.drones[0].position_m == pytest.approx(mean, abs=1e-6)
    assert np.linalg.norm(middle.drones[0].quaternion_xyzw) == pytest.approx(1.0)
    assert states.at(-5.0).drones == states.at(0.0).drones and states.at(1e6).drones == states.at(90.0).drones


def test_the_same_turn_written_with_the_other_sign_is_no_somersault(log):
    table = log.samples().table.copy()
    table[101::2, 7:11] *= -1.0
    other = States(EpisodeLog.restore(log.content(), table, log.tracks(), log.timing, None))
    turn, plain = (states.at(10.05).drones[0].quaternion_xyzw for states in (other, States(log)))
    assert abs(np.dot(turn, plain)) == pytest.approx(1.0)


def test_missions_without_microphones_have_no_sound(log):
    assert heard_sound(log, 0) is None


def test_a_scenario_of_another_version_is_refused(log):
    other = EpisodeLog.restore(log.content(), log.samples().table, log.tracks(), log.timing, None)
    other.header["scenario"] = {**other.header["scenario"], "gravity": 9.81}
    with pytest.raises(LogError, match="gravity"):
        States(other)


def test_a_film_has_pictures_and_the_length_of_the_flight(burning):
    av = pytest.importorskip("av")
    film = pytest.importorskip("goldentime.eval.replay.film")
    short = burning.make_log(end_s=2.0)
    try:
        content = film.film(short, 1)
    except ConfigError as error:
        pytest.skip(str(error))
    with av.open(io.BytesIO(content)) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["h264"]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 21 and frames[0].shape == (480, 640, 3)
    assert max(frame.std() for frame in frames) > 5
    with pytest.raises(ConfigError, match=r"--drone: expected 0..1, got 2"):
        film.film(short, 2)
    shots = film.page_pictures(short)
    assert [len(shot["jpeg"]) for shot in shots] == [3, 3] and shots[0]["times"] == [0.0, 1.0, 2.0]


def test_options_are_kept_apart(tmp_path):
    command = pytest.importorskip("goldentime.eval.replay.command")
    options = command.ReplayOptions(path=tmp_path)
    assert not (options.camera or options.video or options.mcap)
    assert replace(options, mcap=True).mcap

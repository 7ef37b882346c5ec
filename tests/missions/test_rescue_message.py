"""What a victim sent: a text, a photo or their voice, and what of it a contestant is told."""

from dataclasses import replace

import numpy as np
import pytest

from goldentime.envs.render import gl
from goldentime.envs.render.frame import make_renderer
from goldentime.envs.render.photos import Lens, before_fire, portrait
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.wire.frames import decode, encode
from goldentime.eval.wire.messages import question
from goldentime.missions.registry import load_config, make_env, make_mission, make_team_env
from goldentime.missions.rescue_message import VOICE_HZ, photo_of
from goldentime.missions.rescue_place import rescue_brief
from goldentime.types import WorldState
from tests.missions.small_bank import write_small_bank

BLIND = dict.fromkeys(("microphones", "camera", "depth", "thermal", "lidar"))
SMALL = {"building": {"rooms": 5, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return write_small_bank(tmp_path_factory.mktemp("bank"), sound=True)


@pytest.fixture(scope="module")
def draw(bank):
    def drawn(message, seed=0, **voices):
        rescue = {"message": message, "voices": {"bank": bank, "callers": 1.0, "wordless": 0.0} | voices}
        mission = make_mission(load_config("rooms2022", {"scenario": {"rescue": rescue}}))
        scenario = mission.generate(np.random.default_rng(seed))
        return scenario, mission.sheet(scenario).brief

    return drawn


def without_form(scenario):
    return replace(scenario, task={key: value for key, value in scenario.task.items() if key != "sent"})


def test_a_text_is_told_unless_something_else_is_asked_for(bank):
    rescue = {"voices": {"bank": bank}}
    mission = make_mission(load_config("rooms2022", {"scenario": {"rescue": rescue}}))
    scenario = mission.generate(np.random.default_rng(0))
    brief = mission.sheet(scenario).brief
    assert "sent" not in scenario.task, "whoever asks for nothing gets the scenarios that there were"
    assert brief["message"] == scenario.task["message"] != ""
    assert "photo" not in brief and "voice" not in brief


@pytest.mark.parametrize("form", ["photo", "voice"])
def test_the_form_changes_nothing_else(draw, form):
    (text, told), (scenario, brief) = draw("text"), draw(form)
    assert scenario.task["sent"] == form and without_form(scenario) == text
    assert {**brief, "message": told["message"]}.keys() == {*told, form}
    assert brief["message"] == "", "who sent a photo or a voice wrote nothing"
    same = told.keys() - {"message"}
    assert {key: brief[key] for key in same} == {key: told[key] for key in same}


def test_a_photo_shows_the_sender_before_the_fire(draw):
    scenario, brief = draw("photo")
    photo, sender = brief["photo"], scenario.task["sender"]
    assert photo.dtype == np.uint8 and photo.shape == (360, 480, 3) and photo.std() > 10.0
    calm, state = before_fire(scenario, WorldState(0.0, (), ()))
    renderer = make_renderer("gl")
    of = [portrait(renderer, calm, state, i, Lens(), np.random.default_rng(0)) for i in range(len(calm.people))]
    renderer.close()
    assert [np.array_equal(photo, one) for one in of] == [i == sender for i in range(len(of))]
    again = photo_of(scenario)
    assert again is not None and np.array_equal(photo, again), "the same scenario, the same photo"


def test_a_voice_is_the_sender_s(draw, bank):
    from goldentime.envs.speech.bank import load_bank

    scenario, brief = draw("voice")
    samples = brief["voice"]["samples"]
    assert brief["voice"].keys() == {"samples", "sample_rate_hz"} and brief["voice"]["sample_rate_hz"] == VOICE_HZ == 16_000
    assert samples.dtype == np.float32 and samples.ndim == 1 and 0.05 < samples.std() < 0.2
    speaker = scenario.sounds[scenario.people[scenario.task["sender"]].sound].speaker
    calls = [clip.id for clip in load_bank(bank).clips if clip.speaker == speaker and clip.kind == "call"]
    assert any(np.array_equal(samples, np.float32(0.1) * load_bank(bank).audio(call, VOICE_HZ)) for call in calls)


@pytest.mark.parametrize("voices", [{"callers": 0.0}, {"wordless": 1.0}])
def test_who_has_no_voice_writes(draw, voices):
    scenario, brief = draw("voice", **voices)
    assert "sent" not in scenario.task and "voice" not in brief and brief["message"] != ""


def test_where_nobody_can_send_anything_there_is_no_message(bank):
    people = {"count": [3, 3], "states": {"senseless": 1.0}}
    rescue = {"message": "photo", "people": people, "voices": {"bank": bank}}
    mission = make_mission(load_config("rooms2022", {"scenario": {"rescue": rescue}}))
    scenario = mission.generate(np.random.default_rng(0))
    brief = mission.sheet(scenario).brief
    assert scenario.task["sender"] == -1 and brief["message"] == "" and "photo" not in brief


def test_any_of_the_forms_can_come(draw, monkeypatch):
    monkeypatch.setattr("goldentime.missions.rescue_message.photo_of", lambda scenario: np.zeros((2, 2, 3), np.uint8))
    drawn = [draw("any", seed)[0] for seed in range(12)]
    assert {scenario.task.get("sent", "text") for scenario in drawn} == {"text", "photo", "voice"}
    assert without_form(drawn[3]) == draw("text", 3)[0]


def test_without_opengl_only_a_photo_is_refused(draw, monkeypatch):
    photo, voice = draw("photo")[0], draw("voice")[0]

    def none_here():
        raise ConfigError("camera: no OpenGL through EGL on this machine")

    monkeypatch.setattr(gl, "device", none_here)
    with pytest.raises(ConfigError, match=r"rescue\.message: a photo needs OpenGL.*no OpenGL through EGL"):
        rescue_brief(photo)
    assert rescue_brief(without_form(photo))["message"] != ""
    assert draw("voice")[0] == voice


def test_a_sender_whom_no_camera_can_see_writes(draw, monkeypatch):
    scenario, _ = draw("photo")
    monkeypatch.setattr("goldentime.envs.render.photos.clearance_m", lambda points, boxes: np.zeros(len(points)))
    brief = rescue_brief(scenario)
    assert "photo" not in brief and brief["message"] == scenario.task["message"]


@pytest.mark.parametrize("form", ["photo", "voice"])
def test_it_travels_to_a_submission_and_stays_out_of_the_log(bank, form):
    log = EpisodeLog()
    rescue = {**SMALL, "message": form, "voices": {"bank": bank, "callers": 1.0, "wordless": 0.0}}
    env = make_env("stage3", recorder=log, scenario={"rescue": rescue}, sensors=BLIND)
    env.reset(seed=3)
    brief = env.brief
    env.close()
    there = decode(encode(question("reset", 2, brief=brief)))["brief"]
    sent, got = (one["voice"]["samples"] if form == "voice" else one["photo"] for one in (brief, there))
    assert got.dtype == sent.dtype and np.array_equal(got, sent)
    assert log.header["scenario"]["task"]["sent"] == form
    assert len(encode(log.header)) < 0.5e6


def test_each_of_a_team_is_told(bank):
    rescue = {**SMALL, "message": "photo", "voices": {"bank": bank}}
    env = make_team_env("stage4", scenario={"rescue": rescue}, sensors=BLIND)
    env.reset(seed=3)
    briefs = [env.brief_of(name) for name in env.possible_agents]
    env.close()
    assert all(brief["message"] == "" and np.array_equal(brief["photo"], briefs[0]["photo"]) for brief in briefs)


def test_an_unknown_form_is_refused_by_name():
    with pytest.raises(ConfigError, match="message"):
        make_mission(load_config("stage3", {"scenario": {"rescue": {"message": "letter"}}}))

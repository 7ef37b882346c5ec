"""Recorded material of 2021 and 2022: names, forms, lengths, truths, and the same bytes again."""

import json
import wave
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from goldentime.envs.acoustics.calls import HeardCall
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.eval.contest.rooms2022 import NONE, read_run, score_rooms2022
from goldentime.eval.contest.rooms2022 import read_truth as read_rooms
from goldentime.eval.contest.rooms2022_truth import sought_people, truth_of
from goldentime.eval.contest.sheet2021 import CLASSES, FAINT, read_answer, read_truth
from goldentime.eval.contest.sheet2021_score import score_sheet2021
from goldentime.eval.dataset.contest2021 import CONTEST2021, Contest2021Config, VoiceRule, voice_spans
from goldentime.eval.dataset.contest2022 import CONTEST2022, Contest2022Config
from goldentime.eval.dataset.rescue_flight import FilmConfig
from goldentime.eval.dataset.rescue_photos import PhotoConfig
from goldentime.eval.dataset.shards import make_shards
from goldentime.missions.rescue_place import draw_rescue
from goldentime.rng import stream
from tests.missions.small_bank import write_small_bank

FILM = FilmConfig(duration_s=1.0, width=64, height=64)
PHOTO = PhotoConfig(width=240, height=180, least_tag_px=6, casualties=(2, 4))
PLAIN = HearingSpec(array="stereo", order=0, tail=False, wind=None, calibration_s=0.0)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return write_small_bank(tmp_path_factory.mktemp("bank"), sound=True)


@pytest.fixture(scope="module")
def set2021(bank, tmp_path_factory):
    folder = tmp_path_factory.mktemp("contest2021")
    hearing = replace(PLAIN, sample_rate_hz=48_000, speech=bank)
    config = Contest2021Config(
        n=1, seed=3, drones=2, rescue_photos=2, triage_photos=1, film=FILM, photo=PHOTO, hearing=hearing
    )
    make_shards(CONTEST2021, config, folder)
    return folder, config


def sound_of(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate(), file.getnchannels(), file.getframerate()


def frames_of(path):
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_files_have_the_contests_names_and_fit_one_another(set2021):
    folder, _ = set2021
    names = sorted(path.name for path in (folder / "set_01").iterdir())
    drones = ["set01_drone01", "set01_drone02"]
    ends = [".mp4", "_ch1.wav", "_ch2.wav", "_triage01.jpg"]
    assert names == sorted(
        [f"{drone}{end}" for drone in drones for end in ends] + ["set01_rescue01.jpg", "set01_rescue02.jpg"]
    )
    for drone in drones:
        frames = frames_of(folder / "set_01" / f"{drone}.mp4")
        assert len(frames) == 10 and frames[0].shape == (64, 64, 3) and np.std(frames[0]) > 3.0
        for channel in (1, 2):
            assert sound_of(folder / "set_01" / f"{drone}_ch{channel}.wav") == (1.0, 1, 48_000)
    for name in names:
        if name.endswith(".jpg"):
            picture = cv2.imread(str(folder / "set_01" / name))
            assert picture is not None and picture.shape == (180, 240, 3) and picture.std() > 8.0


def test_the_truth_is_about_the_files_and_the_template_answers_it(set2021):
    folder, _ = set2021
    truth, template = (
        read_truth(folder / "answersheet_3_00_GT.json"),
        read_answer(folder / "answersheet_3_00_template.json"),
    )
    assert {photo for _, photo in truth.places} == {"set01_rescue01.jpg", "set01_rescue02.jpg"}
    assert {photo for _, photo in truth.tags} == {"set01_drone01_triage01.jpg", "set01_drone02_triage01.jpg"}
    assert {*truth.voices} == {(1, 1), (1, 2)} and {*truth.people} == {1}
    moving, staying, total = truth.people[1]
    assert moving + staying == total
    assert all(sum(counts) > 0 for counts in truth.tags.values()), "a photo without any tag is not taken"
    details = json.loads((folder / "details.json").read_bytes())
    assert {text for text in truth.places.values() if text} <= {*details[0]["plates"]}
    score = score_sheet2021(truth, template)
    assert not any(score.missing.values()) and score.voices.deleted == score.voices.voices


def test_the_same_seed_gives_the_same_bytes(set2021, tmp_path):
    folder, config = set2021
    (tmp_path / "set_01").mkdir()
    # As a run that is killed and begun again makes it: the shard alone.
    rows = CONTEST2021.make(config, 0, tmp_path)
    assert rows["people"] == list(read_truth(folder / "answersheet_3_00_GT.json").people[1])
    for path in sorted((tmp_path / "set_01").iterdir()):
        assert path.read_bytes() == (folder / "set_01" / path.name).read_bytes(), path.name


def test_loud_calls_are_heard_faint_ones_cost_nothing_and_others_are_left_out():
    def call(kind, onset_s, snr_db):
        return HeardCall(
            source=0,
            sounding=0,
            kind=kind,
            onset_s=onset_s,
            offset_s=onset_s + 1.5,
            distance_m=3.0,
            level_db=60.0,
            snr_db=snr_db,
        )

    calls = [call("man", 3.2, 4.0), call("child", 5.9, 0.0), call("woman", 8.0, -3.0), call("cough", 1.0, 9.0)]
    spans = voice_spans([*calls, call("man", 9.0, -40.0), call("man", 59.5, 9.0)], VoiceRule(), 60.0)
    assert spans == {"M": [(3, 4), (59, 59)], "W": [], "C": [(5, 7)], FAINT: [(1, 2), (8, 9)]}
    assert [*spans] == [*CLASSES, FAINT]


def test_a_recorded_flight_of_2022_comes_with_what_victims_sent(bank, tmp_path):
    hearing = replace(PLAIN, sample_rate_hz=16_000, speech=bank)
    config = Contest2022Config(n=1, film=FILM, photo=PHOTO, hearing=hearing)
    make_shards(CONTEST2022, config, tmp_path)
    run = tmp_path / "run_01"
    truth = read_rooms(run / "rooms2022_GT.json")
    assert [facts.place for facts in truth.values()] == [
        "101 사무실",
        "102 휴게실",
        "103 자료실",
        "104 보건실",
        "105 상담실",
    ]
    photos = {path.name for path in run.glob("person_*.jpg")}
    sought = {facts.person_id for facts in truth.values()} - {NONE}
    assert photos == {f"person_{number}.jpg" for number in sought}
    assert len(frames_of(run / "camera.mp4")) == 10
    assert sound_of(run / "audio.wav") == (1.0, 2, 16_000)
    assert len((run / "pose.csv").read_text().splitlines()) == 12
    assert (run / "message.txt").read_text().strip()
    score = score_rooms2022(truth, read_run(run / "answer_unclear.json"))
    assert score.total == 0.0 and all(tally.missing == 0 for tally in score.missions.values())


def test_rescuers_are_in_no_room_and_everybody_else_in_one(bank):
    config = Contest2022Config().rescue
    config = replace(config, kits=0, voices=replace(config.voices, bank=bank))
    scenario = draw_rescue("stage3", config, stream(5, "scenario"))
    sought = sought_people(scenario, stream(5, "photos"))
    truth = truth_of(scenario, sought)
    names = [room.name for room in scenario.level.rooms]
    inside = [person for person in scenario.people if person.victim and names[person.room]]
    assert sum(sum(facts.people) for facts in truth.values()) == len(inside)
    told = {facts.person_id for facts in truth.values()} - {NONE}
    assert told == {str(number) for number in range(1, len(sought) + 1)}

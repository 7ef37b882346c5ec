"""The mission server of 2022: a team plays a flight over a real socket, and what it is refused."""

import http.client
import io
import json
import socket
import threading
import time
import wave
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.eval.contest.desk2022 import Desk, DeskRules, FlightState
from goldentime.eval.contest.http2022 import MOST_BYTES, MissionServer
from goldentime.eval.contest.rooms2022 import read_run, read_truth, score_rooms2022
from goldentime.eval.contest.serve2022 import Serve2022Options, _Senses, serve2022
from goldentime.eval.plan import Plan
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump

START = {"team_id": "ours", "command": "MISSION_START"}
END = {"team_id": "ours", "secret": "s3", "end_of_mission": "true"}
STILL = (0.0, 0.0, 0.0, 1.0)


def flight(time_s, height_m, *, armed=True):
    return FlightState(time_s, armed, height_m, (0.0, 0.0, height_m), STILL)


def sheet(room="1", place="101 사무실", secret="s3"):
    answer = {"room_id": room, "mission": "3", "answer": {"place": place}}
    return {"team_id": "ours", "secret": secret, "answer_sheet": answer}


def desk(**rules):
    return Desk("ours", "s3", frozenset({"1", "2"}), DeskRules(**rules))


def started(**rules):
    made = desk(**rules)
    made.observe(flight(0.0, 1.0))
    made.observe(flight(2.0, 1.0))
    assert made.mission(START).status == "OK"
    return made


def test_a_run_starts_only_after_two_seconds_armed_and_aloft():
    it = desk()
    assert "armed and above 0.5 m for 2 s" in it.mission(START).msg
    for time_s, height_m, armed in (
        (0.0, 0.6, True),
        (1.5, 0.6, True),
        (1.9, 0.4, True),
        (2.5, 0.6, True),
        (4.0, 0.6, False),
    ):
        it.observe(flight(time_s, height_m, armed=armed))
        assert it.mission(START).status == "ERROR", time_s
    it.observe(flight(5.0, 0.6))
    it.observe(flight(7.0, 0.6))
    assert it.mission(START).status == "OK"
    assert it.mission(START).msg == "the mission was started before"


def test_answers_count_between_start_and_end():
    it = desk()
    assert it.answer(sheet()).msg == "the mission has not been started"
    it = started()
    assert it.answer(sheet(place="wrong")).status == "OK"
    assert it.answer(sheet()).status == "OK"
    assert it.answer(END).status == "OK"
    assert it.answer(sheet(place="late")).msg == "the mission was ended before"
    assert it.run().answers == {("1", "3"): {"place": "101 사무실"}} and it.run().ended


def test_after_the_time_only_the_end_is_taken():
    it = started(limit_s=10.0)
    it.observe(flight(12.0, 1.0))
    assert "the time of 10 s is over" in it.answer(sheet()).msg
    assert it.answer(END).status == "OK"


@pytest.mark.parametrize(
    ("post", "message"),
    [
        ([], "expected team_id, secret and answer_sheet"),
        ({**sheet(), "more": 1}, "expected team_id, secret and answer_sheet"),
        (sheet(secret="guess"), "team_id or secret: unknown"),
        ({**sheet(), "team_id": None}, "team_id or secret: unknown"),
        (sheet(room="7"), "answer_sheet.room_id: expected one of 1, 2, got '7'"),
        (sheet(place=3), "answer_sheet.answer.place: expected a text"),
        ({**END, "end_of_mission": True}, "end_of_mission: expected 'true', got True"),
    ],
)
def test_what_is_refused_is_told_and_changes_nothing(post, message):
    it = started()
    reply = it.answer(post)
    assert reply.status == "ERROR" and message in reply.msg
    assert it.run().answers == {} and not it.run().ended


def test_a_flood_of_answers_is_refused():
    it = started(most_answers=3)
    assert [it.answer(sheet()).status for _ in range(4)] == ["OK"] * 3 + ["ERROR"]


@pytest.fixture
def server():
    made = MissionServer(("127.0.0.1", 0), started(), {})
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made.server_address
    made.shutdown()
    made.server_close()
    thread.join()


def sent(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(address[0], address[1], timeout=10)
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    told = response.status, json.loads(response.read())
    connection.close()
    return told


def test_what_is_no_post_of_the_protocol_gets_an_error(server):
    assert sent(server, "POST", "/answer", b"{")[0] == 400
    assert sent(server, "POST", "/answer", b"\xff")[0] == 400
    assert sent(server, "POST", "/answer", b"[" * 10_000)[0] == 400
    assert sent(server, "POST", "/elsewhere", b"{}")[0] == 404
    assert sent(server, "GET", "/../secret")[0] == 404
    code, reply = sent(server, "POST", "/answer", b"x", {"Content-Length": str(MOST_BYTES + 1)})
    assert code == 413 and reply == {"status": "ERROR", "msg": f"expected at most {MOST_BYTES} bytes, got {MOST_BYTES + 1}"}
    assert sent(server, "POST", "/answer", b"x", {"Content-Length": "-1"})[0] == 411
    # The server still answers.
    assert sent(server, "POST", "/answer", json.dumps(sheet()).encode())[1]["status"] == "OK"


def test_peers_that_hang_do_not_stop_the_others(server):
    idle = [socket.create_connection(server) for _ in range(8)]
    for one in idle:
        one.sendall(b"POST /answer HTTP/1.0\r\nContent-Length: 100\r\n\r\n{")
    assert sent(server, "POST", "/answer", json.dumps(sheet()).encode())[1]["status"] == "OK"
    for one in idle:
        one.close()


def content_of(page):
    assert page is not None
    return page.content


def test_a_team_gets_the_last_picture_and_the_sound_it_has_not_heard():
    senses = _Senses(16_000)
    assert senses.picture({}) is None and senses.sound({}) is None
    picture = np.full((24, 32, 3), (200, 40, 40), np.uint8)
    for step in range(1, 401):
        sound = np.full((2, 1600), step / 1000.0, np.float32)
        senses.take(0.1 * step, {"camera": picture, "microphones": sound})
    shown = cv2.imdecode(np.frombuffer(content_of(senses.picture({})), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None and shown.shape == (24, 32, 3) and abs(int(shown[12, 16, 2]) - 200) < 8
    with wave.open(io.BytesIO(content_of(senses.sound({"after": "39.75"})))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 16_000, 3 * 1600)
    with wave.open(io.BytesIO(content_of(senses.sound({})))) as file:
        assert file.getnframes() == pytest.approx(30.0 * 16_000, abs=1600)


AGENT = """
import numpy as np


class Climber:
    def reset(self, brief):
        from goldentime.baselines.reporting import no_report
        self.nothing, self.step = no_report(brief["action"]["report"]), 0

    def act(self, seen):
        self.step += 1
        up = 0.8 if self.step < 15 else 0.0
        return {"motion": np.array([0.0, 0.0, up, 0.0], np.float32), "release": 0, "report": self.nothing}
"""


def plan(folder):
    path = folder / "climber.py"
    path.write_text(AGENT)
    overrides = {"sensors": dict.fromkeys(("camera", "depth", "thermal", "microphones", "lidar", "rotor_speeds"))}
    agent = {"_target_": "goldentime.eval.agent_file.load_agent", "path": str(path), "name": "Climber"}
    return Plan(
        mission="rooms2022", overrides=overrides, mission_config=dump(load_config("rooms2022", overrides)), agent="climber",
        agent_config=agent, split="public", episodes=1, rules=load_rules("stage3"),
    )  # fmt: skip


def posted(url, path, data):
    with urlopen(url + path, json.dumps(data).encode(), timeout=10) as response:
        return json.loads(response.read())


class Team(threading.Thread):
    """Waits for the start, tells every room's plate, then ends."""

    def __init__(self, url, secret):
        super().__init__()
        self.url, self.secret, self.early, self.replies = url, secret, None, []

    def run(self):
        self.early = posted(self.url, "/mission", START)
        while posted(self.url, "/mission", START)["status"] != "OK":
            time.sleep(0.02)
        with urlopen(self.url + "/material", timeout=10) as response:
            self.material = json.loads(response.read())
        places = ["101 사무실", "102 휴게실", "103 자료실", "104 보건실", "UNCLEAR"]
        for room, place in enumerate(places, 1):
            self.replies.append(posted(self.url, "/answer", sheet(str(room), place, self.secret)))
        self.replies.append(posted(self.url, "/answer", {**END, "secret": self.secret}))


def test_a_team_plays_a_flight_over_a_socket(tmp_path):
    teams = []

    def ready(url, secret):
        teams.append(Team(url, secret))
        teams[0].start()

    options = Serve2022Options(port=0, team_id="ours", speed=4.0, grace_s=0.0, photos=False, out=tmp_path / "out")
    served = serve2022(plan(tmp_path), options, ready)
    team = teams[0]
    team.join()
    assert team.early is not None and team.early["status"] == "ERROR"
    assert [reply["status"] for reply in team.replies] == ["OK"] * 6
    assert team.material["message"] and team.material["photos"] == []
    assert served.run.ended and served.log.reason == "ended"
    assert 2.0 < served.log.samples().time_s[-1] < 60.0
    score = score_rooms2022(read_truth(tmp_path / "out" / "rooms2022_GT.json"), read_run(tmp_path / "out" / "answers.json"))
    assert tuple(score.missions["3"]) == (4, 1, 0, 0)
    posts = [json.loads(line) for line in (tmp_path / "out" / "posts.jsonl").read_text().splitlines()]
    assert posts[-1]["msg"] == "mission ended with 5 answers"
    assert team.secret not in (tmp_path / "out" / "posts.jsonl").read_text()


def test_a_mission_without_rooms_is_refused(tmp_path):
    other = plan(tmp_path)
    config = {"mission": "hover", "overrides": {}}
    with pytest.raises(ConfigError, match="expected a rescue in rooms with plates, such as rooms2022, got hover"):
        serve2022(Plan(**{**vars(other), **config}), Serve2022Options(port=0, photos=False))

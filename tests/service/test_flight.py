"""Workers: from the queue to the ledger and the board, and again after a kill at the worst moments."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from goldentime.eval.engines.choose import best_engine
from goldentime.eval.folder import MANIFEST
from goldentime.eval.outcomes import Outcome
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.keys import read_public_key
from goldentime.eval.referee.manifest import Submission as HandedIn
from goldentime.eval.referee.manifest import read_manifest
from goldentime.eval.referee.secret import ENVIRONMENT
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.eval.service import flight, worker
from goldentime.eval.service.leases import LeaseOptions, expire
from goldentime.eval.service.publish import board_state, publish
from goldentime.eval.service.rounds import mission_config
from goldentime.eval.service.tables import Submission
from goldentime.eval.service.views import SubmissionView, submissions_of
from goldentime.eval.service.worker import WorkOptions, work
from goldentime.eval.submit.run import Verdict
from goldentime.files import read_lines

CRASHING = "class Agent:\n    def reset(self, brief): pass\n    def act(self, seen): raise RuntimeError('no idea')\n"


@pytest.fixture(autouse=True)
def secret(place, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(place.home.secret_file))


@pytest.fixture
def hand_in(place, packed, bearer):
    """Puts submissions in the queue of round `one`."""
    token = place.team()

    def send(*archives: bytes) -> None:
        with place.served() as client:
            for archive in archives:
                sent = client.post("/api/rounds/one/submissions", content=archive, headers=bearer(token, archive))
                assert sent.status_code == 201, sent.text

    return send


def options(place) -> WorkOptions:
    return WorkOptions(leases=place.leases)


def told(place, number: int = 1) -> SubmissionView:
    (found,) = submissions_of(place.database, number=number)
    return found


def let_expire(place) -> None:
    place.database.write(lambda session: setattr(session.get(Submission, 1), "lease_until", 1.0))


def kinds(place) -> list[str]:
    return [link.entry.kind for link in check_chain(place.home.ledger.read_bytes(), "ledger").links]


def sound(place) -> None:
    public = read_public_key(place.home.path / "ledger.key.pub")
    verdict = verify_ledger(place.home.ledger, Checks(runs=place.home.runs, public_key=public, rescore=True, worlds=True))
    assert verdict.findings == ()


def test_a_worker_flies_what_waits_enters_it_and_builds_the_board(place, packed, hand_in):
    place.round(epoch="r1", engine=best_engine())
    hand_in(packed(), packed(name="second", code=CRASHING))
    assert [work(place.home, place.database, options(place)) for _ in range(3)] == [True, True, False]
    first, second = told(place, 1), told(place, 2)
    assert (first.state, first.outcome, first.episodes, first.flown, first.entry) == ("done", "ok", {"ok": 2}, 2, 2)
    assert (second.state, second.outcome, second.episodes, second.entry) == ("done", "ok", {"crashed": 2}, 3)
    assert first.charged and second.charged
    manifest = read_manifest(place.home.runs / second.run / MANIFEST)
    assert manifest.team == "alpha" and manifest.submission == HandedIn(name="second", sha256=second.sha256)
    assert {episode.outcome for episode in manifest.episodes} == {"crashed"} and manifest.limits["step_s"] == 0.2
    sound(place)
    assert (publish(place.home), publish(place.home), board_state(place.home).error) == (True, False, "")
    results = json.loads((place.home.board / "results.json").read_text())
    assert results["board"] and "alpha" in (place.home.board / "index.html").read_text()
    seeds = [str(line["seed"]) for line in read_lines(place.home.runs / first.run / "episodes.jsonl")]
    read_by_the_team = "".join(path.read_text() for path in (place.home.runs / first.run / "team").iterdir())
    assert "ready" in read_by_the_team and not any(seed in read_by_the_team for seed in seeds)


def test_a_submission_that_the_mission_refuses_is_entered_once_as_refused(place, packed, hand_in, monkeypatch):
    place.round()
    hand_in(packed())
    refused = Verdict(outcome=Outcome.REFUSED_SUBMISSION, text="submission.yaml: no")
    monkeypatch.setattr(flight, "run_submission", lambda *known: refused)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "finish", lambda *known: False)
        work(place.home, place.database, options(place))
    assert told(place).state == "running", "it was killed before it could tell the database"
    let_expire(place)
    work(place.home, place.database, options(place))
    assert kinds(place) == ["opening", "refusal"]
    assert (told(place).outcome, told(place).entry, told(place).charged) == ("refused_submission", 1, True)


def test_an_archive_that_was_damaged_here_is_not_charged_to_the_team(place, packed, hand_in):
    place.round()
    hand_in(packed())
    (archive,) = place.home.uploads.iterdir()
    archive.write_bytes(archive.read_bytes().replace(b"ready", b"reedy"))
    work(place.home, place.database, options(place))
    assert (told(place).state, told(place).outcome, told(place).charged) == ("done", "infrastructure_error", False)
    assert "expected the archive that was accepted" in told(place).text and kinds(place) == ["opening"]


def test_a_kill_between_the_ledger_and_the_database_enters_nothing_twice(place, packed, hand_in, monkeypatch):
    place.round()
    hand_in(packed())
    with monkeypatch.context() as patch:
        patch.setattr(worker, "finish", lambda *known: False)
        work(place.home, place.database, options(place))
    before = place.home.ledger.read_bytes()
    assert told(place).state == "running" and kinds(place) == ["opening", "run"]
    let_expire(place)
    flown = []
    monkeypatch.setattr(flight, "run_submission", lambda *known: flown.append(known))
    work(place.home, place.database, options(place))
    assert (told(place).outcome, told(place).entry, told(place).flown) == ("ok", 1, 2)
    assert flown == [] and place.home.ledger.read_bytes() == before


@pytest.mark.parametrize("left", ["manifest", "half a manifest", "a folder without a run"])
def test_a_kill_while_the_run_is_entered_is_mended(place, packed, hand_in, monkeypatch, left):
    place.round(episodes=1)
    hand_in(packed())
    run = place.home.runs / "one-000001"
    with monkeypatch.context() as patch:
        patch.setattr("goldentime.eval.referee.actions._add", lambda *known: (_ for _ in ()).throw(OSError("killed")))
        patch.setattr(worker, "retry_later", lambda *known: None)
        if left != "a folder without a run":
            work(place.home, place.database, options(place))
            assert (run / MANIFEST).is_file() and kinds(place) == ["opening"]
    if left == "half a manifest":
        (run / "timing.json").write_text("{}")  # written anew by another resume, say
    elif left == "a folder without a run":
        run.mkdir()
        (run / ".run.json.1.tmp").write_text("{")
    let_expire(place)
    work(place.home, place.database, options(place))
    assert (told(place).outcome, told(place).entry, kinds(place)) == ("ok", 1, ["opening", "run"])
    sound(place)


def test_what_the_referee_broke_is_tried_again_and_then_given_up_uncharged(place, packed, hand_in, monkeypatch):
    place.round()
    hand_in(packed())
    broken = Verdict(outcome=Outcome.INFRASTRUCTURE_ERROR, text="no engine with a wall works here")
    monkeypatch.setattr(flight, "run_submission", lambda *known: broken)
    for attempt in (1, 2):
        work(place.home, place.database, options(place))
        assert (told(place).state, told(place).attempts) == ("queued", attempt)
    work(place.home, place.database, options(place))
    assert (told(place).state, told(place).outcome, told(place).charged) == ("done", "infrastructure_error", False)
    assert told(place).text == "given up after 3 attempts: no engine with a wall works here"
    assert not work(place.home, place.database, options(place)) and kinds(place) == ["opening"]


def test_a_setting_that_can_not_be_flown_is_given_up_at_once(place, packed, hand_in, monkeypatch):
    place.round()
    hand_in(packed())
    monkeypatch.setattr(flight, "mission_config", lambda *known: {**mission_config(*known), "nonsense": 1})
    work(place.home, place.database, options(place))
    assert (told(place).state, told(place).outcome, told(place).attempts) == ("done", "infrastructure_error", 1)
    assert "nonsense: unknown key" in told(place).text


def test_a_run_that_another_worker_still_holds_is_left_alone(place, packed, hand_in):
    from goldentime.eval.service.locks import locked

    place.round()
    hand_in(packed())
    with locked(place.home.locks / "one-000001.run"):
        work(place.home, place.database, options(place))
    assert (told(place).state, told(place).flown) == ("queued", 0) and not (place.home.runs / "one-000001").exists()


def test_a_worker_that_is_killed_is_followed_by_one_that_flies_the_rest(place, packed, hand_in):
    place.round(episodes=3, settings={"scenario": {"time_limit_s": 1.5}})
    hand_in(packed())
    first = place.home.runs / "one-000001/episodes/0000.jsonl"
    call = [sys.executable, "-m", "goldentime.cli", "serve", "worker", str(place.home.path), "--lease", "1"]
    killed = subprocess.Popen(call, stderr=subprocess.PIPE)
    for _ in range(3000):
        if first.is_file():
            break
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    before = (first.stat().st_mtime_ns, first.read_bytes())
    assert told(place).state in ("running", "queued")
    time.sleep(1.1)
    assert expire(place.database, place.leases) == 1
    work(place.home, place.database, WorkOptions(leases=LeaseOptions()))
    assert (told(place).outcome, told(place).flown, told(place).entry) == ("ok", 3, 1)
    assert (first.stat().st_mtime_ns, first.read_bytes()) == before, "the episode that was over was not flown again"
    sound(place)

"""The runner on the real hover mission: folders, agents that fail, resuming, and the number of workers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from goldentime.errors import ConfigError, LogError
from goldentime.eval.episode import Flight, fly
from goldentime.eval.folder import read_folder
from goldentime.eval.log_files import load_log
from goldentime.eval.plan import Plan
from goldentime.eval.results import read_results, rescore
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump

RESULTS = ("scorecard.json", "episodes.jsonl")


def plan(target: str = "Still", episodes: int = 3, **arguments) -> Plan:
    """Short hover episodes with an agent of `flying_agents`."""
    overrides = {"scenario": {"time_limit_s": 1.0}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="test",
        agent_config={"_target_": f"flying_agents.{target}", **arguments},
        episodes=episodes,
        rules=load_rules("hover"),
    )


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in RESULTS}


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory, helpers_importable):
    out = tmp_path_factory.mktemp("runs") / "one"
    evaluate(plan(), RunOptions(out=out))
    return out


def test_a_run_leaves_its_folder(one_worker):
    folder = read_folder(one_worker)
    card = json.loads(folder.scorecard.read_bytes())
    assert (card["complete"], card["planned"], card["reasons"]) == (True, 3, {"time_up": 3})
    assert [result.index for result in read_results(folder)] == [0, 1, 2]
    assert [result.seed for result in read_results(folder)] == [1_000_000_000 + i for i in range(3)]
    assert json.loads(folder.timing.read_bytes())["episodes"]["2"]["acts"] == 30
    log = load_log(folder.log(1))
    assert log.samples().time_s[-1] == pytest.approx(1.0)
    assert log.header["labels"] == {"agent": "test", "index": 1, "mission": "hover", "split": "public"}


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(one_worker, tmp_path):
    evaluate(plan(), RunOptions(out=tmp_path / "two", workers=2))
    assert contents(tmp_path / "two") == contents(one_worker)


def test_resuming_flies_only_what_is_missing(one_worker, tmp_path):
    out = tmp_path / "run"
    evaluate(plan(), RunOptions(out=out))
    folder = read_folder(out)
    for name in (*RESULTS, "timing.json"):
        (out / name).unlink()
    # Killed in the middle of a log, in the middle of a line, and after a log but before its line.
    folder.log(1).write_bytes(folder.log(1).read_bytes()[:300])
    folder.lines.write_bytes(b'{"index": 0, "se')
    kept = {i: folder.log(i).stat().st_mtime_ns for i in (0, 2)}
    seen = []
    evaluate(plan(), RunOptions(out=out, resume=True), lambda result: seen.append(result.index))
    assert seen == [0, 2, 1]
    assert {i: folder.log(i).stat().st_mtime_ns for i in (0, 2)} == kept
    assert contents(out) == contents(one_worker)


def test_resuming_another_plan_is_refused_with_both_values(one_worker):
    other = replace(plan(episodes=4), split="train")
    with pytest.raises(ConfigError) as caught:
        evaluate(other, RunOptions(out=one_worker, resume=True))
    message = str(caught.value)
    assert "plan.episodes: 3 then, 4 now" in message
    assert "plan.split: 'public' then, 'train' now" in message


def test_a_used_folder_is_refused(one_worker, tmp_path):
    before = contents(one_worker)
    with pytest.raises(ConfigError, match="holds a run: give resume=true to finish it or overwrite=true"):
        evaluate(plan(), RunOptions(out=one_worker))
    with pytest.raises(ConfigError, match="contradict"):
        evaluate(plan(), RunOptions(out=one_worker, resume=True, overwrite=True))
    assert contents(one_worker) == before
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(ConfigError, match=r"not empty and holds no run \(no run\.json\)"):
        evaluate(plan(), RunOptions(out=tmp_path, overwrite=True))
    with pytest.raises(ConfigError, match="expected a folder, got a file"):
        evaluate(plan(), RunOptions(out=tmp_path / "mine.txt"))


def test_two_referees_do_not_fly_one_run(tmp_path):
    def second(result):
        with pytest.raises(ConfigError, match="another process is flying the run"):
            evaluate(plan(), RunOptions(out=tmp_path / "run", resume=True))

    evaluate(plan(episodes=1), RunOptions(out=tmp_path / "run"), second)


def test_overwriting_removes_what_a_run_made_and_nothing_else(tmp_path):
    evaluate(plan(episodes=2), RunOptions(out=tmp_path))
    (tmp_path / "mine.txt").write_text("keep me")
    evaluate(plan(episodes=1), RunOptions(out=tmp_path, overwrite=True))
    assert [path.name for path in sorted((tmp_path / "episodes").iterdir())] == ["0000.jsonl", "0000.npz"]
    assert (tmp_path / "mine.txt").is_file()


@pytest.mark.parametrize(
    ("target", "arguments", "message", "last_s"),
    [
        ("Still", {"fail_after": 15}, "RuntimeError: the agent has had enough", 0.5),
        ("Still", {"fail_after": 3, "exits": True}, "SystemExit: 3", 0.1),
        ("BadAction", {}, "InvalidActionError", 0.0),
    ],
)
def test_an_agent_that_fails_ends_its_episode_only(tmp_path, target, arguments, message, last_s):
    evaluate(plan(target, episodes=2, **arguments), RunOptions(out=tmp_path / "run"))
    folder = read_folder(tmp_path / "run")
    for result in read_results(folder):
        assert result.reason == "agent_error"
        assert message in str(result.error)
        assert result.score.metrics["duration_s"] == pytest.approx(last_s)
    assert "Traceback" in str(load_log(folder.log(1)).error)
    assert json.loads(folder.scorecard.read_bytes())["agent_errors"] == 2


@pytest.mark.parametrize(
    ("target", "arguments", "message"),
    [
        ("Nobody", {}, r"agent test \(flying_agents\.Nobody\): can't be built"),
        ("Still", {"volume": 3}, r"can't be built from .*volume"),
        ("Misfit", {}, "trained with velocity, got rate"),
        ("Deaf", {}, r"has the methods reset and act, Deaf lacks \['act'\]"),
    ],
)
def test_an_agent_that_can_not_be_built_is_named_and_leaves_no_folder(tmp_path, target, arguments, message):
    with pytest.raises(ConfigError, match=message):
        evaluate(plan(target, **arguments), RunOptions(out=tmp_path / "run"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_bad_agent_is_named_from_a_worker_too(tmp_path):
    with pytest.raises(ConfigError, match="Deaf lacks"):
        evaluate(plan("Deaf"), RunOptions(out=tmp_path / "run", workers=2))


def test_an_interrupt_keeps_what_is_done(tmp_path, one_worker):
    def interrupt(result):
        if result.index == 1:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        evaluate(plan(), RunOptions(out=out), interrupt)
    card = json.loads((out / "scorecard.json").read_bytes())
    assert (card["complete"], card["figures"]["episodes"]) == (False, 2)
    evaluate(plan(), RunOptions(out=out, resume=True))
    assert contents(out) == contents(one_worker)


def test_scoring_again_gives_the_same_bytes(one_worker):
    before = contents(one_worker)
    folder = read_folder(one_worker)
    rescore(folder)
    assert contents(one_worker) == before
    harder = replace(folder.plan.rules, version=2)
    rescore(folder, harder)
    assert json.loads(folder.scorecard.read_bytes())["rules"] == "hover/2"
    rescore(folder)
    assert contents(one_worker) == before


def test_the_same_episode_has_the_same_digest(helpers_importable):
    first, again, other = (fly(Flight.of(plan(), index)).digest() for index in (2, 2, 1))
    assert first == again != other


@pytest.mark.slow
def test_random_actions_earn_less_than_5_points_on_the_course(tmp_path):
    overrides = {"scenario": {"time_limit_s": 20.0}}
    course = replace(
        plan("Random", episodes=2),
        mission="course2020",
        overrides=overrides,
        mission_config=dump(load_config("course2020", overrides)),
        rules=load_rules("course"),
    )
    evaluate(course, RunOptions(out=tmp_path / "run"))
    for result in read_results(read_folder(tmp_path / "run")):
        assert result.error is None
        assert result.score.total < 5


def test_plans_and_options_are_checked(tmp_path):
    with pytest.raises(ConfigError, match="episodes: must be at least 1, got 0"):
        plan(episodes=0)
    with pytest.raises(ConfigError, match="workers: must be at least 1, got 0"):
        RunOptions(out=tmp_path, workers=0)
    with pytest.raises(ConfigError, match="expected _target_"):
        replace(plan(), agent_config={})
    with pytest.raises(ConfigError, match="organiser"):
        replace(plan(), split="hidden")


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(LogError, match=r"run\.json: expected the manifest of a run"):
        read_folder(tmp_path)
    (tmp_path / "run.json").write_text('{"format": 7}')
    with pytest.raises(LogError, match="expected run format 1, got 7"):
        read_folder(tmp_path)

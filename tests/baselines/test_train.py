import csv
import json
import os
import re
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("stable_baselines3")

import numpy as np
import torch
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.vec_env import DummyVecEnv

from goldentime.baselines.actor import load_actor, load_card
from goldentime.baselines.checkpoint import CheckpointAgent
from goldentime.baselines.flat import FlatEnv
from goldentime.baselines.train import compose, main
from goldentime.baselines.training.envs import CHECK_SEEDS, Tally, TrainingEnv, check_seed, make_env, make_training_env
from goldentime.baselines.training.folder import ProgressTable, begin_folder
from goldentime.baselines.training.learner import make_ppo, read_checkpoint, restore, save_actor
from goldentime.baselines.training.vec import GroupedVecEnv
from goldentime.cli import main as cli
from goldentime.errors import ConfigError, GoldenTimeError
from goldentime.types import TEAM, ActionMode, Event

pytestmark = pytest.mark.train

TINY = (
    "experiment=hover_ppo",
    "envs=2",
    "ppo.n_steps=32",
    "ppo.batch_size=32",
    "ppo.n_epochs=1",
    "check.every=1000000",
    "check.episodes=1",
    "evaluation.episodes=0",
    "checkpoint_every=128",
    "tensorboard=false",
)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "progress.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("experiment", ["hover_ppo", "hover_team_ppo"])
def test_stable_baselines_finds_no_fault(experiment):
    config = compose([f"experiment={experiment}", *TINY[1:]])
    env = FlatEnv(make_env(config), config.view)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)
    env.close()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_numpy_actor_is_the_torch_actor(tmp_path, activation):
    config = compose([*TINY, f"policy.activation={activation}", "policy.hidden=[32,16]"])
    env = DummyVecEnv([partial(make_training_env, config, 0, 0)])
    model = make_ppo(config, env)
    with torch.no_grad():
        for parameter in model.policy.parameters():
            parameter.mul_(1.5)
    save_actor(tmp_path, model, config, ActionMode.RATE)
    actor = load_actor(tmp_path, load_card(tmp_path))
    features = np.random.default_rng(0).uniform(-3, 3, (500, 22)).astype(np.float32)
    expected, _ = model.predict(features, deterministic=True)
    found = np.array([actor.act(row) for row in features])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert 0.05 < np.mean(np.abs(found) < 0.99)
    env.close()


def test_training_seeds_are_drawn_by_number_and_stay_clear_of_the_checks(monkeypatch):
    config = compose(TINY)
    seeds: dict[int, list[int]] = {}
    for number in (0, 1):
        env = TrainingEnv(config, number)
        monkeypatch.setattr(env.env, "reset", lambda *, seed, n=number: seeds.setdefault(n, []).append(seed))
        for _ in range(20):
            env.reset()
        assert env.begun == 20
        env.close()
    resumed = TrainingEnv(config, 0, begun=5)
    monkeypatch.setattr(resumed.env, "reset", lambda *, seed: seeds.setdefault(2, []).append(seed))
    resumed.reset()
    assert seeds[2] == seeds[0][5:6]
    resumed.close()
    drawn = seeds[0] + seeds[1]
    assert len(set(drawn)) == 40
    assert max(drawn) < CHECK_SEEDS == check_seed(0)


@pytest.mark.slow
def test_groups_in_processes_give_what_one_process_gives():
    config = compose([*TINY, "envs=4"])
    makers = [partial(make_training_env, config, i, 0) for i in range(4)]
    rng = np.random.default_rng(0)
    actions = rng.uniform(-1, 1, (60, 4, 4)).astype(np.float32)
    together, apart = DummyVecEnv(list(makers)), GroupedVecEnv(makers, 2)
    np.testing.assert_array_equal(together.reset(), apart.reset())
    finished = 0
    for action in actions:
        one, two = together.step(action), apart.step(action)
        for a, b in zip(one[:3], two[:3], strict=True):
            np.testing.assert_array_equal(a, b)
        finished += int(one[2].sum())
    assert finished > 0
    assert together.get_attr("begun") == apart.get_attr("begun")
    together.close()
    # A fault in a process is told.
    with pytest.raises(GoldenTimeError, match="InvalidActionError"):
        apart.step(np.full((4, 4), np.nan, np.float32))
    apart.close()
    apart.close()


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "goldentime.cli", "train", *TINY, f"out={folder}", *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_a_killed_run_goes_on_where_its_checkpoint_left_off(tmp_path, capsys):
    folder = tmp_path / "run"
    with start(folder, "steps=1000000") as process:
        deadline = time.monotonic() + 120
        while not (folder / "checkpoint.pt").is_file() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        assert process.wait() == -9, process.stderr.read().decode() if process.stderr else ""
    standing, state = read_checkpoint(folder)
    assert state is not None
    assert standing.steps > 0 and standing.steps % 128 == 0
    total = standing.steps + 256
    assert main([f"resume={folder}", f"steps={total}"]) == 0
    after, new_state = read_checkpoint(folder)
    assert after.steps == total
    assert after.updates == standing.updates + 4
    assert [int(row["steps"]) for row in rows(folder)] == list(range(64, total + 1, 64))
    assert after.seconds > standing.seconds
    assert new_state is not None
    name = "action_net.weight"
    assert not torch.equal(state["policy"][name], new_state["policy"][name])
    assert [session["steps"] for session in json.loads((folder / "sessions.json").read_text())] == [0, standing.steps]
    CheckpointAgent(folder)
    # Nothing is left to do: it says so and does nothing.
    assert main([f"--resume={folder}"]) == 0
    assert read_checkpoint(folder)[0].steps == total
    assert f"trained {total:,} steps" in capsys.readouterr().out


def test_a_checkpoint_holds_weights_optimiser_and_random_generators(tmp_path, capsys):
    folder = tmp_path / "run"
    assert main([*TINY, "steps=128", f"out={folder}"]) == 0
    config = compose([*TINY, "steps=128"])
    standing, state = read_checkpoint(folder)
    assert state is not None
    drawn = []
    for _ in range(2):
        env = DummyVecEnv([partial(make_training_env, config, i, standing.begun[i]) for i in range(2)])
        model = make_ppo(config, env)
        torch.rand(7)
        restore(model, standing, state)
        drawn.append((torch.rand(3).tolist(), np.random.rand(3).tolist()))  # noqa: NPY002
        assert model.num_timesteps == 128
        assert model.policy.optimizer.state_dict()["state"]
        env.close()
    assert drawn[0] == drawn[1]


def test_a_run_folder_says_what_was_run(tmp_path, capsys):
    folder = tmp_path / "run"
    assert main([*TINY, "steps=64", "seed=7", f"out={folder}", "tensorboard=true"]) == 0
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *("actor.npz", "agent.json", "checkpoint.pt", "config.yaml", "progress.csv"),
        *("sessions.json", "tensorboard", "versions.json"),
    }
    text = (folder / "config.yaml").read_text()
    assert "seed: 7" in text and "n_steps: 32" in text
    found = json.loads((folder / "versions.json").read_text())
    assert {"python", "goldentime", "torch", "stable-baselines3", "numpy", "pybullet", "commit"} <= found.keys()
    assert [row["steps"] for row in rows(folder)] == ["64"]
    assert list((folder / "tensorboard").iterdir())
    capsys.readouterr()


def test_the_same_seed_trains_the_same_agent(tmp_path, capsys):
    for name in ("a", "b"):
        assert main([*TINY, "steps=128", f"out={tmp_path / name}"]) == 0
    assert (tmp_path / "a" / "actor.npz").read_bytes() == (tmp_path / "b" / "actor.npz").read_bytes()
    assert main([*TINY, "steps=128", "seed=1", f"out={tmp_path / 'c'}"]) == 0
    assert (tmp_path / "a" / "actor.npz").read_bytes() != (tmp_path / "c" / "actor.npz").read_bytes()


@pytest.mark.slow
def test_good_checks_stop_the_run_and_it_is_evaluated(tmp_path, capfd):
    folder = tmp_path / "run"
    settings = ["check.every=64", "check.stop_success=0.0", "evaluation.episodes=2", "steps=6400"]
    assert main([*TINY, *settings, f"out={folder}"]) == 0
    assert [row["check_success"] != "" for row in rows(folder)] == [True, True]
    card = json.loads((folder / "evaluation" / "scorecard.json").read_text())
    assert card["figures"]["episodes"] == 2
    assert "stopped early" in capfd.readouterr().out


def test_one_brain_for_a_team_is_trained_and_its_checks_tell_its_score(tmp_path, capsys):
    folder = tmp_path / "run"
    settings = ["experiment=hover_team_ppo", *TINY[1:], "check.every=64", "+overrides.scenario.time_limit_s=0.5"]
    assert main([*settings, "evaluation.episodes=2", "steps=64", f"out={folder}"]) == 0
    assert load_card(folder).drones == 2
    (row,) = rows(folder)
    assert float(row["check_success"]) == 0.0 and 0.0 <= float(row["check_score"]) < 50.0
    assert f"score {float(row['check_score']):.1f}" in capsys.readouterr().out
    assert not (folder / "evaluation").exists()


def test_a_team_has_succeeded_when_all_of_it_has():
    tally = Tally()
    tally.begin({"scenario": {"drones": [{}, {}]}})
    tally.record(None, [Event(0.0, "held", 0), Event(0.1, "held", 0)], {})  # type: ignore[arg-type]
    assert not tally.episode("held").success
    tally.record(None, [Event(0.2, "held", 1), Event(0.3, "saved", TEAM)], {})  # type: ignore[arg-type]
    assert tally.episode("held").success and tally.episode("saved").success


@pytest.mark.slow
def test_an_agent_is_met_as_in_training(tmp_path, capfd):
    folder = tmp_path / "run"
    assert main([*TINY, "steps=64", "+overrides.action_mode=velocity", f"out={folder}"]) == 0
    assert load_card(folder).action_mode is ActionMode.VELOCITY
    evaluate = ["evaluate", "mission=hover", f"agent={folder}", "episodes=1", f"out={tmp_path / 'flight'}"]
    assert call(*evaluate).returncode == 0
    refused = call(*evaluate, "mission.action_mode=waypoint", "overwrite=true")
    assert refused.returncode == 2
    assert "action_mode is waypoint, the agent was trained with velocity" in refused.stderr


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "goldentime.cli", *arguments], capture_output=True, text=True)


@pytest.mark.slow
def test_the_course_can_be_trained_on(tmp_path, capsys):
    tiny = ["envs=2", "processes=1", "ppo.n_steps=16", "ppo.batch_size=16", "ppo.n_epochs=1", "tensorboard=false"]
    folder = tmp_path / "run"
    settings = ["experiment=course_ppo", *tiny, "steps=64", "evaluation.episodes=0", f"out={folder}"]
    assert main(settings) == 0
    assert load_card(folder).action_mode is ActionMode.VELOCITY
    agent = CheckpointAgent(folder)
    env = make_env(compose(settings))
    observation, _ = env.reset(seed=0)
    agent.reset(env.unwrapped.brief)  # type: ignore[attr-defined]
    for _ in range(10):
        action = agent.act(observation)
        assert env.action_space.contains(action)
        observation, *_ = env.step(action)
    env.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "experiment: expected experiment=NAME, one of course_ppo, hover_ppo, hover_team_ppo"),
        (["experiment=nothing"], "nothing"),
        (["experiment=hover_ppo", "surprise=1"], "surprise"),
        (["experiment=hover_ppo", "+surprise=1"], "train.surprise: unknown key"),
        (["experiment=hover_ppo", "ppo.gamma=high"], r"train.ppo.gamma: .*got 'high'"),
        (["experiment=hover_ppo", "envs=0"], "train.envs: expected at least 1, got 0"),
        (["experiment=hover_ppo", "processes=3"], "train.processes: expected a divisor of envs=16, got 3"),
        (["experiment=hover_ppo", "ppo.batch_size=100"], "train.ppo.batch_size: expected a divisor"),
        (["resume=/nowhere"], "resume=/nowhere: expected the folder of a training run"),
        (["--resume"], "resume: expected resume=FOLDER"),
    ],
)
def test_a_mistake_is_told_in_one_message(arguments, message, capsys):
    assert cli(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert re.search(message, error), error


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("mission_name=nothing", "train.mission_name: expected one of"),
        ("view.features=nothing", "view.features: expected one of course, flat, hover"),
        ("view.features=course", "needs the sensors attitude"),
        ("+overrides.surprise=1", "surprise: unknown key"),
    ],
)
def test_a_mistake_in_what_is_flown_is_told_before_training(setting, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        main([*TINY, setting, f"out={tmp_path / 'run'}"])


def test_a_folder_in_use_is_not_written_to(tmp_path):
    config = compose(TINY)
    begin_folder(tmp_path / "run", config)
    with pytest.raises(ConfigError, match=r"resume=.* goes on with the run in it"):
        main([*TINY, f"out={tmp_path / 'run'}"])
    with pytest.raises(ConfigError, match="may change, got seed"):
        main([f"resume={tmp_path / 'run'}", "seed=3"])


def test_a_damaged_checkpoint_is_refused(tmp_path):
    config = compose(TINY)
    begin_folder(tmp_path / "run", config)
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"cut")
    with pytest.raises(ConfigError, match=r"checkpoint\.pt: can't be read"):
        main([f"resume={tmp_path / 'run'}"])


def test_progress_beyond_the_checkpoint_is_dropped(tmp_path):
    path = tmp_path / "progress.csv"
    table = ProgressTable(path, 0)
    for steps in (64, 128, 192):
        table.add({"steps": steps, "episodes": 1})
    with path.open("a") as file:
        file.write("256,2,0.")
    ProgressTable(path, 128).add({"steps": 192, "episodes": 5})
    assert [(row["steps"], row["episodes"]) for row in rows(tmp_path)] == [("64", "1"), ("128", "1"), ("192", "5")]


def test_help_lists_experiments_and_settings(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert "course_ppo, hover_ppo, hover_team_ppo" in text and "learning_rate: 0.001" in text

"""The loop of a training run: collect, learn, check, write down."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger

from goldentime.baselines.actor import load_actor, load_card
from goldentime.baselines.flat import FlatEnv
from goldentime.baselines.training.config import TrainConfig
from goldentime.baselines.training.envs import EPISODE_KEY, Episode, Witness, check_seed, make_env, make_training_env
from goldentime.baselines.training.folder import PROGRESS_FILE, ProgressTable, begin_session
from goldentime.baselines.training.learner import (
    Checkpoint,
    make_ppo,
    read_checkpoint,
    restore,
    save_actor,
    save_checkpoint,
    set_rate,
)
from goldentime.baselines.training.progress import Standing, View
from goldentime.baselines.training.vec import make_vec_env
from goldentime.eval.config import rules_of
from goldentime.eval.score.score import score
from goldentime.types import ActionMode

__all__ = ["fly_checks", "train"]

_RECENT = 100
"""Episodes over which reward and success are averaged."""

_NEVER = 2**62

_LOSSES = {
    "policy_loss": "train/policy_gradient_loss",
    "value_loss": "train/value_loss",
    "kl": "train/approx_kl",
    "clip_fraction": "train/clip_fraction",
    "explained_variance": "train/explained_variance",
}
"""Columns of the progress table and what stable-baselines3 calls them."""


class _Gather(BaseCallback):
    """Takes the finished episodes out of the infos."""

    def __init__(self) -> None:
        super().__init__()
        self.episodes: list[Episode] = []

    def _on_step(self) -> bool:
        self.episodes += [info[EPISODE_KEY] for info in self.locals["infos"] if EPISODE_KEY in info]
        return True


class _Session(NamedTuple):
    """What the loop works with."""

    config: TrainConfig
    folder: Path
    mode: ActionMode
    drones: int
    """How many the agent flies at once."""
    model: PPO
    gather: _Gather


def train(config: TrainConfig, folder: Path, view: View) -> Checkpoint:
    """Train from the folder's checkpoint, or from scratch, to the end.

    Returns:
        Where training ended.
    """
    torch.set_num_threads(config.torch_threads)
    mode, drones = _looked_at(config)
    standing, state = read_checkpoint(folder)
    begin_session(folder, standing.steps)
    begun = standing.begun or (0,) * config.envs
    with ExitStack() as stack:
        env = make_vec_env([partial(make_training_env, config, i, begun[i]) for i in range(config.envs)], config.processes)
        stack.callback(env.close)
        model = make_ppo(config, env)
        model.set_logger(Logger(folder=None, output_formats=[]))
        if state is not None:
            restore(model, standing, state)
        session = _Session(config, folder, mode, drones, model, _Gather())
        return _loop(session, standing, stack.enter_context(view))


def _looked_at(config: TrainConfig) -> tuple[ActionMode, int]:
    """The mission's action mode and drones. Mistakes in the configuration show here, before any process is started."""
    env = FlatEnv(make_env(config), config.view)
    env.reset(seed=check_seed(0))
    mode = ActionMode(env.unwrapped.brief["action_mode"])  # type: ignore[attr-defined]
    env.close()
    return mode, len(env.drones) or 1


def _loop(session: _Session, standing: Checkpoint, view: View) -> Checkpoint:
    config, folder = session.config, session.folder
    table = ProgressTable(folder / PROGRESS_FILE, standing.steps)
    with ExitStack() as stack:
        board = None
        if config.tensorboard:
            from goldentime.baselines.training.board import Board  # it loads slowly

            board = Board(folder / "tensorboard", standing.steps)
            stack.callback(board.close)
        saved = standing.steps
        while standing.steps < config.steps and not _good_enough(config, standing.checks):
            standing, row, terms = _update(session, standing)
            table.add(row)
            if board is not None:
                board.add(standing.steps, row | terms)
            view.show(_shown(config, standing, row))
            if standing.steps - saved >= config.checkpoint_every:
                _save(session, standing)
                saved = standing.steps
    _save(session, standing)
    return standing


def _update(session: _Session, standing: Checkpoint) -> tuple[Checkpoint, dict[str, Any], dict[str, float]]:
    """One rollout and one round of learning; a check when it is due.

    Returns:
        The new standing, the row of the progress table, and the mean of each term of the reward.
    """
    config, model, gather = session.config, session.model, session.gather
    start = time.perf_counter()
    gather.episodes.clear()
    rate = set_rate(model, config)
    model.learn(config.rollout, callback=gather, log_interval=_NEVER, reset_num_timesteps=False)
    learnt = time.perf_counter()
    done = gather.episodes
    checks = standing.checks
    if model.num_timesteps // config.check.every > standing.steps // config.check.every:
        save_actor(session.folder, model, config, session.mode, session.drones)
        checks = (*checks, (model.num_timesteps, *fly_checks(config, session.folder)))
    recent = (*standing.recent, *((episode.reward, episode.steps, episode.success) for episode in done))[-_RECENT:]
    new = Checkpoint(
        steps=model.num_timesteps,
        updates=model._n_updates,
        episodes=standing.episodes + len(done),
        seconds=standing.seconds + time.perf_counter() - start,
        begun=tuple(model.get_env().get_attr("begun")),  # type: ignore[union-attr]
        recent=recent,
        checks=checks,
    )
    row = _row(session, new, config.rollout / (learnt - start), rate)
    if len(checks) > len(standing.checks):
        _, row["check_success"], row["check_score"] = checks[-1]
    return new, row, _mean_terms(done)


def _row(session: _Session, standing: Checkpoint, steps_per_s: float, rate: float) -> dict[str, Any]:
    losses = session.model.logger.name_to_value
    recent = standing.recent
    means = [sum(column) / len(recent) for column in zip(*recent, strict=True)] if recent else ["", "", ""]
    return {
        "steps": standing.steps,
        "episodes": standing.episodes,
        "seconds": round(standing.seconds, 3),
        "steps_per_s": round(steps_per_s, 1),
        **dict(zip(("reward", "episode_steps", "success"), means, strict=True)),
        "learning_rate": rate,
        "noise_std": float(session.model.policy.log_std.detach().exp().mean()),
        **{column: float(losses[name]) for column, name in _LOSSES.items() if name in losses},
    }


def _mean_terms(episodes: Iterable[Episode]) -> dict[str, float]:
    """Mean of each term of the reward over episodes."""
    found = list(episodes)
    kinds = sorted({kind for episode in found for kind in episode.terms})
    return {f"terms/{kind}": sum(e.terms.get(kind, 0.0) for e in found) / len(found) for kind in kinds}


def _shown(config: TrainConfig, standing: Checkpoint, row: dict[str, Any]) -> Standing:
    reward, success = (None if row[name] == "" else row[name] for name in ("reward", "success"))
    check = standing.checks[-1][1:] if standing.checks else None
    return Standing(standing.steps, config.steps, row["steps_per_s"], reward, success, check)


def _save(session: _Session, standing: Checkpoint) -> None:
    save_checkpoint(session.folder, session.model, standing)
    save_actor(session.folder, session.model, session.config, session.mode, session.drones)


def _good_enough(config: TrainConfig, checks: tuple[tuple[int, float, float], ...]) -> bool:
    """Whether the last checks allow to stop early."""
    goal, count = config.check.stop_success, config.check.stop_checks
    last = checks[-count:]
    return goal is not None and len(last) == count and all(success >= goal for _, success, _ in last)


def fly_checks(config: TrainConfig, folder: Path) -> tuple[float, float]:
    """The share of successes of the folder's agent and its mean score, flown without noise on the seeds kept for checks."""
    card = load_card(folder)
    actor = load_actor(folder, card)
    rules = rules_of(config.mission_name, config.overrides)
    witness = Witness()
    env = FlatEnv(make_env(config, witness), card.view)
    successes, scores = [], []
    for index in range(config.check.episodes):
        features, _ = env.reset(seed=check_seed(index))
        ended = False
        while not ended:
            features, _, terminated, truncated, _ = env.step(actor.act(features))
            ended = terminated or truncated
        successes.append(witness.tally.episode(config.success).success)
        scores.append(score(witness.log, rules).total)
    env.close()
    return float(np.mean(successes)), float(np.mean(scores))

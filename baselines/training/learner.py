"""PPO of stable-baselines3, with checkpoints that hold all of its state and unpickle nothing."""

import io
import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv
from torch import nn

from goldentime.baselines.actor import ACTOR_FILE, CARD_FILE, AgentCard
from goldentime.baselines.training.config import TrainConfig
from goldentime.baselines.training.folder import CHECKPOINT_FILE
from goldentime.errors import ConfigError
from goldentime.files import write_atomic
from goldentime.records import canonical_json, dump
from goldentime.types import ActionMode

__all__ = [
    "Checkpoint",
    "actor_arrays",
    "make_ppo",
    "read_checkpoint",
    "restore",
    "save_actor",
    "save_checkpoint",
    "set_rate",
]

FORMAT = 1


class Checkpoint(NamedTuple):
    """Where training stands, besides what PPO itself holds."""

    steps: int = 0
    updates: int = 0
    episodes: int = 0
    seconds: float = 0.0
    """Time spent training, all sessions together."""
    begun: tuple[int, ...] = ()
    """Episodes that each environment has begun."""
    recent: tuple[tuple[float, int, bool], ...] = ()
    """Reward, steps and success of the last episodes."""
    checks: tuple[tuple[int, float, float], ...] = ()
    """Steps, share of successes and mean score of each check."""


def make_ppo(config: TrainConfig, env: VecEnv) -> PPO:
    """A fresh learner."""
    activation = {"tanh": nn.Tanh, "relu": nn.ReLU}[config.policy.activation]
    settings = {key: value for key, value in dump(config.ppo).items() if key != "learning_rate_end"}
    hidden = list(config.policy.hidden)
    return PPO(
        "MlpPolicy",
        env,
        seed=config.seed,
        device="cpu",
        policy_kwargs={
            "net_arch": {"pi": hidden, "vf": hidden},
            "activation_fn": activation,
            "log_std_init": config.policy.log_std_init,
        },
        **settings,
    )


def set_rate(model: PPO, config: TrainConfig) -> float:
    """Set the learning rate for the steps done so far."""
    ppo, share = config.ppo, min(1.0, model.num_timesteps / config.steps)
    rate = ppo.learning_rate + share * (ppo.learning_rate_end - ppo.learning_rate)
    model.lr_schedule = lambda _: rate
    return rate


def save_checkpoint(folder: Path, model: PPO, checkpoint: Checkpoint) -> None:
    """Write `checkpoint.pt` in one go."""
    content = {
        "format": FORMAT,
        "policy": model.policy.state_dict(),
        "optimizer": model.policy.optimizer.state_dict(),
        "random": _random_state(),
        "standing": {key: _plain(value) for key, value in checkpoint._asdict().items()},
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomic(folder / CHECKPOINT_FILE, buffer.getvalue())


def read_checkpoint(folder: Path) -> tuple[Checkpoint, dict[str, Any] | None]:
    """Where training stands and the learner's state for `restore`; the start and None where there is no checkpoint.

    Raises:
        ConfigError: the file is damaged or of another format.
    """
    path = folder / CHECKPOINT_FILE
    if not path.is_file():
        return Checkpoint(), None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] == FORMAT:
            standing = {key: _tuples(value) for key, value in content["standing"].items()}
            # Runs of former versions have no scores.
            standing["checks"] = tuple((*check, math.nan)[:3] for check in standing["checks"])
            return Checkpoint(**standing), content
    except Exception as error:  # torch raises many kinds
        raise ConfigError(f"{path}: can't be read as a checkpoint: {error}") from None
    raise ConfigError(f"{path}: expected checkpoint format {FORMAT}, got {content['format']}")


def restore(model: PPO, standing: Checkpoint, state: Mapping[str, Any]) -> None:
    """Put a fresh learner where a checkpoint left off, random generators included.

    Raises:
        ConfigError: the weights are of another architecture.
    """
    try:
        model.policy.load_state_dict(state["policy"])
        model.policy.optimizer.load_state_dict(state["optimizer"])
        _set_random_state(state["random"])
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(f"{CHECKPOINT_FILE}: does not fit the configuration: {error}") from None
    model.num_timesteps, model._n_updates = standing.steps, standing.updates


def _random_state() -> dict[str, Any]:
    """All global generators that stable-baselines3 draws from, as plain data."""
    _, keys, position, has_gauss, gauss = np.random.get_state()  # noqa: NPY002 - it shuffles with it
    kind, numbers, spare = random.getstate()
    return {
        "torch": torch.get_rng_state(),
        "numpy": [torch.from_numpy(np.asarray(keys, np.int64)), int(position), int(has_gauss), float(gauss)],
        "python": [kind, list(numbers), spare],
    }


def _set_random_state(state: Mapping[str, Any]) -> None:
    keys, position, has_gauss, gauss = state["numpy"]
    np.random.set_state(("MT19937", keys.numpy().astype(np.uint32), position, has_gauss, gauss))  # noqa: NPY002
    kind, numbers, spare = state["python"]
    random.setstate((kind, tuple(numbers), spare))
    torch.set_rng_state(state["torch"])


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def actor_arrays(model: PPO) -> dict[str, np.ndarray]:
    """The layers of the actor under their names in `actor.npz`."""
    hidden = [layer for layer in model.policy.mlp_extractor.policy_net if isinstance(layer, nn.Linear)]
    assert isinstance(model.policy.action_net, nn.Linear)
    arrays = {}
    for i, layer in enumerate([*hidden, model.policy.action_net]):
        for name, tensor in (("weight", layer.weight), ("bias", layer.bias)):
            arrays[f"{i}.{name}"] = tensor.detach().cpu().numpy().astype(np.float32)
    return arrays


def save_actor(folder: Path, model: PPO, config: TrainConfig, mode: ActionMode, drones: int = 1) -> AgentCard:
    """Write the trained agent, of so many drones: `actor.npz` and `agent.json`."""
    arrays = actor_arrays(model)
    weights = [arrays[f"{i}.weight"] for i in range(len(arrays) // 2)]
    card = AgentCard(
        mission=config.mission_name,
        action_mode=mode,
        view=config.view,
        activation=config.policy.activation,
        sizes=(weights[0].shape[1], *(weight.shape[0] for weight in weights)),
        drones=drones,
    )
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_atomic(folder / ACTOR_FILE, buffer.getvalue())
    write_atomic(folder / CARD_FILE, canonical_json(dump(card)) + b"\n")
    return card

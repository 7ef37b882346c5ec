"""The configuration of a training run: `configs/train.yaml` and one file per experiment."""

from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from goldentime.baselines.features import ViewConfig
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["CheckConfig", "EvaluationConfig", "PolicyConfig", "PpoConfig", "TrainConfig"]


@record
class PolicyConfig:
    """Actor and critic: two separate perceptrons of the same shape."""

    hidden: tuple[int, ...] = (64, 64)
    activation: Literal["tanh", "relu"] = "tanh"
    log_std_init: float = -0.5
    """Logarithm of the action noise's standard deviation at the start, in the flat action's unit."""


@record
class PpoConfig:
    """Proximal policy optimisation (Schulman et al. 2017), in the words of stable-baselines3."""

    n_steps: int = 128
    """Steps of each environment between two updates."""
    batch_size: int = 512
    n_epochs: int = 5
    learning_rate: float = 1e-3
    learning_rate_end: float = 1e-4
    """Reached after `steps`, linearly."""
    gamma: float = 0.98
    gae_lambda: float = 0.95
    clip_range: float = 0.2
    ent_coef: float = 0.0
    vf_coef: float = 0.5
    max_grad_norm: float = 0.5


@record
class CheckConfig:
    """Flights of the noiseless policy during training, on seeds that training does not use."""

    every: int = 40_000
    """Steps between two checks."""
    episodes: int = 20
    stop_success: float | None = None
    """Stop early once so many successes, as a share, ..."""
    stop_checks: int = 2
    """... came in so many checks in a row."""


@record
class EvaluationConfig:
    """The evaluation at the end, by `goldentime evaluate`; 0 episodes leave it out."""

    split: str = "public"
    episodes: int = 40
    workers: int = 1


@record
class TrainConfig:
    """All of it. The result depends on everything but `processes`, `checkpoint_every`, `tensorboard` and the folders."""

    name: str
    mission_name: str
    """Of a mission's configuration; `mission=` would choose a group in Hydra."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """What to change in it, in training and evaluation."""
    success: str
    """The event whose occurrence makes an episode a success."""
    view: ViewConfig
    policy: PolicyConfig
    ppo: PpoConfig
    check: CheckConfig
    evaluation: EvaluationConfig
    steps: int
    """Of all environments together; rounded up to whole updates."""
    seed: int
    envs: int
    processes: int
    """1 runs the environments in the training process, more share them out."""
    torch_threads: int
    checkpoint_every: int
    """Steps between two checkpoints."""
    tensorboard: bool
    out: Path | None

    def __post_init__(self) -> None:
        """Refuse numbers that can't be."""
        checkpoint = "checkpoint_every"
        for name in ("steps", "envs", "processes", "torch_threads", checkpoint):
            if getattr(self, name) < 1:
                raise ConfigError(f"train.{name}: expected at least 1, got {getattr(self, name)}")
        if self.seed < 0:
            raise ConfigError(f"train.seed: expected at least 0, got {self.seed}")
        if self.envs % self.processes:
            raise ConfigError(f"train.processes: expected a divisor of envs={self.envs}, got {self.processes}")
        if self.rollout % self.ppo.batch_size:
            raise ConfigError(
                f"train.ppo.batch_size: expected a divisor of envs * n_steps = {self.rollout}, got {self.ppo.batch_size}"
            )

    @property
    def rollout(self) -> int:
        """Steps between two updates, of all environments together."""
        return self.envs * self.ppo.n_steps

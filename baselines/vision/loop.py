"""The training loop that detector and reader share: a budget of steps or minutes, checkpoints, a moving average.

A task brings the network, its batches and its loss; the loop brings the rest. Batch number n depends on the seed and n
alone, so a run of a given number of steps that was killed and resumed sees the batches that it would have seen. A run by
minutes is as long as the machine lets it be: its rate follows the clock, and it can't be repeated to the bit.

In the folder: `config.json`, `checkpoint.pt` (network, moving average, optimiser; replaced atomically), `progress.jsonl`.
"""

import copy
import io
import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from goldentime.errors import ConfigError
from goldentime.files import append_line, pretty_json, read_lines, write_atomic
from goldentime.records import canonical_json, dump, record

__all__ = [
    "CHECKPOINT",
    "PROGRESS",
    "LoopConfig",
    "LoopEnd",
    "Task",
    "averaged_weights",
    "half_precision",
    "rate_at",
    "run_loop",
]

CHECKPOINT = "checkpoint.pt"
PROGRESS = "progress.jsonl"
_CONFIG = "config.json"
_FREE = ("check_every_s", "checkpoint_every_s", "loaders", "log_every_s", "minutes", "steps")
"""What may change when a run is resumed."""


@record
class LoopConfig:
    """How long and how fast to train."""

    steps: int | None = None
    """Updates; give these or `minutes`."""
    minutes: float | None = None
    """Of training, checks and pauses between sessions left out."""
    learning_rate: float = 2e-3
    """The peak; it rises linearly over the warm-up and falls on a cosine to 1 % at the end."""
    warmup_steps: int = 300
    weight_decay: float = 0.02
    """Of AdamW, on weights of two and more dimensions; biases and normalisations are left alone."""
    clip_norm: float = 5.0
    """Longest gradient."""
    average_decay: float = 0.998
    """Of the exponential moving average of the weights, which is what is checked and exported."""
    log_every_s: float = 20.0
    checkpoint_every_s: float = 60.0
    check_every_s: float = 300.0
    loaders: int = 1
    """Processes that make batches, at low priority; 0 makes them in the training process."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a run without an end or with two."""
        if (self.steps is None) == (self.minutes is None):
            raise ConfigError(f"train: expected either steps or minutes, got steps={self.steps}, minutes={self.minutes}")
        for name in ("steps", "minutes"):
            if (value := getattr(self, name)) is not None and not value > 0:
                raise ConfigError(f"train.{name}: expected more than 0, got {value}")
        if self.loaders < 0 or self.seed < 0:
            raise ConfigError(f"train: expected loaders and seed of at least 0, got {self.loaders} and {self.seed}")


class Task(Protocol):
    """What is trained."""

    model: nn.Module

    def batch(self, step: int) -> Any:
        """Tensors in tuples or dicts, from the seed and the step alone; called in a loader's process."""

    def loss(self, batch: Any) -> tuple[Tensor, Mapping[str, float]]:
        """The loss of `model` in training mode, and figures to log."""

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """Figures of the averaged network, in evaluation mode, on material that is not trained on."""


class LoopEnd(NamedTuple):
    """Where training ended."""

    steps: int
    seconds: float
    model: nn.Module
    """The averaged network, in evaluation mode."""


class _State:
    """What a checkpoint holds."""

    def __init__(self, task: Task, config: LoopConfig) -> None:
        self.model, self.average = task.model, copy.deepcopy(task.model).eval()
        for weight in self.average.parameters():
            weight.requires_grad_(False)
        weights = [w for w in self.model.parameters() if w.requires_grad]
        groups = [
            {"params": [w for w in weights if w.ndim > 1], "weight_decay": config.weight_decay},
            {"params": [w for w in weights if w.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, foreach=True)
        self.steps, self.seconds = 0, 0.0

    def save(self, path: Path) -> None:
        """Write everything, so that a kill leaves the old checkpoint or the new one."""
        buffer = io.BytesIO()
        parts = {name: getattr(self, name).state_dict() for name in ("model", "average", "optimiser")}
        torch.save({**parts, "steps": self.steps, "seconds": self.seconds}, buffer)
        write_atomic(path, buffer.getvalue())

    def load(self, path: Path) -> None:
        """Take up a checkpoint."""
        stored = torch.load(path, weights_only=True, map_location="cpu")
        for name in ("model", "average", "optimiser"):
            getattr(self, name).load_state_dict(stored[name])
        self.steps, self.seconds = stored["steps"], stored["seconds"]

    def follow(self, decay: float) -> None:
        """Draw the average towards the weights; quickly at first, when the weights are far from where they will be."""
        share = 1 - min(decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), share)
            for kept, new in zip(self.average.buffers(), self.model.buffers(), strict=True):
                kept.copy_(new)


def half_precision() -> torch.autocast:
    """A context for forward passes: bfloat16 where the processor computes in it; elsewhere it is ten times slower."""
    able = torch.cpu.get_capabilities()
    return torch.autocast("cpu", torch.bfloat16, enabled=bool(able.get("avx512_bf16") or able.get("amx_bf16")))


def averaged_weights(folder: Path) -> dict[str, Tensor]:
    """The moving average in a folder's checkpoint, at any time of the training.

    Raises:
        ConfigError: there is no checkpoint.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        raise ConfigError(f"{path}: expected a checkpoint of a training, there is none")
    weights: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")["average"]
    return weights


def rate_at(progress: float, step: int, config: LoopConfig) -> float:
    """The learning rate: linear warm-up, then a cosine from the peak to a hundredth of it at `progress` 1."""
    warm = min(1.0, (step + 1) / max(config.warmup_steps, 1))
    return config.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))


def run_loop(task: Task, config: LoopConfig, folder: Path) -> LoopEnd:
    """Train in `folder`, from its checkpoint if it has one, to the end of the budget.

    Raises:
        ConfigError: the folder holds a run of another configuration.
    """
    _begin_folder(folder, config)
    state = _State(task, config)
    if (folder / CHECKPOINT).is_file():
        state.load(folder / CHECKPOINT)
        _forget_after(folder, state.steps)
    try:
        _train(task, config, state, folder)
    except KeyboardInterrupt:
        state.save(folder / CHECKPOINT)
        raise
    state.save(folder / CHECKPOINT)
    return LoopEnd(state.steps, state.seconds, state.average)


def _begin_folder(folder: Path, config: LoopConfig) -> None:
    path = folder / _CONFIG
    if path.is_file():
        old, new = json.loads(path.read_text("utf-8")), dump(config)
        if changed := [key for key in new if new[key] != old.get(key) and key not in _FREE]:
            pairs = ", ".join(f"{key} {old.get(key)} is now {new[key]}" for key in changed)
            raise ConfigError(f"{folder}: holds a run of another configuration: {pairs}; choose another folder")
    write_atomic(path, pretty_json(dump(config)))


def _forget_after(folder: Path, steps: int) -> None:
    """Drop the lines about steps that are lost because no checkpoint followed them."""
    path = folder / PROGRESS
    if not path.is_file():
        return
    kept = [canonical_json(row) + b"\n" for row in read_lines(path) if row["step"] <= steps]
    write_atomic(path, b"".join(kept))


class _Batches(Dataset[Any]):
    """A task's batches by the number of their step."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __getitem__(self, step: int) -> Any:
        return self._task.batch(step)


def _be_patient(_: int) -> None:
    os.nice(5)
    torch.set_num_threads(1)


def _batches(task: Task, config: LoopConfig, start: int) -> Iterator[Any]:
    loaders = config.loaders
    # Forked loaders share the task's pictures with the trainer instead of copying them.
    extra: dict[str, Any] = {"prefetch_factor": 6, "multiprocessing_context": "fork"} if loaders else {}
    return iter(
        DataLoader(
            _Batches(task),
            batch_size=None,
            sampler=count(start),  # endless: the loop knows when to stop
            num_workers=loaders,
            worker_init_fn=_be_patient,
            generator=torch.Generator().manual_seed(config.seed),
            **extra,
        )
    )


def _progress(state: _State, config: LoopConfig) -> float:
    """How much of the budget is used, 1 at the end."""
    if config.steps is not None:
        return state.steps / config.steps
    assert config.minutes is not None
    return state.seconds / (60 * config.minutes)


class _Means:
    """Running means of what a step reports, between two lines of the log."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, figures: Mapping[str, float]) -> None:
        self._count += 1
        for key, value in figures.items():
            self._sums[key] = self._sums.get(key, 0.0) + float(value)

    def take(self) -> dict[str, float]:
        found = {key: round(value / self._count, 5) for key, value in self._sums.items()}
        self._sums, self._count = {}, 0
        return found


def _train(task: Task, config: LoopConfig, state: _State, folder: Path) -> None:
    batches, means = _batches(task, config, state.steps), _Means()
    logged = saved = checked = time.monotonic()
    logged_steps, begun = state.steps, time.monotonic()
    while _progress(state, config) < 1:
        figures = _step(task, config, state, next(batches))
        means.add(figures)
        now = time.monotonic()
        state.seconds += now - begun
        begun = now
        over = _progress(state, config) >= 1
        if over or now - logged >= config.log_every_s:
            pace = (state.steps - logged_steps) / max(now - logged, 1e-9)
            _note(folder, state, {**means.take(), "steps_per_s": round(pace, 3)})
            logged, logged_steps = now, state.steps
        if now - saved >= config.checkpoint_every_s:
            state.save(folder / CHECKPOINT)
            saved = now
        if over or now - checked >= config.check_every_s:
            _note(folder, state, {f"check_{key}": value for key, value in task.check(state.average).items()})
            begun = logged = checked = time.monotonic()
            logged_steps = state.steps


def _step(task: Task, config: LoopConfig, state: _State, batch: Any) -> Mapping[str, float]:
    """One update."""
    rate = rate_at(_progress(state, config), state.steps, config)
    for group in state.optimiser.param_groups:
        group["lr"] = rate
    state.model.train()
    state.optimiser.zero_grad(set_to_none=True)
    loss, figures = task.loss(batch)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise FloatingPointError(f"the loss of step {state.steps} is {value}; train again with a lower learning_rate")
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), config.clip_norm, foreach=True)
    state.optimiser.step()
    state.steps += 1
    state.follow(config.average_decay)
    return {"loss": value, **figures, "rate": rate}


def _note(folder: Path, state: _State, figures: Mapping[str, float]) -> None:
    row = {"step": state.steps, "seconds": round(state.seconds, 1), **figures}
    append_line(folder / PROGRESS, row)
    print(" ".join(f"{key}={value}" for key, value in row.items()), flush=True)

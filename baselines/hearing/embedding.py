"""The linear layer on a speaker embedding that tells man, woman and child apart: one convex fit, no training loop."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from goldentime.baselines.hearing.voices import VoiceTask
from goldentime.perception.hearing_net_embedding import load_speaker_net
from goldentime.perception.hearing_spectra import RATE_HZ
from goldentime.perception.hearing_voice import VOICES
from goldentime.rng import stream

__all__ = ["fit_head", "train_head"]

_PER_LENGTH = 16


def train_head(task: VoiceTask, count: int, seed: int) -> nn.Linear:
    """Embed `count` disguised voices of the task and fit the layer to them.

    Raises:
        MissingDependencyError: `resemblyzer` is not installed.
    """
    net = load_speaker_net()
    rows, classes = [], []
    for number in range(-(-count // _PER_LENGTH)):
        rng = stream(seed, "hearing.embedding", number)
        length = int(rng.uniform(0.6, 1.4) * RATE_HZ / 1024) * 1024
        sounds, voices = task.sounds(length, _PER_LENGTH, rng)
        rows.append(net.embed(np.stack(sounds)))
        classes += voices
    return fit_head(torch.from_numpy(np.concatenate(rows)), torch.tensor(classes))


def fit_head(rows: Tensor, classes: Tensor, decay: float = 3e-4) -> nn.Linear:
    """Multinomial logistic regression with quadratic decay, by L-BFGS.

    Args:
        rows: (n, features).
        classes: (n,) as in `VOICES`.
    """
    head = nn.Linear(rows.shape[1], len(VOICES))
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = cross_entropy(head(rows), classes) + decay * head.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say what it takes
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]  # torch does not say what it takes
    return head

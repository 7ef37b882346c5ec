"""Man, woman or child from a well-kept embedding of speakers, the comparison for our own voice net.

The embedding is that of the package `resemblyzer` (`pip install resemblyzer`, Apache 2.0): a recurrent network that was
trained to tell thousands of recorded speakers apart (Wan et al. 2018, "Generalized end-to-end loss for speaker
verification", ICASSP). Only its weights are used, not its code. What stands here on top is one linear layer.
"""

from functools import lru_cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from goldentime.errors import MissingDependencyError
from goldentime.perception.hearing_spectra import RATE_HZ
from goldentime.perception.hearing_voice import VOICES
from goldentime.perception.weights import read_weights, weights_bytes

__all__ = ["EmbeddingTeller", "SpeakerNet", "head_bytes", "load_embedding_teller", "load_speaker_net"]

_WINDOW, _STEP, _BANDS, _SIZE = 400, 160, 40, 256
_RMS = 10 ** (-30 / 20)
"""Loudness at which the embedding was trained."""
_HEAD = "goldentime hearing embedding 1"


class SpeakerNet(nn.Module):
    """(n, frames, 40) mel power -> (n, 256) embeddings of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(_BANDS, _SIZE, 3, batch_first=True)
        self.linear = nn.Linear(_SIZE, _SIZE)

    def forward(self, mel: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(mel)
        return nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)

    def embed(self, signals: NDArray[np.floating]) -> NDArray[np.float32]:
        """(n, samples) at 16 kHz -> (n, 256)."""
        with torch.inference_mode():
            return np.asarray(self(torch.from_numpy(mel_power(signals))).numpy(), np.float32)


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float32]:
    from librosa.filters import mel

    return np.asarray(mel(sr=RATE_HZ, n_fft=_WINDOW, n_mels=_BANDS), np.float32)


def mel_power(signals: NDArray[np.floating]) -> NDArray[np.float32]:
    """(n, samples) at 16 kHz -> (n, frames, 40), as the embedding was trained: power in Slaney's mel bands."""
    loud = np.sqrt(np.mean(np.square(signals), axis=-1, keepdims=True))
    level = np.asarray(signals * (_RMS / np.maximum(loud, 1e-9)), np.float32)
    padded = np.pad(level, [(0, 0), (_WINDOW // 2, _WINDOW // 2)])
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=-1)[:, ::_STEP]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)
    power = np.abs(np.fft.rfft(views * window, axis=-1)) ** 2
    return np.asarray(power @ _filters().T, np.float32)


def load_speaker_net() -> SpeakerNet:
    """The network with the weights that come with `resemblyzer`.

    Raises:
        MissingDependencyError: the package is not installed.
    """
    found = find_spec("resemblyzer")
    if found is None or not found.submodule_search_locations:
        raise MissingDependencyError("the speaker embedding needs resemblyzer; install it: pip install resemblyzer")
    path = Path(found.submodule_search_locations[0]) / "pretrained.pt"
    weights = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
    net = SpeakerNet()
    net.load_state_dict({key: value for key, value in weights.items() if key.startswith(("lstm.", "linear."))})
    return net.eval()


class EmbeddingTeller:
    """Man, woman or child by a linear layer on the embedding; a `VoiceTeller` of `hearing`."""

    def __init__(self, net: SpeakerNet, head: nn.Linear) -> None:
        self._net, self._head = net, head

    def tell(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """(3,) shares of a signal (samples,) at 16 kHz."""
        with torch.inference_mode():
            logits = self._head(torch.from_numpy(self._net.embed(np.asarray(signal)[None])))
            return np.asarray(torch.softmax(logits[0], -1).numpy(), np.float32)


def head_bytes(head: nn.Linear) -> bytes:
    """The linear layer as a file's content."""
    return weights_bytes(_HEAD, head.state_dict())


def load_embedding_teller(path: Path | None = None) -> EmbeddingTeller:
    """The embedding with the linear layer of a checkpoint, the shipped one if none is named.

    Raises:
        MissingDependencyError: `resemblyzer` is not installed.
        ConfigError: the file is missing or holds something else.
    """
    net, head = load_speaker_net(), nn.Linear(_SIZE, len(VOICES))
    if path is not None:
        head.load_state_dict(read_weights(path, _HEAD)[0])
    else:
        shipped = files("goldentime") / "baselines" / "checkpoints" / "hearing_embedding.safetensors"
        with as_file(shipped) as file:
            head.load_state_dict(read_weights(file, _HEAD)[0])
    return EmbeddingTeller(net, head)

"""A trained policy as plain numbers, run by NumPy: flying it needs no PyTorch, and reading it runs no code.

agent.json   architecture, features and action mode
actor.npz    per layer `<i>.weight` (outputs, inputs) and `<i>.bias` (outputs,), float32
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.features import ViewConfig
from goldentime.errors import ConfigError
from goldentime.records import load, record
from goldentime.types import ActionMode

__all__ = ["ACTOR_FILE", "CARD_FILE", "Actor", "AgentCard", "Layer", "load_actor", "load_card"]

CARD_FILE, ACTOR_FILE = "agent.json", "actor.npz"


@record
class AgentCard:
    """`agent.json`: what is needed to fly a trained policy besides its weights."""

    format: Literal[1] = 1
    mission: str
    """Name of the mission's configuration that it was trained on."""
    action_mode: ActionMode
    view: ViewConfig
    activation: Literal["tanh", "relu"]
    sizes: tuple[int, ...]
    """Width of the features, of each hidden layer, and of the flat action."""
    drones: int = 1
    """How many it flies at once, see `goldentime.baselines.flat.FlatEnv`."""


class Layer(NamedTuple):
    """One affine map: `weight @ x + bias`."""

    weight: NDArray[np.float32]
    """Shape (outputs, inputs)."""
    bias: NDArray[np.float32]
    """Shape (outputs,)."""


class Actor:
    """A multilayer perceptron: the mean of the policy, clipped to [-1, 1]."""

    def __init__(self, layers: Sequence[Layer], activation: Literal["tanh", "relu"]) -> None:
        self._layers, self._tanh = tuple(layers), activation == "tanh"

    def act(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The flat action of one feature vector."""
        x = features
        for weight, bias in self._layers[:-1]:
            x = weight @ x + bias
            x = np.tanh(x) if self._tanh else np.maximum(x, 0.0)
        weight, bias = self._layers[-1]
        return np.asarray(np.clip(weight @ x + bias, -1.0, 1.0), np.float32)


def load_card(folder: Path) -> AgentCard:
    """Read `agent.json`.

    Raises:
        ConfigError: it is missing or not what it should be.
    """
    path = folder / CARD_FILE
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: expected a run folder of goldentime train, can't be read ({error.strerror})") from None
    except ValueError as error:
        raise ConfigError(f"{path}: expected JSON, got {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a JSON object, got {type(data).__name__}")
    return load(AgentCard, data, str(path))


def load_actor(folder: Path, card: AgentCard) -> Actor:
    """Read `actor.npz`; nothing in it is unpickled.

    Raises:
        ConfigError: it is missing, damaged, or does not fit the card.
    """
    path = folder / ACTOR_FILE
    pairs = list(zip(card.sizes, card.sizes[1:], strict=False))
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            layers = [_layer(file[f"{i}.weight"], file[f"{i}.bias"]) for i in range(len(pairs))]
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror or error})") from None
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ConfigError(f"{path}: expected {len(pairs)} layers of numbers: {error}") from None
    if not all(np.isfinite(array).all() for layer in layers for array in layer):
        raise ConfigError(f"{path}: some weights are not finite")
    for i, (layer, (inputs, outputs)) in enumerate(zip(layers, pairs, strict=True)):
        shapes = layer.weight.shape, layer.bias.shape
        if shapes != ((outputs, inputs), (outputs,)):
            raise ConfigError(f"{path}: layer {i}: expected shapes {((outputs, inputs), (outputs,))}, got {shapes}")
    return Actor(layers, card.activation)


def _layer(weight: NDArray[np.float32], bias: NDArray[np.float32]) -> Layer:
    return Layer(np.ascontiguousarray(weight, np.float32), np.asarray(bias, np.float32))

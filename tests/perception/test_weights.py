"""Files of networks' weights."""

import pytest

torch = pytest.importorskip("torch")

from goldentime.errors import ConfigError  # noqa: E402 - after the check for what is imported
from goldentime.perception.weights import read_weights, weights_bytes  # noqa: E402 - likewise

pytestmark = pytest.mark.train

WEIGHTS = {"b": torch.tensor([0.5, -2.0]), "a": torch.arange(6).reshape(2, 3)}
NOTES = {"열쇠": "값", **{f"note{i}": str(i) for i in range(6)}}


def test_equal_weights_are_equal_bytes():
    assert len({weights_bytes("test/1", WEIGHTS, NOTES) for _ in range(20)}) == 1


def test_weights_and_notes_come_back(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(weights_bytes("test/1", WEIGHTS, NOTES))
    weights, notes = read_weights(path, "test/1")
    assert notes == {"format": "test/1", **NOTES}
    assert weights.keys() == WEIGHTS.keys()
    assert all(torch.equal(weights[key], value) for key, value in WEIGHTS.items())
    with pytest.raises(ConfigError, match=r"'test/2'.*got 'test/1'"):
        read_weights(path, "test/2")

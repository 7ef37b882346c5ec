"""Splits of seeds."""

import pytest

from goldentime.errors import ConfigError
from goldentime.eval.splits import PUBLIC_START, episode_seed


def test_splits_are_disjoint_and_fixed():
    assert [episode_seed("public", i) for i in range(3)] == [1_000_000_000, 1_000_000_001, 1_000_000_002]
    assert episode_seed("train", 0) == 0
    assert episode_seed("train", PUBLIC_START - 1) < episode_seed("public", 0)


@pytest.mark.parametrize(
    ("split", "index", "message"),
    [
        ("hidden", 0, "organiser's secret.*referee"),
        ("test", 0, "expected one of train, public, hidden, got 'test'"),
        ("train", 1_000_000_000, "episodes 0 to 999999999, got 1000000000"),
        ("public", -1, "got -1"),
    ],
)
def test_other_seeds_are_refused(split, index, message):
    with pytest.raises(ConfigError, match=message):
        episode_seed(split, index)

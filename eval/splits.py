"""Splits: named sets of episode seeds.

| split | seeds | use |
|---|---|---|
| `train` | 0 to 999,999,999 | training and tuning; `env.reset(seed=...)` with a small number is in it |
| `public` | 1,000,000,000 + index | comparison: everybody flies the same episodes |
| `hidden` | from an organiser's secret, above 2**62 | the contest; comes with the referee |

The ranges are disjoint: a method that only saw `train` has seen no episode of the others. Seeds that follow one another
are as independent as any, since every stream hashes its seed (`goldentime.rng`).
"""

from goldentime.errors import ConfigError

__all__ = ["PUBLIC_START", "SPLITS", "episode_seed"]

PUBLIC_START = 1_000_000_000
_SIZE = 1_000_000_000

SPLITS = ("train", "public", "hidden")


def episode_seed(split: str, index: int) -> int:
    """The seed of one episode of a split.

    Raises:
        ConfigError: there is no such split or episode, or the split is `hidden`.
    """
    if split not in SPLITS:
        raise ConfigError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
    if split == "hidden":
        raise ConfigError(
            "split=hidden: its seeds are derived from an organiser's secret, which only the referee holds; "
            "use split=public to compare agents"
        )
    if not 0 <= index < _SIZE:
        raise ConfigError(f"split {split} has the episodes 0 to {_SIZE - 1}, got {index}")
    return index + (PUBLIC_START if split == "public" else 0)

"""Splits: named sets of episode seeds.

| split | seeds | use |
|---|---|---|
| `train` | 0 to 999,999,999 | training and tuning; `env.reset(seed=...)` with a small number is in it |
| `public` | 1,000,000,000 + index | comparison: everybody flies the same episodes |
| `hidden-EPOCH` | from an organiser's secret, 2**62 and above | the contest's round EPOCH (`eval.referee.secret`) |

The ranges are disjoint: a method that only saw `train` has seen no episode of the others. Seeds that follow one another
are as independent as any, since every stream hashes its seed (`goldentime.rng`).
"""

from goldentime.errors import ConfigError
from goldentime.eval.referee.secret import check_epoch, epoch_key, hidden_seed, read_secret

__all__ = ["PUBLIC_START", "SPLITS", "check_split", "episode_seed", "epoch_of"]

PUBLIC_START = 1_000_000_000
_SIZE = 1_000_000_000

SPLITS = ("train", "public", "hidden")

_HIDDEN = "hidden-"


def epoch_of(split: str) -> str | None:
    """The epoch of a hidden split; None for the others."""
    return split.removeprefix(_HIDDEN) if split.startswith(_HIDDEN) else None


def check_split(split: str, index: int) -> None:
    """Whether an episode exists; needs no secret.

    Raises:
        ConfigError: there is no such split or episode, or the split is `hidden` without an epoch.
    """
    epoch = epoch_of(split)
    if epoch is not None:
        check_epoch(epoch)
    elif split == "hidden":
        raise ConfigError(
            "split=hidden: its seeds are derived from an organiser's secret, which only the referee holds, for an epoch: "
            "split=hidden-EPOCH; use split=public to compare agents"
        )
    elif split not in SPLITS:
        raise ConfigError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
    if not 0 <= index < _SIZE:
        raise ConfigError(f"split {split} has the episodes 0 to {_SIZE - 1}, got {index}")


def episode_seed(split: str, index: int, mission: str = "") -> int:
    """The seed of one episode of a split.

    Args:
        mission: name of its file in `configs/mission`; hidden seeds differ by mission, the others don't.

    Raises:
        ConfigError: there is no such split or episode, or the split is hidden and the secret is not at hand.
    """
    check_split(split, index)
    epoch = epoch_of(split)
    if epoch is not None:
        return hidden_seed(epoch_key(read_secret(), epoch), mission, index)
    return index + (PUBLIC_START if split == "public" else 0)

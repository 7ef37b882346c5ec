"""Named random streams.

Each consumer draws from a stream of its own, so that adding one sensor can't move the wind. A stream is addressed by the
episode seed and a name; further integers tell apart equal consumers (drone 0, drone 1).
"""

from zlib import crc32

import numpy as np

__all__ = ["chain", "fresh_seed", "stream"]


def stream(seed: int, name: str, *keys: int) -> np.random.Generator:
    """The random generator of one consumer in one episode.

    Args:
        seed: the episode's seed, any non-negative integer; 0 is a seed like others.
        name: the consumer, such as `"scenario"` or `"sensor.lidar"`.
        keys: indices that separate equal consumers, such as a drone's number.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()), *keys))
    return np.random.default_rng(sequence)


def fresh_seed() -> int:
    """A 63-bit seed from the operating system's entropy, for `reset(seed=None)`."""
    return int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)


def chain(seed: int) -> np.random.Generator:
    """The generator that unseeded resets draw their seeds from, after a reset with `seed`.

    Environments show it, so unlike a `stream` it does not carry the seed that it came from.
    """
    return np.random.default_rng(stream(seed, "chain").integers(2**63, size=4))

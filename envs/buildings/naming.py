"""What the plates of a building say."""

import numpy as np

from goldentime.envs.buildings.uses import WORDS
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signage.vocabulary import ROOMS, of_pool
from goldentime.envs.signs import TextLine

__all__ = ["plate_lines"]

Rng = np.random.Generator


def plate_lines(number: int, use: str, pool: Pool, rng: Rng) -> tuple[TextLine, ...]:
    """The text of the plate of a room: its number, mostly with what it is, in Korean or in both languages."""
    pairs = [pair for pair in of_pool(ROOMS, pool) if pair[0] in WORDS.get(use, ())]
    chance, which = float(rng.random()), float(rng.random())
    if not pairs or chance < 0.25:
        text = f"{number}호" if which < 0.6 else f"{number}"
        return (TextLine(text=text),)
    korean, english = pairs[int(which * len(pairs))]
    if chance < 0.6:
        return (TextLine(text=f"{number} {korean}"),)
    if chance < 0.8:
        return TextLine(text=f"{number}"), TextLine(text=korean, scale=0.7)
    if chance < 0.9:
        return (TextLine(text=f"{number} {english}"),)
    return TextLine(text=f"{number} {korean}"), TextLine(text=english, scale=0.55)

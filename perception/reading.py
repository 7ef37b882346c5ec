"""Reading signs in a picture: find the sign, cut its lines out straight, spell them.

The networks were trained on signs of this simulator (`goldentime train perception=reader`). PyTorch and OpenCV are loaded
with the first reader, not with this module.
"""

import math
from collections.abc import Sequence
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.records import record

if TYPE_CHECKING:
    from goldentime.perception.reading_alphabet import Spelling
    from goldentime.perception.reading_find import FoundSign
    from goldentime.perception.reading_lines import FoundLine
    from goldentime.perception.reading_net import Networks

__all__ = ["Reader", "Reading", "load_reader"]

_SHIPPED = "reader.safetensors"

Floats = NDArray[np.float32]
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@record
class Reading:
    """One sign."""

    text: str
    """All that is written, from top to bottom, lines joined by a space."""
    lines: tuple[str, ...]
    quad: Quad
    """[px] the corners of its face: upper left, upper right, lower right, lower left; of its text where no face is seen."""
    confidence: float
    """The network's own estimate that every character is right, in [0, 1]; mended words count as they were read."""


class Reader:
    """Texts from pictures.

    Args:
        networks: as `read_networks` gives them.
        lexicon: words that may stand on signs, to mend doubtful readings with; none means that it reads letter by letter.
    """

    def __init__(self, networks: "Networks", lexicon: Sequence[str] | None = None) -> None:
        self._networks = networks
        self._lexicon = tuple(lexicon or ())

    def read(self, rgb: NDArray[np.uint8]) -> list[Reading]:
        """All signs in a picture, from left to right.

        Args:
            rgb: (height, width, 3) uint8. Letters of 12 and more pixels of height can be read.

        Raises:
            ConfigError: the picture has another shape or type.
        """
        from goldentime.perception.reading_find import find_signs

        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or min(rgb.shape[:2]) < 32:
            raise ConfigError(f"rgb: expected (height, width, 3) uint8 of at least 32 px, got {rgb.shape} {rgb.dtype}")
        signs = find_signs(self._networks.finder, rgb)
        spelled = iter(self._spell(rgb, [line for sign in signs for line in sign.lines]))
        readings = [self._reading(sign, [next(spelled) for _ in sign.lines]) for sign in signs]
        return [reading for reading in readings if reading.text]

    def cut(self, rgb: NDArray[np.uint8]) -> list[list[NDArray[np.uint8]]]:
        """The lines of each sign cut out straight, for other readers: (40, width, 3) uint8 each."""
        from goldentime.perception.reading_find import find_signs
        from goldentime.perception.reading_lines import strip

        return [
            [strip(rgb, line.quad, line.down) for line in sign.lines] for sign in find_signs(self._networks.finder, rgb)
        ]

    def _spell(self, rgb: NDArray[np.uint8], lines: "list[FoundLine]") -> "list[Spelling]":
        """The text of each line: the surer one of two looks. All go through the network together."""
        import torch

        from goldentime.perception.reading_alphabet import spell
        from goldentime.perception.reading_lines import RIMS, cut_line
        from goldentime.perception.reading_net import COLUMN_PX, LINE_PX

        if not lines:
            return []
        pictures = [cut_line(rgb, line.quad, line.down, rim) for rim in RIMS for line in lines]
        width = -(-max(picture.shape[1] for picture in pictures) // 32) * 32
        batch = np.zeros((len(pictures), 1, LINE_PX, width), np.float32)
        for row, picture in zip(batch, pictures, strict=True):
            row[0, :, : picture.shape[1]] = picture
        with torch.inference_mode():
            chances, best = self._networks.line(torch.from_numpy(batch)).max(-1)
        columns = [-(-picture.shape[1] // COLUMN_PX) for picture in pictures]
        shares = chances.exp().numpy()
        texts = [spell(kinds[:n], share[:n]) for kinds, share, n in zip(best.numpy(), shares, columns, strict=True)]
        looks = [texts[start : start + len(lines)] for start in range(0, len(texts), len(lines))]
        return [max(same, key=_certainty) for same in zip(*looks, strict=True)]

    def _reading(self, sign: "FoundSign", spelled: "list[Spelling]") -> Reading:
        from goldentime.perception.hangul import clean
        from goldentime.perception.reading_alphabet import COVERED
        from goldentime.perception.reading_lexicon import mend, tidy

        texts = []
        for part in spelled:
            text = tidy(part.text)
            text = mend(text, part.confidence, self._lexicon) if self._lexicon else text
            texts.append(clean(text.strip(COVERED + " ")))  # what is covered at the ends can't be told from an edge
        lines = tuple(_rows(sign.lines, texts))
        certain = [chance for part in spelled for chance in part.confidence]
        quad = tuple((float(x), float(y)) for x, y in sign.quad)
        return Reading(text=" ".join(lines), lines=lines, quad=quad, confidence=math.prod(certain))  # type: ignore[arg-type]


def _certainty(spelling: "Spelling") -> float:
    """The probability that every character is right; nothing read is never right."""
    return math.prod(spelling.confidence) if spelling.text else -1.0


def _rows(lines: "list[FoundLine]", texts: list[str]) -> list[str]:
    """Texts with those that stand beside one another in one row joined from left to right."""
    rows: list[list[int]] = []
    for number, line in enumerate(lines):
        last = lines[rows[-1][-1]] if rows else None
        if last is not None and not line.down and not last.down and _beside(last.quad, line.quad):
            rows[-1].append(number)
        else:
            rows.append([number])
    ordered = [sorted(row, key=lambda number: float(lines[number].quad[0, 0])) for row in rows]
    return [text for row in ordered if (text := " ".join(texts[number] for number in row if texts[number]))]


def _beside(a: Floats, b: Floats) -> bool:
    """Whether two lines lie on one straight line without lying over one another."""
    apart = a[1, 0] <= b[0, 0] + 2 or b[1, 0] <= a[0, 0] + 2
    first, second = (a, b) if a[0, 0] < b[0, 0] else (b, a)
    middle = (first[1, 1] + first[2, 1]) / 2
    size = min(first[2, 1] - first[1, 1], second[3, 1] - second[0, 1])
    return bool(apart and abs(middle - (second[0, 1] + second[3, 1]) / 2) < 0.4 * size)


def load_reader(path: Path | None = None, lexicon: Sequence[str] | None = None) -> Reader:
    """A reader from a checkpoint, the shipped one if none is named.

    Args:
        path: a file of `goldentime train perception=reader`.
        lexicon: words that may stand on signs.

    Raises:
        MissingDependencyError: PyTorch, safetensors or OpenCV is not installed.
        ConfigError: the file is missing or holds something else.
    """
    needed = {"torch": "PyTorch", "safetensors": "safetensors", "cv2": "OpenCV"}
    if absent := [name for module, name in needed.items() if find_spec(module) is None]:
        raise MissingDependencyError(
            f"the reader needs {' and '.join(absent)}; install the extra: pip install 'goldentime[train]' "
            "(from a clone: pip install -e '.[train]')"
        )
    from goldentime.perception.reading_net import read_networks

    if path is not None:
        return Reader(read_networks(path), lexicon)
    with as_file(files("goldentime") / "baselines" / "checkpoints" / _SHIPPED) as shipped:
        return Reader(read_networks(shipped), lexicon)

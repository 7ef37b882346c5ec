"""Faces of signs as flat pictures with the text and place of every line: what a reader is trained on.

Sheets have far more variety than signs of scenes: half of their texts mean nothing. They show the training pool's words and
fonts only; Latin letters come in the fonts of Matplotlib as well. A folder holds `sheets_000.npz` and on, each with
`pictures` (JPEG files one after another), `ends` (where each ends) and `notes` (JSON: one `SheetNote` per picture).
"""

import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from goldentime.envs.signage.fonts import pool_fonts
from goldentime.envs.signage.layout import glyphs
from goldentime.envs.signs import HIDDEN, Language, SignKind, SignSpec, SignVariety, draw_sign, line_box, sign_image
from goldentime.eval.dataset.sheet_texts import random_lines
from goldentime.files import write_atomic
from goldentime.records import dump, load, record
from goldentime.rng import stream

__all__ = ["SheetConfig", "SheetLine", "SheetNote", "make_sheets", "read_sheets"]

_QUALITY = 92
_LONGEST_PX = 1600


@record
class SheetConfig:
    """What sheets are made."""

    n: int = 30_000
    """Signs."""
    shard: int = 1_000
    """Signs per file."""
    letter_px: float = 72.0
    """Size of a sign's largest letters."""
    meaningless: float = 0.55
    """Share of the signs whose text is random."""
    seed: int = 0


@record
class SheetLine:
    """One line of text on a sheet."""

    text: str
    """What can be seen: a run of covered characters is one `envs.signage.truth.HIDDEN`."""
    box_px: tuple[float, float, float, float]
    """Left, upper, right, lower edge of the ink."""


@record
class SheetNote:
    """The truth about one sheet."""

    lines: tuple[SheetLine, ...]
    corner: float
    """Radius of the face's corners as a fraction of the shorter side."""
    vertical: bool
    """Characters stand below one another."""
    latin: bool
    """No Hangul on it."""


@cache
def _latin_fonts() -> tuple[str, ...]:
    from matplotlib import get_data_path

    names = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono")
    return tuple(str(Path(get_data_path()) / "fonts" / "ttf" / f"{name}.ttf") for name in names)


def _draw(config: SheetConfig, number: int) -> SignSpec:
    rng = stream(config.seed, "sign_sheets", number)
    language = tuple(Language)[int(rng.choice(3, p=(0.5, 0.28, 0.22)))]
    lines = random_lines(language, rng) if rng.random() < config.meaningless else None
    foreign = lines is not None and language is Language.EN and rng.random() < 0.5
    fonts = pool_fonts("train") + (_latin_fonts() if foreign else ())
    variety = SignVariety(fonts=fonts, words="train", wear=(0.0, 0.6), soot=(0.0, 0.4), covered=0.08)
    kinds = tuple(SignKind)
    return draw_sign(kinds[int(rng.integers(len(kinds)))], rng, variety, language=language, lines=lines)


def seen_line(spec: SignSpec, number: int) -> str:
    """A line's text with one `HIDDEN` for each run of covered characters."""
    text = spec.lines[number].text
    for cover in spec.covers:
        if cover.line == number:
            text = text[: cover.start] + HIDDEN + text[cover.stop :]
    return text


def _note(spec: SignSpec, scale: float) -> SheetNote:
    lines = []
    for number in range(len(spec.lines)):
        left, top, right, bottom = (round(edge * scale, 1) for edge in line_box(spec, number))
        lines.append(SheetLine(text=seen_line(spec, number), box_px=(left, top, right, bottom)))
    return SheetNote(lines=tuple(lines), corner=spec.corner, vertical=spec.vertical, latin=spec.text.isascii())


def _sheet(config: SheetConfig, number: int) -> tuple[bytes, SheetNote]:
    spec = _draw(config, number)
    scale = min(config.letter_px / max(glyph.letter_m for glyph in glyphs(spec)), _LONGEST_PX / max(spec.size_m))
    file = io.BytesIO()
    Image.fromarray(sign_image(spec, scale)[..., :3]).save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue(), _note(spec, scale)


def _shard(config: SheetConfig, numbers: Sequence[int]) -> bytes:
    sheets = [_sheet(config, number) for number in numbers]
    pictures = b"".join(picture for picture, _ in sheets)
    notes = json.dumps([dump(note) for _, note in sheets], ensure_ascii=False).encode()
    file = io.BytesIO()
    np.savez(
        file,
        pictures=np.frombuffer(pictures, np.uint8),
        ends=np.cumsum([len(picture) for picture, _ in sheets]),
        notes=np.frombuffer(notes, np.uint8),
    )
    return file.getvalue()


def make_sheets(folder: Path, config: SheetConfig) -> None:
    """Draw all sheets of a configuration that the folder does not hold yet: 4 ms each."""
    for shard, first in enumerate(range(0, config.n, config.shard)):
        path = folder / f"sheets_{shard:03d}.npz"
        if not path.is_file():
            write_atomic(path, _shard(config, range(first, min(first + config.shard, config.n))))
            print(f"{path.name}: {min(first + config.shard, config.n)} of {config.n}", flush=True)


def read_sheets(folder: Path) -> tuple[list[NDArray[np.uint8]], list[SheetNote]]:
    """All sheets of a folder: JPEG files as bytes, and their notes."""
    pictures: list[NDArray[np.uint8]] = []
    notes: list[SheetNote] = []
    for path in sorted(folder.glob("sheets_*.npz")):
        with np.load(path) as shard:
            rows: list[dict[str, Any]] = json.loads(shard["notes"].tobytes())
            pictures += np.split(shard["pictures"], shard["ends"][:-1])
        notes += [load(SheetNote, row, str(path)) for row in rows]
    return pictures, notes

"""The Korean letters of a page, cut out of an installed font, so that it reads on machines without one."""

import base64
import io
from importlib.util import find_spec
from typing import Any

__all__ = ["font_css"]

_FONT = "NanumGothic"
_FIRST = "\u1100"
"""The first code point that common Latin fonts lack: Hangul Jamo."""


def font_css(text: str) -> str:
    """A `@font-face` with the East Asian letters of a text; empty where there are none, or no font or no fontTools to cut
    it with: the browser's own fonts then have to do."""
    letters = {letter for letter in text if letter >= _FIRST}
    if not letters or find_spec("fontTools") is None or find_spec("PIL") is None:
        return ""
    from goldentime.envs.signage.fonts import font_names, font_path

    if _FONT not in font_names():
        return ""
    data = base64.b64encode(_subset(str(font_path(_FONT)), letters)).decode()
    return f'@font-face{{font-family:"Replay Korean";src:url(data:font/woff;base64,{data}) format("woff")}}'


def _subset(path: str, letters: set[str]) -> bytes:
    from fontTools import subset

    options: Any = subset.Options(flavor="woff", hinting=False, layout_features=[])
    # Sources of hinting, which fontTools would complain about.
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]
    cutter, buffer = subset.Subsetter(options), io.BytesIO()
    cutter.populate(text="".join(sorted(letters)))
    with subset.load_font(path, options) as font:
        cutter.subset(font)
        subset.save_font(font, buffer, options)
    return buffer.getvalue()

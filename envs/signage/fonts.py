"""Fonts by name, out of packages that are installed as data; none of their code is run.

`koreanize-matplotlib` brings Nanum Gothic and `pylopdf-fonts-ko` Noto Sans KR and Noto Serif KR, both under the SIL Open
Font License. Any other font is named by the path of its file.
"""

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from goldentime.errors import ConfigError

__all__ = ["font_names", "font_path", "load_font", "missing_glyphs", "pool_fonts"]

_SUFFIXES = {".ttf", ".otf", ".ttc"}
# Import package, pip package, and its files below the import package.
_PACKAGES = (
    (
        "koreanize_matplotlib",
        "koreanize-matplotlib",
        {
            "NanumGothicLight": "fonts/NanumGothicLight.ttf",
            "NanumGothic": "fonts/NanumGothic.ttf",
            "NanumGothicBold": "fonts/NanumGothicBold.ttf",
            "NanumGothicExtraBold": "fonts/NanumGothicExtraBold.ttf",
        },
    ),
    (
        "pylopdf_fonts_ko",
        "pylopdf-fonts-ko",
        {"NotoSansKR": "NotoSansKR-Regular.otf", "NotoSerifKR": "NotoSerifKR-Regular.otf"},
    ),
)
# A face and a weight that no training picture shows.
_TEST_FONTS = ("NanumGothicExtraBold", "NotoSansKR")
# No font maps this code point, so that it shows the font's mark for what it lacks.
_NO_CHARACTER = "\uffff"
_TRIAL_PX = 32.0


@cache
def _installed() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for module, _, files in _PACKAGES:
        spec = find_spec(module)  # finds the folder without running the package
        for folder in (spec.submodule_search_locations or []) if spec else []:
            paths = {name: Path(folder) / file for name, file in files.items()}
            found |= {name: path for name, path in paths.items() if path.is_file()}
    return found


def font_names() -> tuple[str, ...]:
    """The fonts that the installed packages bring, in a fixed order."""
    return tuple(_installed())


def pool_fonts(pool: Literal["all", "train", "test"]) -> tuple[str, ...]:
    """The installed fonts of a pool, in a fixed order: tests have a face and a weight of their own.

    Raises:
        ConfigError: none of them is installed.
    """
    fonts = tuple(name for name in font_names() if pool == "all" or (name in _TEST_FONTS) == (pool == "test"))
    if not fonts:
        raise ConfigError(f"fonts: none of the pool {pool!r} is installed; pip install 'goldentime[see]' brings all")
    return fonts


def font_path(name: str) -> Path:
    """The file of a font.

    Args:
        name: one of `font_names()`, or the path of a font file.

    Raises:
        ConfigError: no such font; the message lists what is installed and the packages that bring more.
    """
    if name in _installed():
        return _installed()[name]
    path = Path(name)
    if path.suffix.lower() in _SUFFIXES:
        if path.is_file():
            return path
        raise ConfigError(f"font: there is no file {name!r}")
    known = ", ".join(font_names()) or "none"
    sources = "; ".join(f"pip install {package} brings {', '.join(files)}" for _, package, files in _PACKAGES)
    raise ConfigError(f"font: no font {name!r}; installed: {known}. {sources}. A path of a font file is taken as well.")


@lru_cache(maxsize=128)
def load_font(name: str, size_px: float) -> ImageFont.FreeTypeFont:
    """A font at a letter size, without shaping: each character is one glyph, the same on every machine.

    Raises:
        ConfigError: no such font, or its file is damaged.
    """
    path = font_path(name)
    try:
        return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise ConfigError(f"font: {path} can't be read as a font ({error})") from None


@lru_cache(maxsize=16384)
def _has_glyph(name: str, character: str) -> bool:
    font = load_font(name, _TRIAL_PX)
    mask, absent = font.getmask(character), font.getmask(_NO_CHARACTER)
    return mask.size != absent.size or bytes(mask) != bytes(absent)


def missing_glyphs(name: str, text: str) -> str:
    """The characters of a text that a font would show as its mark for a missing glyph, each once."""
    return "".join(character for character in dict.fromkeys(text) if not _has_glyph(name, character))

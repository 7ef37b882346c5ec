"""Signs: what other modules need of them.

`draw_sign` draws a `SignSpec`, `sign_image` paints it, `PlacedSign` puts it into the world, and `visible_text` says what
can be read of `spec.text`. The parts lie in `signage/`. Pillow and the fonts come with the extra `goldentime[see]`.
"""

from goldentime.envs.signage.fonts import font_names, font_path, load_font, missing_glyphs, pool_fonts
from goldentime.envs.signage.generate import SignVariety, draw_sign
from goldentime.envs.signage.layout import line_box
from goldentime.envs.signage.picture import sign_image
from goldentime.envs.signage.pose import PlacedSign, face_corners, rect_corners, sign_body, sign_fixings
from goldentime.envs.signage.spec import Colour, Cover, Language, Mounting, Pictogram, Rect, SignKind, SignSpec, TextLine
from goldentime.envs.signage.truth import HIDDEN, hidden_text, visible_text
from goldentime.envs.signage.vocabulary import Words, lexicon

__all__ = [
    "HIDDEN",
    "Colour",
    "Cover",
    "Language",
    "Mounting",
    "Pictogram",
    "PlacedSign",
    "Rect",
    "SignKind",
    "SignSpec",
    "SignVariety",
    "TextLine",
    "Words",
    "draw_sign",
    "face_corners",
    "font_names",
    "font_path",
    "hidden_text",
    "lexicon",
    "line_box",
    "load_font",
    "missing_glyphs",
    "pool_fonts",
    "rect_corners",
    "sign_body",
    "sign_fixings",
    "sign_image",
    "visible_text",
]

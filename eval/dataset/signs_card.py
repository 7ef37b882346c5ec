"""The data card of signs data sets."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldentime.eval.dataset.card import bands, card_text, counted, table

__all__ = ["signs_card"]

Row = Mapping[str, Any]

_WHAT = """\
Pictures of drawn streets and floors that each look at a sign, Korean, English or both: COCO's JSON (`annotations.json`)
with further fields, and `crops/`, the lines of text upright and flat, listed in `crops.csv`. Everything is synthetic."""

_FIELDS = """\
Of annotations, besides those of detection sets (`bbox`, `visibility`, `occlusion`, `transmittance`, `thing`):

- `text`: all that is written, Unicode NFC, lines joined by a space; `visible_text`: the same with □ for every covered
  character; `covered`: the covered pieces. A reader of what is there answers the second, one that infers the first.
- `language` (ko, en, mixed), `kind`, `mounting`, `vertical`, `height_m` (of the face's centre above the floor).
- `face_px`: corners of the face, `lines[].corners_px`: of the box around each line's ink: upper left, upper right, lower
  right, lower left as its reader has them, [px] from the picture's upper left corner; they may lie outside the picture.
- `letter_px`: height of a line's ink (of vertical writing its width), of a sign that of its largest line.
- `angle_deg` between the line of sight and the face's normal, `face_distance_m` from the eye to the face's middle.

Crops: lines wholly in the picture, at most a fifth hidden, seen at 65 degrees or less; a margin of 0.12 of the height."""

_LIMITS = """\
Fonts and words are few compared with a real street; no handwriting, no moving picture, no neon tubes. Signs seen from
behind or too flat to have corners are left out, though they may be in the picture."""

_BANDS = (
    ("letter height [px]", "letter_px", (0, 8, 16, 24, 32, 48, 1000)),
    ("distance [m]", "face_distance_m", (0, 2, 4, 6, 8, 100)),
    ("angle [deg]", "angle_deg", (0, 20, 40, 60, 90)),
    ("transmittance", "transmittance", (0, 0.15, 0.5, 0.9, 1)),
)


def signs_card(
    statement: Mapping[str, Any], images: Sequence[Row], annotations: Sequence[Row], crops: Sequence[Row]
) -> bytes:
    """The file `card.md`."""
    covered = sum(bool(row["covered"]) for row in annotations)
    counts = f"{len(images)} images, {len(annotations)} signs ({covered} partly covered), {len(crops)} crops of lines."
    parts = [
        ("What it is", _WHAT),
        ("Fields", _FIELDS),
        ("Counts", counts),
        ("By language", table(("language", "signs"), counted(annotations, "language"))),
        ("By kind", table(("kind", "signs"), counted(annotations, "kind"))),
    ]
    parts += [(f"By {name}", table((name, "signs"), bands(annotations, key, edges))) for name, key, edges in _BANDS]
    return card_text("Golden Time signs data set", [*parts, ("Limits", _LIMITS)], statement)

"""What can be read on a sign, and what must be inferred."""

from goldentime.envs.signage.spec import Cover, SignSpec

__all__ = ["HIDDEN", "hidden_text", "visible_text"]

HIDDEN = "\u25a1"
"""Stands for each covered character; no vocabulary uses it."""


def hidden_text(spec: SignSpec, cover: Cover) -> str:
    """The characters behind one cover."""
    return spec.lines[cover.line].text[cover.start : cover.stop]


def visible_text(spec: SignSpec) -> str:
    """`spec.text` with `HIDDEN` for every covered character that is not a space."""
    lines = [list(line.text) for line in spec.lines]
    for cover in spec.covers:
        row = lines[cover.line]
        for index in range(cover.start, cover.stop):
            row[index] = " " if row[index] == " " else HIDDEN
    return " ".join("".join(row) for row in lines)

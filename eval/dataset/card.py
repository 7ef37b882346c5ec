"""Data cards: what a set is, how it was made, what is in it, and what it is not."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from goldentime.eval.dataset.catalogue import LICENCE
from goldentime.records import canonical_json

__all__ = ["FILMS", "SOUND", "bands", "card_text", "counted", "table"]

Row = Mapping[str, Any]

_PICTURES = """\
People are derived from MakeHuman's CC0 data, fonts on signs are under the Open Font Licence; everything else is made by
Golden Time's own code."""
SOUND = """\
Voices of the default speech bank are the output of free synthesisers, each under the terms that envs/assets/LICENSES.md
lists; those of another bank are under its own. Everything else is made by Golden Time's own code."""
"""Where sets of sound come from."""
FILMS = f"{_PICTURES} {SOUND}"
"""Where sets of films with sound come from."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def bands(rows: Sequence[Row], key: str, edges: Sequence[float]) -> list[tuple[str, int]]:
    """How many rows have a value between each two edges, the last one included."""
    counts, _ = np.histogram([row[key] for row in rows], edges)
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    return list(zip(names, counts.tolist(), strict=True))


def counted(rows: Iterable[Row], key: str) -> list[tuple[str, int]]:
    """How often each value of a key comes, the most frequent first."""
    found = Counter(str(row[key]) for row in rows if row[key])
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def card_text(
    title: str, parts: Sequence[tuple[str, str]], statement: Mapping[str, Any], origins: str = _PICTURES
) -> bytes:
    """A card: titled parts, then how to make the same set again, and under which terms what is in it stands."""
    lines = [f"# {title}", ""]
    for name, text in parts:
        lines += [f"## {name}", "", text, ""]
    lines += [
        "## Made by", "",
        f"Golden Time {statement['goldentime']}, `goldentime dataset make {statement['kind']}`, with", "",
        "```json", canonical_json(statement["config"]).decode(), "```", "",
        "The same configuration gives the same bytes on the same machine; `SHA256SUMS` lists them, `dcat.jsonld` is the",
        "entry for catalogues.", "",
        "## Licence", "",
        f"{LICENCE[0]} ({LICENCE[1]}).", origins, "",
    ]  # fmt: skip
    return "\n".join(lines).encode()

"""Strangers' texts made fit for a page: escaping is the template's task, but a name can also hide, reverse or flood."""

import unicodedata
from collections.abc import Iterable

from goldentime.eval.board.standings import Team

__all__ = ["shown", "team_labels"]

_LONGEST = 60
_MARKS = 2
"""Combining marks that one letter keeps; piles of them paint over the lines above."""


def shown(text: str, longest: int = _LONGEST) -> str:
    """A text in which nothing is invisible: controls, bidirectional overrides and zero-width letters become `<U+202E>`."""
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > _MARKS:
            continue
        hidden = kind.startswith("C") or kind in ("Zl", "Zp") or letter in "\u115f\u1160\u3164\uffa0"
        kept.append(f"<U+{ord(letter):04X}>" if hidden else " " if kind == "Zs" else letter)
    whole = " ".join("".join(kept).split())
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def team_labels(teams: Iterable[Team]) -> dict[Team, str]:
    """What each team is called on the pages; those who would look alike get four digits of their page's name behind it."""
    every = sorted(set(teams))
    plain = {team: shown(team.name) or "<>" for team in every}
    looks = [unicodedata.normalize("NFKC", plain[team]).casefold() for team in every]
    alike = {look for look in looks if looks.count(look) > 1}
    return {
        team: f"{plain[team]} #{team.page[-4:]}" if look in alike else plain[team]
        for team, look in zip(every, looks, strict=True)
    }

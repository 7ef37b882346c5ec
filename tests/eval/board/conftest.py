"""Ledgers by hand: entries as they come out of a verified one, without keys and flights."""

from typing import Any

import numpy as np
import pytest

from goldentime.eval.board.standings import Board, board_of
from goldentime.eval.referee.artifacts import Artifact
from goldentime.eval.referee.chain import Link
from goldentime.eval.referee.entries import Body, Entry, Opening, Refusal, RunEntry, Summary, Withdrawal
from goldentime.eval.referee.findings import Place
from goldentime.eval.score.aggregate import bootstrap, wilson
from goldentime.records import dump

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def summary(team: str | None, points: list[float], **changes: Any) -> Summary:
    """A run of hover in which every episode ended well."""
    told: dict[str, Any] = {
        "team": team,
        "submission": None,
        "mission": "hover",
        "agent": "agent",
        "split": "public",
        "rules": "hover/1",
        "planned": len(points),
        "complete": True,
        "outcomes": {"ok": len(points)},
        "totals": {str(index): total for index, total in enumerate(points)},
        "total": bootstrap(np.array(points)[:, None], 500)[0] if points else None,
        "success_rate": wilson(sum(total >= 50 for total in points), len(points)) if points else None,
    }
    return Summary(**{**told, **changes})


def run(name: str, told: Summary) -> RunEntry:
    return RunEntry(run=name, manifest=Artifact(bytes=1, sha256="0" * 64), blocks="", summary=told)


def links(*bodies: Body) -> list[Link]:
    """What a verified ledger holds; a minute between entries."""
    first = Opening(name=f"Test {HOSTILE}", public_key="ab" * 32)
    found = []
    for index, body in enumerate([first, *bodies]):
        time = f"2026-01-31T10:{index:02d}:00Z"
        kind = {Opening: "opening", RunEntry: "run", Refusal: "refusal", Withdrawal: "withdrawal"}.get(type(body), "other")
        entry = Entry(index=index, kind=kind, time=time, previous="0" * 64, body=dump(body))
        found.append(Link(entry, body, f"{index:064x}", Place(0, 1)))
    return found


@pytest.fixture(scope="session")
def by_hand():
    """Makers of entries: `summary`, `run`, `links`."""
    return {"summary": summary, "run": run, "links": links}


@pytest.fixture(scope="session")
def season() -> Board:
    """Teams with hostile names, ties, a failed run, one to be repeated, a broken-off one, a refusal and a withdrawal."""
    good, poor = [80.0, 82.0, 85.0, 79.0, 90.0, 81.0, 88.0], [10.0, 20.0, 5.0, 0.0, 12.0, 9.0, 15.0]
    bodies: list[Body] = [
        run("a1", summary("금빛", poor)),
        run("b1", summary(HOSTILE, good)),
        run("a2", summary("금빛", [total + (-1) ** i for i, total in enumerate(good)])),
        run("c1", summary("\u202eevil\u200b", poor)),
        run("c2", summary("\u202eevil\u200b", [0.0] * 7, outcomes={"crashed": 7})),
        run("d1", summary("d", good[:3], planned=7, complete=False)),
        run("d2", summary("d", [99.0] * 7, outcomes={"ok": 6, "infrastructure_error": 1})),
        run("b2", summary(HOSTILE, [100.0] * 7)),
        run("s1", summary("금빛", good, mission="signs", rules="signs/1")),
        run("n1", summary(None, poor)),
        Refusal(team="e", submission=None, mission="hover", split="public", outcome="refused_submission", reason=HOSTILE),
        Withdrawal(run="b2", reason=f"asked for {HOSTILE}"),
    ]
    return board_of(links(*bodies), {})

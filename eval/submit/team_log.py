"""What a team may read of its run: its own output, its times, the list of its episodes. No seed, no scenario, no truth.

team/episodes.jsonl   by episode: outcome and end reason, and per agent the `Account` without its output
team/0000.txt         what the agents of an episode printed
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goldentime.eval.outcomes import outcome_of
from goldentime.eval.wire.account import Account
from goldentime.files import write_atomic
from goldentime.records import canonical_json, dump

__all__ = ["episode_files", "list_episodes"]

_FOLDER = "team"


def episode_files(index: int, reason: str, accounts: Sequence[Account]) -> dict[str, bytes]:
    """What is to be kept of one episode, by path in the run's folder; nothing where no submission flew."""
    if not accounts:
        return {}
    told: list[dict[str, Any]] = [dump(account) for account in accounts]
    output = [_heading(number, len(told), row) + row.pop("output") for number, row in enumerate(told)]
    line = {"episode": index, "outcome": outcome_of(reason), "reason": reason, "agents": told}
    return {
        f"{_FOLDER}/{index:04d}.txt": "\n".join(output).encode("utf-8", "replace"),
        f"{_FOLDER}/{index:04d}.json": canonical_json(line) + b"\n",
    }


def list_episodes(folder: Path) -> None:
    """Gather the episodes' lines in one file, in their order."""
    lines = [path.read_bytes() for path in sorted(folder.glob("[0-9]*.json"))]
    if lines:
        write_atomic(folder / "episodes.jsonl", b"".join(lines))


def _heading(number: int, count: int, row: dict[str, Any]) -> str:
    drone = f"drone {number}: " if count > 1 else ""
    failed = f" {row['text']}" if row["text"] else ""
    dropped = f"; {row['dropped_bytes']} bytes more were dropped" if row["dropped_bytes"] else ""
    return f"--- {drone}{row['outcome']}{failed}{dropped}\n"

"""What a ledger says for a board: runs with their standing, refusals, and who they are of.

A run is *ranked* if all its episodes were flown, at least one ended well, and it is its team's last such run in its task:
the last and not the best, since the best of many noisy means flatters whoever tries often. Failed runs don't take the place
of an earlier one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from goldentime.eval.referee.chain import Link
from goldentime.eval.referee.entries import Opening, Refusal, Reveal, RunEntry, Summary, Withdrawal
from goldentime.eval.splits import epoch_of
from goldentime.records import canonical_json, record

__all__ = ["Board", "Refused", "Run", "Standing", "Task", "Team", "board_of", "standing_of"]

_NOBODY = "-"
"""A submission without a team that never flew has no agent's name either."""


class Standing(StrEnum):
    """What a run is to the ranking."""

    RANKED = "ranked"
    EARLIER = "earlier"
    """Sound, and followed by another sound run of the same team."""
    FAILED = "failed"
    """No episode ended well."""
    INCOMPLETE = "incomplete"
    REPEAT = "repeat"
    """The referee's machine failed, which is never charged to the team."""
    WITHDRAWN = "withdrawn"


class Team(NamedTuple):
    """Whose runs they are; a run without a team is of its agent's name, which is another than the team of that name."""

    name: str
    named: bool = True

    @property
    def page(self) -> str:
        """What its page is called: names are strangers' and may hold anything."""
        return "team-" + hashlib.sha256(canonical_json([self.name, self.named])).hexdigest()[:16]


class Task(NamedTuple):
    """Runs that can be compared: the same mission, seeds, rules, number of episodes and configuration."""

    split: str
    mission: str
    rules: str
    episodes: int
    config: str | None
    """Digest of the mission's configuration; None where no manifest is at hand."""

    @property
    def page(self) -> str:
        """What its page is called."""
        return "task-" + hashlib.sha256(canonical_json(list(self))).hexdigest()[:16]


@record
class Run:
    """A run as the board has it."""

    index: int
    """Of its entry in the ledger."""
    time: str
    name: str
    team: Team
    task: Task
    summary: Summary
    standing: Standing
    withdrawal: str | None = None
    """Why it was withdrawn."""
    public: bool
    """Whether its worlds may be shown: they are hidden until the epoch's key is revealed."""


@record
class Refused:
    """A submission that never flew."""

    index: int
    time: str
    team: Team
    refusal: Refusal


@record
class Board:
    """All that is shown but pictures of the flights."""

    name: str
    public_key: str
    head: str
    """Hash of the ledger's last line."""
    entries: int
    time: str
    """Of the last entry."""
    runs: tuple[Run, ...]
    refused: tuple[Refused, ...]


def standing_of(summary: Summary) -> Standing:
    """What a run is by itself: `RANKED` if it can be."""
    if summary.outcomes.get("infrastructure_error"):
        return Standing.REPEAT
    if not summary.complete or {*summary.totals} != {str(index) for index in range(summary.planned)}:
        return Standing.INCOMPLETE
    return Standing.RANKED if summary.outcomes.get("ok") else Standing.FAILED


def board_of(links: Sequence[Link], configs: Mapping[str, str]) -> Board:
    """Read a ledger that was verified.

    Args:
        configs: digests of the missions' configurations by the names of runs, as far as manifests are at hand.
    """
    bodies = [link.body for link in links]
    opening = next(body for body in bodies if isinstance(body, Opening))
    withdrawn = {body.run: body.reason for body in bodies if isinstance(body, Withdrawal)}
    revealed = {body.epoch for body in bodies if isinstance(body, Reveal)}
    runs = []
    for link in links:
        if isinstance(link.body, RunEntry):
            body, epoch = link.body, epoch_of(link.body.summary.split)
            run = Run(
                index=link.entry.index,
                time=link.entry.time,
                name=body.run,
                team=_team(body.summary.team, body.summary.agent),
                task=_task(body.summary, configs.get(body.run)),
                summary=body.summary,
                standing=Standing.WITHDRAWN if body.run in withdrawn else standing_of(body.summary),
                withdrawal=withdrawn.get(body.run),
                public=epoch is None or epoch in revealed,
            )
            runs.append(run)
    last = {(run.team, run.task): run.index for run in runs if run.standing is Standing.RANKED}
    refused = [
        Refused(index=link.entry.index, time=link.entry.time, team=_team(link.body.team, _NOBODY), refusal=link.body)
        for link in links
        if isinstance(link.body, Refusal)
    ]
    return Board(
        name=opening.name,
        public_key=opening.public_key,
        head=links[-1].hash,
        entries=len(links),
        time=links[-1].entry.time,
        runs=tuple(_behind(run, last) for run in runs),
        refused=tuple(refused),
    )


def _team(team: str | None, agent: str) -> Team:
    return Team(agent, named=False) if team is None else Team(team)


def _task(summary: Summary, config: str | None) -> Task:
    return Task(summary.split, summary.mission, summary.rules, summary.planned, config)


def _behind(run: Run, last: Mapping[tuple[Team, Task], int]) -> Run:
    """The run, which is an earlier one if another came after it."""
    if run.standing is not Standing.RANKED or last[run.team, run.task] == run.index:
        return run
    return replace(run, standing=Standing.EARLIER)

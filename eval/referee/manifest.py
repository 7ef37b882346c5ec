"""The manifest of a run: what was flown, judged by what, on what, with which outcome, and the hash of every file.

`manifest.json` lies in the run's folder as one line of canonical JSON. It may be published at once: it holds neither seeds
nor secrets, and the hash of a log whose seed is hidden tells nothing about it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.folder import BLOCKS, MANIFEST, RunFolder, read_versions
from goldentime.eval.log import versions
from goldentime.eval.log_files import load_log
from goldentime.eval.referee.artifacts import Artifact, blocks_of, fingerprint, names_below
from goldentime.eval.referee.entries import Summary
from goldentime.eval.referee.host import Checkout, Host, checkout, host, images_of, scorer_digest
from goldentime.eval.results import Result, result_of
from goldentime.eval.score.aggregate import Aggregate, aggregate
from goldentime.files import utc_now, write_atomic
from goldentime.records import canonical_json, digest, dump, load, record

__all__ = [
    "EpisodeEntry",
    "Facts",
    "Manifest",
    "Outcome",
    "Submission",
    "make_manifest",
    "read_manifest",
    "summary_of",
    "world_digest",
    "write_manifest",
]

FORMAT = 1


class Outcome(StrEnum):
    """What became of an episode; the list is closed."""

    OK = "ok"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    INVALID_ACTION = "invalid_action"
    REFUSED_SUBMISSION = "refused_submission"
    INFRASTRUCTURE_ERROR = "infrastructure_error"
    """Never charged to the team."""


@record
class Submission:
    """What a team handed in."""

    name: str
    sha256: str
    """Of the archive."""


@record
class Facts:
    """What only the referee knows about a run."""

    team: str | None = None
    submission: Submission | None = None
    commitment: str | None = None
    """Of the epoch's hidden seeds."""
    images: dict[str, str] = field(default_factory=dict)
    """Digests of container images by their part in the run, such as `agent`; what follows from the plan is added."""
    limits: dict[str, Any] = field(default_factory=dict)
    """What the agent was held to, JSON-able."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """By episode; what is not here follows from the log."""


@record
class EpisodeEntry:
    """One episode."""

    index: int
    outcome: Outcome
    reason: str
    """Why it ended, in the mission's words."""
    success: bool
    total: float
    """Points."""
    world: str
    """What was flown in (`world_digest`)."""
    log: str
    """Digest of the log's content (`EpisodeLog.digest`)."""
    acts: int
    act_median_ms: float
    act_max_ms: float


@record
class Scorer:
    """What made points of logs."""

    version: str
    digest: str
    """Of its source (`host.scorer_digest`)."""


@record
class RulesEntry:
    """The rules of the run; all of them are in `run.json`."""

    name: str
    version: int
    digest: str


@record
class Times:
    """When the run was, in UTC; None where the run's folder does not say."""

    started: str | None
    ended: str | None
    wall_s: float | None
    manifest: str
    """When this was written."""


@record
class Manifest:
    """`manifest.json`."""

    format: int = FORMAT
    run: str
    """Name of the folder."""
    team: str | None
    submission: Submission | None
    mission: str
    agent: str
    split: str
    planned: int
    complete: bool
    plan: str
    """Digest of the plan in `run.json`."""
    config: str
    """Digest of the mission's resolved configuration."""
    rules: RulesEntry
    scorer: Scorer
    commitment: str | None
    checkout: Checkout | None
    versions: dict[str, str]
    """That the episodes were flown with."""
    host: Host
    images: dict[str, str]
    limits: dict[str, Any]
    times: Times
    episodes: tuple[EpisodeEntry, ...]
    figures: Aggregate | None
    """Means and intervals, as in `scorecard.json`."""
    artifacts: dict[str, Artifact]
    """By path in the folder."""


def make_manifest(folder: RunFolder, facts: Facts, artifacts: dict[str, Artifact]) -> Manifest:
    """Describe a run as its folder is now; scores are computed from the logs.

    Args:
        artifacts: fingerprints of its files.

    Raises:
        LogError: a log is damaged.
    """
    plan = folder.plan
    results: list[Result] = []
    episodes = []
    for index in folder.logged():
        log = load_log(folder.log(index))
        result = result_of(log, plan.rules)
        results.append(result)
        episodes.append(_episode(result, facts.outcomes, world_digest(log.header), log.timing))
    return Manifest(
        run=folder.path.resolve().name,
        team=facts.team,
        submission=facts.submission,
        mission=plan.mission,
        agent=plan.agent,
        split=plan.split,
        planned=plan.episodes,
        complete=len(episodes) == plan.episodes,
        plan=digest(plan),
        config=hashlib.sha256(canonical_json(plan.mission_config)).hexdigest(),
        rules=RulesEntry(name=plan.rules.name, version=plan.rules.version, digest=digest(plan.rules)),
        scorer=Scorer(version=versions()["goldentime"], digest=scorer_digest()),
        commitment=facts.commitment,
        checkout=checkout(),
        versions=read_versions(folder.path),
        host=host(),
        images={**images_of(plan.agent_config), **facts.images},
        limits=facts.limits,
        times=_times(folder.timing),
        episodes=tuple(episodes),
        figures=aggregate([result.score for result in results]),
        artifacts=artifacts,
    )


def world_digest(header: Mapping[str, Any]) -> str:
    """SHA-256 over an episode's seed and scenario, by the header of its log.

    The seed is in it so that nobody can try out which of a few worlds a hidden one is.
    """
    scenario = hashlib.sha256(canonical_json(header["scenario"])).hexdigest()
    return hashlib.sha256(canonical_json([header["seed"], scenario])).hexdigest()


def _episode(result: Result, outcomes: Mapping[int, Outcome], world: str, timing: Mapping[str, float]) -> EpisodeEntry:
    return EpisodeEntry(
        index=result.index,
        outcome=outcomes.get(result.index, _outcome(result)),
        reason=result.reason,
        success=result.score.success,
        total=result.score.total,
        world=world,
        log=result.digest,
        acts=int(timing["acts"]),
        act_median_ms=timing["act_median_ms"],
        act_max_ms=timing["act_max_ms"],
    )


def _outcome(result: Result) -> Outcome:
    if result.error is None:
        return Outcome.OK
    invalid = result.error.startswith("goldentime.errors.InvalidActionError")
    return Outcome.INVALID_ACTION if invalid else Outcome.CRASHED


def _times(timing: Path) -> Times:
    try:
        told = json.loads(timing.read_bytes())
    except (OSError, ValueError):
        told = {}
    return Times(started=told.get("started"), ended=told.get("ended"), wall_s=told.get("wall_s"), manifest=utc_now())


def write_manifest(folder: RunFolder, facts: Facts | None = None) -> Manifest:
    """Write `blocks.json` and then `manifest.json`.

    Raises:
        LogError: a log is damaged.
    """
    contents = {name: (folder.path / name).read_bytes() for name in names_below(folder.path, frozenset({BLOCKS, MANIFEST}))}
    blocks = canonical_json({name: blocks_of(content) for name, content in contents.items()}) + b"\n"
    artifacts = {name: fingerprint(content) for name, content in {**contents, BLOCKS: blocks}.items()}
    manifest = make_manifest(folder, facts or Facts(), artifacts)
    write_atomic(folder.path / BLOCKS, blocks)
    write_atomic(folder.path / MANIFEST, canonical_json(dump(manifest)) + b"\n")
    return manifest


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file.

    Raises:
        LedgerError: it can't be read, is no manifest, or is of another version.
    """
    try:
        data = json.loads(path.read_bytes())
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise LedgerError(f"{path}: expected manifest format {FORMAT}, got {str(data)[:60]!r}")
        return load(Manifest, data, str(path))
    except OSError as error:
        raise LedgerError(f"{path}: expected a manifest, can't be read ({error.strerror})") from None
    except ConfigError as error:
        raise LedgerError(f"expected a manifest, got a mismatch at {error}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, LedgerError):
            raise
        raise LedgerError(f"{path}: expected JSON, got {error}") from None


def summary_of(manifest: Manifest) -> Summary:
    """What the ledger says of a run."""
    rows = manifest.episodes
    return Summary(
        team=manifest.team,
        submission=manifest.submission.sha256 if manifest.submission else None,
        mission=manifest.mission,
        agent=manifest.agent,
        split=manifest.split,
        rules=f"{manifest.rules.name}/{manifest.rules.version}",
        planned=manifest.planned,
        complete=manifest.complete,
        outcomes=dict(sorted(Counter(row.outcome.value for row in rows).items())),
        totals={str(row.index): row.total for row in rows},
        total=manifest.figures.total if manifest.figures else None,
        success_rate=manifest.figures.success_rate if manifest.figures else None,
    )

"""From a lease to an entry in the ledger: everything may be repeated after a kill, and nothing is done twice.

Episodes that are over lie in the run's folder and are not flown again. A run with a manifest is complete and only needs its
entry; the ledger answers a second attempt to enter it with the entry that is there. Only then is the database told.
"""

import json
import shutil
import traceback
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from goldentime.errors import ConfigError, GoldenTimeError, LedgerError
from goldentime.eval.engines.limits import Limits
from goldentime.eval.folder import BLOCKS, MANIFEST, read_folder
from goldentime.eval.outcomes import Outcome, outcome_of
from goldentime.eval.referee import actions
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.entries import Entry, Refusal
from goldentime.eval.referee.manifest import Facts
from goldentime.eval.referee.manifest import Outcome as Ended
from goldentime.eval.referee.manifest import Submission as HandedIn
from goldentime.eval.results import Result, read_results
from goldentime.eval.runner import RunOptions
from goldentime.eval.service.home import Home
from goldentime.eval.service.leases import Job
from goldentime.eval.service.rounds import mission_config
from goldentime.eval.submit.run import Request, Verdict, run_submission
from goldentime.records import dump, load

__all__ = ["Ending", "fly"]


class Ending(NamedTuple):
    """What to tell the database."""

    verdict: Verdict
    entry: int | None
    """Index in the ledger; None for what the referee broke."""
    final: bool = True
    """Whether another attempt would end the same."""


def fly(home: Home, job: Job, processes: int, progress: Callable[[int], None]) -> Ending:
    """Fly what is left of a submission and enter it.

    Args:
        processes: that fly its episodes.
        progress: is told how many episodes are over.
    """
    try:
        return _flown(home, job, processes, progress)
    except (ConfigError, LedgerError) as error:
        return Ending(_infrastructure(str(error)), None)  # a setting, or a ledger that refuses: no second try mends it
    except Exception as error:
        # The team's own mistakes are verdicts by now: what is left is the referee's.
        traceback.print_exc()
        return Ending(_infrastructure(f"{type(error).__name__}: {error}"), None, final=False)


def _infrastructure(text: str) -> Verdict:
    return Verdict(outcome=Outcome.INFRASTRUCTURE_ERROR, text=text[:2000])


def _flown(home: Home, job: Job, processes: int, progress: Callable[[int], None]) -> Ending:
    run, archive = home.runs / job.run, home.upload(job.key)
    _check_kept(archive, job.sha256)
    if (run / MANIFEST).is_file():
        ended = _entered(home, job, run)
        if ended is not None:
            return ended
    if run.is_dir() and not (run / "run.json").is_file():
        shutil.rmtree(run)  # a kill fell into its making
    over = 0

    def watch(result: Result) -> None:
        nonlocal over
        over += 1
        progress(over)

    request = Request(
        path=archive,
        mission=job.mission,
        mission_config=mission_config(job.mission, job.settings),
        split=job.split,
        episodes=job.episodes,
        engine=job.engine,
        limits=job.limits,
    )
    verdict = run_submission(request, RunOptions(out=run, workers=processes, resume=True), watch)
    verdict = Verdict(
        outcome=verdict.outcome, text=verdict.text.replace(str(archive), "archive"), episodes=verdict.episodes
    )
    if verdict.outcome is Outcome.REFUSED_SUBMISSION:
        return Ending(verdict, _refuse(home, job, verdict.text).index)
    if verdict.outcome is not Outcome.OK:
        return Ending(verdict, None, final=False)
    return Ending(verdict, actions.add_run(home.ledger, home.key(), run, _facts(job, run)).index)


def _check_kept(archive: Path, sha256: str) -> None:
    """What was accepted and is another file now was damaged here: a refusal would be charged to the team."""
    with archive.open("rb") as file:
        got = file_digest(file, "sha256").hexdigest()
    if got != sha256:
        raise ConfigError(f"{archive}: expected the archive that was accepted, SHA-256 {sha256}, got {got}")


def _entered(home: Home, job: Job, run: Path) -> Ending | None:
    """The entry of a run that was complete before; None where a kill fell between its manifest and another file."""
    try:
        verdict = load(Verdict, json.loads((run / "outcome.json").read_bytes()), "outcome.json")
        return Ending(verdict, actions.add_run(home.ledger, home.key(), run).index)
    except (GoldenTimeError, OSError, ValueError):
        content = home.ledger.read_bytes()
        if any(link.entry.body.get("run") == job.run for link in check_chain(content, str(home.ledger)).links):
            raise  # it is in the ledger, and was changed since
        for name in (MANIFEST, BLOCKS):
            (run / name).unlink(missing_ok=True)
        return None


def _facts(job: Job, run: Path) -> Facts:
    folder = read_folder(run)
    return Facts(
        team=job.team,
        submission=HandedIn(name=job.name, sha256=job.sha256),
        limits=dump(load(Limits, job.limits, "limits")),
        outcomes={result.index: Ended(outcome_of(result.reason).value) for result in read_results(folder)},
    )


def _refuse(home: Home, job: Job, reason: str) -> Entry:
    """Enter a refusal once: the lock of the run keeps others from doing so meanwhile."""
    body = Refusal(
        team=job.team,
        submission=job.sha256,
        mission=job.mission,
        split=job.split,
        outcome="refused_submission",
        reason=reason[:2000],
    )
    for link in check_chain(home.ledger.read_bytes(), str(home.ledger)).links:
        if link.body == body:
            return link.entry
    return actions.add_refusal(home.ledger, home.key(), body)

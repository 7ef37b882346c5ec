"""A submission from archive to verdict, never raising on the team's account: what a service or a queue calls."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from goldentime.eval.config import Choices, EvaluateConfig, plan_from
from goldentime.eval.outcomes import InfrastructureError, Outcome, RefusedSubmission, outcome_of
from goldentime.eval.results import Result
from goldentime.eval.runner import RunOptions, Watcher, evaluate
from goldentime.files import pretty_json, write_atomic
from goldentime.records import dump, record

__all__ = ["Request", "Verdict", "run_submission"]

_TARGET = "goldentime.eval.submit.agent.submission_agent"


@record
class Request:
    """What to fly a submission on."""

    path: Path
    """Its folder or archive."""
    mission: str
    mission_config: dict[str, Any]
    """The file `configs/mission/<mission>.yaml`, with what the organiser changes."""
    split: str = "public"
    episodes: int = 20
    engine: str = "auto"
    image: str | None = None
    """That it runs in, for the engine `podman`."""
    limits: dict[str, Any] = field(default_factory=dict)
    """What differs from `engines.limits.Limits`."""


@record
class Verdict:
    """What became of it: `outcome.json` in the run's folder."""

    outcome: Outcome
    """`ok` if episodes were flown, whatever became of them; else why none were, or not all."""
    text: str = ""
    episodes: Mapping[str, int] = field(default_factory=dict)
    """How many ended with each outcome."""

    @property
    def charged(self) -> bool:
        """Whether it uses up one of the team's tries."""
        return self.outcome is not Outcome.INFRASTRUCTURE_ERROR


def run_submission(request: Request, options: RunOptions, watch: Watcher = lambda result: None) -> Verdict:
    """Fly it and leave the run's folder, `outcome.json` included. A second call with `resume` goes on.

    Raises:
        ConfigError: the request does not fit; that is nobody's outcome.
    """
    counted: Counter[str] = Counter()

    def take(result: Result) -> None:
        counted[outcome_of(result.reason)] += 1
        watch(result)

    outcome, text = Outcome.OK, ""
    try:
        plan, _ = plan_from(_settings(request, options), Choices(mission=request.mission, agent="submission", sweep=None))
        evaluate(plan, options, take)
    except RefusedSubmission as error:
        outcome, text = error.outcome, str(error)
    except InfrastructureError as error:
        outcome, text = error.outcome, str(error)
    verdict = Verdict(outcome=outcome, text=text, episodes=dict(sorted(counted.items())))
    write_atomic(options.out / "outcome.json", pretty_json(dump(verdict)))
    return verdict


def _settings(request: Request, options: RunOptions) -> EvaluateConfig:
    agent: dict[str, Any] = {
        "_target_": _TARGET,
        "path": str(request.path),
        "engine": request.engine,
        "limits": request.limits,
    }
    if request.image is not None:
        agent["image"] = request.image
    return EvaluateConfig(
        mission=request.mission_config,
        agent=agent,
        split=request.split,
        episodes=request.episodes,
        workers=options.workers,
        out=options.out,
        resume=options.resume,
        overwrite=options.overwrite,
    )

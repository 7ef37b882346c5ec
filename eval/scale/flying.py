"""One episode from its plan to the bytes that are kept of it, wherever it is flown."""

import platform
from collections.abc import Callable, Mapping

from goldentime.errors import ConfigError
from goldentime.eval.episode import Flight, fly
from goldentime.eval.folder import log_name
from goldentime.eval.log import EpisodeLog, versions
from goldentime.eval.log_files import log_files
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.results import result_of
from goldentime.eval.scale.base import Flown
from goldentime.eval.scale.cargo import Cargo, unload
from goldentime.eval.submit.team_log import episode_files
from goldentime.eval.wire.account import Account
from goldentime.records import record

__all__ = ["Journey", "fly_away", "fly_here"]


@record
class Journey:
    """An episode that is flown on another machine."""

    flight: Flight
    versions: Mapping[str, str]
    """What the referee would fly it with."""


def fly_here(flight: Flight, stopped: Callable[[], bool]) -> Flown:
    """Fly one episode and score it. A failure of the referee's own is tried once more."""
    try:
        log, accounts = _fly(flight, stopped)
    except InfrastructureError:
        log, accounts = _fly(flight, stopped)
    # What the team reads comes first: an episode with a log is never flown again.
    files = {**episode_files(flight.index, str(log.reason), accounts), **log_files(log, log_name(flight.index))}
    return Flown(result_of(log, flight.plan.rules), dict(log.timing), files)


def _fly(flight: Flight, stopped: Callable[[], bool]) -> tuple[EpisodeLog, list[Account]]:
    accounts: list[Account] = []
    return fly(flight, stopped, accounts.append), accounts


def fly_away(journey: Journey, cargo: Cargo | None) -> Flown:
    """Fly one episode on a machine that may be another than the referee's.

    Raises:
        ConfigError: what decides a flight is installed in other versions here.
    """
    if versions() != dict(journey.versions):
        raise ConfigError(
            f"{platform.node()}: expected the referee's versions {dict(journey.versions)}, got {versions()}: equal results "
            "need equal versions on all machines"
        )
    unload(cargo)
    return fly_here(journey.flight, lambda: False)

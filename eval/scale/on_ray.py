"""Episodes as tasks of a Ray cluster (https://docs.ray.io), spread over its machines.

Ray runs a task again when its process or its machine dies. Whoever can talk to a Ray cluster can run code on it, so that
one without tokens is refused. A cluster that is started here has no dashboard, and Ray's bytecode is compiled before: a
first start that compiles as it goes takes longer on a slow machine than Ray waits.
"""

import compileall
import os
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.episode import Flight
from goldentime.eval.log import versions
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.scale.base import Flown
from goldentime.eval.scale.cargo import cargo_of
from goldentime.eval.scale.flying import Journey, fly_away
from goldentime.eval.workers import one_thread_each
from goldentime.records import record

__all__ = ["OnRay", "load_ray"]

HERE = "here"


@record
class OnRay:
    """A `base.Spread`, and its settings."""

    address: str = "auto"
    """HOST:PORT of the cluster's head; `auto` for $RAY_ADDRESS or the cluster that this machine is part of; `here` for one
    on this machine alone, which is started for the run and ends with it."""
    cpus: float = 1.0
    """Processors set aside for an episode; those of a submission's wall come out of them."""
    deaths: int = 3
    """So many processes or machines may die of one episode."""
    longest_s: float = 14_400.0
    """If no episode ends for so long, the run is given up."""
    answer_s: float = 60.0
    """How long the head may take to answer."""

    def __post_init__(self) -> None:
        for name in ("cpus", "deaths", "longest_s", "answer_s"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: must be above 0, got {getattr(self, name)}")

    def fly(self, flights: Sequence[Flight], workers: int, take: Callable[[Flown], None]) -> None:
        """Fly them."""
        ray = load_ray()
        with one_thread_each(), _joined(ray, self):
            _check_room(ray, self.cpus)
            cargo = ray.put(cargo_of(flights[0].plan))
            settings = {"num_cpus": self.cpus, "max_retries": self.deaths - 1, "scheduling_strategy": "SPREAD"}
            task = ray.remote(**settings)(fly_away)
            waiting, flying = deque(flights), dict[Any, Flight]()
            try:
                while waiting or flying:
                    while waiting and len(flying) < workers:
                        flight = waiting.popleft()
                        flying[task.remote(Journey(flight=flight, versions=versions()), cargo)] = flight
                    for one in self._ended(ray, flying):
                        take(one)
            finally:
                for left in flying:
                    with suppress(ray.exceptions.RayError):
                        ray.cancel(left, force=True)

    def _ended(self, ray: Any, flying: dict[Any, Flight]) -> list[Flown]:
        """Wait for the next one; removes it from those that fly."""
        ended, _ = ray.wait(list(flying), num_returns=1, timeout=self.longest_s)
        if not ended:
            free = ray.available_resources().get("CPU", 0)
            raise InfrastructureError(f"Ray: no episode ended within {self.longest_s:g} s; {free:g} processors are free")
        return [self._answer(ray, handle, flying.pop(handle)) for handle in ended]

    def _answer(self, ray: Any, handle: Any, flight: Flight) -> Flown:
        try:
            flown: Flown = ray.get(handle, timeout=self.answer_s)
        except ray.exceptions.RayTaskError as error:
            cause = error.cause if isinstance(error.cause, Exception) else error
            cause.add_note(f"in a task of Ray's:\n{error.traceback_str}")
            raise cause from None
        except ray.exceptions.RayError as error:
            raise InfrastructureError(
                f"Ray: {flight} came to no end in {self.deaths} tries: {type(error).__name__}: {str(error)[:500]}"
            ) from None
        return flown


def load_ray() -> Any:
    """The package, with tokens on and its bytecode compiled.

    Raises:
        ConfigError: tokens are off.
        MissingDependencyError: it is not installed.
    """
    if find_spec("ray") is None:
        raise MissingDependencyError(
            "spread=ray needs ray; install the extra: pip install 'goldentime[ray]' (from a clone: pip install -e '.[ray]')"
        )
    if "ray" not in sys.modules:  # it reads this once, when it is loaded
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    if (mode := os.environ.get("RAY_AUTH_MODE")) != "token":
        raise ConfigError(
            f"RAY_AUTH_MODE: expected token before ray is imported, got {mode!r}: anyone who reaches a cluster without "
            "tokens can run code on it"
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray = import_module("ray")
    folder = Path(str(ray.__file__)).parent
    if not (folder / "_private" / "__pycache__").is_dir() and os.access(folder, os.W_OK):
        compileall.compile_dir(folder, quiet=2)
    return ray


@contextmanager
def _joined(ray: Any, settings: OnRay) -> Iterator[None]:
    """Be part of the cluster meanwhile, unless this process is already."""
    if ray.is_initialized():
        yield
        return
    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    try:
        if settings.address == HERE:
            ray.init(address="local", include_dashboard=False, **quiet)
        else:
            _check_reachable(settings)
            ray.init(address=settings.address, **quiet)
    except Exception as error:  # Ray raises that very class where a node does not start within its 30 s
        raise InfrastructureError(
            f"spread.address={settings.address}: no Ray cluster can be joined: {type(error).__name__}: {str(error)[:500]}"
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(settings: OnRay) -> None:
    """Ray itself would try for minutes."""
    host, colon, port = settings.address.rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=settings.answer_s).close()


def _check_room(ray: Any, cpus: float) -> None:
    """A task that fits on no machine would wait forever."""
    most = max((node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]), default=0.0)
    if most < cpus:
        raise ConfigError(f"spread.cpus: expected at most what a machine of the cluster has, {most:g}, got {cpus:g}")

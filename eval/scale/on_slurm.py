"""Episodes as jobs of a Slurm cluster, handed in through submitit (https://github.com/facebookincubator/submitit).

Jobs and answers go through a folder that all machines share, private since it holds the seeds. Whether a job is
still there is asked of `squeue`: many clusters keep no accounts that `sacct` could tell from.
"""

import hashlib
import shutil
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from goldentime.errors import ConfigError, GoldenTimeError, MissingDependencyError
from goldentime.eval.episode import Flight
from goldentime.eval.log import versions
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.scale.base import Flown
from goldentime.eval.scale.cargo import Cargo, cargo_of
from goldentime.eval.scale.flying import Journey, fly_away
from goldentime.eval.workers import one_thread_each
from goldentime.files import write_atomic
from goldentime.records import digest, record

__all__ = ["OnSlurm"]

_POLL_S = 0.5
_ASK_S = 5.0


@record
class OnSlurm:
    """A `base.Spread`, and its settings."""

    folder: Path
    """On a file system that all machines share; the run makes a folder of its own in it, and removes it."""
    executor: Literal["slurm", "local"] = "slurm"
    """`local`: processes of this machine instead of Slurm's jobs, to try the rest."""
    partition: str | None = None
    cpus: int = 1
    memory_mib: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further ones, in submitit's words, such as `slurm_account`."""
    deaths: int = 3
    """So many jobs may end without an answer for one episode."""
    longest_s: float = 14_400.0
    """For an episode; Slurm ends a job that takes longer, which is a death."""
    queue_s: float = 604_800.0
    """How long a job may wait for its turn."""
    answer_s: float = 300.0
    """How long Slurm may fail to answer."""
    late_s: float = 15.0
    """So much later may the referee see a file than the machine that wrote it."""

    def __post_init__(self) -> None:
        for name in ("cpus", "deaths", "longest_s", "queue_s", "answer_s"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: must be above 0, got {getattr(self, name)}")

    def fly(self, flights: Sequence[Flight], workers: int, take: Callable[[Flown], None]) -> None:
        """Fly them."""
        plan = flights[0].plan
        name = "goldentime-" + hashlib.sha256(f"{digest(plan)} {self.folder.resolve()}".encode()).hexdigest()[:12]
        queue = _Queue(self, name)
        cargo = _stow(cargo_of(plan), queue.place)
        waiting, deaths, jobs = deque(flights), Counter[int](), dict[str, Flight]()
        try:
            while waiting or jobs:
                while waiting and len(jobs) < workers:
                    flight = waiting.popleft()
                    jobs[queue.hand_in(Journey(flight=flight, versions=versions()), cargo)] = flight
                ended = queue.next_ended()
                flight = jobs.pop(ended)
                flown = queue.answer(ended)
                if flown is not None:
                    take(flown)
                    continue
                deaths[flight.index] += 1
                if deaths[flight.index] >= self.deaths:
                    raise InfrastructureError(f"Slurm: {flight}: {self.deaths} jobs ended without an answer, last {ended}")
                waiting.appendleft(flight)
        finally:
            queue.close()


class _Queue:
    """The jobs of one run."""

    def __init__(self, settings: OnSlurm, name: str) -> None:
        self._settings, self._name = settings, name
        self.place = settings.folder.resolve() / name
        self._jobs: dict[str, tuple[Any, float]] = {}
        """By number: submitit's handle, and when it was handed in."""
        self._asked, self._heard, self._gone = 0.0, time.monotonic(), dict[str, float]()
        self._executor = _executor(settings, name, self.place)
        self.close()  # what a referee that was killed has left
        self.place.mkdir(mode=0o700, parents=True)

    def hand_in(self, journey: Journey, cargo: Path | None) -> str:
        """Queue a job; its number."""
        try:
            with one_thread_each():
                job = self._executor.submit(_fly, journey, cargo)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise InfrastructureError(f"Slurm takes no job: {str(error)[:500]}") from None
        self._jobs[job.job_id] = job, time.monotonic()
        return str(job.job_id)

    def next_ended(self) -> str:
        """Wait for a job that has answered or is gone."""
        while True:
            for number, (job, since) in self._jobs.items():
                if job.paths.result_pickle.exists() or self._is_gone(number):
                    return number
                if time.monotonic() - since > self._settings.queue_s + self._settings.longest_s:
                    raise InfrastructureError(f"Slurm: job {number} did not end in time")
            time.sleep(_POLL_S)
            self._ask()

    def _is_gone(self, number: str) -> bool:
        if self._settings.executor == "local":
            return bool(self._jobs[number][0].done(force_check=True))
        return number in self._gone and time.monotonic() - self._gone[number] > self._settings.late_s

    def _ask(self) -> None:
        """Note which jobs Slurm knows no more."""
        now = time.monotonic()
        if self._settings.executor == "local" or now - self._asked < _ASK_S:
            return
        self._asked = now
        listed = _call("squeue", "--me", "--noheader", "--format=%A", f"--name={self._name}")
        if listed is None:
            if now - self._heard > self._settings.answer_s:
                raise InfrastructureError(f"Slurm: squeue has not answered for {self._settings.answer_s:g} s")
            return
        self._heard = now
        for number, (_, since) in self._jobs.items():
            if number not in listed.split() and since < now - _ASK_S:
                self._gone.setdefault(number, now)

    def answer(self, number: str) -> Flown | None:
        """What a job that ended came to; None if it left no answer."""
        job, _ = self._jobs.pop(number)
        if not job.paths.result_pickle.exists():
            return None
        failed = import_module("submitit.core.utils").FailedJobError
        try:
            told: Flown | GoldenTimeError = job.result()
        except failed as error:
            raise GoldenTimeError(f"Slurm job {number}: {str(error)[-2000:]}") from None
        for path in self.place.glob(f"{number}_*"):
            path.unlink(missing_ok=True)
        if isinstance(told, GoldenTimeError):
            raise told
        return told

    def close(self) -> None:
        """End all jobs of the run, also those of a referee that was killed, and remove their files."""
        if self._settings.executor == "slurm":
            _call("scancel", "--me", f"--name={self._name}")
        for job, _ in self._jobs.values():
            job.cancel()
        self._jobs.clear()
        shutil.rmtree(self.place, ignore_errors=True)


def _executor(settings: OnSlurm, name: str, place: Path) -> Any:
    if find_spec("submitit") is None:
        raise MissingDependencyError(
            "spread=slurm needs submitit; install the extra: pip install 'goldentime[slurm]' "
            "(from a clone: pip install -e '.[slurm]')"
        )
    if settings.executor == "slurm" and shutil.which("sbatch") is None:
        raise InfrastructureError("spread=slurm: no sbatch here; run it on a machine that may hand in Slurm jobs")
    executor = import_module("submitit").AutoExecutor(folder=place, cluster=settings.executor)
    minutes = max(1, round(settings.longest_s / 60))
    parameters = {"name": name, "timeout_min": minutes, "cpus_per_task": settings.cpus, **settings.options}
    if settings.partition is not None:
        parameters["slurm_partition"] = settings.partition
    if settings.memory_mib is not None:
        parameters["mem_gb"] = settings.memory_mib / 1024
    executor.update_parameters(**parameters)
    return executor


def _fly(journey: Journey, cargo: Path | None) -> Flown | GoldenTimeError:
    """The job. An error of ours is an answer, since submitit would hand on its text alone."""
    try:
        return fly_away(journey, None if cargo is None else Cargo(cargo.stem, cargo.read_bytes()))
    except GoldenTimeError as error:
        return error


def _stow(cargo: Cargo | None, folder: Path) -> Path | None:
    """Put the archive where all jobs find it."""
    if cargo is None:
        return None
    path = folder / f"{cargo.digest}.zip"
    write_atomic(path, cargo.archive)
    return path.resolve()


def _call(*words: str) -> str | None:
    """What one of Slurm's commands says; None if it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

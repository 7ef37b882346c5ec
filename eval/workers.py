"""Work in several processes, of which any may be killed at any moment.

Processes are spawned, not forked: a fork would inherit the physics client and the threads of the parent. Each has a pipe
of its own and shares no lock with another, so that one that dies takes nobody with it: another takes its place, and what it
was at is done again.
"""

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, TypeVar

from goldentime.errors import ConfigError, GoldenTimeError
from goldentime.eval.outcomes import InfrastructureError
from goldentime.records import record

__all__ = ["Patience", "one_thread_each", "run_in_processes"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Job = Callable[[Item, Callable[[], bool]], Answer]

_CONTEXT = multiprocessing.get_context("spawn")
_START_S = 300.0
"""How long a worker may take to start, before its time for a piece of work counts."""
_LEAVE_S = 60.0
"""How long a worker that was told to stop may take to come to the end of a step."""


@record
class Patience:
    """What is borne before work counts as failed."""

    deaths: int = 3
    """So many workers may die of one piece of work; the last of these deaths ends the whole."""
    longest_s: float = 14_400.0
    """For one piece of work; a worker that takes longer is killed, which is a death."""

    def __post_init__(self) -> None:
        if self.deaths < 1 or not self.longest_s > 0:
            raise ConfigError(f"expected deaths of at least 1 and longest_s above 0, got {self.deaths}, {self.longest_s}")


class _Worker:
    """One process and what it is at."""

    def __init__(self, job: Job[Any, Any]) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_work, args=(job, theirs), daemon=False)
        with _on_interrupt(signal.SIG_IGN):
            self.process.start()
        theirs.close()
        self.place: int | None = None
        """Of its work in the list; None while it has none."""
        self.due = 0.0

    def give(self, place: int, item: Any, longest_s: float) -> None:
        """Begin a piece of work; one who has died meanwhile shows it later."""
        self.place, self.due = place, time.monotonic() + _START_S + longest_s
        with suppress(OSError):
            self.pipe.send((item,))

    def answer(self) -> tuple[str, Any] | None:
        """What it has to say; None if it died."""
        try:
            return self.pipe.recv() if self.pipe.poll() else None
        except (EOFError, OSError):
            return None

    def end(self, wait_s: float) -> None:
        """Make sure that it is gone."""
        self.process.join(wait_s)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(_LEAVE_S)
        self.pipe.close()


def run_in_processes(
    job: Job[Item, Answer],
    items: Sequence[Item],
    workers: int,
    take: Callable[[Answer], None],
    patience: Patience | None = None,
) -> None:
    """Call `job(item, stopped)` for all items and hand each answer, once, to `take` as it comes.

    Any exception, Ctrl-C included, makes `stopped()` true in all workers, waits for them and is raised.

    Args:
        job: picklable, and so are items and answers.

    Raises:
        InfrastructureError: workers died again and again of the same item, or took too long.
    """
    noted: list[int] = []
    crew: list[_Worker] = []
    try:
        with one_thread_each():
            crew += [_Worker(job) for _ in range(min(workers, len(items)))]
            with _on_interrupt(_noting(noted)):
                _run(job, items, crew, take, patience or Patience())
        if noted:  # Python drops an exception that a signal raises inside a callback or a destructor
            raise KeyboardInterrupt
    finally:
        _dismiss(crew)


def _run(
    job: Job[Item, Answer],
    items: Sequence[Item],
    crew: list[_Worker],
    take: Callable[[Answer], None],
    patience: Patience,
) -> None:
    waiting, deaths = deque(range(len(items))), Counter[int]()
    while waiting or any(worker.place is not None for worker in crew):
        for worker in crew:
            if worker.place is None and waiting:
                place = waiting.popleft()
                worker.give(place, items[place], patience.longest_s)
        for worker in _ready([worker for worker in crew if worker.place is not None]):
            at, told = worker.place, worker.answer()
            assert at is not None
            if told is None:
                deaths[at] += 1
                _check(items[at], deaths[at], patience)
                waiting.appendleft(at)
                worker.process.kill()
                worker.end(_LEAVE_S)
                crew[crew.index(worker)] = _Worker(job)
                continue
            kind, value = told
            if kind == "begun":
                worker.due = time.monotonic() + patience.longest_s
                continue
            worker.place = None
            if kind == "raised":
                raise value
            take(value)


def _ready(busy: list[_Worker]) -> list[_Worker]:
    """Wait for those that have answered, died, or are overdue."""
    by_handle: dict[Any, _Worker] = {worker.pipe: worker for worker in busy}
    by_handle |= {worker.process.sentinel: worker for worker in busy}
    left_s = min(worker.due for worker in busy) - time.monotonic()
    found = {id(by_handle[handle]): by_handle[handle] for handle in connection.wait(list(by_handle), max(0.0, left_s))}
    now = time.monotonic()
    for worker in busy:
        if worker.due <= now and id(worker) not in found:
            worker.process.kill()
            found[id(worker)] = worker
    return list(found.values())


def _check(item: object, deaths: int, patience: Patience) -> None:
    if deaths >= patience.deaths:
        raise InfrastructureError(
            f"{deaths} worker processes died of the same work (out of memory, a crash in native code, or more than "
            f"{patience.longest_s:g} s): {str(item)[:200]}; the rest is kept (resume=true); workers=1 shows the crash"
        )


def _dismiss(crew: list[_Worker]) -> None:
    """Tell all to stop; one without work leaves at once, one at work at its next step."""
    for worker in crew:
        with suppress(OSError):
            worker.pipe.send(None)
    end = time.monotonic() + _LEAVE_S
    for worker in crew:
        worker.end(max(0.0, end - time.monotonic()))


def _work(job: Job[Any, Any], pipe: Connection) -> None:
    """A worker's life. While it is at work the pipe stays silent, unless it is told to stop or the parent is gone."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while (told := pipe.recv()) is not None:
            pipe.send(("begun", None))
            try:
                answer = "done", job(told[0], pipe.poll)
            except Exception as error:
                error.add_note("in a worker process:\n" + traceback.format_exc())
                answer = "raised", error
            _send(pipe, answer)


def _send(pipe: Connection, answer: tuple[str, Any]) -> None:
    try:
        pipe.send(answer)
    except OSError:
        raise
    except Exception as error:  # what can't be pickled
        pipe.send(("raised", GoldenTimeError(f"a worker can't tell {answer[0]} {str(answer[1])[:500]}: {error}")))


def _die_with_parent() -> None:
    """A parent that was killed can't end its workers, and they would wait for it forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _noting(noted: list[int]) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        raise KeyboardInterrupt

    return handle


@contextmanager
def _on_interrupt(handler: "signal.Handlers | Callable[[int, FrameType | None], None]") -> Iterator[None]:
    """What Ctrl-C does meanwhile.

    Children that are started while it is ignored ignore it too: the terminal sends it to all, and the parent tells them
    to stop.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Numeric libraries of children started meanwhile take one core each, unless the user said otherwise."""
    names = [name for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS") if name not in os.environ]
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name in names:
            with suppress(KeyError):
                del os.environ[name]

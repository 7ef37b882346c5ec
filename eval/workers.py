"""Episodes in several processes.

Processes are spawned, not forked: a fork would inherit the physics client and the threads of the parent. Each episode has
its own agent and world, so that the number of workers can't change a result.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection
from multiprocessing.synchronize import Event as StopEvent
from types import FrameType
from typing import TypeVar

from goldentime.errors import GoldenTimeError

__all__ = ["run_in_processes"]

T = TypeVar("T")

_STOP: list[StopEvent] = []
"""In a worker: the flag that the parent raises; empty in the parent."""


def run_in_processes(
    job: Callable[[int, Callable[[], bool]], T], indices: Sequence[int], workers: int, take: Callable[[T], None]
) -> None:
    """Call `job(index, stopped)` for all indices and hand each answer to `take` as it comes.

    Any exception, Ctrl-C included, makes `stopped()` true in all workers, waits for them and is raised.

    Args:
        job: picklable.

    Raises:
        GoldenTimeError: a worker process died.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(min(workers, len(indices)), mp_context=context, initializer=_begin, initargs=(stop,))
    try:
        with _one_thread_each(), _on_interrupt(signal.SIG_IGN):
            futures = [pool.submit(_call, job, index) for index in indices]
        noted: list[int] = []
        with _on_interrupt(_noting(noted)):
            for future in as_completed(futures):
                take(future.result())
        if noted:  # Python drops an exception that a signal raises inside a callback or a destructor
            raise KeyboardInterrupt
    except BrokenProcessPool:
        raise GoldenTimeError(
            "a worker process died (out of memory, or a crash in native code); finished episodes are kept: "
            "resume=true goes on, workers=1 shows the crash"
        ) from None
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _call(job: Callable[[int, Callable[[], bool]], T], index: int) -> T:
    return job(index, _STOP[0].is_set)


def _begin(stop: StopEvent) -> None:
    _STOP.append(stop)
    threading.Thread(target=_die_with_parent, daemon=True).start()


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
def _one_thread_each() -> Iterator[None]:
    """Numeric libraries of children started meanwhile take one core each, unless the user said otherwise."""
    names = [name for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS") if name not in os.environ]
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name in names:
            with suppress(KeyError):
                del os.environ[name]

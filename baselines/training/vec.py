"""Environments shared out over processes, a whole group in each.

stable-baselines3 gives each environment a process; a step of ours is shorter than the message about it, so that groups
pay and single ones don't.
"""

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from goldentime.errors import GoldenTimeError

__all__ = ["GroupedVecEnv", "make_vec_env"]

Maker = Callable[[], gymnasium.Env[Any, Any]]


def make_vec_env(makers: Sequence[Maker], processes: int) -> VecEnv:
    """In this process for 1, else in so many others; the order of the environments is the same."""
    return DummyVecEnv(list(makers)) if processes == 1 else GroupedVecEnv(makers, processes)


def _serve(pipe: Connection, makers: Sequence[Maker]) -> None:
    """In a worker: answer `(method, arguments)` for a group until the pipe closes, which a killed parent does too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to stop
    group: DummyVecEnv | None = None
    try:
        group = DummyVecEnv(list(makers))
        pipe.send((True, (group.observation_space, group.action_space)))
        while True:
            method, arguments = pipe.recv()
            pipe.send((True, getattr(group, method)(*arguments)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    except Exception:
        pipe.send((False, traceback.format_exc()))
    finally:
        if group is not None:
            group.close()


class GroupedVecEnv(VecEnv):
    """The vectorised environment of stable-baselines3 over worker processes with a `DummyVecEnv` each.

    Args:
        makers: one picklable function per environment.
        processes: divides their number.
    """

    def __init__(self, makers: Sequence[Maker], processes: int) -> None:
        # Spawned, not forked: a fork would inherit PyTorch's threads and the locks they hold.
        context = multiprocessing.get_context("spawn")
        self._size = len(makers) // processes
        self._pipes: list[Connection] = []
        self._workers = []
        for i in range(processes):
            ours, theirs = context.Pipe()
            group = makers[i * self._size : (i + 1) * self._size]
            worker = context.Process(target=_serve, args=(theirs, group), daemon=True)
            worker.start()
            theirs.close()
            self._pipes.append(ours)
            self._workers.append(worker)
        spaces = [self._receive(pipe) for pipe in self._pipes]
        super().__init__(len(makers), *spaces[0])

    def reset(self) -> Any:
        """Start all episodes."""
        self._send_all("reset")
        return np.concatenate([self._receive(pipe) for pipe in self._pipes])

    def step_async(self, actions: np.ndarray) -> None:
        """Hand each worker its share."""
        for i, pipe in enumerate(self._pipes):
            pipe.send(("step", (actions[i * self._size : (i + 1) * self._size],)))

    def step_wait(self) -> Any:
        """Collect the shares."""
        answers = [self._receive(pipe) for pipe in self._pipes]
        observations, rewards, dones, infos = zip(*answers, strict=True)
        together = [info for group in infos for info in group]
        return np.concatenate(observations), np.concatenate(rewards), np.concatenate(dones), together

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute of each environment, or of those of `indices`."""
        self._send_all("get_attr", attr_name)
        values = [value for pipe in self._pipes for value in self._receive(pipe)]
        return [values[i] for i in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Not offered."""
        raise NotImplementedError

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Not offered."""
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Ours hold no wrapper of others."""
        return [False] * self.num_envs

    def close(self) -> None:
        """End the workers; a second call does nothing."""
        for pipe in self._pipes:
            pipe.close()
        for worker in self._workers:
            worker.join(5.0)
            if worker.is_alive():
                worker.kill()
        self._pipes, self._workers = [], []

    def _send_all(self, method: str, *arguments: Any) -> None:
        for pipe in self._pipes:
            pipe.send((method, arguments))

    def _receive(self, pipe: Connection) -> Any:
        try:
            fine, answer = pipe.recv()
        except (EOFError, ConnectionResetError):
            raise GoldenTimeError("a process of the environments died; processes=1 shows why") from None
        if not fine:
            raise GoldenTimeError(f"an environment failed in its process:\n{answer}")
        return answer

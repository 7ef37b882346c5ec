"""The referee's end of the wire: a submission as an `Agent`."""

import statistics
import time
from array import array
from collections.abc import Callable, Mapping
from typing import Any

from goldentime.eval.engines.base import Ending, Running
from goldentime.eval.engines.limits import Limits
from goldentime.eval.outcomes import AgentFailure, Outcome
from goldentime.eval.wire.account import Account
from goldentime.eval.wire.clock import StepClock
from goldentime.eval.wire.frames import Closed, Late, WireError, receive, send, waiting
from goldentime.eval.wire.messages import VERSION, check_answer, question
from goldentime.types import Brief

__all__ = ["RemoteAgent"]

_HELLO_BYTES = 65_536
_GRACE_S = 1.0
_CLAIMED = {Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.INVALID_ACTION}
"""What an agent may say of itself."""
_SIGNALS = {-24: "its processor time was used up", 152: "its processor time was used up"}


class RemoteAgent:
    """Speaks to a submission that an engine has started; one per episode, and per drone.

    Args:
        running: the submission at work; it may still be loading.
        limits: of time and of the size of answers.
        slowdown: by what time limits are stretched (`engines.speed`).
        stands: asked when the submission has not even begun; raises `InfrastructureError` if that is the referee's fault.
    """

    def __init__(
        self, running: Running, limits: Limits, slowdown: float = 1.0, stands: Callable[[], None] = lambda: None
    ) -> None:
        self._running, self._limits, self._stands = running, limits, stands
        self._slowdown, self._clock = slowdown, StepClock(limits, slowdown)
        self._started, self._reset_s = time.monotonic(), 0.0
        self._asked, self._greeted = 0, False
        self._failure: AgentFailure | None = None
        self._act_s = array("d")

    def reset(self, brief: Brief) -> None:
        """Wait until the submission has started, and hand it the brief.

        Raises:
            AgentFailure: it failed.
            InfrastructureError: the engine did.
        """
        until = self._started + self._limits.reset_s * self._slowdown
        self._ask("hello", until, version=VERSION)
        self._greeted = True
        self._ask("reset", until, brief=brief)
        self._reset_s = time.monotonic() - self._started

    def act(self, observation: Mapping[str, Any]) -> Any:
        """Ask for one action.

        Raises:
            AgentFailure: none came in time, or what came is none.
        """
        start = time.monotonic()
        reply = self._ask("observe", start + self._clock.longest_s, observation=observation)
        took = time.monotonic() - start
        self._act_s.append(took)
        if late := self._clock.took(took):
            raise self._failed(Outcome.TIMEOUT, late)
        return reply["action"]

    def close(self) -> Account:
        """End the submission; what became of it. Can be repeated."""
        ending = self._running.stop()
        acts = self._act_s
        return Account(
            outcome=self._failure.outcome if self._failure else Outcome.OK,
            text=self._failure.text if self._failure else "",
            output=ending.output.decode("utf-8", "replace"),
            dropped_bytes=ending.dropped,
            acts=len(acts),
            reset_s=round(self._reset_s, 4),
            act_median_ms=round(1e3 * statistics.median(acts), 3) if acts else 0.0,
            act_max_ms=round(1e3 * max(acts), 3) if acts else 0.0,
            bank_left_s=round(self._clock.bank_s, 3),
            strikes=self._clock.strikes,
            slowdown=self._slowdown,
        )

    def invalid(self, text: str) -> AgentFailure:
        """What to raise when the world refuses an action of this agent's."""
        return self._failed(Outcome.INVALID_ACTION, text)

    def _ask(self, kind: str, until: float, **fields: Any) -> dict[str, Any]:
        if self._failure is not None:
            raise self._failure
        self._asked += 1
        most = self._limits.action_bytes if kind == "observe" else _HELLO_BYTES
        try:
            if waiting(self._running.channel):
                raise WireError(f"something came that nobody asked for, before question {self._asked}")
            send(self._running.channel, question(kind, self._asked, **fields), until)
            reply = receive(self._running.channel, most, until)
            answered = check_answer(reply, kind, self._asked)
        except Late as error:
            raise self._failed(Outcome.TIMEOUT, f"{kind}: no answer within the limit ({error})") from None
        except Closed:
            raise self._ended(kind) from None
        except WireError as error:
            raise self._failed(Outcome.INVALID_ACTION, f"{kind}: {error}") from None
        if answered == "error":
            claimed = reply["outcome"] if reply["outcome"] in _CLAIMED else Outcome.CRASHED
            raise self._failed(Outcome(claimed), reply["text"].strip())
        assert isinstance(reply, dict)
        return reply

    def _ended(self, kind: str) -> AgentFailure:
        ending = self._running.stop(_GRACE_S)
        if not self._greeted:
            self._stands()
        if ending.out_of_memory:
            return self._failed(Outcome.OUT_OF_MEMORY, f"{kind}: it was ended for taking more than its memory")
        if ending.code in _SIGNALS:
            return self._failed(Outcome.TIMEOUT, f"{kind}: {_SIGNALS[ending.code]}")
        return self._failed(Outcome.CRASHED, f"{kind}: {_told(ending)}")

    def _failed(self, outcome: Outcome, text: str) -> AgentFailure:
        self._failure = AgentFailure(outcome, text)
        return self._failure


def _told(ending: Ending) -> str:
    how = "it closed the connection" if ending.code is None else f"it ended with exit code {ending.code}"
    lines = ending.output.decode("utf-8", "replace").strip().splitlines()
    return f"{how}; its last line: {lines[-1][:200]}" if lines else how

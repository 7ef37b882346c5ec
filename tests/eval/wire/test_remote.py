"""The referee's end against agents made by hand: every way to fail has its outcome, and the first one is final."""

import socket
import threading

import numpy as np
import pytest

from goldentime.eval.engines.base import Ending
from goldentime.eval.engines.limits import Limits
from goldentime.eval.outcomes import AgentFailure, InfrastructureError
from goldentime.eval.wire.frames import receive, send
from goldentime.eval.wire.messages import answer
from goldentime.eval.wire.remote import RemoteAgent

LIMITS = Limits(reset_s=2.0, first_s=0.3, longest_s=0.3, step_s=0.1, bank_s=0.1, strikes=0)
GONE = Ending(3, False, b"first\nlast words", 0)


MADE: list["ByHand"] = []


@pytest.fixture(autouse=True)
def closed():
    yield
    for running in MADE:
        running.stop()
    MADE.clear()


class ByHand:
    """A running submission whose end of the socket a test holds; a thread answers what it is told to."""

    def __init__(self, *answers, ending: Ending = GONE) -> None:
        self.channel, self.theirs = socket.socketpair()
        MADE.append(self)
        self.stopped, self._ending = 0, ending
        self._thread = threading.Thread(target=self._answer, args=[answers])
        self._thread.start()

    def _answer(self, answers) -> None:
        for number, (kind, fields) in enumerate(answers, 1):
            receive(self.theirs, 10_000)
            send(self.theirs, answer(kind, number, **fields))

    def join(self) -> None:
        self._thread.join()

    def stop(self, grace_s: float = 0.0) -> Ending:
        self.stopped += 1
        self.channel.close()
        self.theirs.close()
        return self._ending


HELLO = ("hello", {"version": 1})
READY: tuple[str, dict[str, int]] = ("ready", {})
ACTION = ("action", {"action": {"motion": np.zeros(4)}})
SEEN = {"x": np.zeros(3)}


def test_what_comes_before_it_was_asked_for_is_no_answer():
    running = ByHand(HELLO, READY)
    agent = RemoteAgent(running, LIMITS)
    agent.reset({})
    running.join()
    send(running.theirs, answer("action", 3, action=0))
    with pytest.raises(AgentFailure, match="something came that nobody asked for, before question 3"):
        agent.act(SEEN)
    assert agent.close().outcome == "invalid_action"


def test_the_first_failure_is_final():
    running = ByHand(HELLO, READY)
    agent = RemoteAgent(running, LIMITS)
    agent.reset({})
    with pytest.raises(AgentFailure, match="timeout: observe: no answer within the limit"):
        agent.act(SEEN)
    send(running.theirs, answer("action", 3, action=0))
    with pytest.raises(AgentFailure, match="timeout"):
        agent.act(SEEN)
    account = agent.close()
    assert (account.outcome, account.acts, account.output) == ("timeout", 0, "first\nlast words")


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        (GONE, "crashed: observe: it ended with exit code 3; its last line: last words"),
        (GONE._replace(out_of_memory=True, code=137), "out_of_memory: observe"),
        (GONE._replace(code=-24), "timeout: observe: its processor time was used up"),
        (GONE._replace(code=None, output=b""), "crashed: observe: it closed the connection"),
    ],
)
def test_an_end_is_told_by_how_it_ended(ending, message):
    running = ByHand(HELLO, READY, ending=ending)
    agent = RemoteAgent(running, LIMITS)
    agent.reset({})
    running.join()
    running.theirs.close()
    with pytest.raises(AgentFailure, match=message):
        agent.act(SEEN)


def test_what_does_not_even_begin_may_be_the_referees_fault():
    def fallen() -> None:
        raise InfrastructureError("the wall has fallen")

    for stands, error in ((fallen, InfrastructureError), (lambda: None, AgentFailure)):
        running = ByHand()
        running.theirs.close()
        with pytest.raises(error):
            RemoteAgent(running, LIMITS, stands=stands).reset({})


def test_an_agent_may_say_what_it_failed_of_but_not_everything():
    for said, taken in (("out_of_memory", "out_of_memory"), ("infrastructure_error", "crashed"), ("ok", "crashed")):
        running = ByHand(HELLO, READY, ("error", {"outcome": said, "text": "why\x1b[0m"}))
        agent = RemoteAgent(running, LIMITS)
        agent.reset({})
        with pytest.raises(AgentFailure, match=rf"{taken}: why\?\[0m"):
            agent.act(SEEN)
        running.join()
        assert agent.close().outcome == taken


def test_actions_are_counted_and_timed():
    running = ByHand(HELLO, READY, ACTION, ACTION)
    agent = RemoteAgent(running, LIMITS, slowdown=2.0)
    agent.reset({"a": 1})
    assert [agent.act(SEEN)["motion"].tolist() for _ in range(2)] == [[0.0] * 4] * 2
    running.join()
    account = agent.close()
    assert (account.outcome, account.acts, account.bank_left_s, account.slowdown) == ("ok", 2, 0.2, 2.0)
    assert 0 < account.act_median_ms <= account.act_max_ms < 600

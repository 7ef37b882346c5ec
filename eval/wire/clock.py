"""How long a submission may think: a limit for each action, a bank for what goes beyond, strikes when it is empty."""

from goldentime.eval.engines.limits import Limits

__all__ = ["StepClock"]


class StepClock:
    """The time account of one episode, all in seconds on the clock of the wall.

    Args:
        slowdown: all limits are stretched by this (`engines.speed`).
    """

    def __init__(self, limits: Limits, slowdown: float = 1.0) -> None:
        self._limits, self._slowdown = limits, slowdown
        self.bank_s = limits.bank_s * slowdown
        self.strikes = 0
        self._acts = 0

    @property
    def longest_s(self) -> float:
        """So long the next action is waited for."""
        limits = self._limits
        return self._slowdown * (limits.longest_s if self._acts else max(limits.first_s, limits.longest_s))

    def took(self, seconds: float) -> str | None:
        """Book the time of one action that came; what to tell if it was one late action too many."""
        limits, first = self._limits, self._acts == 0
        self._acts += 1
        free = self._slowdown * (limits.first_s if first else limits.step_s)
        over = seconds - free
        if over <= 0:
            return None
        if over <= self.bank_s:
            self.bank_s -= over
            return None
        self.bank_s = 0.0
        self.strikes += 1
        if self.strikes <= limits.strikes:
            return None
        spent = f"the bank is empty and {limits.strikes} strikes are used up"
        return f"action {self._acts} took {seconds:.3f} s of {free:g}, {spent}"

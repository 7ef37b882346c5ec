"""How a submission's episode or run can end: a closed list, and who answers for it."""

from enum import StrEnum

from goldentime.errors import GoldenTimeError

__all__ = ["AgentFailure", "InfrastructureError", "Outcome", "RefusedSubmission", "outcome_of"]

_LONGEST = 8192
_REASON = "agent_"
_RAISED = "agent_error"


class Outcome(StrEnum):
    """What became of a submission, in an episode or as a whole."""

    OK = "ok"
    TIMEOUT = "timeout"
    """It answered too late (`engines.limits.Limits`)."""
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    """It ended, raised an exception, or broke the protocol of the wire."""
    INVALID_ACTION = "invalid_action"
    """Its answer can be no action."""
    REFUSED_SUBMISSION = "refused_submission"
    """It was never started: the archive or its description does not fit."""
    INFRASTRUCTURE_ERROR = "infrastructure_error"
    """The referee's own fault, never charged to the team."""

    @property
    def charged(self) -> bool:
        """Whether the team answers for it."""
        return self not in (Outcome.OK, Outcome.INFRASTRUCTURE_ERROR)


class AgentFailure(GoldenTimeError):
    """A submission failed within an episode, which ends with this outcome; what it did before counts."""

    def __init__(self, outcome: Outcome, text: str) -> None:
        # Its words come from a stranger and end up on a terminal.
        clean = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text[:_LONGEST])
        super().__init__(f"{outcome}: {clean}")
        self.outcome = outcome
        self.reason = f"{_REASON}{outcome}"
        """Why the episode ended; a mission's own reasons, such as a drone that `crashed`, have other names."""
        self.text = clean


class RefusedSubmission(GoldenTimeError):
    """A submission is not even started; the message names the fault."""

    outcome = Outcome.REFUSED_SUBMISSION


class InfrastructureError(GoldenTimeError):
    """The referee's own machinery failed: the episode is not over and must be flown again."""

    outcome = Outcome.INFRASTRUCTURE_ERROR


def outcome_of(reason: str) -> Outcome:
    """The outcome of an episode by its end reason; whatever a mission calls an end of its own is `ok`."""
    if reason == _RAISED:
        return Outcome.CRASHED
    return Outcome(reason.removeprefix(_REASON)) if reason.startswith(_REASON) else Outcome.OK

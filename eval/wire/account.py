"""What a submission's episode came to, for its team."""

from goldentime.records import record

__all__ = ["Account"]


@record
class Account:
    """What one agent's episode came to, for the team to read: nothing of the world, no seed."""

    outcome: str
    text: str = ""
    """Why it failed."""
    output: str
    """What it printed, as far as it is kept."""
    dropped_bytes: int
    acts: int
    reset_s: float
    """From the start to the answer of `reset`."""
    act_median_ms: float
    act_max_ms: float
    bank_left_s: float
    strikes: int
    slowdown: float

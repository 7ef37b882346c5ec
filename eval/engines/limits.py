"""What a submission may use. Every engine holds to the same numbers; all of them are our choice."""

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["MIB", "Limits"]

MIB = 1 << 20


@record
class Limits:
    """Times are on the clock of the wall and apart from simulated time, which stands still while the agent thinks."""

    reset_s: float = 60.0
    """From its start to the answer of `reset`: to load what it has learned."""
    first_s: float = 20.0
    """For the first action."""
    step_s: float = 0.2
    """For every further action. What one takes longer comes out of the bank."""
    bank_s: float = 30.0
    """Of an episode. Once it is empty each late action is a strike."""
    strikes: int = 3
    """So many late actions are forgiven; one more ends the episode."""
    longest_s: float = 10.0
    """After this no action is waited for, whatever is left in the bank."""
    action_bytes: int = 65_536
    """Of one answer."""
    memory_mib: int = 4096
    """Scratch space included."""
    cpus: float = 1.0
    cpu_s: int = 3600
    """Time on processors of one process."""
    processes: int = 64
    """Threads count too."""
    open_files: int = 256
    file_mib: int = 128
    """Size of one file."""
    scratch_mib: int = 256
    """Each of /tmp and /dev/shm, the only places that can be written to."""
    output_kib: int = 256
    """Of what it prints so much is kept."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name != "strikes" and not value > 0:  # NaN too
                raise ConfigError(f"{name}: must be above 0, got {value}")
        if self.strikes < 0:
            raise ConfigError(f"strikes: must be at least 0, got {self.strikes}")

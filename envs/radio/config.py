"""What radios the drones of an environment carry."""

from goldentime.records import record

__all__ = ["RadioConfig"]

# Where the entries of ITU-R P.2040 that `materials` uses hold.
_BAND_HZ = (1e9, 40e9)


@record
class RadioConfig:
    """Equal radios on all drones and at the base. Power and sensitivity are of a small sensor-network radio: IEEE 802.15.4
    asks for at least -85 dBm at 2.4 GHz, and 0 dBm is what such chips send. The rate is our choice: what is left of it
    for these messages."""

    frequency_hz: float = 2.4e9
    tx_dbm: float = 0.0
    """Sent power; antennas have no gain in any direction."""
    sensitivity_dbm: float = -85.0
    """There is a link where at least this is received."""
    path_loss_exponent: float = 2.0
    """2 in free space: what stands in the way counts by itself."""
    reference_loss_db: float | None = None
    """Loss at 1 m; that of free space if not given."""
    bytes_per_s: float = 200.0
    """How fast a radio gets its own messages out."""
    hop_delay_s: float = 0.05
    """From one radio to the next, once it has heard all of a message."""
    message_bytes: int = 64
    """Length of the action's `message`."""
    queue_s: float = 1.0
    """A message that would wait longer than this for those before it is not sent at all."""

    def __post_init__(self) -> None:
        low, high = _BAND_HZ
        if not low <= self.frequency_hz <= high:
            raise ValueError(f"frequency_hz: expected {low:g} to {high:g}, got {self.frequency_hz:g}")
        for name in ("path_loss_exponent", "bytes_per_s", "message_bytes"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: expected more than 0, got {getattr(self, name)}")
        for name in ("hop_delay_s", "queue_s"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name}: expected at least 0, got {getattr(self, name)}")

"""Scalars for TensorBoard."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch.utils.tensorboard.writer import SummaryWriter

__all__ = ["Board"]


class Board:
    """A TensorBoard log; what an earlier session wrote beyond `steps` is done again and hidden."""

    def __init__(self, folder: Path, steps: int) -> None:
        self._writer = SummaryWriter(str(folder), purge_step=steps + 1 if steps else None)

    def add(self, steps: int, scalars: Mapping[str, Any]) -> None:
        """Write what is a number."""
        for name, value in scalars.items():
            if isinstance(value, int | float):
                self._writer.add_scalar(name, value, steps)

    def close(self) -> None:
        """Flush."""
        self._writer.close()

"""Flames as light: where they stand and how large they are; how fire spreads is not their business."""

from goldentime.records import record

__all__ = ["MAX_EMBERS", "Flame"]

MAX_EMBERS = 64


@record
class Flame:
    """A tongue of fire that stands upright; a burning sofa has several."""

    position: tuple[float, float, float]
    """[m] the middle of its foot, world ENU."""
    radius_m: float = 0.3
    height_m: float = 1.0
    seed: int = 0
    """Of its flicker: flames of different seeds do not move together."""
    embers: int = 0
    """Sparks that rise from it at any time; they hide nothing and have no ids."""
    fuel: int = -1
    """Of the fire plan: the flame is as large as this item burns, and so large at its peak; -1 for one that burns on."""

    def __post_init__(self) -> None:
        if self.radius_m <= 0.0 or self.height_m <= 0.0 or not 0 <= self.seed < 2**16:
            raise ValueError(f"expected radius_m and height_m above 0 and a seed in [0, 65536), got {self}")
        if not 0 <= self.embers <= MAX_EMBERS:
            raise ValueError(f"expected embers in [0, {MAX_EMBERS}], got {self.embers}")

"""Flames as light: where they stand and how large they are; how fire spreads is not their business."""

from goldentime.records import record

__all__ = ["Flame"]


@record
class Flame:
    """A tongue of fire that stands upright; a burning sofa has several."""

    position: tuple[float, float, float]
    """[m] the middle of its foot, world ENU."""
    radius_m: float = 0.3
    height_m: float = 1.0
    seed: int = 0
    """Of its flicker: flames of different seeds do not move together."""

    def __post_init__(self) -> None:
        if self.radius_m <= 0.0 or self.height_m <= 0.0 or not 0 <= self.seed < 2**16:
            raise ValueError(f"expected radius_m and height_m above 0 and a seed in [0, 65536), got {self}")

"""What buildings of a use are like: measures, the uses of their rooms, and what stands in these.

The measures are our choice, after dwellings, offices and schools as they are common in Korea.
"""

from typing import NamedTuple

from goldentime.envs.buildings.building import Use
from goldentime.envs.scenes.walls import Span

__all__ = ["CLUTTER", "CONTENTS", "HABITS", "WORDS", "Habit"]


class Habit(NamedTuple):
    """Measures of one use; spans to draw from [m]."""

    unit_m: Span
    """Width of a room, or of a flat."""
    front_m: Span
    """Depth on the street's side of the corridor."""
    back_m: Span
    corridor_m: Span
    height_m: Span
    storeys: int
    """The most."""
    door_m: Span
    leaf: str
    rooms: dict[str, float]
    """Uses of rooms and how often they occur."""


HABITS: dict[Use, Habit] = {
    "apartment": Habit(
        (3.4, 4.6), (7.2, 8.4), (7.2, 8.4), (1.9, 2.4), (2.5, 2.8), 4, (0.92, 1.0), "steel", {"living": 1.0}
    ),
    "office": Habit(
        (3.3, 5.2), (4.2, 5.6), (5.2, 5.8), (2.0, 2.8), (2.7, 3.0), 4, (0.95, 1.1), "wood",
        {"office": 0.5, "lounge": 0.15, "store": 0.2, "classroom": 0.15},
    ),
    "school": Habit(
        (5.0, 7.6), (5.4, 6.6), (5.4, 6.6), (2.6, 3.2), (2.9, 3.2), 4, (1.0, 1.2), "wood",
        {"classroom": 0.55, "office": 0.2, "store": 0.1, "ward": 0.08, "lounge": 0.07},
    ),
    "shops": Habit(
        (3.8, 5.6), (5.4, 7.0), (5.2, 5.6), (1.9, 2.4), (2.8, 3.1), 3, (0.95, 1.1), "wood",
        {"shop": 0.6, "store": 0.25, "office": 0.15},
    ),
}  # fmt: skip

CONTENTS: dict[str, tuple[str, ...]] = {
    "living": ("sofa", "table", "shelf", "chair"), "bedroom": ("bed", "shelf", "table"),
    "office": ("table", "table", "shelf"), "ward": ("bed", "bed", "chair", "shelf"), "lounge": ("sofa", "sofa", "table"),
    "store": ("shelf", "shelf", "shelf", "shelf"), "classroom": ("table", "table", "table", "shelf"),
    "shop": ("shelf", "shelf", "table", "shelf"), "bare": ("chair",), "": (),
}  # fmt: skip
"""Kinds of furniture along the walls of a room, the first ones first; a table has a chair before it."""

CLUTTER: dict[str, float] = {
    "fire_extinguisher": 0.22, "suitcase": 0.16, "backpack": 0.18, "gas_cylinder": 0.12, "bicycle": 0.08, "chair": 0.1,
    "wheelchair": 0.06, "cone": 0.04, "relief_kit": 0.04,
}  # fmt: skip
"""What else stands about, and how often."""

WORDS: dict[str, tuple[str, ...]] = {
    "office": ("사무실", "교무실", "행정실", "상담실", "연구실", "총무과", "재무과", "관리실", "전산실", "민원실"),
    "lounge": ("휴게실", "대기실", "접견실", "탕비실"),
    "store": ("창고", "자료실", "문서고", "비품실", "도서실", "장비실", "기록실", "공구실"),
    "classroom": ("강의실", "회의실", "세미나실", "음악실", "미술실", "과학실", "컴퓨터실", "시청각실"),
    "ward": ("보건실", "숙직실", "당직실", "입원실"),
    "shop": (),
}  # fmt: skip
"""Rooms of a use, as plates name them (`vocabulary.ROOMS`)."""

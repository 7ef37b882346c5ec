"""What kinds of signs a text may be on, by words and forms in common use."""

import re

__all__ = ["KINDS", "likely_kinds"]

KINDS = ("room_plate", "exit", "floor_number", "shop", "street", "hazard", "notice", "building")

_FORMS: tuple[tuple[str, str], ...] = (
    ("floor_number", r"^(지하 ?\d+층|\d+층|[Bb]?\d+ ?F|LEVEL \d+|BASEMENT \d+|옥상|ROOF)\b"),
    ("room_plate", r"(^|\D)B?\d{3,4}(-\d)?( ?호)?(\D|$)|^Room |^\d{2,}|\d호|실$"),
    ("exit", r"출구|비상|피난|대피|EXIT|EMERGENCY|STAIRS|ESCAPE|WAY OUT"),
    (
        "hazard",
        r"위험|주의|금지|엄금|경고|DANGER|HAZARD|WARNING|KEEP OUT|NO ENTRY|FLAMMABLE|TOXIC|VOLTAGE|EXPLOSIVE|CAUTION"
        r"|독성|물질|발밑|감전|고압|미끄|추락|붕괴|낙하|가스|폭발|인화|화기|접근|WATCH|STEP|SLIPPERY|GAS\b",
    ),
    ("street", r"[가-힣](로|길)( ?\d+)?(번길)?$|-(ro|gil)\b|\b(St|Ave|Rd|Lane|Blvd)\b"),
    (
        "notice",
        r"소화|금연|안내|계단|엘리베이터|대피소|구급|집결|주차|접수|FIRE |SMOKING|PUSH|PULL|ELEVATOR|STAFF|AED|PARKING"
        r"|남자|여자|화물|구명|소방|TOILET|WOMEN|MEN\b|FREIGHT|INFORMATION",
    ),
    (
        "building",
        r"(소방서|병원|학교|파출소|아파트|도서관|우체국|센터|시장)$|STATION|HOSPITAL|SCHOOL|POLICE|APARTMENTS|OFFICE",
    ),
)


def likely_kinds(text: str) -> set[str]:
    """The kinds whose forms a text has; where none fits, those that any words may be on."""
    found = {kind for kind, form in _FORMS if re.search(form, text)}
    return found or {"shop", "building", "notice"}

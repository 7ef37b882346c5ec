"""What signs say, in Korean and English: fixed vocabularies, and names put together from our own syllables and words."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from goldentime.envs.signage.spec import Language, SignKind, TextLine

__all__ = ["all_characters", "sign_lines"]

T = TypeVar("T")
Pair = tuple[str, str]
"""Korean and English of the same thing."""
Rng = np.random.Generator

ROOMS: tuple[Pair, ...] = (
    ("자료실", "Library"), ("회의실", "Meeting Room"), ("사무실", "Office"), ("강의실", "Classroom"),
    ("실험실", "Laboratory"), ("창고", "Storage"), ("기계실", "Machine Room"), ("전기실", "Electrical Room"),
    ("화장실", "Restroom"), ("휴게실", "Lounge"), ("상담실", "Counselling"), ("보건실", "Nurse's Office"),
    ("방재실", "Control Room"), ("교무실", "Teachers' Office"), ("서버실", "Server Room"), ("관리실", "Caretaker"),
    ("탕비실", "Pantry"), ("도서실", "Reading Room"), ("수술실", "Operating Room"), ("응급실", "Emergency Room"),
    ("음악실", "Music Room"), ("미술실", "Art Room"), ("식당", "Canteen"), ("경비실", "Security"),
)  # fmt: skip
EXITS: tuple[Pair, ...] = (
    ("비상구", "EXIT"), ("비상구", "EMERGENCY EXIT"), ("출구", "EXIT"), ("피난계단", "FIRE STAIRS"),
    ("대피로", "ESCAPE ROUTE"), ("비상계단", "EMERGENCY STAIRS"), ("피난구", "WAY OUT"),
)  # fmt: skip
HAZARDS: tuple[Pair, ...] = (
    ("위험", "DANGER"), ("고압가스", "HIGH PRESSURE GAS"), ("고전압 위험", "HIGH VOLTAGE"), ("인화성 물질", "FLAMMABLE"),
    ("접근금지", "KEEP OUT"), ("감전주의", "SHOCK HAZARD"), ("추락주의", "FALL HAZARD"), ("출입금지", "NO ENTRY"),
    ("화기엄금", "NO OPEN FLAME"), ("독성물질", "TOXIC"), ("폭발위험", "EXPLOSIVE"), ("산소", "OXYGEN"),
    ("가스주의", "GAS HAZARD"), ("유해물질", "HAZARDOUS MATERIAL"), ("낙하물주의", "FALLING OBJECTS"), ("경고", "WARNING"),
    ("미끄럼주의", "SLIPPERY FLOOR"), ("고온주의", "HOT SURFACE"),
)  # fmt: skip
NOTICES: tuple[Pair, ...] = (
    ("소화기", "FIRE EXTINGUISHER"), ("소화전", "FIRE HYDRANT"), ("자동심장충격기", "AED"), ("대피안내도", "ESCAPE PLAN"),
    ("관계자 외 출입금지", "STAFF ONLY"), ("금연", "NO SMOKING"), ("미시오", "PUSH"), ("당기시오", "PULL"),
    ("엘리베이터", "ELEVATOR"), ("계단", "STAIRS"), ("안내", "INFORMATION"), ("대피소", "SHELTER"),
    ("구급함", "FIRST AID"), ("집결지", "ASSEMBLY POINT"), ("주차장", "PARKING"), ("접수", "RECEPTION"),
    ("완강기", "DESCENDING DEVICE"), ("비상벨", "EMERGENCY BELL"), ("옥상 출입구", "ROOF ACCESS"), ("방화문", "FIRE DOOR"),
)  # fmt: skip
BUILDINGS: tuple[Pair, ...] = (
    ("소방서", "FIRE STATION"), ("병원", "HOSPITAL"), ("초등학교", "ELEMENTARY SCHOOL"), ("중학교", "MIDDLE SCHOOL"),
    ("파출소", "POLICE BOX"), ("아파트", "APARTMENTS"), ("도서관", "LIBRARY"), ("우체국", "POST OFFICE"),
    ("주민센터", "COMMUNITY CENTER"), ("시장", "MARKET"),
)  # fmt: skip
TRADES: tuple[Pair, ...] = (
    ("약국", "Pharmacy"), ("꽃집", "Flowers"), ("식당", "Diner"), ("치과", "Dental"), ("서점", "Books"),
    ("세탁소", "Laundry"), ("미용실", "Hair"), ("분식", "Snacks"), ("빵집", "Bakery"), ("카페", "Cafe"),
    ("안경", "Optics"), ("문구", "Stationery"), ("철물", "Hardware"), ("정육점", "Butcher"), ("부동산", "Realty"),
    ("편의점", "Market"), ("노래방", "Karaoke"), ("국수", "Noodles"), ("김밥", "Kimbap"), ("학원", "Academy"),
    ("동물병원", "Vet"), ("사진관", "Photo"), ("자전거", "Bikes"), ("떡집", "Rice Cakes"),
)  # fmt: skip
# Each name is a first and a second part.
FIRST: tuple[Pair, ...] = (
    ("한", "Han"), ("새", "Sae"), ("푸른", "Pureun"), ("큰", "Keun"), ("고운", "Goun"), ("참", "Cham"),
    ("하늘", "Haneul"), ("달", "Dal"), ("별", "Byeol"), ("솔", "Sol"), ("은", "Eun"), ("해", "Hae"),
    ("늘", "Neul"), ("온", "On"), ("가온", "Gaon"), ("다솜", "Dasom"), ("미르", "Mireu"), ("아라", "Ara"),
)  # fmt: skip
SECOND: tuple[Pair, ...] = (
    ("빛", "bit"), ("봄", "bom"), ("샘", "saem"), ("들", "deul"), ("마루", "maru"), ("숲", "sup"),
    ("터", "teo"), ("누리", "nuri"), ("바다", "bada"), ("나무", "namu"), ("가람", "garam"), ("뜰", "tteul"),
    ("울", "ul"), ("채", "chae"), ("산", "san"), ("골", "gol"),
)  # fmt: skip
EN_FIRST = ("Blue", "Old", "Golden", "Little", "Corner", "Maple", "River", "North", "Sunny", "Silver", "Harbor", "Green")
EN_SECOND = ("Door", "Bridge", "Kettle", "Lantern", "Garden", "Field", "Stone", "Bell", "House", "Leaf", "Wheel", "Hill")
EN_STREETS = ("Maple", "Station", "Harbor", "Cedar", "Mill", "Church", "River", "Market", "Hill", "Garden", "Lake", "Park")
EN_WAYS = ("St", "Ave", "Rd", "Lane", "Blvd")


def _pick(rng: Rng, items: Sequence[T]) -> T:
    return items[int(rng.integers(len(items)))]


def _number(rng: Rng, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _name(rng: Rng) -> Pair:
    first, second = _pick(rng, FIRST), _pick(rng, SECOND)
    return first[0] + second[0], first[1] + second[1]


def _of(pair: Pair, language: Language, small: float = 0.5) -> tuple[TextLine, ...]:
    """A pair's Korean, its English, or both below one another."""
    korean, english = pair
    if language is Language.MIXED:
        return TextLine(text=korean), TextLine(text=english, scale=small)
    return (TextLine(text=korean if language is Language.KO else english),)


def _room(rng: Rng, language: Language) -> tuple[TextLine, ...]:
    """Rooms are numbered floor * 100 + place, from B2 to the tenth floor; some are divided (`302-1호`)."""
    floor, place = _number(rng, -2, 10), _number(rng, 1, 24)
    number = f"{floor}{place:02d}" if floor > 0 else f"B{max(-floor, 1)}{place:02d}"
    number += f"-{_number(rng, 1, 3)}" if rng.random() < 0.1 else ""
    korean, english = _pick(rng, ROOMS)
    layout = rng.random()
    if language is Language.MIXED:
        return TextLine(text=f"{number} {korean}"), TextLine(text=english, scale=0.55)
    if layout < 0.35:
        return (TextLine(text=f"{number}호" if language is Language.KO else f"Room {number}"),)
    name = korean if language is Language.KO else english
    if layout < 0.65:
        return (TextLine(text=f"{number} {name}"),)
    return TextLine(text=number), TextLine(text=name, scale=0.7)


def _floor(rng: Rng, language: Language) -> tuple[TextLine, ...]:
    floor = _number(rng, -3, 15)
    if floor == 0:
        return _of(("옥상", "ROOF"), language)
    if floor < 0:
        return _of((f"지하 {-floor}층", f"B{-floor}F" if rng.random() < 0.5 else f"BASEMENT {-floor}"), language)
    return _of((f"{floor}층", f"{floor}F" if rng.random() < 0.6 else f"LEVEL {floor}"), language)


def _shop(rng: Rng, language: Language) -> tuple[TextLine, ...]:
    name, trade = _name(rng), _pick(rng, TRADES)
    if language is Language.EN:
        words = f"{_pick(rng, EN_FIRST)} {_pick(rng, EN_SECOND)}"
        if rng.random() < 0.5:
            return (TextLine(text=f"{words} {trade[1]}"),)
        return TextLine(text=words), TextLine(text=trade[1], scale=0.6)
    if language is Language.MIXED:
        return TextLine(text=name[0] + trade[0]), TextLine(text=trade[1].upper(), scale=0.45)
    if rng.random() < 0.3:
        return (TextLine(text=f"{name[0]} {trade[0]}"),)
    return (TextLine(text=name[0] + trade[0]),)


def _street(rng: Rng, language: Language) -> tuple[TextLine, ...]:
    name = _name(rng)
    way = _pick(rng, (("로", "-ro"), ("길", "-gil")))
    house = f" {_number(rng, 1, 240)}" if rng.random() < 0.5 else ""
    if language is Language.EN and rng.random() < 0.6:
        return (TextLine(text=f"{_pick(rng, EN_STREETS)} {_pick(rng, EN_WAYS)}{house}"),)
    korean = name[0] + way[0] + (f"{_number(rng, 2, 90)}번길" if way[0] == "로" and not house else "")
    return _of((korean + house, name[1] + way[1] + house), language, 0.55)


def _building(rng: Rng, language: Language) -> tuple[TextLine, ...]:
    name, use = _name(rng), _pick(rng, BUILDINGS)
    return _of((name[0] + use[0], f"{name[1].upper()} {use[1]}"), language, 0.45)


def _fixed(pairs: tuple[Pair, ...]) -> Callable[[Rng, Language], tuple[TextLine, ...]]:
    return lambda rng, language: _of(_pick(rng, pairs), language, 0.6)


_WRITERS: dict[SignKind, Callable[[Rng, Language], tuple[TextLine, ...]]] = {
    SignKind.ROOM_PLATE: _room,
    SignKind.EXIT: _fixed(EXITS),
    SignKind.FLOOR_NUMBER: _floor,
    SignKind.SHOP: _shop,
    SignKind.STREET: _street,
    SignKind.HAZARD: _fixed(HAZARDS),
    SignKind.NOTICE: _fixed(NOTICES),
    SignKind.BUILDING: _building,
}


def sign_lines(kind: SignKind, language: Language, rng: Rng) -> tuple[TextLine, ...]:
    """What a sign of a kind says."""
    return _WRITERS[kind](rng, language)


def all_characters() -> str:
    """Every character that `sign_lines` may use, each once."""
    tables = (ROOMS, EXITS, HAZARDS, NOTICES, BUILDINGS, TRADES, FIRST, SECOND)
    words = [word for table in tables for pair in table for word in pair]
    words += [word.upper() for word in words]
    words += [*EN_FIRST, *EN_SECOND, *EN_STREETS, *EN_WAYS]
    words += ["0123456789-", " ", "호층지하옥상로길번", "-ro-gil", "RoomROOFLEVELBASEMENTF"]
    return "".join(dict.fromkeys("".join(words)))

"""What signs say, in Korean and English: words of the vocabulary, and names put together from syllables and words."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from goldentime.envs.signage.spec import Language, SignKind, TextLine
from goldentime.envs.signage.vocabulary import (
    BUILDING_USES,
    BUILDINGS,
    EN_FIRST,
    EN_SECOND,
    EN_STREETS,
    EN_WAYS,
    EXITS,
    FIRST,
    HAZARDS,
    NOTICES,
    ROOF,
    ROOMS,
    SECOND,
    TRADES,
    Pair,
    Words,
    in_pool,
    of_pool,
)

__all__ = ["all_characters", "building_lines", "sign_lines"]

T = TypeVar("T")
Rng = np.random.Generator
Lines = tuple[TextLine, ...]


def _pick(rng: Rng, items: Sequence[T]) -> T:
    return items[int(rng.integers(len(items)))]


def _number(rng: Rng, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _name(rng: Rng, words: Words) -> Pair:
    while True:
        first, second = _pick(rng, FIRST), _pick(rng, SECOND)
        if in_pool(first[0] + second[0], words):
            return first[0] + second[0], first[1] + second[1]


def _two_words(rng: Rng, first: Sequence[str], second: Sequence[str], words: Words) -> str:
    while True:
        name = f"{_pick(rng, first)} {_pick(rng, second)}"
        if in_pool(name, words):
            return name


def _of(pair: Pair, language: Language, small: float = 0.5) -> Lines:
    """A pair's Korean, its English, or both below one another."""
    korean, english = pair
    if language is Language.MIXED:
        return TextLine(text=korean), TextLine(text=english, scale=small)
    return (TextLine(text=korean if language is Language.KO else english),)


def _room(rng: Rng, language: Language, words: Words) -> Lines:
    """Rooms are numbered floor * 100 + place, from B2 to the tenth floor; some are divided (`302-1호`)."""
    floor, place = _number(rng, -2, 10), _number(rng, 1, 24)
    number = f"{floor}{place:02d}" if floor > 0 else f"B{max(-floor, 1)}{place:02d}"
    number += f"-{_number(rng, 1, 3)}" if rng.random() < 0.1 else ""
    korean, english = _pick(rng, of_pool(ROOMS, words))
    layout = rng.random()
    if language is Language.MIXED:
        return TextLine(text=f"{number} {korean}"), TextLine(text=english, scale=0.55)
    if layout < 0.35:
        return (TextLine(text=f"{number}호" if language is Language.KO else f"Room {number}"),)
    name = korean if language is Language.KO else english
    if layout < 0.65:
        return (TextLine(text=f"{number} {name}"),)
    return TextLine(text=number), TextLine(text=name, scale=0.7)


def _floor(rng: Rng, language: Language, words: Words) -> Lines:
    floor = _number(rng, -3, 15)
    if floor == 0:
        return _of(ROOF, language)
    if floor < 0:
        return _of((f"지하 {-floor}층", f"B{-floor}F" if rng.random() < 0.5 else f"BASEMENT {-floor}"), language)
    return _of((f"{floor}층", f"{floor}F" if rng.random() < 0.6 else f"LEVEL {floor}"), language)


def _shop(rng: Rng, language: Language, words: Words) -> Lines:
    name, trade = _name(rng, words), _pick(rng, of_pool(TRADES, words))
    if language is Language.EN:
        english = _two_words(rng, EN_FIRST, EN_SECOND, words)
        if rng.random() < 0.5:
            return (TextLine(text=f"{english} {trade[1]}"),)
        return TextLine(text=english), TextLine(text=trade[1], scale=0.6)
    if language is Language.MIXED:
        return TextLine(text=name[0] + trade[0]), TextLine(text=trade[1].upper(), scale=0.45)
    if rng.random() < 0.3:
        return (TextLine(text=f"{name[0]} {trade[0]}"),)
    return (TextLine(text=name[0] + trade[0]),)


def _street(rng: Rng, language: Language, words: Words) -> Lines:
    name = _name(rng, words)
    way = _pick(rng, (("로", "-ro"), ("길", "-gil")))
    house = f" {_number(rng, 1, 240)}" if rng.random() < 0.5 else ""
    if language is Language.EN and rng.random() < 0.6:
        return (TextLine(text=f"{_two_words(rng, EN_STREETS, EN_WAYS, words)}{house}"),)
    korean = name[0] + way[0] + (f"{_number(rng, 2, 90)}번길" if way[0] == "로" and not house else "")
    return _of((korean + house, name[1] + way[1] + house), language, 0.55)


def _building(rng: Rng, language: Language, words: Words) -> Lines:
    name, use = _name(rng, words), _pick(rng, BUILDINGS)
    return _of((name[0] + use[0], f"{name[1].upper()} {use[1]}"), language, 0.45)


def building_lines(kind: str, language: Language, rng: Rng, words: Words = "all") -> Lines:
    """The name of a building of one of the kinds of `BUILDING_USES`: what it is stands in it."""
    name, use = _name(rng, words), _pick(rng, BUILDING_USES[kind])
    return _of((name[0] + use[0], f"{name[1].upper()} {use[1]}"), language, 0.45)


def _fixed(pairs: tuple[Pair, ...]) -> Callable[[Rng, Language, Words], Lines]:
    return lambda rng, language, words: _of(_pick(rng, of_pool(pairs, words)), language, 0.6)


_WRITERS: dict[SignKind, Callable[[Rng, Language, Words], Lines]] = {
    SignKind.ROOM_PLATE: _room,
    SignKind.EXIT: _fixed(EXITS),
    SignKind.FLOOR_NUMBER: _floor,
    SignKind.SHOP: _shop,
    SignKind.STREET: _street,
    SignKind.HAZARD: _fixed(HAZARDS),
    SignKind.NOTICE: _fixed(NOTICES),
    SignKind.BUILDING: _building,
}


def sign_lines(kind: SignKind, language: Language, rng: Rng, words: Words = "all") -> Lines:
    """What a sign of a kind says, in the words of a pool."""
    return _WRITERS[kind](rng, language, words)


def all_characters() -> str:
    """Every character that `sign_lines` and `building_lines` may use, each once."""
    tables = (ROOMS, EXITS, HAZARDS, NOTICES, BUILDINGS, TRADES, FIRST, SECOND, *BUILDING_USES.values())
    known = [word for table in tables for pair in table for word in pair]
    known += [word.upper() for word in known]
    known += [*EN_FIRST, *EN_SECOND, *EN_STREETS, *EN_WAYS]
    known += ["0123456789-", " ", "호층지하옥상로길번", "-ro-gil", "RoomROOFLEVELBASEMENTF"]
    return "".join(dict.fromkeys("".join(known)))

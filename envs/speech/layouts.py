"""How corpora lie in folders: for each layout its sign, and a reader that yields what it finds.

Where something can't be told, the error names the file and the field that lacks it; sound without a label is no part of a
corpus and is left out.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

from goldentime.envs.speech.bank import Kind, Split, Voice
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["ARCTIC_VOICES", "CHILD_BELOW_YEARS", "LAYOUTS", "SOUND", "Found", "Layout"]

CHILD_BELOW_YEARS = 13
SOUND = (".wav", ".flac", ".ogg", ".opus", ".mp3")

ARCTIC_VOICES: dict[str, Voice] = {
    **dict.fromkeys(("aew", "ahw", "aup", "awb", "bdl", "fem", "gka", "jmk", "ksp", "rms", "rxr"), "man"),
    **dict.fromkeys(("axb", "clb", "eey", "ljm", "lnh", "slp", "slt"), "woman"),
}
"""As published with the CMU ARCTIC databases."""


@record
class Found:
    """An utterance as a layout's reader finds it."""

    path: Path
    speaker: str
    voice: Voice
    text: str = ""
    language: str = ""
    split: Split | None = None
    """None where the corpus says nothing."""
    kind: Kind = "talk"


class Layout(NamedTuple):
    """A corpus's way of lying in folders."""

    fits: Callable[[Path], bool]
    read: Callable[[Path], Iterator[Found]]


def _voice(gender: str, age: str, where: str) -> Voice:
    """The class of somebody of this gender and age [years], in the corpora's words.

    Raises:
        ConfigError: the gender is none of them.
    """
    years = re.search(r"\d+", age)
    if years and int(years.group()) < CHILD_BELOW_YEARS:
        return "child"
    match gender.strip().lower():
        case "m" | "male" | "man" | "남" | "남성" | "남자":
            return "man"
        case "f" | "female" | "woman" | "여" | "여성" | "여자":
            return "woman"
        case "child" | "아동" | "유아" | "소아":
            return "child"
    raise ConfigError(f"{where}: expected a gender such as M, F, male, female, 남, 여, got {gender!r}")


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Places and texts of the lines that say something."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read ({error})") from None
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip() and not line.startswith(";"):
            yield f"{path}:{number}", line


def _above(path: Path, name: str) -> Path | None:
    """The file of this name in the folder or, for a part of a corpus, in the one above it."""
    return next((folder / name for folder in (path, path.parent) if (folder / name).is_file()), None)


def _librispeech(path: Path) -> Iterator[Found]:
    speakers: dict[str, tuple[Voice, Split]] = {}
    listed = _above(path, "SPEAKERS.TXT")
    if listed is None:
        raise ConfigError(f"speech corpus {path}: expected SPEAKERS.TXT there or in the folder above it, got none")
    for where, line in _lines(listed):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 3:
            raise ConfigError(f"{where}: expected 'reader | sex | subset | ...', got {line[:60]!r}")
        speakers[cells[0]] = (_voice(cells[1], "", where), "train" if cells[2].startswith("train") else "test")
    for texts in sorted(path.rglob("*.trans.txt")):
        for where, line in _lines(texts):
            name, _, text = line.partition(" ")
            reader = name.partition("-")[0]
            if reader not in speakers:
                raise ConfigError(f"{where}: reader {reader!r} is not in {listed}")
            voice, split = speakers[reader]
            sound = texts.with_name(f"{name}.flac")
            yield Found(path=sound, speaker=reader, voice=voice, text=text.lower(), language="en", split=split)


def _vctk(path: Path) -> Iterator[Found]:
    speakers: dict[str, Voice] = {}
    for where, line in _lines(path / "speaker-info.txt"):
        cells = line.split()
        if cells[0] == "ID":
            continue
        if len(cells) < 3:
            raise ConfigError(f"{where}: expected 'ID AGE GENDER ...', got {line[:60]!r}")
        name = cells[0] if cells[0][0].isalpha() else f"p{cells[0]}"
        speakers[name] = _voice(cells[2], cells[1], where)
    for sound in _sounds(path):
        # The newest edition has two microphones; the first one is near the mouth.
        name, _, number = sound.stem.removesuffix("_mic1").partition("_")
        if sound.stem.endswith("_mic2") or name not in speakers:
            continue
        text = path / "txt" / name / f"{name}_{number}.txt"
        words = text.read_text(encoding="utf-8") if text.is_file() else ""
        yield Found(path=sound, speaker=name, voice=speakers[name], text=words, language="en")


def _sounds(path: Path) -> list[Path]:
    return sorted(found for found in path.rglob("*") if found.suffix.lower() in SOUND)


def _arctic_folders(path: Path) -> list[Path]:
    return [folder for folder in (path, *sorted(path.glob("cmu_us_*_arctic"))) if folder.match("cmu_us_*_arctic")]


def _arctic(path: Path) -> Iterator[Found]:
    for folder in _arctic_folders(path):
        name = folder.name.split("_")[2]
        if name not in ARCTIC_VOICES:
            raise ConfigError(f"{folder}: expected a speaker of {', '.join(sorted(ARCTIC_VOICES))}, got {name!r}")
        texts = dict[str, str]()
        listed = folder / "etc" / "txt.done.data"
        for where, line in _lines(listed) if listed.is_file() else ():
            match = re.fullmatch(r'\(\s*(\S+)\s+"(.*)"\s*\)\s*', line)
            if match is None:
                raise ConfigError(f"{where}: expected '( name \"text\" )', got {line[:60]!r}")
            texts[match[1]] = match[2]
        for sound in _sounds(folder / "wav"):
            text = texts.get(sound.stem, "")
            yield Found(path=sound, speaker=name, voice=ARCTIC_VOICES[name], text=text, language="en")


_AIHUB = (
    # Where two kinds of AI-Hub's labels say who speaks what: speaker, gender, age, text, file.
    (
        ("녹음자정보", "recorderId"),
        ("녹음자정보", "gender"),
        ("녹음자정보", "age"),
        ("발화정보", "stt"),
        ("발화정보", "fileNm"),
    ),
    (
        ("화자정보", "SpeakerName"),
        ("화자정보", "Gender"),
        ("화자정보", "Age"),
        ("전사정보", "LabelText"),
        ("파일정보", "FileName"),
    ),
)


def _has_aihub(path: Path) -> bool:
    first = next(iter(sorted(path.rglob("*.json"))), None) if path.is_dir() else None
    if first is None:
        return False
    label = _label(first)
    return any(form[0][0] in label for form in _AIHUB)


def _label(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: expected a JSON object ({error})") from None
    return data if isinstance(data, dict) else {}


def _aihub(path: Path) -> Iterator[Found]:
    """Sound and labels lie in trees of their own, whose files have the same stems."""
    sounds = {sound.stem: sound for sound in _sounds(path)}
    for labelled in sorted(path.rglob("*.json")):
        label = _label(labelled)
        form = next((form for form in _AIHUB if form[0][0] in label), None)
        if form is None:
            continue
        speaker, gender, age, text, name = (_field(label, keys, labelled) for keys in form)
        sound = sounds.get(Path(name).stem) or sounds.get(labelled.stem)
        if sound is None:
            raise ConfigError(f"{labelled}: no sound file named {Path(name).stem!r} below {path}")
        test = any(part in ("Validation", "Test") for part in labelled.relative_to(path).parts)
        voice = _voice(gender, age, f"{labelled}: {'.'.join(form[1])}")
        yield Found(path=sound, speaker=speaker, voice=voice, text=text, language="ko", split="test" if test else None)


def _field(label: dict[str, Any], keys: tuple[str, str], path: Path) -> str:
    part = label.get(keys[0])
    if not isinstance(part, dict) or keys[1] not in part:
        raise ConfigError(f"{path}: {keys[0]}.{keys[1]}: missing")
    return str(part[keys[1]])


def _manifest(path: Path) -> Path:
    return path / "manifest.csv" if path.is_dir() else path


_COLUMNS: dict[str, tuple[str, ...] | None] = {
    "file": None,
    "speaker": None,
    "voice": ("man", "woman", "child", ""),
    "text": None,
    "language": None,
    "split": ("train", "test", ""),
    "kind": (*get_args(Kind), ""),
}
"""Of a manifest, with the values that are allowed; the first three are needed."""


def _csv(path: Path) -> Iterator[Found]:
    """Rows of a manifest; `file` is relative to it."""
    table = _manifest(path)
    try:
        content = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{table}: can't be read ({error})") from None
    rows = csv.DictReader(content.splitlines())
    names = rows.fieldnames or []
    wrong = [name for name in names if name not in _COLUMNS] + [name for name in list(_COLUMNS)[:3] if name not in names]
    if wrong:
        raise ConfigError(f"{table}: expected the columns file, speaker, voice and of {list(_COLUMNS)[3:]}, got {names}")
    for row in rows:
        where = f"{table}:{rows.line_num}"
        for name, allowed in _COLUMNS.items():
            value = (row.get(name) or "").strip()
            if (allowed and value not in allowed) or (name in ("file", "speaker") and not value):
                raise ConfigError(
                    f"{where}: {name}: expected {' or '.join(map(repr, allowed or ('a text',)))}, got {value!r}"
                )
        yield _row({name: (row.get(name) or "").strip() for name in _COLUMNS}, table.parent)


def _row(cells: dict[str, str], folder: Path) -> Found:
    return Found(
        path=folder / cells["file"],
        speaker=cells["speaker"],
        voice=cells["voice"],  # type: ignore[arg-type]
        text=cells["text"],
        language=cells["language"],
        split=cells["split"] or None,  # type: ignore[arg-type]
        kind=cells["kind"] or "talk",  # type: ignore[arg-type]
    )


LAYOUTS: dict[str, Layout] = {
    "csv": Layout(lambda path: _manifest(path).is_file() and _manifest(path).suffix == ".csv", _csv),
    "librispeech": Layout(lambda path: _above(path, "SPEAKERS.TXT") is not None, _librispeech),
    "vctk": Layout(lambda path: (path / "speaker-info.txt").is_file(), _vctk),
    "arctic": Layout(lambda path: bool(_arctic_folders(path)), _arctic),
    "aihub": Layout(_has_aihub, _aihub),
}
"""In the order in which they are tried."""

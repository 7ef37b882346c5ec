"""Corpora as their makers lay them out, made small here."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from goldentime.envs.speech.bank import load_bank
from goldentime.envs.speech.corpora import read_corpus
from goldentime.errors import ConfigError

RATE_HZ = 16000


def sound(path: Path, seconds: float = 0.3) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = 0.1 * np.random.default_rng(0).standard_normal(round(seconds * RATE_HZ))
    soundfile.write(path, noise, RATE_HZ)


def text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def librispeech(folder: Path) -> Path:
    rows = ";ID |SEX| SUBSET |MINUTES| NAME\n14 | F | train-clean-100 | 25.0 | A\n61 | M | test-clean | 8.0 | B\n"
    text(folder / "SPEAKERS.TXT", rows)
    for subset, reader in (("train-clean-100", "14"), ("test-clean", "61")):
        chapter = folder / subset / reader / "208"
        text(chapter / f"{reader}-208.trans.txt", f"{reader}-208-0000 CHAPTER ONE\n{reader}-208-0001 THE END\n")
        for number in range(2):
            sound(chapter / f"{reader}-208-{number:04d}.flac")
    return folder


def vctk(folder: Path) -> Path:
    text(folder / "speaker-info.txt", "ID  AGE  GENDER  ACCENTS\np225  23  F  English\n226  22  M  English\n")
    for name in ("p225", "p226"):
        text(folder / "txt" / name / f"{name}_001.txt", "Please call Stella.\n")
        for microphone in (1, 2):
            sound(folder / "wav48_silence_trimmed" / name / f"{name}_001_mic{microphone}.flac")
    return folder


def arctic(folder: Path) -> Path:
    for name in ("bdl", "slt"):
        one = folder / f"cmu_us_{name}_arctic"
        text(one / "etc" / "txt.done.data", '( arctic_a0001 "Author of the danger trail." )\n')
        sound(one / "wav" / "arctic_a0001.wav")
    return folder


def aihub(folder: Path) -> Path:
    people = (("Training", "a1", "여", 31), ("Training", "a2", "남", 40), ("Validation", "a3", "남", 8))
    for part, speaker, gender, age in people:
        label = {
            "발화정보": {"stt": "살려 주세요", "fileNm": f"{speaker}_0.wav"},
            "녹음자정보": {"gender": gender, "recorderId": speaker, "age": age},
        }
        text(folder / part / "02.라벨링데이터" / f"{speaker}_0.json", json.dumps(label, ensure_ascii=False))
        sound(folder / part / "01.원천데이터" / f"{speaker}_0.wav")
    return folder


def manifest(folder: Path) -> Path:
    rows = "file,speaker,voice,text,language,split,kind\nx/a.wav,kim,man,도와주세요,ko,test,call\nx/b.wav,lee,child,,,,\n"
    text(folder / "manifest.csv", rows)
    sound(folder / "x" / "a.wav")
    sound(folder / "x" / "b.wav")
    return folder


EXPECTED = {
    librispeech: {("14", "woman", "train", "chapter one"), ("14", "woman", "train", "the end"),
                  ("61", "man", "test", "chapter one"), ("61", "man", "test", "the end")},
    vctk: {("p225", "woman", "train", "Please call Stella."), ("p226", "man", "train", "Please call Stella.")},
    arctic: {("bdl", "man", "train", "Author of the danger trail."),
             ("slt", "woman", "train", "Author of the danger trail.")},
    aihub: {("a1", "woman", "train", "살려 주세요"), ("a2", "man", "train", "살려 주세요"),
            ("a3", "child", "test", "살려 주세요")},
    manifest: {("kim", "man", "test", "도와주세요"), ("lee", "child", "train", "")},
}  # fmt: skip


@pytest.mark.parametrize("layout", EXPECTED, ids=lambda made: made.__name__)
def test_each_layout_is_recognised_and_read(layout, tmp_path):
    bank = load_bank(layout(tmp_path))
    spoken = [clip for clip in bank.clips if clip.kind in ("call", "talk")]
    assert {(clip.speaker, clip.voice, clip.split, clip.text) for clip in spoken} == EXPECTED[layout]
    assert not any(clip.synthetic for clip in spoken)
    first = spoken[0]
    assert (first.sample_rate_hz, first.duration_s) == (RATE_HZ, 0.3)
    assert len(bank.audio(first.id, 8000)) == 2400


def test_a_part_of_librispeech_finds_the_speakers_above_it(tmp_path):
    part = librispeech(tmp_path) / "test-clean"
    assert {entry.clip.speaker for entry in read_corpus(part)} == {"61"}


def test_speakers_without_a_split_are_divided_and_stay_where_they_are(tmp_path):
    names = [f"s{number}" for number in range(40)]
    sound(tmp_path / "a.wav")
    rows = "".join(f"a.wav,{name},{'man' if number % 2 else 'woman'}\n" for number, name in enumerate(names))
    text(tmp_path / "manifest.csv", "file,speaker,voice\n" + rows)
    split = {entry.clip.speaker: entry.clip.split for entry in read_corpus(tmp_path)}
    assert 4 <= sum(where == "test" for where in split.values()) <= 18
    kept = rows.splitlines(keepends=True)[:30]
    text(tmp_path / "manifest.csv", "file,speaker,voice\n" + "".join(kept))
    fewer = {entry.clip.speaker: entry.clip.split for entry in read_corpus(tmp_path)}
    assert sum(split[name] != where for name, where in fewer.items()) == 0


def spoil(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("layout", "file", "old", "new", "told"),
    [
        (librispeech, "SPEAKERS.TXT", "| M |", "| X |", "SPEAKERS.TXT:3: expected a gender .* got 'X'"),
        (librispeech, "SPEAKERS.TXT", "61 | M", "62 | M", "reader '61' is not in"),
        (vctk, "speaker-info.txt", "p225  23  F  English", "p225", "speaker-info.txt:2: expected 'ID AGE GENDER"),
        (arctic, "cmu_us_slt_arctic/etc/txt.done.data", '"Author', "Author", "txt.done.data:1: expected"),
        (aihub, "Training/02.라벨링데이터/a1_0.json", '"여"', '"?"', "a1_0.json: 녹음자정보.gender: expected a gender"),
        (aihub, "Training/02.라벨링데이터/a1_0.json", "recorderId", "id", "a1_0.json: 녹음자정보.recorderId: missing"),
        (aihub, "Training/02.라벨링데이터/a1_0.json", "a1_0.wav", "zz.wav", ""),
        (manifest, "manifest.csv", "kim,man", "kim,lady", "manifest.csv:2: voice: expected 'man' or .* got 'lady'"),
        (manifest, "manifest.csv", "kim,man", ",man", "manifest.csv:2: speaker: expected 'a text', got ''"),
        (manifest, "manifest.csv", "file,speaker", "path,speaker", "expected the columns file, speaker, voice"),
        (manifest, "manifest.csv", "x/a.wav", "x/c.wav", "c.wav: can't be read as sound"),
    ],
)
def test_mistakes_are_told_with_file_and_field(layout, file, old, new, told, tmp_path):
    folder = layout(tmp_path)
    spoil(folder / file, old, new)
    if not told:
        # A label whose file name was changed still finds the sound of its own stem.
        assert len(read_corpus(folder)) == 3
        return
    with pytest.raises(ConfigError, match=told):
        read_corpus(folder)


def test_a_folder_without_a_corpus_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"expected bank.json, manifest.csv, SPEAKERS.TXT"):
        load_bank(tmp_path)
    with pytest.raises(ConfigError, match="layout must be 'auto' or one of csv, librispeech"):
        load_bank(manifest(tmp_path), "kaldi")

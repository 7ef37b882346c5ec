"""The bank of speech: what the embedded one holds, how it sounds, how clips are drawn."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from goldentime.envs.speech.audio import Recent
from goldentime.envs.speech.bank import EMBEDDED, Clip, Entry, SpeechBank, load_bank, write_index
from goldentime.envs.speech.levels import active_rms
from goldentime.errors import ConfigError

BANK = load_bank()
CLIP = Clip(
    id="a",
    speaker="anna",
    voice="woman",
    language="en",
    text="Help!",
    kind="call",
    sample_rate_hz=16000,
    duration_s=1.0,
    synthetic=False,
    split="train",
)


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("voice", ["man", "woman", "child"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_split_has_every_voice_calling_and_talking_in_korean_and_english(split, voice, language):
    theirs = [clip for clip in BANK.clips if (clip.split, clip.voice, clip.language) == (split, voice, language)]
    assert len({clip.speaker for clip in theirs}) >= 2
    assert Counter(clip.kind for clip in theirs)["call"] >= 20
    assert {clip.kind for clip in theirs} == {"call", "talk"}


def test_there_are_eight_men_eight_women_and_four_children():
    people = {(clip.speaker, clip.voice) for clip in BANK.clips if clip.kind == "call"}
    count = Counter(voice for _, voice in people)
    assert count["man"] >= 8
    assert count["woman"] >= 8
    assert count["child"] >= 4


def test_no_persons_voice_is_in_both_splits():
    from goldentime.envs.speech.voices import VOICES

    split = {clip.speaker: clip.split for clip in BANK.clips}
    assert len(split) == len({(clip.speaker, clip.split) for clip in BANK.clips})
    persons = {(voice.person, split[voice.name]) for voice in VOICES if voice.person}
    assert len(persons) == len({person for person, _ in persons})


def test_the_embedded_bank_is_small():
    sizes = [path.stat().st_size for path in EMBEDDED.iterdir()]
    assert max(sizes) < 2e6
    assert sum(sizes) < 6.5e6


@pytest.mark.parametrize("rate_hz", [16000, 24000, 44100])
def test_sound_has_the_rate_asked_for_and_an_active_level_of_one(rate_hz):
    for clip in (BANK.clips[0], next(clip for clip in BANK.clips if clip.kind == "knock")):
        sound = BANK.audio(clip.id, rate_hz)
        assert sound.dtype == np.float32
        assert len(sound) == pytest.approx(clip.duration_s * rate_hz, abs=2)
        assert active_rms(sound, rate_hz) == pytest.approx(1.0, rel=1e-3)


def test_each_clip_lies_where_the_index_says():
    """Between two clips of a file there is silence: a shifted index would cut into one."""
    speaker = "pico-us"
    for clip in [clip for clip in BANK.clips if clip.speaker == speaker][:12]:
        sound = BANK.audio(clip.id, 16000)
        ends = np.concatenate([sound[:80], sound[-80:]])
        assert np.abs(ends).max() < 0.25
        assert np.abs(sound[len(sound) // 4 : -len(sound) // 4]).max() > 0.5


def test_sound_is_shared_and_cannot_be_changed():
    sound = BANK.audio(BANK.clips[3].id, 16000)
    assert BANK.audio(BANK.clips[3].id, 16000) is sound
    with pytest.raises(ValueError, match="read-only"):
        sound[0] = 1.0


def test_what_is_kept_is_bounded():
    recent = Recent(most_s=10.0)
    for number in range(20):
        recent.put(number, np.zeros(1, np.float32), 3.0)
    assert [number for number in range(20) if recent.get(number) is not None] == [17, 18, 19]


def test_pick_draws_what_was_asked_for_and_all_speakers_alike():
    rng = np.random.default_rng(0)
    drawn = [BANK.pick(rng, split="test", voice="woman", language="en") for _ in range(300)]
    assert {(clip.split, clip.voice, clip.language, clip.kind) for clip in drawn} == {("test", "woman", "en", "call")}
    count = Counter(clip.speaker for clip in drawn)
    assert set(count) == {clip.speaker for clip in drawn}
    assert min(count.values()) > 0.5 * 300 / len(count)


def test_pick_repeats_with_the_same_seed():
    first, second = (
        [BANK.pick(np.random.default_rng(5), split="train", kind="cough").id for _ in range(3)] for _ in range(2)
    )
    assert first == second


def test_unknown_wishes_and_names_are_told():
    with pytest.raises(ConfigError, match="language='xx'"):
        BANK.pick(np.random.default_rng(0), split="train", language="xx")
    with pytest.raises(ConfigError, match="close are rms-en-call-00"):
        BANK.audio("rms-en-cal-00", 16000)
    with pytest.raises(ConfigError, match="expected 'default', a folder"):
        load_bank("/nowhere/at/all")


def bank(*clips: Clip) -> SpeechBank:
    return SpeechBank(EMBEDDED, [Entry(clip=clip, file=f"{clip.id}.wav") for clip in clips])


def test_a_speaker_in_both_splits_is_refused():
    with pytest.raises(ConfigError, match="'anna' is in both splits"):
        bank(CLIP, replace(CLIP, id="b", split="test"))


def test_a_clip_twice_is_refused():
    with pytest.raises(ConfigError, match="'a' twice"):
        bank(CLIP, CLIP)


def test_talk_stands_in_for_calls_where_there_are_none():
    talk = replace(CLIP, kind="talk")
    assert bank(talk).pick(np.random.default_rng(0), split="train", kind="call") == talk


def test_an_index_is_read_as_it_was_written(tmp_path):
    write_index(tmp_path, [Entry(clip=CLIP, file="a.wav")])
    assert load_bank(tmp_path).clips[0] == CLIP


def test_a_bank_without_coughs_gets_the_embedded_ones(tmp_path):
    write_index(tmp_path, [Entry(clip=CLIP, file="a.wav")])
    own = load_bank(tmp_path)
    clip = own.pick(np.random.default_rng(0), split="test", kind="cough")
    assert np.array_equal(own.audio(clip.id, 16000), BANK.audio(clip.id, 16000))


def test_a_damaged_index_is_told_with_its_field(tmp_path):
    path = write_index(tmp_path, [Entry(clip=CLIP, file="a.wav")])
    path.write_text(path.read_text().replace('"woman"', '"lady"'))
    with pytest.raises(ConfigError, match=r"bank.json.entries.0.clip.voice"):
        load_bank(tmp_path)


def test_looking_through_the_bank_loads_no_heavy_library():
    code = (
        "import sys; from goldentime.envs.speech.bank import load_bank; load_bank(); "
        "print([n for n in ('librosa', 'soundfile', 'soxr', 'scipy', 'torch') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

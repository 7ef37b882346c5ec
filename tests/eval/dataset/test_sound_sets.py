"""Data sets of sound: names, forms, the same bytes again, and truths that the sound itself bears out."""

import json
import wave

import numpy as np
import pytest

from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.airframe import load_airframe
from goldentime.errors import ConfigError
from goldentime.eval.contest.dcase import read_csv
from goldentime.eval.contest.spcup2019 import read_directions, score_spcup2019
from goldentime.eval.contest.track3 import ANGLES, ANSWER_KEY, NOBODY, TRUTH_KEY, read_calls, score_track3
from goldentime.eval.dataset.seld import SELD, SeldConfig
from goldentime.eval.dataset.shards import make_shards
from goldentime.eval.dataset.sounds import SoundConfig, wav_bytes
from goldentime.eval.dataset.spcup2019 import SPCUP2019, SpCupConfig
from goldentime.eval.dataset.track3 import TRACK3, Track3Config
from goldentime.eval.dataset.voices import VOICES, VoicesSetConfig
from goldentime.missions.voices_place import PlaceConfig
from goldentime.records import load
from tests.missions.small_bank import write_small_bank

QUIET = {"order": 0, "tail": False, "rotors": False, "wind": None, "calibration_s": 0.0}
EXACT = {"gain_std_db": 0.0, "corner_std_hz": 0.0, "delay_std_s": 0.0, "position_std_m": 0.0, "self_noise_db": 0.0}
SOUND_M_S = 343.2


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return write_small_bank(tmp_path_factory.mktemp("bank"), sound=True)


def plain(bank, **more):
    """In the open, nothing else to be heard."""
    place = more.pop("place", PlaceConfig(places=("open",)))
    return SoundConfig(bank=bank, snr_db=(75.0, 75.0), fire=0.0, alarm=0.0, place=place, **more)


def hearing(array, rate=16_000):
    return load(HearingSpec, {"array": array, "sample_rate_hz": rate, "capsule": EXACT, **QUIET}, "hearing")


def sound_of(path):
    with wave.open(str(path)) as file:
        steps = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return steps.T / 32_768.0, file.getframerate()


def arrival(samples, rate, array):
    """Unit vector (3,) to a source far off, from the delays between the microphones, by whitened correlation."""
    n, fine = 2 * samples.shape[1], 8
    spectra = np.fft.rfft(samples, n)
    places = load_array(array).body_m(load_airframe("scout").rotor_plane_m)
    delays, rows = [], []
    for i in range(1, len(places)):
        cross = spectra[i] * np.conj(spectra[0])
        keep = np.fft.rfftfreq(n, 1.0 / rate) < 6_500.0
        lag = np.fft.irfft(np.where(keep, cross / np.maximum(np.abs(cross), 1e-12), 0.0), fine * n)
        lag = np.roll(lag, len(lag) // 2)
        delays.append((int(np.argmax(lag)) - len(lag) // 2) / (fine * rate))
        rows.append(places[i] - places[0])
    unit = np.linalg.lstsq(np.array(rows), -SOUND_M_S * np.array(delays), rcond=None)[0]
    return unit / np.linalg.norm(unit)


def unit_of(azimuth_deg, elevation_deg):
    a, e = np.radians([azimuth_deg, elevation_deg])
    return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])


def apart_deg(a, b):
    return float(np.degrees(np.arccos(np.clip(a @ b, -1.0, 1.0))))


def sums(folder):
    return (folder / "SHA256SUMS").read_text()


def test_a_voice_comes_from_where_the_truth_says(bank, tmp_path):
    config = VoicesSetConfig(
        n=6, callers=(1, 1), silent=0.0, duration_s=1.5, hearing=hearing("spcup2019"), sound=plain(bank), seed=3
    )
    make_shards(VOICES, config, tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "clips.jsonl").read_text().splitlines()]
    assert len(rows) == 6
    for row in rows:
        (call,) = row["calls"]
        samples, rate = sound_of(tmp_path / "audio" / row["file_name"])
        assert samples.shape == (8, 24_000)
        first, last = int(call["onset_s"] * rate), int(call["offset_s"] * rate)
        found = arrival(samples[:, first:last], rate, "spcup2019")
        assert apart_deg(found, unit_of(call["azimuth_deg"], call["elevation_deg"])) < 6.0
        # Silence before, sound from the onset on.
        loud = np.abs(samples).max()
        assert np.abs(samples[:, : max(first - 20, 0)]).max(initial=0.0) < 0.05 * loud
        assert call["kind"] == call["speaker"].split("-")[1]
        assert call["speaker"].startswith("train")
        assert call["snr_db"] == pytest.approx(75.0, abs=0.1)


def test_a_killed_run_goes_on_to_the_same_bytes(bank, tmp_path):
    config = SeldConfig(n=2, duration_s=2.0, hearing=HearingSpec(array="stereo"), sound=SoundConfig(bank=bank))
    make_shards(SELD, config, tmp_path / "whole")

    class Killed(Exception):
        pass

    def kill(made):
        raise Killed

    with pytest.raises(Killed):
        make_shards(SELD, config, tmp_path / "killed", 1, kill)
    assert not (tmp_path / "killed" / "SHA256SUMS").exists()
    make_shards(SELD, config, tmp_path / "killed")
    assert sums(tmp_path / "killed") == sums(tmp_path / "whole")
    listed = {line.split("  ")[1] for line in sums(tmp_path / "whole").splitlines()}
    assert {"card.md", "details.json", "dataset.json", "dcat.jsonld", "mic/clip_0002.wav"} <= listed


def test_pools_share_no_speaker_and_no_room(bank, tmp_path):
    rooms, speakers = {}, {}
    for pool in ("train", "test"):
        sound = SoundConfig(bank=bank, place=PlaceConfig(places=("room",)), difficulty=(0.5, 1.0))
        config = VoicesSetConfig(n=6, pool=pool, duration_s=0.5, hearing=hearing("stereo"), sound=sound)
        make_shards(VOICES, config, tmp_path / pool)
        rows = [json.loads(line) for line in (tmp_path / pool / "clips.jsonl").read_text().splitlines()]
        rooms[pool] = {round(100.0 * side) % 2 for row in rows for side in row["room_m"][0]}
        speakers[pool] = {call["speaker"] for row in rows for call in row["calls"]}
    assert rooms == {"train": {0}, "test": {1}}, "even and odd centimetres"
    assert not speakers["train"] & speakers["test"]


def test_contest_clips_have_their_names_and_the_angle_is_to_be_heard(bank, tmp_path):
    ahead = PlaceConfig(places=("open",), ahead=True, distance_m=(2.0, 5.0))
    config = Track3Config(
        n=9, stage=2, silent=0.3, snr_db=(75.0, 75.0), duration_s=1.5, hearing=hearing("stereo", 48_000),
        sound=plain(bank, place=ahead, kinds=("man", "woman")),
    )  # fmt: skip
    make_shards(TRACK3, config, tmp_path)
    names = sorted(path.name for path in tmp_path.glob("*.wav"))
    assert names == [f"t3_audio_{number:04d}.wav" for number in range(1, 10)]
    truth = read_calls(tmp_path / "track3_GT.json", TRUTH_KEY)
    assert read_calls(tmp_path / "answer_zeros.json", ANSWER_KEY).keys() == truth.keys()
    heard = {}
    for clip, call in truth.items():
        samples, rate = sound_of(tmp_path / f"t3_audio_{clip:04d}.wav")
        assert len(samples) == 2
        if np.abs(samples).max() < 1e-3:
            heard[clip] = call._replace(angle=NOBODY, gender="")
        else:
            # Channel 0 is left: sin of the angle ahead is the delay over 20 cm.
            aside = arrival(samples, rate, "stereo")[1]
            shift = _shift(samples) * SOUND_M_S / rate / 0.2
            assert aside * shift >= 0.0
            heard[clip] = call._replace(angle=int(round((np.degrees(np.arcsin(np.clip(shift, -1, 1))) + 90) / 20) * 20))
    score = score_track3(truth, heard)
    assert score.exact.mean == 1.0
    assert {call.angle for call in truth.values()} <= {NOBODY, *ANGLES}
    assert NOBODY in {call.angle for call in truth.values()}
    assert {call.gender for call in truth.values()} == {"", "male", "female"}


def _shift(samples):
    """Samples by which the right channel comes later than the left."""
    n = 16 * samples.shape[1]
    left, right = np.fft.rfft(samples, 2 * samples.shape[1])
    cross = right * np.conj(left)
    cross[len(cross) * 2 // 3 :] = 0.0
    lag = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-12), n)
    place = int(np.argmax(lag))
    return (place if place < n // 2 else place - n) / 8


def test_seld_metadata_is_where_and_when_the_voices_are(bank, tmp_path):
    config = SeldConfig(
        n=2, duration_s=6.0, callers=(2, 2), hearing=hearing("tetrahedron", 24_000), sound=plain(bank), seed=1
    )
    make_shards(SELD, config, tmp_path)
    details = json.loads((tmp_path / "details.json").read_bytes())
    for row in details:
        samples, rate = sound_of(tmp_path / "mic" / f"{row['name']}.wav")
        assert (samples.shape, rate) == ((4, 144_000), 24_000)
        frames = read_csv(tmp_path / "metadata" / f"{row['name']}.csv")
        assert {frame.kind for frame in frames} <= {"0", "1", "2"}
        assert max(frame.frame for frame in frames) < 60
        loud = np.sqrt(np.square(samples).mean(0).reshape(60, -1).mean(1))
        busy = {frame.frame for frame in frames}
        assert min(loud[sorted(busy)]) > 3.0 * max(np.median(loud[[f for f in range(60) if f not in busy]]), 1e-6)
        alone = [frame for frame in frames if sum(other.frame == frame.frame for other in frames) == 1]
        part = alone[len(alone) // 2]
        found = arrival(samples[:, part.frame * 2400 : (part.frame + 1) * 2400], rate, "tetrahedron")
        assert apart_deg(found, unit_of(part.azimuth_deg, part.elevation_deg)) < 8.0


def test_cup_recordings_have_windows_speeds_and_a_direction_that_is_to_be_heard(bank, tmp_path):
    config = SpCupConfig(n=2, duration_s=2.0, hearing=hearing("spcup2019", 44_100), sound=plain(bank, speed_m_s=0.5))
    make_shards(SPCUP2019, config, tmp_path)
    truth = read_directions(tmp_path / "SPCUP19_flight.mat")
    assert truth["speech"].shape == (2, 7, 2)
    assert np.isnan(read_directions(tmp_path / "answer_nan.mat")["speech"]).all()
    answer = np.full_like(truth["speech"], np.nan)
    for number in (1, 2):
        samples, rate = sound_of(tmp_path / "audio" / f"{number}.wav")
        assert (samples.shape, rate) == ((8, 88_200), 44_100)
        speeds = np.loadtxt(tmp_path / "rotor_speeds" / f"{number}.csv", delimiter=",", skiprows=1)
        assert speeds.shape == (21, 5)
        for window in (0, 3, 6):
            first = round(0.25 * window * rate)
            x, y, z = arrival(samples[:, first : first + rate // 2], rate, "spcup2019")
            answer[number - 1, window] = np.degrees([np.arctan2(y, x), np.arcsin(z)])
    assert score_spcup2019(truth, {"speech": answer}).points == 6


def test_sound_is_written_as_sixteen_bits_that_read_back():
    samples = np.array([[0.0, 0.5, -1.0], [1.0, -0.25, 2.0]], np.float32)
    data = wav_bytes(samples, 8_000)
    assert data[:4] == b"RIFF"
    steps = np.frombuffer(data[44:], "<i2").reshape(-1, 2).T
    assert steps.tolist() == [[0, 16384, -32768], [32767, -8192, 32767]]


@pytest.mark.parametrize(
    ("record", "bad"),
    [
        (VoicesSetConfig, {"pool": "hidden"}),
        (VoicesSetConfig, {"sound": {"snr_db": [5.0, 0.0]}}),
        (Track3Config, {"stage": 3}),
        (Track3Config, {"sound": {"kinds": ["child"]}}),
        (SeldConfig, {"duration_s": 0.5}),
        (SpCupConfig, {"n": 0}),
    ],
)
def test_settings_that_cannot_be_are_refused(record, bad):
    with pytest.raises(ConfigError, match="expected"):
        load(record, bad, "set")

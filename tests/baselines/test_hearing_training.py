"""Training of the hearing networks: what windows hold, and that the networks learn."""

import json
import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from goldentime.baselines.hearing.command import HearingTraining, export_nets, hearing_command  # noqa: E402 - after the check
from goldentime.baselines.hearing.directions import DirectionTask, direction_loss, heat_of, stacked, window_of  # noqa: E402 - likewise
from goldentime.baselines.hearing.voices import VoiceConfig, VoiceTask, disguised  # noqa: E402 - likewise
from goldentime.baselines.hearing.windows import HearingSet, MixConfig, draw_mix, gain_for  # noqa: E402 - likewise
from goldentime.baselines.vision.command import compose  # noqa: E402 - likewise
from goldentime.errors import ConfigError  # noqa: E402 - likewise
from goldentime.perception.hearing import Calibration, Hearer  # noqa: E402 - likewise
from goldentime.perception.hearing_directions import SOUND_M_S, angle_between, towards  # noqa: E402 - likewise
from goldentime.perception.hearing_net import (  # noqa: E402 - likewise
    GRID,
    DirectionNet,
    NetFinder,
    VoiceNet,
    beam_tables,
    load_finder,
    load_teller,
    peaks_of,
)
from goldentime.perception.hearing_spectra import RATE_HZ, spectra  # noqa: E402 - likewise
from goldentime.records import load  # noqa: E402 - likewise
from goldentime.rng import stream  # noqa: E402 - likewise

pytestmark = pytest.mark.train

CUBE = 0.06 * np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
LENGTH = 3 * RATE_HZ // 2
PITCH = {"man": 110.0, "woman": 210.0, "child": 330.0}


def buzz(pitch, n):
    time = np.arange(n) / RATE_HZ
    return sum(np.sin(2 * np.pi * k * pitch * time + k * k) / math.sqrt(k) for k in range(1, 25))


def plane_wave(signal, azimuth, elevation):
    lead = towards(azimuth, elevation) @ CUBE.T / SOUND_M_S
    turns = np.exp(2j * np.pi * np.fft.rfftfreq(len(signal), 1 / RATE_HZ) * lead[:, None])
    return np.fft.irfft(np.fft.rfft(signal) * turns, len(signal))


def write_set(folder, drones=3, seed=0):
    """Buzzing voices as plane waves, a rotor above, as a data set."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    truth: dict[str, Any] = {"voices": [], "noises": [], "drones": [], "clips": [], "positions_m": CUBE.tolist()}
    sounds: dict[str, list[Any]] = {"voices": [], "noises": [], "drones": []}
    for drone in range(drones):
        speeds = [[500.0] * 4] * 16
        for kind in ("noises", "drones"):
            rotor = plane_wave(rng.normal(size=LENGTH), 1.0, 1.2) + 0.1 * rng.normal(size=(8, LENGTH))
            truth[kind].append({"drone": drone, "rotor_speeds_rad_s": speeds})
            sounds[kind].append(rotor)
        for voice, pitch in PITCH.items():
            azimuth, elevation = float(rng.uniform(-3, 3)), float(rng.uniform(-1.0, 0.3))
            row = {"drone": drone, "azimuth_rad": azimuth, "elevation_rad": elevation, "voice": voice, "speaker": voice}
            truth["voices"].append(row | {"begins": [0, 4000, 8000]})
            sounds["voices"].append(plane_wave(buzz(pitch * rng.uniform(0.9, 1.1), LENGTH), azimuth, elevation))
    for kind, parts in sounds.items():
        scale = max(np.abs(part).max() for part in parts) / 32_767
        np.save(folder / f"{kind}.npy", np.stack([np.rint(part / scale) for part in parts]).astype(np.int16))
        for place, row in enumerate(truth[kind]):
            row.update(file=f"{kind}.npy", place=place, scale=scale)
    clips = [(voice, buzz(pitch * factor, LENGTH)) for voice, pitch in PITCH.items() for factor in (0.92, 1.0, 1.08)]
    np.save(folder / "clips.npy", np.concatenate([np.rint(clip * 1000) for _, clip in clips]).astype(np.int16))
    for place, (voice, _) in enumerate(clips):
        row = {"file": "clips.npy", "start": place * LENGTH, "length": LENGTH, "scale": 0.001}
        truth["clips"].append(row | {"voice": voice, "speaker": f"{voice}{place}", "synthetic": place % 3 == 0})
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return HearingSet(write_set(tmp_path_factory.mktemp("hearing") / "set"))


def test_a_mixture_has_the_ratio_asked_for(data):
    rng = np.random.default_rng(0)
    voice, noise = spectra(data.voice(data.voices[0], rng)), spectra(data.noise_of(0, rng)[0])
    for snr_db in (-10.0, 5.0):
        loud = gain_for(voice, noise, snr_db) * voice
        ratio = (np.abs(loud[..., 4:]) ** 2).mean() / (np.abs(noise[..., 4:]) ** 2).mean()
        assert 10 * math.log10(ratio) == pytest.approx(snr_db, abs=1.0)  # a buzz is nearly always active


def test_windows_hold_none_one_or_two_voices_apart(data):
    config = MixConfig(silent=0.3, two=0.3)
    mixes = [draw_mix(data, config, stream(0, "test", i)) for i in range(40)]
    assert {len(mix.voices) for mix in mixes} == {0, 1, 2}
    assert all(row["drone"] == mix.drone for mix in mixes for row in mix.voices)
    again = draw_mix(data, config, stream(0, "test", 3))
    assert np.array_equal(again.spectrum, mixes[3].spectrum)


def test_the_perfect_answer_is_read_back():
    aims = np.array([[0.5, -0.4], [-2.0, 0.2]])
    heat, shift = heat_of(aims)
    assert heat.shape == GRID.shape and heat.max() > 0.8
    answer = np.concatenate([np.log(np.maximum(heat, 1e-6) / np.maximum(1 - heat, 1e-6))[None], np.nan_to_num(shift)])
    peaks = peaks_of(answer.astype(np.float32), 2)
    found = sorted((peak.azimuth_rad, peak.elevation_rad) for peak in peaks)
    assert found[0] == pytest.approx((-2.0, 0.2), abs=0.01) and found[1] == pytest.approx((0.5, -0.4), abs=0.01)
    loss, _ = direction_loss(
        torch.from_numpy(answer)[None].float(), torch.from_numpy(heat)[None], torch.from_numpy(shift)[None]
    )
    assert float(loss) < 0.05


def test_the_direction_net_learns(data):
    torch.manual_seed(0)
    task = DirectionTask(data, data, MixConfig(snr_db=(5.0, 10.0), silent=0.0, two=0.0), 6, 0)
    optimiser = torch.optim.AdamW(task.model.parameters(), 5e-3)
    losses = []
    for step in range(16):
        optimiser.zero_grad()
        loss, _ = task.loss(task.batch(step))
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-4:]) < 0.5 * np.mean(losses[:4])
    assert set(task.check(task.model.eval())) == {"within_10_at_10", "within_10_at_0", "within_10_at_-10"}


def test_the_voice_net_learns(data):
    task = VoiceTask([data], data, VoiceConfig(batch=9, noisy=0.3, seconds=(0.3, 0.4)), 0)
    optimiser = torch.optim.AdamW(task.model.parameters(), 5e-3)
    rights = []
    for step in range(15):
        optimiser.zero_grad()
        loss, figures = task.loss(task.batch(step))
        loss.backward()
        optimiser.step()
        rights.append(figures["right"])
    assert np.mean(rights[-5:]) > 0.7 > np.mean(rights[:2])


def test_a_disguised_voice_keeps_its_length_and_loudness():
    rng = np.random.default_rng(0)
    for length in (4000, 20_000):  # longer than the clip, too
        sound = disguised(buzz(200.0, 16_000).astype(np.float32), length, VoiceConfig(), rng)
        assert len(sound) == length and np.sqrt(np.mean(sound**2)) == pytest.approx(1.0, rel=1e-3)


def test_the_command_trains_exports_and_goes_on(tmp_path, data):
    folder = write_set(tmp_path / "set", drones=1)
    short = [f"{loop}.{key}" for loop in ("direction_loop", "voice_loop") for key in ("steps=2", "minutes=null")]
    asked = ["perception=hearing", f"data={folder}", f"out={tmp_path / 'run'}", "batch=2", "voices.batch=2", *short]
    settings = compose(asked)
    assert settings.pop("task") == "hearing"
    assert hearing_command(settings) == 0
    finder = load_finder(CUBE, tmp_path / "run" / "hearing_directions.safetensors", least=0.0)
    rng = np.random.default_rng(1)
    window = spectra(plane_wave(rng.normal(size=RATE_HZ // 2), 0.5, -0.5))
    assert len(finder.find(window, data.own_noise(0).covariance(), 2)) == 2
    shares = load_teller(tmp_path / "run" / "hearing_voices.safetensors").tell(buzz(200.0, 9000).astype(np.float32))
    assert shares.shape == (3,) and shares.sum() == pytest.approx(1.0, abs=1e-5)
    export_nets(tmp_path / "run", tmp_path / "again")
    for name in ("directions", "voices"):
        file = f"hearing_{name}.safetensors"
        assert (tmp_path / "again" / file).read_bytes() == (tmp_path / "run" / file).read_bytes()


def test_what_is_no_set_or_no_network_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"dataset make hearing, truth\.json is missing"):
        HearingSet(tmp_path)
    with pytest.raises(ConfigError, match="expected weights of the kind 'goldentime hearing directions 1'"):
        load_finder(CUBE, tmp_path / "none.safetensors")
    with pytest.raises(ConfigError, match="unknown key"):
        load(HearingTraining, {"data": str(tmp_path), "bach": 3}, "train")


def test_the_net_looks_the_same_way_at_any_array(data):
    """Untrained, its mean map already points to a lone voice, whatever the geometry."""
    torch.manual_seed(0)
    net = DirectionNet().eval()
    rng = np.random.default_rng(2)
    window = spectra(plane_wave(rng.normal(size=RATE_HZ // 2), 0.8, -0.3) + 0.1 * rng.normal(size=(8, RATE_HZ // 2)))
    cells = window_of(data, window, 0, np.full(4, 500.0), np.zeros((0, 2)))
    batch = stacked([cells])
    seen: dict[str, Any] = {}
    net.enter.register_forward_hook(lambda module, inputs, output: seen.update(maps=inputs[0]))
    net(batch.spectrum, batch.noise, batch.lines, beam_tables(CUBE))
    best = int(seen["maps"][0, -2].argmax())
    assert math.degrees(float(angle_between(GRID.units[best], towards(0.8, -0.3)))) < 12


def test_a_hearer_takes_the_networks(data):
    rng = np.random.default_rng(3)
    noise = (0.1 * rng.normal(size=(8, 2 * LENGTH))).astype(np.float32)
    finder = NetFinder(DirectionNet(), CUBE, least=0.0)
    from goldentime.perception.hearing_net import NetTeller

    hearer = Hearer(CUBE, calibration=Calibration(clip=noise), finder=finder, teller=NetTeller(VoiceNet()))
    for _ in range(6):
        hearer.hear(noise[:, :1600], np.full(4, 500.0))
    assert hearer.time_s == pytest.approx(0.6)

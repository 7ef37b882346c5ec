"""The hearing data set: voices and noises stored apart."""

import json

import numpy as np
import pytest

pytest.importorskip("soundfile")

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.eval.dataset.hearing import HEARING, HearingConfig
from goldentime.eval.dataset.shards import make_shards
from goldentime.eval.dataset.sounds import SoundConfig
from goldentime.missions.voices_place import PlaceConfig
from goldentime.perception.hearing_directions import angle_between, find_peaks, towards
from goldentime.perception.hearing_doa import Steerer, music_map
from goldentime.perception.hearing_spectra import covariances, spectra

OPEN = SoundConfig(place=PlaceConfig(places=("open",)), fire=0.0, alarm=0.0)
CONFIG = HearingConfig(n=1, callers=2, duration_s=0.8, seed=3, sound=OPEN, hearing=HearingSpec(calibration_s=0.3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hearing") / "set"
    make_shards(HEARING, CONFIG, folder)
    return folder


def sound(folder, row):
    return np.load(folder / row["file"])[row["place"]] * row["scale"]


def test_it_holds_what_its_truth_says(folder):
    truth = json.loads((folder / "truth.json").read_text())
    assert len(truth["voices"]) == 2 and len(truth["noises"]) == len(truth["drones"]) == 1
    assert np.shape(truth["positions_m"]) == (8, 3)
    assert all(sound(folder, row).shape == (8, 12_800) for row in truth["voices"] + truth["noises"])
    assert len(truth["noises"][0]["rotor_speeds_rad_s"]) == 9
    clip = truth["clips"][-1]
    assert clip["start"] + clip["length"] == len(np.load(folder / "clips.npy"))


def test_voices_come_from_where_it_says(folder):
    truth = json.loads((folder / "truth.json").read_text())
    steerer = Steerer(np.array(truth["positions_m"]))
    for row in truth["voices"]:
        begin = row["begins"][0]
        heard = spectra(sound(folder, row)[:, begin : begin + 8_000])
        peak = find_peaks(music_map(covariances(heard), steerer), steerer.grid, 1)[0]
        aim = towards(row["azimuth_rad"], row["elevation_rad"])
        assert np.degrees(angle_between(towards(peak.azimuth_rad, peak.elevation_rad), aim)) < 6


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    make_shards(HEARING, CONFIG, tmp_path / "again")
    assert (tmp_path / "again" / "SHA256SUMS").read_text() == (folder / "SHA256SUMS").read_text()

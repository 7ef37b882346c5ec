"""The Signal Processing Cup's directions, and its files."""

import numpy as np
import pytest
from scipy.io import savemat

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.spcup2019 import directions_bytes, read_directions, score_spcup2019

NAN = float("nan")


def table(*rows):
    return np.array(rows, np.float64)


TRUTH = {"speech": table([(0, 0), (170, 10), (NAN, NAN)], [(90, -40), (-90, 85), (30, 0)])}


def test_shares_within_ten_degrees_worked_by_hand():
    answer = {"speech": table([(9, 3), (-179, 10), (50, 0)], [(90, -51), (-45, 85), (NAN, NAN)])}
    score = score_spcup2019(TRUTH, answer)
    task = score.tasks["speech"]
    # 9.5 degrees, 10.8 on the sphere, not counted; 11, 3.8 (near the zenith azimuths mean little), no answer.
    assert (score.points, score.windows, task.windows) == (2, 5, 5)
    assert task.near.mean == pytest.approx(2 / 5)
    assert task.near_both.mean == pytest.approx(1 / 5)
    assert task.median_deg == pytest.approx((9.48 + 10.83) / 2, abs=0.02)


def test_the_truth_itself_gets_all_points():
    score = score_spcup2019(TRUTH, TRUTH)
    assert score.points == score.windows == 5
    assert score.tasks["speech"].mean_deg == pytest.approx(0.0, abs=1e-6)


def test_a_file_reads_as_it_was_written_and_has_the_same_bytes_again(tmp_path):
    path = tmp_path / "truth.mat"
    path.write_bytes(directions_bytes(TRUTH))
    assert np.array_equal(read_directions(path)["speech"], TRUTH["speech"], equal_nan=True)
    assert b"Created" not in path.read_bytes()[:116]


def test_the_cups_own_names_are_read(tmp_path):
    path = tmp_path / "SPCUP19_flight.mat"
    names = ("speech_azimuth", "speech_elevation", "broadband_azimuth", "broadband_elevation")
    savemat(path, {name: np.full((4, 15), i) for i, name in enumerate(names)})
    found = read_directions(path)
    assert found.keys() == {"speech", "broadband"}
    assert found["broadband"].shape == (4, 15, 2)
    assert found["broadband"][3, 14].tolist() == [2.0, 3.0]


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="speech_azimuth: expected 2x3 directions as in the truth, got 2x2"):
        score_spcup2019(TRUTH, {"speech": TRUTH["speech"][:, :2]})
    with pytest.raises(ConfigError, match="got none"):
        score_spcup2019(TRUTH, {})
    path = tmp_path / "x.mat"
    path.write_text("no matlab file, but long enough to be looked at as one " * 5)
    with pytest.raises(ConfigError, match="not a MATLAB file"):
        read_directions(path)
    savemat(path, {"azimuth": [1.0]})
    with pytest.raises(ConfigError, match=r"expected variables such as speech_azimuth .* got azimuth"):
        read_directions(path)
    savemat(path, {"a_azimuth": [1.0, 2.0], "a_elevation": [1.0]})
    with pytest.raises(ConfigError, match=r"azimuth is \(1, 2\), elevation \(1, 1\)"):
        read_directions(path)


def test_the_command_prints_the_share(tmp_path, capsys):
    path = tmp_path / "truth.mat"
    path.write_bytes(directions_bytes(TRUTH))
    assert main(["contest", "spcup2019", str(path), str(path)]) == 0
    assert "5 of 5 windows" in capsys.readouterr().out

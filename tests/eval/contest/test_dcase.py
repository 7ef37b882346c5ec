"""DCASE's metadata files, and their score."""

import pytest

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.dcase import csv_lines, read_csv, score_folders
from goldentime.eval.score.seld import Heard

ROWS = [Heard(frame, "0", 0, 30.0, -10.0) for frame in range(20)] + [Heard(4, "1", 1, -170.0, 5.0)]


def test_a_file_reads_as_it_was_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_lines(ROWS, ("0", "1")))
    assert sorted(read_csv(path)) == sorted(ROWS)


def test_files_without_tracks_and_with_distances_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("3,0,10,20\n3,0,-10,20\n4,0,10.5,20\n\n")
    assert [(row.frame, row.track, row.azimuth_deg) for row in read_csv(path)] == [(3, 0, 10), (3, 1, -10), (4, 0, 10.5)]
    path.write_text("3,1,2,10,20,150\n")
    assert read_csv(path) == [Heard(3, "1", 2, 10.0, 20.0)]


@pytest.mark.parametrize(
    "line", ["1,2,3", "1,2,3,4,five", "-1,0,0,0,0", "1,0,0,0,100", "frame,class,track,azimuth,elevation"]
)
def test_a_line_of_another_form_is_refused_with_its_number(tmp_path, line):
    path = tmp_path / "a.csv"
    path.write_text(f"0,0,0,0,0\n{line}\n")
    with pytest.raises(ConfigError, match=r"a\.csv:2: expected frame,class,track"):
        read_csv(path)


def test_folders_are_matched_by_name_and_a_missing_file_is_silence(tmp_path, capsys):
    truth, answer = tmp_path / "truth", tmp_path / "answer"
    for folder in (truth, answer):
        folder.mkdir()
        (folder / "a.csv").write_text(csv_lines(ROWS, ("0", "1")))
    (truth / "b.csv").write_text(csv_lines(ROWS, ("0", "1")))
    score, clips, missing = score_folders(truth, answer)
    assert (clips, missing) == (2, ["b.csv"])
    assert score.f20 == pytest.approx(2 / 3)
    assert score.lr_cd == pytest.approx(0.5)
    assert main(["contest", "seld", str(truth), str(answer)]) == 0
    assert "1 clips without an answer count as silent" in capsys.readouterr().out
    (answer / "c.csv").write_text("")
    with pytest.raises(ConfigError, match=r"the truth has no c\.csv"):
        score_folders(truth, answer)
    assert score_folders(truth / "a.csv", answer / "a.csv")[0].f20 == 1.0
    with pytest.raises(ConfigError, match="expected a folder with"):
        score_folders(tmp_path / "nowhere", answer)

"""Scores computed again from the logs are the stored ones to the byte; anything else is named."""

import json

import pytest

from goldentime.eval.folder import read_folder
from goldentime.eval.referee.rescoring import check_scores
from goldentime.files import pretty_json


@pytest.fixture
def folder(contest):
    return read_folder(contest.runs / "alpha")


def test_scores_of_a_run_are_equal_to_the_byte_and_nothing_is_written(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    assert check_scores(folder) == []
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before


def test_versions_are_those_of_the_flight(folder):
    told = json.loads((folder.path / "run.json").read_bytes())
    told["versions"]["numpy"] = "1.0"
    (folder.path / "run.json").write_bytes(pretty_json(told))
    (finding,) = check_scores(folder)
    assert (finding.file, finding.expected) == (str(folder.scorecard), "versions.numpy = '1.0'")


def test_an_edited_line_is_named_with_both_values(folder):
    lines = folder.lines.read_bytes().splitlines(keepends=True)
    edited = lines[1].replace(b'"success":false', b'"success":true')
    folder.lines.write_bytes(lines[0] + edited)
    (finding,) = check_scores(folder)
    assert str(finding) == (
        f"{folder.lines}:2 (bytes {len(lines[0])}-{len(lines[0] + edited) - 1}): scores: "
        "expected score.success = False, got score.success = True"
    )


def test_lines_that_are_gone_spelt_otherwise_or_no_json_are_named(folder):
    whole = folder.lines.read_bytes()
    first, second = whole.splitlines(keepends=True)
    for content, got in ((first, "1"), (first + b" " + second, "another spelling of it"), (first + b"x" * 40, "'xxxx")):
        folder.lines.write_bytes(content)
        assert any(got in finding.got for finding in check_scores(folder))
    folder.lines.unlink()
    (finding,) = check_scores(folder)
    assert "No such file" in finding.got


def test_a_damaged_log_is_named(folder):
    arrays = folder.log(0).with_suffix(".npz")
    arrays.write_bytes(arrays.read_bytes()[:-1])
    (finding,) = check_scores(folder)
    assert str(finding).startswith(f"{folder.log(0)}: log: expected")
    assert "0000.npz" in str(finding) or "SHA-256" in str(finding)
    for index in range(2):
        folder.log(index).unlink()
    (finding,) = check_scores(folder)
    assert (finding.what, finding.got) == ("logs", "none")

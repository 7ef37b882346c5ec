"""Files that survive a kill."""

import pytest

from goldentime.errors import LogError
from goldentime.files import append_line, read_lines, write_atomic


def test_a_torn_last_line_is_left_out(tmp_path):
    path = tmp_path / "lines.jsonl"
    append_line(path, {"a": 1})
    append_line(path, {"a": 2})
    path.write_bytes(path.read_bytes() + b'{"a":')
    assert read_lines(path) == [{"a": 1}, {"a": 2}]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("goldentime.files.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LogError, match=r"none\.jsonl: can't be read"):
        read_lines(tmp_path / "none.jsonl")

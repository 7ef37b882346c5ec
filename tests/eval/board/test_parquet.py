"""Parquet: what a reader of the format finds."""

import importlib
import importlib.util
import io

import pytest

from goldentime.errors import ConfigError
from goldentime.eval.board.parquet import Column, parquet

TABLE: dict[str, tuple[type, Column]] = {
    "name": (str, ["금빛", None, "", "x" * 200]),
    "count": (int, [1, -(2**62), None, None]),
    "points": (float, [0.5, -1e300, None, 3.0]),
}


def test_the_file_has_the_marks_of_its_format():
    content = parquet(TABLE)
    assert content[:4] == content[-4:] == b"PAR1"
    assert 0 < int.from_bytes(content[-8:-4], "little") < len(content)
    assert content == parquet(TABLE)


def test_a_small_table_to_the_byte():
    # Read back by pyarrow 26.0.1 before it was written down here.
    expected = (
        "504152311500152015202c15041500150615060000040000000201020007000000000000001502192c4806736368656d6115"
        "020015042502180161001604191c191c26081c150419250006191801611500160416421642260800001642160400280a676f"
        "6c64656e74696d65004800000050415231"
    )
    assert parquet({"a": (int, [7, None])}).hex() == expected


def test_columns_are_of_one_length():
    with pytest.raises(ConfigError, match=r"one length, got \{'a': 1, 'b': 0\}"):
        parquet({"a": (int, [1]), "b": (int, [])})


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="no pyarrow")
def test_pyarrow_reads_what_was_written():
    read = importlib.import_module("pyarrow.parquet").read_table
    found = read(io.BytesIO(parquet(TABLE))).to_pydict()
    assert found == {name: values for name, (_, values) in TABLE.items()}
    assert read(io.BytesIO(parquet({"a": (int, [])}))).to_pydict() == {"a": []}
    many = list(range(1000))
    assert read(io.BytesIO(parquet({f"c{i}": (int, many) for i in range(20)}))).to_pydict()["c19"] == many

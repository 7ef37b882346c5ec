"""Signs that are written downwards: letters that the finder takes for lines become a column."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("cv2")

from goldentime.perception.reading_find import FoundSign, _as_column
from goldentime.perception.reading_lines import FoundLine

pytestmark = pytest.mark.train


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def line(*sides: float, down: bool = False) -> FoundLine:
    return FoundLine(box(*sides), down, 0.9)


def test_letters_below_one_another_on_a_tall_face_are_one_column_with_those_that_were_missed():
    face = box(100.0, 50.0, 160.0, 350.0)
    sign = _as_column(FoundSign([line(110, 60, 150, 100), line(110, 180, 150, 222)], face))
    (column,) = sign.lines
    assert column.down
    np.testing.assert_allclose(column.quad, box(110.0, 60.0, 150.0, 340.0), atol=1e-3)


def test_wide_lines_wide_faces_and_found_columns_stay_as_they_are():
    tall, wide = box(100.0, 50.0, 160.0, 350.0), box(100.0, 50.0, 260.0, 150.0)
    for sign in (
        FoundSign([line(102, 60, 158, 80), line(105, 100, 155, 120)], tall),
        FoundSign([line(110, 60, 150, 100)], wide),
        FoundSign([line(110, 60, 150, 340, down=True)], tall),
    ):
        assert _as_column(sign) is sign

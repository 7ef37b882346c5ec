"""Masks are COCO's own run-length encoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goldentime.eval.dataset.masks import decode_mask, encode_mask

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


def encoded(mask):
    columns = np.ascontiguousarray(mask.T.astype(np.uint16) * 7)
    used = np.flatnonzero(mask.any(0))
    left, right = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, mask.shape[1])
    return encode_mask(columns, 7, left, right)


@given(arrays(np.bool_, shapes))
def test_masks_are_encoded_as_the_coco_tools_do_it(mask):
    tools = pytest.importorskip("pycocotools.mask")
    theirs = tools.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert encoded(mask) == theirs["counts"].decode()


@given(arrays(np.bool_, shapes))
def test_a_mask_comes_back_from_its_encoding(mask):
    assert (decode_mask(encoded(mask), *mask.shape) == mask).all()

"""Balanced accuracy, the area under the ROC curve, and their intervals over groups."""

import numpy as np
import pytest

from goldentime.eval.score.classify import balanced_accuracy, confusion, over_groups, roc_auc


def test_rare_classes_weigh_as_much_as_common_ones():
    truth = np.array([0] * 90 + [1] * 10)
    assert balanced_accuracy(truth, np.zeros(100, np.int64)) == 0.5
    assert balanced_accuracy(truth, truth) == 1.0


def test_the_table_has_a_row_for_each_truth():
    table = confusion(["man", "man", "child"], ["child", "man", "child"], ("man", "child"))
    assert table.tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("score", "area"),
    [([1.0, 2.0, 3.0, 4.0], 1.0), ([4.0, 3.0, 2.0, 1.0], 0.0), ([1.0, 1.0, 1.0, 1.0], 0.5), ([1.0, 3.0, 2.0, 4.0], 0.75)],
)
def test_area_is_the_share_of_pairs_in_order(score, area):
    assert roc_auc(np.array([0, 0, 1, 1]), np.array(score)) == pytest.approx(area)


def test_what_has_no_both_sides_has_no_area():
    assert np.isnan(roc_auc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_answers_of_one_group_count_as_one():
    rng = np.random.default_rng(0)
    truth = np.tile([0, 1], 300)
    right = np.repeat(rng.random(20) < 0.7, 30)
    said = np.where(right, truth, 1 - truth)
    grouped = over_groups(balanced_accuracy, (truth, said), np.repeat(np.arange(20), 30), 300)
    single = over_groups(balanced_accuracy, (truth, said), np.arange(600), 300)
    assert grouped.low < single.low < grouped.mean == single.mean < single.high < grouped.high

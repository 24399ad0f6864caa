"""Filtering and walking through the validation images."""

from types import SimpleNamespace

import numpy as np

from cnncore import Dataset
from explorer.workbench.samples import SampleFilter, neighbour

LABELS = np.array([3, 1, 3, 3, 2])
DATASET = Dataset(
    images=np.zeros((5, 1, 28, 28), np.uint8),
    labels=LABELS,
    class_names=tuple("0123456789"),
    name="validation",
)
EVALUATION = SimpleNamespace(predictions=np.array([3, 7, 5, 3, 5]))


def test_filters_by_class_and_by_mistake():
    assert SampleFilter().matching(DATASET, None).tolist() == [0, 1, 2, 3, 4]
    assert SampleFilter(3).matching(DATASET, None).tolist() == [0, 2, 3]
    assert SampleFilter(None, True).matching(DATASET, EVALUATION).tolist() == [1, 2, 4]
    assert SampleFilter(3, True).matching(DATASET, EVALUATION).tolist() == [2]
    assert SampleFilter(None, True).matching(DATASET, None).tolist() == []


def test_neighbours_go_round_and_start_from_anywhere():
    matching = np.array([2, 5, 9])
    assert neighbour(matching, 5, +1) == 9
    assert neighbour(matching, 9, +1) == 2
    assert neighbour(matching, 2, -1) == 9
    assert neighbour(matching, 6, -1) == 5
    assert neighbour(matching, 6, +1) == 9
    assert neighbour(matching, None, +1) == 2
    assert neighbour(matching, None, -1) == 9
    assert neighbour(np.array([], int), 3, +1) is None

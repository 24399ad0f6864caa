"""Series that grow with a run."""

import numpy as np
import pytest

from cnncore import StepDone
from explorer.workbench import History
from explorer.workbench.history import EpochSummary
from explorer.workspaces.train.series import EpochSeries, SmoothedSeries


def grow(record, losses):
    for loss in losses.tolist():
        step = len(record) + 1
        record.append(StepDone(step, 1, step, 10_000, loss, 0.5, 1e-3, 32, 0.01))


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.92, 0.99])
def test_growing_gives_the_same_as_beginning_anew(weight):
    record, values = History(), np.random.default_rng(0).normal(size=6000)
    series = SmoothedSeries("loss")
    for end in (0, 1, 2, 40, 41, 3000, 3001, 6000):
        grow(record, values[len(record) : end])
        smoothed = series.update(record, weight)
        np.testing.assert_allclose(smoothed, record.smoothed(weight), rtol=1e-9, atol=1e-12)
        assert len(smoothed) == end


def test_another_run_or_weight_begins_anew():
    first, second = History(), History()
    grow(first, np.ones(10))
    grow(second, np.full(12, 2.0))
    series = SmoothedSeries("loss")
    series.update(first, 0.9)
    np.testing.assert_allclose(series.update(second, 0.9), 2.0)
    np.testing.assert_allclose(series.update(second, 0.5), 2.0)


def test_what_is_drawn_cannot_be_written_to():
    record = History()
    grow(record, np.ones(10))
    smoothed = SmoothedSeries("loss").update(record, 0.9)
    with pytest.raises(ValueError, match="read-only"):
        smoothed[0] = 5.0


def epoch(number):
    return EpochSummary(number, number * 10, 0.5, 0.5, 1 / number, 1 - 0.1 / number)


def test_epochs_are_taken_over_as_they_come():
    record, series = History(), EpochSeries()
    series.update(record)
    assert series.last_before(100) is None
    record.epochs.append(epoch(1))
    series.update(record)
    record.epochs.append(epoch(2))
    series.update(record)
    assert series.steps.tolist() == [10, 20]
    assert series.losses.tolist() == [1.0, 0.5]
    assert [series.last_before(s) for s in (9, 10, 19, 20, 99)] == [None, 0, 0, 1, 1]
    series.update(History())
    assert len(series.steps) == 0

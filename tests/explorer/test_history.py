"""The record of a run."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import StepDone
from explorer.workbench import History
from explorer.workbench.smoothing import bias_corrected_mean


def _step(number, loss=0.5):
    return StepDone(
        step=number,
        epoch=1,
        batch=number,
        batches=5000,
        loss=loss,
        accuracy=0.25,
        learning_rate=1e-3,
        images=32,
        seconds=0.01,
    )


def test_every_step_is_kept_in_order_past_the_first_allocation():
    history = History()
    losses = np.random.default_rng(0).random(2500)
    for number, loss in enumerate(losses, start=1):
        history.append(_step(number, loss))
    assert len(history) == 2500
    np.testing.assert_array_equal(history.losses, losses)
    np.testing.assert_array_equal(history.steps, np.arange(1, 2501))
    assert history.steps_per_epoch == 5000


def test_the_columns_cannot_be_written_to():
    history = History()
    history.append(_step(1))
    with pytest.raises(ValueError, match="read-only"):
        history.losses[0] = 0.0


@given(
    st.lists(st.floats(-1e3, 1e3), max_size=200),
    st.floats(0.0, 0.999),
)
def test_smoothing_equals_the_plain_recurrence(values, weight):
    x = np.array(values)
    mean, expected = 0.0, []
    for t, value in enumerate(values, start=1):
        mean = weight * mean + (1 - weight) * value
        expected.append(mean / (1 - weight**t))
    np.testing.assert_allclose(bias_corrected_mean(x, weight), expected, rtol=1e-9, atol=1e-9)


def test_a_constant_stays_constant_from_the_first_step():
    np.testing.assert_allclose(bias_corrected_mean(np.full(300, 2.0), 0.99), 2.0)


def test_a_copy_does_not_follow_the_original():
    history = History()
    history.append(_step(1))
    copy = history.copy()
    history.append(_step(2))
    assert len(copy) == 1
    copy.append(_step(2, 0.125))
    assert copy.losses[1] == 0.125
    assert history.losses[1] == 0.5


def test_csv_has_a_row_for_each_step(tmp_path):
    history = History()
    for number in (1, 2, 3):
        history.append(_step(number, number / 8))
    history.write_csv(tmp_path / "m.csv")
    rows = list(csv.DictReader((tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()))
    assert [float(row["loss"]) for row in rows] == [0.125, 0.25, 0.375]
    assert rows[0]["validation_loss"] == ""

"""Long runs: the latest steps stay exact, older ones are folded, and nothing extreme is lost."""

from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ArgumentError, StepDone
from explorer.workbench import History, history
from explorer.workbench.history import EpochSummary
from explorer.workbench.history_rows import COLUMNS
from explorer.workbench.smoothing import bias_corrected_mean

EXACT, MOST_ROWS, MOST_FOLDED = 50, 80, 24


@contextmanager
def small():
    """Fold after a few dozen steps."""
    with patch.multiple(
        history, EXACT_STEPS=EXACT, _MOST_ROWS=MOST_ROWS, _MOST_FOLDED=MOST_FOLDED, _FIRST_ROWS=16
    ):
        yield


def grow(record, losses):
    for loss in losses:
        step = len(record) + 1
        seconds = 0.01 + 0.001 * (step % 7)
        record.append(StepDone(step, 1 + step // 10, step % 10, 10, loss, loss / 4, 1e-3 / step, 32, seconds))


def check(record, losses):
    """Compare the record with the plain list of losses."""
    n, folded = len(losses), record.folded_rows
    assert len(record) == n
    assert len(record.steps) <= MOST_ROWS
    exact = record.steps[folded:].astype(int)
    assert len(exact) >= min(n, EXACT)
    np.testing.assert_array_equal(exact, np.arange(n - len(exact) + 1, n + 1))
    np.testing.assert_array_equal(record.losses[folded:], losses[n - len(exact) :])
    assert folded <= MOST_FOLDED
    following = 1
    for row in range(0, folded, 2):
        first, last = (int(step) for step in record.steps[row : row + 2])
        assert first == following
        following = last + 1
        inside = losses[first - 1 : last]
        assert tuple(record.losses[row : row + 2]) == (inside.min(), inside.max())
        assert record.column("span")[row] == record.column("span")[row + 1] == last - first + 1
        np.testing.assert_allclose(record.means("loss")[row : row + 2], inside.mean(), rtol=1e-9)
        np.testing.assert_allclose(record.means("accuracy")[row], inside.mean() / 4, rtol=1e-9)
        taken = 0.01 + 0.001 * (np.arange(first, last + 1) % 7)
        np.testing.assert_allclose(record.means("seconds")[row], taken.mean(), rtol=1e-9)
        assert all(record.index_of(step) == row for step in (first, (first + last) // 2, last))
    assert following == n - len(exact) + 1
    assert record.weights.sum() == n


@given(st.integers(0, 600), st.integers(0, 2**32 - 1))
def test_any_length_is_exact_at_the_end_and_keeps_all_extremes(n, seed):
    losses = np.random.default_rng(seed).lognormal(size=n)
    with small():
        record = History()
        grow(record, losses.tolist())
        check(record, losses)
        again = History.from_rows(record.rows_since(0), steps_per_epoch=record.steps_per_epoch)
        check(again, losses)
        np.testing.assert_array_equal(again.rows_since(0), record.rows_since(0))
        more = np.random.default_rng(seed + 1).lognormal(size=40)
        grow(again, more.tolist())
        check(again, np.concatenate([losses, more]))


@given(st.integers(1, 900))
def test_single_rows_of_a_long_run_are_folded_when_they_come_back(n):
    """A file keeps each step; the record that is made of it ends no larger than one that grew."""
    losses = np.random.default_rng(n).lognormal(size=n)
    whole = History()
    grow(whole, losses.tolist())
    assert whole.folds == 0
    with small():
        check(History.from_rows(whole.rows_since(0)), losses)


@given(st.integers(1, 400), st.integers(0, 420))
def test_rows_since_a_step_are_those_after_it(n, since):
    with small():
        record = History()
        grow(record, np.linspace(1, 2, n).tolist())
        rows = record.rows_since(since)
        exact = record.steps[record.folded_rows :]
        assert set(exact[exact > since]) <= set(rows[:, 0])
        assert len(rows) == 0 or rows[-1, 0] == n
        if len(rows) and since >= exact[0]:
            assert rows[0, 0] == since + 1
        rows[:] = 0.0
        assert record.losses.min() >= 1.0, "the rows are a copy"


def test_at_its_full_size_memory_ends_growing():
    record = History()
    losses = np.random.default_rng(0).random(280_000)
    grow(record, losses[:260_000].tolist())
    assert record.folds == 0
    np.testing.assert_array_equal(record.losses, losses[:260_000])
    size = record._data.nbytes
    grow(record, losses[260_000:].tolist())
    assert record.folds > 0
    assert record._data.nbytes == size <= 25e6
    np.testing.assert_array_equal(record.losses[-history.EXACT_STEPS :], losses[-history.EXACT_STEPS :])
    assert (record.losses.min(), record.losses.max()) == (losses.min(), losses.max())


@pytest.mark.parametrize("name", ["loss", "accuracy", "seconds"])
def test_smoothing_goes_on_over_folded_steps(name):
    losses = 2.0 * np.exp(-np.arange(400) / 100) + 0.1
    with small():
        record = History()
        grow(record, losses.tolist())
        smoothed = record.smoothed(0.9, name)
    plain = History()
    grow(plain, losses.tolist())
    true = plain.smoothed(0.9, name)
    assert len(smoothed) == len(record.steps)
    folded = record.folded_rows
    ends = record.steps[1:folded:2].astype(int) - 1
    values = record.column(name)
    before = np.concatenate([values[:2], values[: folded - 2]])
    assert np.all(smoothed[1:folded:2] >= np.minimum(values[:folded:2], before[::2]) - 1e-12)
    assert np.all(smoothed[1:folded:2] <= np.maximum(values[1:folded:2], before[1::2]) + 1e-12)
    exact = smoothed[folded:]
    missed = abs(smoothed[folded - 1] - true[ends[-1]])
    fading = missed * 0.9 ** np.arange(1, len(exact) + 1)
    assert np.all(np.abs(exact - true[-len(exact) :]) <= 1.001 * fading + 1e-12), "what folding cost fades"


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.floats(0.0, 0.99))
def test_a_value_that_stands_for_steps_weighs_as_much_as_they(spans, weight):
    """The mean over a span that is constant is the same whether its steps are given or only the span."""
    values = np.random.default_rng(len(spans)).normal(size=len(spans))
    each = bias_corrected_mean(np.repeat(values, spans), weight)
    together = bias_corrected_mean(values, weight, np.array(spans))
    np.testing.assert_allclose(together, each[np.cumsum(spans) - 1], rtol=1e-7, atol=1e-9)


def test_steps_that_are_not_there_are_told():
    record = History()
    grow(record, [1.0, 2.0])
    for step in (0, 3):
        with pytest.raises(IndexError):
            record.index_of(step)


def row(step, span=1.0):
    return [step, 1, step, 0.5, 0.5, 1e-3, 0.1, step / 10, span, 0.5, 0.5]


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((2, 3)),
        np.zeros(len(COLUMNS)),
        np.array([row(2.0), row(1.0)]),
        np.array([row(0.0)]),
        np.array([row(np.nan)]),
        np.array([row(np.inf)]),
        np.array([row(1.0, 4.0), row(5.0)]),
        np.array([row(1.0, 4.0), row(4.0, 3.0)]),
        np.array([row(1.0, 0.0)]),
        np.array([row(1.0, 2.0), row(2.0, 2.0), row(3.0, 9.0)]),
    ],
)
def test_damaged_rows_are_refused(rows):
    with pytest.raises(ArgumentError):
        History.from_rows(rows)


def test_an_epoch_beyond_the_steps_is_refused():
    with pytest.raises(ArgumentError, match="epoch"):
        History.from_rows(np.array([row(1.0)]), [EpochSummary(1, 10, 0.5, 0.5, 0.5, 0.5)])


def test_csv_tells_folded_steps_apart(tmp_path):
    with small():
        record = History()
        grow(record, np.linspace(1, 2, 120).tolist())
        record.write_csv(tmp_path / "m.csv")
    lines = (tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()
    kinds = [line.rsplit(",", 1)[1] for line in lines]
    assert kinds[:3] == ["values", "lowest", "highest"]
    assert kinds[-1] == "of the step"
    assert len(lines) == 1 + len(record.steps)

"""The bounded record of a run's health."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import MODELS, Health, LayerHealth, StepDone
from explorer.workbench.health.folding import Folding
from explorer.workbench.health.record import LENGTHS, MEASUREMENTS, RECENT, HealthRecord, Span


def step(number: int, norms=(1.0, 2.0), ratios=(), loss=1.0) -> StepDone:
    return StepDone(number, 1, number, 99, loss, 0.5, 1e-3, 32, 0.01, 3.0, tuple(norms), tuple(ratios))


def health(value: float) -> Health:
    shares = np.full(3, value, np.float32)
    plain = LayerHealth(outputs=shares, mean=value, deviation=1.0)
    learning = LayerHealth(outputs=shares, mean=value, deviation=1.0, weights=shares, gradients=shares)
    return Health(200, 0.1, 0.3, (learning, plain))


def test_a_full_record_joins_its_neighbours_and_keeps_all_of_them():
    record = Folding(4, lambda one, other: one + other)
    for number in range(1, 5):
        record.append([number])
    assert record.items == [[1], [2], [3], [4]]
    assert record.size == 1
    record.append([5])
    assert record.items == [[1, 2], [3, 4], [5]]
    record.append([6])
    assert record.items == [[1, 2], [3, 4], [5, 6]]
    for number in range(7, 100):
        record.append([number])
    assert [number for item in record.items for number in item] == list(range(1, 100))
    assert record.size == 32
    assert len(record) <= 4


@pytest.mark.parametrize("capacity", [0, 1, 7])
def test_an_odd_capacity_is_refused(capacity):
    with pytest.raises(ValueError, match="even"):
        Folding(capacity, max)


def test_spans_hold_the_least_the_mean_and_the_most_of_their_steps():
    values = np.random.default_rng(0).random((5000, 2))
    record = HealthRecord(MODELS["tiny"]())
    assert record.layers == (0, 3)
    for number, row in enumerate(values.tolist(), start=1):
        record.add_step(step(number, row, row if number % 4 == 1 else ()))
    spans = record.norms.items
    assert sum(span.count for span in spans) == 5000
    assert spans[-1].step == 5000
    start = 0
    for span in spans:
        seen = values[start : start + span.count]
        assert_allclose([span.low, span.high], [seen.min(axis=0), seen.max(axis=0)])
        assert_allclose(span.mean, seen.mean(axis=0))
        start += span.count
    assert sum(span.count for span in record.ratios.items) == 1250
    assert_array_equal(record.recent_norms(), values[-RECENT:])
    assert_array_equal(record.recent_updates()[-1], values[4996])


def test_losses_are_known_as_medians_of_sixteen():
    record = HealthRecord(MODELS["tiny"]())
    losses = np.random.default_rng(1).random(16 * 5 + 3)
    for number, loss in enumerate(losses.tolist(), start=1):
        record.add_step(step(number, loss=loss))
        if number < 16:
            assert record.first_loss is record.best_loss is record.last_loss is None
    medians = np.median(losses[:80].reshape(5, 16), axis=1)
    assert_allclose(
        [record.first_loss, record.best_loss, record.last_loss], [medians[0], medians.min(), medians[-1]]
    )
    assert record.lasting_loss == medians[-2:].min()


def test_memory_stops_growing():
    record = HealthRecord(MODELS["tiny"]())
    sizes = []
    for number in range(1, 10_001):
        record.add_step(step(number, ratios=(0.1, 0.2) if number % 4 == 1 else ()))
        if number % 8 == 0:
            record.add_measurement(number, health(0.5))
        if number % 2500 == 0:
            sizes.append(len(pickle.dumps(record)))
    assert len(record.norms) <= LENGTHS
    assert len(record.measurements) <= MEASUREMENTS
    assert max(sizes) < 2 * min(sizes)
    assert max(sizes) < 10**6


def test_folded_measurements_are_means_of_the_shares_and_end_with_the_latest():
    record = HealthRecord(MODELS["tiny"]())
    for number in range(1, 2 * MEASUREMENTS + 2):
        record.add_measurement(number, health(float(number)))
    first, last = record.measurements.items[0], record.measurements.items[-1]
    assert (first.step, first.count, last.step, last.count) == (4, 4, 2 * MEASUREMENTS + 1, 1)
    layer, plain = first.health.layers
    for shares in (layer.outputs, layer.weights, layer.gradients, plain.outputs):
        assert_allclose(shares, 2.5)
    assert plain.weights is None
    assert layer.mean == 4
    assert record.latest.step == 2 * MEASUREMENTS + 1


def test_a_span_of_one_step_is_that_step():
    span = Span.of(7, (1.0, 2.0))
    assert (span.step, span.count) == (7, 1)
    assert_array_equal(span.low, span.high)

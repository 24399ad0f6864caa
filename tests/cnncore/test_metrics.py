"""Loss, accuracy and confusion matrix of a network on a data set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import (
    ArgumentError,
    Dataset,
    LayerSpec,
    ModelSpec,
    Sequential,
    ShapeError,
    confusion_matrix,
    cross_entropy,
    evaluate,
)


@pytest.fixture
def data() -> Dataset:
    rng = np.random.default_rng(2)
    images = rng.integers(0, 256, (23, 1, 5, 4), np.uint8)
    return Dataset(images, rng.integers(0, 3, 23), ("a", "b", "c"), "random")


@pytest.fixture
def network() -> Sequential:
    layers = (LayerSpec("flatten", "flatten"), LayerSpec("linear", "fc", {"out_features": 3}))
    return ModelSpec("m", "M", (1, 5, 4), layers, ("a", "b", "c")).build(np.random.default_rng(4))


def test_an_evaluation_adds_up(network: Sequential, data: Dataset) -> None:
    result = evaluate(network, data)
    logits = network(data.pixels())
    assert result.loss == pytest.approx(cross_entropy(logits, data.labels)[0], rel=1e-6)
    np.testing.assert_array_equal(result.predictions, logits.argmax(axis=1))
    assert result.accuracy == np.mean(result.predictions == data.labels)
    assert result.confusion.sum() == len(data)
    assert np.trace(result.confusion) == round(result.accuracy * len(data))
    np.testing.assert_array_equal(result.confusion.sum(axis=1), np.bincount(data.labels, minlength=3))
    assert result.losses.mean() == result.loss
    np.testing.assert_allclose(result.probabilities.sum(axis=1), 1, rtol=1e-6)
    own = result.probabilities[np.arange(len(data)), data.labels]
    np.testing.assert_allclose(result.losses, -np.log(own), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 7, 23, 100])
def test_the_batch_size_changes_nothing(network: Sequential, data: Dataset, batch_size: int) -> None:
    one, other = evaluate(network, data), evaluate(network, data, batch_size)
    np.testing.assert_array_equal(one.confusion, other.confusion)
    np.testing.assert_allclose(one.losses, other.losses, rtol=1e-5)


def test_an_evaluation_is_read_only_and_changes_nothing(network: Sequential, data: Dataset) -> None:
    before = network.parameter_vector.copy()
    result = evaluate(network, data)
    np.testing.assert_array_equal(network.parameter_vector, before)
    for array in (result.confusion, result.predictions, result.losses, result.probabilities):
        assert not array.flags.writeable


def test_a_network_that_has_diverged_is_measured_without_a_warning(
    network: Sequential, data: Dataset
) -> None:
    network.parameter_vector[...] = 3e38
    assert not np.isfinite(evaluate(network, data).loss)


def test_a_confusion_matrix_has_true_classes_as_rows() -> None:
    matrix = confusion_matrix(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=50))
def test_a_confusion_matrix_counts_each_pair(pairs: list[tuple[int, int]]) -> None:
    labels, predictions = np.array(pairs, np.int64).reshape(-1, 2).T
    matrix = confusion_matrix(labels, predictions, 5)
    expected = [[pairs.count((row, column)) for column in range(5)] for row in range(5)]
    assert matrix.tolist() == expected


def test_nothing_to_evaluate_is_refused(network: Sequential, data: Dataset) -> None:
    with pytest.raises(ArgumentError):
        evaluate(network, data.subset([], "nothing"))
    with pytest.raises(ArgumentError):
        evaluate(network, data, 0)


def test_other_classes_or_images_are_refused(network: Sequential, data: Dataset) -> None:
    with pytest.raises(ShapeError, match="2 classes, but the network tells 3 apart"):
        evaluate(network, Dataset(data.images, data.labels % 2, ("a", "b"), "other"))
    with pytest.raises(ShapeError):
        evaluate(network, Dataset(data.images[:, :, :4], data.labels, data.class_names, "small"))


@pytest.mark.parametrize(
    ("labels", "predictions", "classes"),
    [
        ([0, 3], [0, 0], 3),
        ([0, -1], [0, 0], 3),
        ([0], [0, 1], 3),
        ([0.5], [0], 3),
        ([[0]], [[0]], 3),
        ([], [], 0),
    ],
)
def test_what_is_no_class_cannot_be_counted(labels: list, predictions: list, classes: int) -> None:
    with pytest.raises(ArgumentError):
        confusion_matrix(np.array(labels), np.array(predictions), classes)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True])
def test_impossible_batches_are_refused_before_anything_is_computed(
    network: Sequential, data: Dataset, batch_size: int
) -> None:
    with pytest.raises(ArgumentError, match="must be a whole number"):
        evaluate(network, data, batch_size)

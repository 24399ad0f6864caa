"""Loss, accuracy, confusion, scores of each class and calibration of a network on a data set."""

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
    calibration,
    class_scores,
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
    with pytest.raises(ArgumentError, match="The network must be a Sequential, not None"):
        evaluate(None, data)
    with pytest.raises(ArgumentError, match="The data set must be a Dataset, not a list"):
        evaluate(network, [])


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


@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_scores_are_those_of_a_loop(pairs: list[tuple[int, int]]) -> None:
    labels, predictions = np.array(pairs, np.int64).reshape(-1, 2).T
    scores = class_scores(confusion_matrix(labels, predictions, 5))
    for k in range(5):
        taken = [true == k for true, guess in pairs if guess == k]
        own = [guess == k for true, guess in pairs if true == k]
        precision = sum(taken) / len(taken) if taken else np.nan
        recall = sum(own) / len(own) if own else np.nan
        f1 = 2 * sum(own) / (len(own) + len(taken)) if own or taken else np.nan
        np.testing.assert_allclose(
            (scores.precision[k], scores.recall[k], scores.f1[k]), (precision, recall, f1), rtol=1e-14
        )
        if precision + recall > 0:
            assert scores.f1[k] == pytest.approx(2 * precision * recall / (precision + recall))


def test_scores_that_can_be_counted_by_hand() -> None:
    scores = class_scores(np.array([[8, 2, 0, 0], [2, 3, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]))
    np.testing.assert_array_equal(scores.precision, [0.8, 0.5, np.nan, np.nan])
    np.testing.assert_array_equal(scores.recall, [0.8, 0.6, 0, np.nan])
    np.testing.assert_allclose(scores.f1, [0.8, 6 / 11, 0, np.nan])


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_a_matrix_that_is_not_square_has_no_scores(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="square"):
        class_scores(np.zeros(shape, np.int64))


CONFIDENCES = st.floats(0, 1) | st.integers(0, 12).map(lambda n: n / 12) | st.just(float("nan"))


@given(
    answers=st.lists(st.tuples(CONFIDENCES, st.booleans()), max_size=40),
    bins=st.integers(1, 12),
)
def test_calibration_is_that_of_a_loop(answers: list[tuple[float, bool]], bins: int) -> None:
    result = calibration(np.array([a[0] for a in answers]), np.array([a[1] for a in answers]), bins)
    known = [answer for answer in answers if answer[0] == answer[0]]
    error = 0.0
    for m in range(bins):
        low, high = result.edges[m], result.edges[m + 1]
        inside = [(c, hit) for c, hit in known if low < c <= high or (m == 0 and c == 0)]
        assert result.counts[m] == len(inside)
        sure = sum(c for c, _ in inside) / len(inside) if inside else np.nan
        hits = sum(hit for _, hit in inside) / len(inside) if inside else np.nan
        np.testing.assert_allclose((result.confidence[m], result.accuracy[m]), (sure, hits), rtol=1e-12)
        error += len(inside) / len(known) * abs(hits - sure) if inside else 0.0
    assert result.counts.sum() == len(known)
    np.testing.assert_allclose(result.error, error if known else np.nan, rtol=1e-9, atol=1e-12)


def test_a_network_as_often_right_as_it_is_sure_has_no_error() -> None:
    confidence, right = np.array([0.75] * 4 + [0.5] * 2), np.array([1, 1, 1, 0, 1, 0], bool)
    assert calibration(confidence, right).error == 0
    assert calibration(confidence, ~right).error == pytest.approx(0.5 * 4 / 6)


def test_calibration_of_an_evaluation(network: Sequential, data: Dataset) -> None:
    result = evaluate(network, data)
    right = result.predictions == data.labels
    np.testing.assert_array_equal(result.confidence, [max(row) for row in result.probabilities.tolist()])
    gathered = calibration(result.confidence, right)
    assert gathered.counts.sum() == len(data)
    assert np.nansum(gathered.accuracy * gathered.counts) == pytest.approx(right.sum())


@pytest.mark.parametrize(
    ("confidence", "right", "bins"),
    [([1.1], [1], 10), ([-0.1], [1], 10), ([0.5], [1, 0], 10), ([[0.5]], [[1]], 10), ([0.5], [1], 0)],
)
def test_what_is_no_confidence_is_refused(confidence: list, right: list, bins: int) -> None:
    with pytest.raises(ArgumentError):
        calibration(np.array(confidence), np.array(right), bins)

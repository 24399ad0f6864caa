"""Softmax, equation (4), and what a network lowers: the negative log-likelihood, equation (5), and others.

Each loss returns its value, the mean over the batch, and its gradient with respect to what went in first.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore.checks import as_numbers, check_count, check_floats, check_number
from cnncore.errors import ArgumentError, ShapeError
from cnncore.windows import Array


def softmax(z: Array) -> Array:
    """Probabilities from logits ``(..., K)``: ``exp(z) / sum exp(z)`` along the last axis, equation (4)."""
    # Taking the largest off changes nothing in the quotient and keeps exp from overflowing.
    _check_logits(z)
    p: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


def log_softmax(z: Array) -> Array:
    """Logarithm of `softmax`, exact also where the probability itself would round to zero."""
    _check_logits(z)
    shifted: Array = z - z.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def cross_entropy(logits: Array, labels: npt.ArrayLike, label_smoothing: float = 0.0) -> tuple[float, Array]:
    """Mean negative log-likelihood of the right classes, equation (5), and its gradient.

    Parameters
    ----------
    logits : (N, K)
        Where one is NaN or infinite, so may be the loss and its gradient; `train` ends such a run with a
        `NonFiniteLossError`.
    labels : (N,) of int
        The right class of each row, 0 to K - 1.
    label_smoothing : float
        This share of the target, 0 to 1, is spread over all classes alike, the right one among them; so the
        network is not driven to probabilities of exactly 0 and 1 (Szegedy et al., 2016, section 7).

    Returns
    -------
    loss : float
        ``-mean over n of sum over k of target[n, k] * log softmax(logits)[n, k]``
    dlogits : (N, K)
        ``(softmax(logits) - target) / N``; without smoothing, the target is 1 for the right class alone.

    Raises
    ------
    ShapeError
        When logits and labels do not belong together.
    ArgumentError
        When a label is not one of the classes, or the smoothing does not lie between 0 and 1.
    """
    labels = _checked_labels("cross_entropy", "logits", logits, labels)
    check_number(label_smoothing, "label_smoothing", 0, 1)
    count, classes = logits.shape
    rows = np.arange(count)
    shifted = logits - logits.max(axis=1, keepdims=True)
    # The target's mean of the logits, less the largest of them.
    aimed = shifted[rows, labels]
    if label_smoothing:
        aimed = (1 - label_smoothing) * aimed + label_smoothing * shifted.mean(axis=1)
    dlogits = np.exp(shifted, out=shifted)
    total = dlogits.sum(axis=1)
    loss = float((np.log(total) - aimed).mean())
    dlogits /= total[:, np.newaxis] * count
    if label_smoothing:
        dlogits -= label_smoothing / (classes * count)
    dlogits[rows, labels] -= (1 - label_smoothing) / count
    return loss, dlogits


def nll_loss(log_probabilities: Array, labels: npt.ArrayLike) -> tuple[float, Array]:
    """Mean negative log-likelihood of what is already logarithms, such as `log_softmax` gives: equation (5).

    Parameters
    ----------
    log_probabilities : (N, K)
    labels : (N,) of int

    Returns
    -------
    loss : float
        ``-mean log_probabilities[n, labels[n]]``
    gradient : (N, K)
        ``-1 / N`` at the right classes, 0 elsewhere.

    Raises
    ------
    ShapeError, ArgumentError
        As `cross_entropy`.
    """
    labels = _checked_labels("nll_loss", "log probabilities", log_probabilities, labels)
    rows = np.arange(len(labels))
    gradient = np.zeros_like(log_probabilities)
    gradient[rows, labels] = -1 / len(labels)
    return -float(log_probabilities[rows, labels].mean()), gradient


def mse_loss(prediction: Array, target: npt.ArrayLike) -> tuple[float, Array]:
    """Mean squared error over all numbers, and its gradient.

    Parameters
    ----------
    prediction, target : arrays of one shape
        For classes, the target may be `one_hot`.

    Returns
    -------
    loss : float
        ``mean (prediction - target)^2``
    gradient : array, shaped as the prediction
        ``2 * (prediction - target) / size``

    Raises
    ------
    ShapeError
        When the shapes differ, or there are no numbers.
    """
    check_floats(prediction, "The prediction")
    wanted = as_numbers(target, prediction.dtype, "The target")
    if wanted.shape != prediction.shape or not prediction.size:
        raise ShapeError(f"mse_loss takes two arrays of one shape, got {prediction.shape} and {wanted.shape}")
    gradient: Array = prediction - wanted
    loss = float(np.square(gradient).mean())
    gradient *= 2 / gradient.size
    return loss, gradient


def one_hot(labels: npt.ArrayLike, classes: int) -> Array:
    """Labels (N,) as rows (N, K) of zeros with a one at the right class.

    Raises
    ------
    ArgumentError
        When a label is not one of the classes.
    """
    numbers = _whole_numbers(labels)
    if numbers.ndim != 1:
        raise ShapeError(f"one_hot takes labels (N,), got {numbers.shape}")
    _check_range(numbers, check_count(classes, "The number of classes", 1, 2**20))
    rows: Array = (numbers[:, np.newaxis] == np.arange(classes)).astype(np.float32)
    return rows


def _checked_labels(who: str, what: str, scores: Array, labels: npt.ArrayLike) -> npt.NDArray[np.integer]:
    check_floats(scores, f"The {what}")
    numbers = _whole_numbers(labels)
    if scores.ndim != 2 or numbers.shape != scores.shape[:1] or not numbers.size:
        raise ShapeError(f"{who} takes {what} (N, K) and labels (N,), got {scores.shape} and {numbers.shape}")
    _check_range(numbers, scores.shape[1])
    return numbers


def _check_logits(z: Array) -> None:
    if not (isinstance(z, np.ndarray | np.floating) and z.dtype.kind in "fiu" and z.size):
        raise ArgumentError("softmax takes an array (..., K) of numbers, and at least one")


def _whole_numbers(labels: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        numbers = np.asarray(labels)
    except ValueError as error:
        raise ShapeError("labels are one list of whole numbers, not lists of different lengths") from error
    if numbers.dtype.kind not in "iu" and numbers.size:
        raise ArgumentError(f"labels are whole numbers, got {numbers.dtype}")
    return numbers


def _check_range(labels: npt.NDArray[Any], classes: int) -> None:
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ArgumentError(f"labels lie between 0 and {classes - 1}, got {labels.min()} to {labels.max()}")

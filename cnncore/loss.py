"""Softmax, equation (4), and the cost that a classifier lowers, the negative log-likelihood, equation (5)."""

import numpy as np
import numpy.typing as npt

from cnncore.errors import ArgumentError, ShapeError
from cnncore.windows import Array


def softmax(z: Array) -> Array:
    """Probabilities from logits ``(..., K)``: ``exp(z) / sum exp(z)`` along the last axis, equation (4)."""
    # Taking the largest off changes nothing in the quotient and keeps exp from overflowing.
    p: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


def log_softmax(z: Array) -> Array:
    """Logarithm of `softmax`, exact also where the probability itself would round to zero."""
    shifted: Array = z - z.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def cross_entropy(logits: Array, labels: npt.ArrayLike) -> tuple[float, Array]:
    """Mean negative log-likelihood of the right classes, equation (5), and its gradient.

    Parameters
    ----------
    logits : (N, K)
    labels : (N,) of int
        The right class of each row, 0 to K - 1.

    Returns
    -------
    loss : float
        ``-mean log softmax(logits)[n, labels[n]]``
    dlogits : (N, K)
        ``(softmax(logits) - onehot(labels)) / N``

    Raises
    ------
    ShapeError
        When logits and labels do not belong together.
    ArgumentError
        When a label is not one of the classes.
    """
    labels = np.asarray(labels)
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not labels.size:
        raise ShapeError(
            f"cross_entropy takes logits (N, K) and labels (N,), got {logits.shape} and {labels.shape}"
        )
    count, classes = logits.shape
    if labels.dtype.kind not in "iu":
        raise ArgumentError(f"labels are whole numbers, got {labels.dtype}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ArgumentError(f"labels lie between 0 and {classes - 1}, got {labels.min()} to {labels.max()}")
    rows = np.arange(count)
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = shifted[rows, labels]
    dlogits = np.exp(shifted, out=shifted)
    total = dlogits.sum(axis=1)
    loss = float((np.log(total) - right).mean())
    dlogits /= total[:, np.newaxis] * count
    dlogits[rows, labels] -= 1 / count
    return loss, dlogits

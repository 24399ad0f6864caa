"""The exponential mean of a series whose points may lie several steps apart."""

from __future__ import annotations

import numpy as np

_BLOCK = 64


def bias_corrected_mean(
    x: np.ndarray, weight: float, spans: np.ndarray | None = None, before: tuple[int, float] = (0, 0.0)
) -> np.ndarray:
    """Return the exponential mean of `x`, weighted by time and corrected for its start at zero.

    m_t = w^d m_(t-d) + (1 - w^d) x_t over the d steps that the point stands for, shown as m_t / (1 - w^t), as
    Adam corrects its moments (Kingma & Ba 2015, section 3).

    Parameters
    ----------
    x : (n,)
        The values.
    weight : float
        w, in [0, 1).
    spans : (n,), optional
        How many steps each value stands for, 1 by default.
    before : (int, float)
        How many steps came before, and the mean shown after the last of them.

    Raises
    ------
    ValueError
        When the weight is not in [0, 1).
    """
    if not 0.0 <= weight < 1.0:
        raise ValueError("The smoothing weight must be at least 0 and below 1.")
    if len(x) == 0 or weight == 0.0:
        return np.array(x, dtype=float)
    steps, shown = before
    mean = shown * (1.0 - weight**steps)
    if spans is None:
        raw = _every_step(np.asarray(x, dtype=float), weight, mean)
        ends = np.arange(steps + 1, steps + len(x) + 1)
    else:
        raw = _spaced(x, weight, mean, spans)
        ends = steps + np.cumsum(spans)
    return raw / (1.0 - weight ** ends.astype(float))


def _spaced(x: np.ndarray, weight: float, mean: float, spans: np.ndarray) -> np.ndarray:
    raw = np.empty(len(x))
    kept = weight ** np.asarray(spans, dtype=float)
    for i, (value, share) in enumerate(zip(np.asarray(x).tolist(), kept.tolist(), strict=True)):
        mean = share * mean + (1.0 - share) * value
        raw[i] = mean
    return raw


def _every_step(x: np.ndarray, weight: float, mean: float) -> np.ndarray:
    """Unroll the recurrence in blocks, so that no Python loop runs over the steps.

    Within a block of b values, m_(s+j) = w^j m_s + (1 - w) sum_i w^(j-i) x_(s+i), one small triangular matrix
    product.
    """
    n = len(x)
    powers = weight ** np.arange(_BLOCK + 1)
    lag = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    kernel = np.where(lag >= 0, (1.0 - weight) * powers[np.maximum(lag, 0)], 0.0)
    padded = np.zeros(-(-n // _BLOCK) * _BLOCK)
    padded[:n] = x
    local = padded.reshape(-1, _BLOCK) @ kernel.T
    for k in range(len(local)):
        local[k] += powers[1:] * mean
        mean = local[k, -1]
    return local.ravel()[:n]

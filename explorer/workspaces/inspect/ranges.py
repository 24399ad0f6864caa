"""Ranges of colours: what makes equal values look equal from layer to layer. Pure: no widget."""

from __future__ import annotations

import numpy as np

from explorer.imaging import symmetric_range

from .inspection import Inspection

_BORROWS = frozenset({"max_pool", "average_pool", "flatten", "dropout"})


def range_of(inspection: Inspection, index: int) -> float:
    """Return r, the value with the strongest colour, of a stop's output.

    ReLU, pooling, dropout and flatten take the range of the layer they belong to.
    """
    stops = inspection.stops
    while index >= 0:
        stop = stops.at(index)
        borrows = stop.kind in _BORROWS or (stop.kind == "activation" and _is_relu(inspection, index))
        if not borrows:
            break
        index -= 1
    return 1.0 if index < 0 else symmetric_range(inspection.output_of(index))


def _is_relu(inspection: Inspection, index: int) -> bool:
    return "ReLU" in type(inspection.network.layers[index]).__name__


def colours_of(inspection: Inspection, index: int) -> str:
    """Return the colour map of a stop's output: pixels for the image, else signed."""
    return "pixels" if index < 0 else "signed"


def as_picture(values: np.ndarray, fold: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Lay a vector out in rows of `fold`; the mask says which places of the last row exist."""
    rows = -(-len(values) // fold)
    missing = rows * fold - len(values)
    if not missing:
        return values.reshape(rows, fold), None
    padded = np.concatenate([values, np.zeros(missing, values.dtype)]).reshape(rows, fold)
    exists = np.ones(rows * fold, bool)
    exists[len(values) :] = False
    return padded, exists.reshape(rows, fold)

"""Which cells can influence which, exactly: back to the pixels of the image, and forward from one of them.

`cnncore.receptive` follows ranges of rows and columns; here every row and column is followed by itself, so
the gaps that a dilated or far-striding window leaves are gaps.
"""

from collections.abc import Sequence

import numpy as np

from cnncore.explain_window import Mask, has_window, window_at
from cnncore.layers import Flatten, Layer, Linear
from cnncore.shapes import Shape

Field = tuple[Mask, ...]
"""One mask for each axis: (maps, rows, columns), or (units,). A cell belongs to it when all masks say so."""


def field_of(shape: Shape, cell: tuple[int, ...]) -> Field:
    """Return the field that is one cell of a map or vector."""
    return tuple(np.arange(size) == place for size, place in zip(shape, cell, strict=True))


def whole(shape: Shape) -> Field:
    """Return the field of all cells."""
    return tuple(np.ones(size, bool) for size in shape)


def mask_of(field: Field) -> Mask:
    """Return a field as one mask with the shape of the layer's output."""
    mask = np.array(True)
    for axis in field:
        mask = mask[..., np.newaxis] & axis
    return mask


def back(
    layers: Sequence[Layer], shapes: Sequence[Shape], index: int, cell: tuple[int, ...]
) -> dict[int, Field]:
    """Follow one cell back to the image.

    Parameters
    ----------
    layers : sequence of Layer
    shapes : sequence of shapes
        Without the batch axis: ``shapes[0]`` is the image's, ``shapes[i + 1]`` that of layer i's output.
    index : int
        The layer whose output has the cell, -1 for the image itself.
    cell : tuple of int

    Returns
    -------
    dict of int to Field
        For each layer before `index`, and for the image under -1, the cells that can influence this one.
    """
    field, found = field_of(shapes[index + 1], cell), {}
    for place in range(index, -1, -1):
        field = _step_back(layers[place], shapes[place], field)
        found[place - 1] = field
    return found


def forward(
    layers: Sequence[Layer], shapes: Sequence[Shape], index: int, cell: tuple[int, ...]
) -> dict[int, Field]:
    """Follow one cell forward: for each later layer the cells that it can influence. See `back`."""
    field, found = field_of(shapes[index + 1], cell), {}
    for place in range(index + 1, len(layers)):
        field = _step_forward(layers[place], shapes[place], shapes[place + 1], field)
        if not all(axis.any() for axis in field):
            break
        found[place] = field
    return found


def readers(layer: Layer, input_shape: Shape, output_shape: Shape, y: int, x: int) -> Mask:
    """Return which output cells (rows, columns) of a convolution or pooling read input cell (y, x)."""
    cell = field_of((1, *input_shape[1:]), (0, y, x))
    _, rows, columns = _step_forward(layer, input_shape, output_shape, (whole(input_shape)[0], *cell[1:]))
    mask: Mask = rows[:, np.newaxis] & columns
    return mask


def _step_back(layer: Layer, input_shape: Shape, field: Field) -> Field:
    if isinstance(layer, Flatten):
        mask = field[0].reshape(input_shape)
        axes = range(mask.ndim)
        return tuple(
            np.asarray(mask.any(axis=tuple(other for other in axes if other != axis))) for axis in axes
        )
    if isinstance(layer, Linear):
        return whole(input_shape)
    channels = _channels_back(layer, input_shape[0], field[0])
    if not has_window(layer):
        return channels, *field[1:]
    rows, columns = np.zeros(input_shape[1], bool), np.zeros(input_shape[2], bool)
    for y in np.flatnonzero(field[1]):
        _mark(rows, window_at(layer, input_shape, int(y), 0).source_rows)
    for x in np.flatnonzero(field[2]):
        _mark(columns, window_at(layer, input_shape, 0, int(x)).source_columns)
    return channels, rows, columns


def _mark(axis: Mask, places: np.ndarray) -> None:
    axis[places[places >= 0]] = True


def _step_forward(layer: Layer, input_shape: Shape, output_shape: Shape, field: Field) -> Field:
    if isinstance(layer, Flatten):
        return (mask_of(field).reshape(-1),)
    if isinstance(layer, Linear):
        return whole(output_shape)
    channels = _channels_forward(layer, input_shape[0], field[0])
    if not has_window(layer):
        return channels, *field[1:]
    rows = [_reads(field[1], window_at(layer, input_shape, y, 0).source_rows) for y in range(output_shape[1])]
    columns = [
        _reads(field[2], window_at(layer, input_shape, 0, x).source_columns) for x in range(output_shape[2])
    ]
    return channels, np.array(rows, bool), np.array(columns, bool)


def _reads(axis: Mask, places: np.ndarray) -> bool:
    return bool(axis[places[places >= 0]].any())


def _channels_back(layer: Layer, inputs: int, maps: Mask) -> Mask:
    weight = layer.parameters.get("weight")
    if weight is not None and weight.ndim == 4:
        groups = inputs // weight.shape[1]
        return np.repeat(maps.reshape(groups, -1).any(axis=1), weight.shape[1])
    return whole((inputs,))[0] if type(layer).__name__ == "Softmax" else maps


def _channels_forward(layer: Layer, inputs: int, maps: Mask) -> Mask:
    weight = layer.parameters.get("weight")
    if weight is not None and weight.ndim == 4:
        groups = inputs // weight.shape[1]
        return np.repeat(maps.reshape(groups, -1).any(axis=1), len(weight) // groups)
    return whole((inputs,))[0] if type(layer).__name__ == "Softmax" else maps

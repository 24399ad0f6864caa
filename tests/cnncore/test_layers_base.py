"""What every layer does alike: it names itself, counts, and refuses what it cannot take."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore import (
    Arctan,
    ArgumentError,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    ShapeError,
    Sigmoid,
    Softmax,
    Tanh,
)

LAYERS: tuple[Layer, ...] = (
    *(cnncore.Conv2d(3, 4, 3), cnncore.Conv2d(3, 3, 2, 2, padding=(1, 0, 0, 1), groups=3)),
    *(cnncore.MaxPool2d(2), cnncore.MaxPool2d(3, padding=1), cnncore.AvgPool2d(2)),
    *(cnncore.AdaptiveAvgPool2d(2), cnncore.BatchNorm2d(3), cnncore.Dropout(), cnncore.Flatten()),
    *(cnncore.Linear(5, 2), cnncore.ReLU(), cnncore.LeakyReLU(), cnncore.Sigmoid(), cnncore.Tanh()),
    *(cnncore.Arctan(), cnncore.Softmax()),
)
IMAGES_ONLY = tuple(type(layer) for layer in LAYERS if type(layer).__name__.endswith("2d"))

every_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)


def fitting(layer: Layer) -> np.ndarray:
    shape = (2, 5) if isinstance(layer, cnncore.Linear) else (2, 3, 8, 8)
    return np.random.default_rng(0).random(shape, np.float32)


def test_every_kind_of_layer_is_here() -> None:
    classes = [value for value in vars(cnncore).values() if isinstance(value, type)]
    kinds = {kind for kind in classes if issubclass(kind, Layer)}
    assert kinds - {Layer} == {type(layer) for layer in LAYERS}


@every_layer
@pytest.mark.parametrize(
    "x",
    [
        [[1.0, 2.0]],
        "pixels",
        None,
        7,
        np.zeros((2, 3, 8, 8), complex),
        np.zeros((2, 5), object),
        np.array([["a", "b"]]),
        np.zeros((2, 3, 8, 8), "datetime64[s]"),
    ],
    ids=["list", "text", "None", "number", "complex", "object", "letters", "dates"],
)
def test_what_is_no_array_of_real_numbers_is_refused(layer: Layer, x: Any) -> None:
    with pytest.raises(ArgumentError, match="takes an array of real numbers, got a"):
        layer.forward(x, training=True)


@every_layer
def test_an_empty_batch_is_refused(layer: Layer) -> None:
    with pytest.raises(ShapeError, match="takes at least one number"):
        layer.forward(fitting(layer)[:0], training=True)


@every_layer
@pytest.mark.parametrize("shape", [(), (3,), (2, 7), (2, 3, 8), (2, 7, 8, 8), (2, 3, 1, 1), (2, 3, 8, 8, 1)])
def test_a_shape_fits_or_is_refused_in_both_ways_alike(layer: Layer, shape: tuple[int, ...]) -> None:
    def shape_or_error(function: Any) -> Any:
        try:
            return function()
        except ShapeError:
            return ShapeError

    given = shape_or_error(lambda: layer.forward(np.ones(shape, np.float32))[0].shape)
    if isinstance(layer, IMAGES_ONLY) and len(shape) != 4:
        assert given is ShapeError
    if len(shape) > 1:
        wanted = shape_or_error(lambda: (shape[0], *layer.output_shape(shape[1:])))
        assert given == wanted


@every_layer
def test_a_gradient_of_another_shape_is_refused(layer: Layer) -> None:
    x = fitting(layer)
    layer.initialize(np.random.default_rng(1))
    y, cache = layer.forward(x, training=True)
    for wrong in (y[:1], y[..., :-1], np.ones(3, np.float32), [[1.0]]):
        with pytest.raises(ShapeError, match="takes a gradient of it, got"):
            layer.backward(wrong, cache)  # type: ignore[arg-type]
    dx, _ = layer.backward(y, cache)
    assert dx is not None
    assert dx.shape == x.shape


@every_layer
@pytest.mark.parametrize("dtype", [object, complex, "U3", int, bool])
def test_a_gradient_of_other_things_than_floats_is_refused(layer: Layer, dtype: Any) -> None:
    layer.initialize(np.random.default_rng(1))
    y, cache = layer.forward(fitting(layer), training=True)
    with pytest.raises(ArgumentError, match="takes a gradient of floats, got an array of"):
        layer.backward(np.ones(y.shape).astype(dtype), cache)


@every_layer
@pytest.mark.parametrize("shape", [None, 3, "abc", (2.0, 4, 4), (2, 0, 4), (-1,), ("a", 1, 1)], ids=str)
def test_what_is_no_shape_is_refused(layer: Layer, shape: Any) -> None:
    for use in (layer.output_shape, layer.multiply_adds):
        with pytest.raises(ShapeError, match="whole numbers above 0"):
            use(shape)


@every_layer
def test_whole_numbers_count_as_what_they_are(layer: Layer) -> None:
    x = np.random.default_rng(0).integers(0, 5, fitting(layer).shape)
    layer.initialize(np.random.default_rng(1))
    y, _ = layer.forward(x)
    np.testing.assert_allclose(y, layer.forward(x.astype(np.float32))[0], rtol=1e-6)


@every_layer
def test_a_layer_names_itself_and_counts(layer: Layer) -> None:
    assert repr(layer).startswith(f"{type(layer).__name__}(")
    assert layer.parameter_count == sum(array.size for array in layer.parameters.values())
    counts = layer.multiply_adds(fitting(layer).shape[1:])
    assert (counts > 0) == isinstance(layer, cnncore.Conv2d | cnncore.Linear | cnncore.BatchNorm2d)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LeakyReLU("x"), "negative_slope must be a finite number, got 'x'"),
        (lambda: LeakyReLU(True), "negative_slope must be a finite number, got True"),
        (lambda: Dropout("x"), "p must lie between 0 and 1, got 'x'"),
        (lambda: Dropout(None), "p must lie between 0 and 1, got None"),
        (lambda: BatchNorm2d(3, eps="x"), "eps must be more than 0, got 'x'"),
        (lambda: BatchNorm2d(3, momentum="x"), "momentum must lie between 0 and 1, got 'x'"),
        (lambda: BatchNorm2d(3, affine="x"), "affine must be true or false, not 'x'."),
        (lambda: Linear(3, 4, bias="x"), "bias must be true or false, not 'x'."),
        (lambda: Conv2d(1, 2, 3, bias=None), "bias must be true or false, not None."),
        (lambda: AvgPool2d(2, ceil_mode="x"), "ceil_mode must be true or false, not 'x'."),
        (lambda: AvgPool2d(2, count_include_pad=1), "count_include_pad must be true or false, not 1."),
        (lambda: Conv2d((1, 2), 1, 3), "in_channels must be a whole number of at least 1, not a tuple."),
        (lambda: Linear(3, 2.0), "out_features must be a whole number of at least 1, not 2.0."),
        (lambda: BatchNorm2d(0), "num_features must be a whole number of at least 1, not 0."),
        (
            lambda: Conv2d(1, 1, 3, padding_mode=np.zeros(3)),
            "padding_mode must be one of zeros, reflect, replicate, circular, not a ndarray.",
        ),
        (lambda: MaxPool2d((2,)), "kernel_size takes one number or a (y, x) pair, got (2,)"),
        (
            lambda: MaxPool2d(2, padding=[1]),
            "padding takes one number, a (y, x) pair or (top, bottom, left, right), got [1]",
        ),
        (
            lambda: Conv2d(10**9, 10**9, 3),
            "a layer has at most 268,435,456 parameters, this one would have more",
        ),
        (
            lambda: Linear(2**14, 2**14),
            "a layer has at most 268,435,456 parameters, this one would have more",
        ),
    ],
)
def test_an_option_without_sense_is_refused(make: Callable[[], Layer], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("kind", [ReLU, Sigmoid, Tanh, Arctan, Softmax, Flatten])
def test_a_layer_without_options_takes_none(kind: Any) -> None:
    with pytest.raises(TypeError, match="argument"):
        kind(3)

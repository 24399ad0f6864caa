"""Numeric checks of gradients: what tests of several layers share."""

import numpy as np
from numpy.testing import assert_allclose

from cnncore import Layer

STEP = 1e-6


def randomized(layer: Layer, rng: np.random.Generator) -> Layer:
    """The layer with random parameters and statistics in float64."""
    for name, shape in layer.parameter_shapes.items():
        layer.parameters[name] = rng.normal(size=shape)
    for name, shape in layer.statistics_shapes.items():
        layer.statistics[name] = rng.uniform(0.5, 2, shape)
    return layer


def check_gradients(layer: Layer, x: np.ndarray, rng: np.random.Generator, training: bool = False) -> None:
    """Compare `backward` with differences of `forward`.

    Along a random direction of everything that goes in, a random projection of what comes out changes as the
    gradients say. One pair of forward passes checks all of them at once.
    """
    y, cache = layer.forward(x, training)
    assert y.shape[1:] == layer.output_shape(x.shape[1:])
    dy = rng.normal(size=y.shape)
    dx, grads = layer.backward(dy, cache)
    assert dx.shape == x.shape
    assert grads.keys() == layer.parameters.keys()

    inputs = {"x": x, **layer.parameters}
    gradients = {"x": dx, **grads}
    for name, array in inputs.items():
        assert gradients[name].shape == array.shape
        direction = rng.normal(size=array.shape)
        kept, sides = array.copy(), []
        for step in (STEP, -STEP):
            array[...] = kept + step * direction
            sides.append(float((layer.forward(x, training)[0] * dy).sum()))
        array[...] = kept
        numeric = (sides[0] - sides[1]) / (2 * STEP)
        assert_allclose((gradients[name] * direction).sum(), numeric, rtol=1e-5, atol=1e-5, err_msg=name)

"""Integrating the derivative of the loss, and mixing a map with an image: without a window."""

import numpy as np
import pytest

from cnncore import MODELS, trace
from explorer.workspaces.inspect.backward.sensitivity_image import blend
from explorer.workspaces.inspect.backward.sensitivity_model import loss_integration


def test_the_integral_of_the_loss_goes_from_an_image_of_zeros():
    spec = MODELS["tiny"]()
    network = spec.build(np.random.default_rng(3))
    image = np.random.default_rng(4).random(spec.input_shape, dtype=np.float32)
    parts = list(loss_integration(network, image, 2, steps=20))
    assert [part.done for part in parts] == [8, 16, 20]
    last = parts[-1]
    assert last.output == trace(network, image, 2).loss
    assert last.baseline_output == trace(network, np.zeros_like(image), 2).loss
    assert last.attribution.sum() == pytest.approx(last.difference, abs=0.02)


def test_blending_goes_from_one_picture_to_the_other():
    below, above = np.array([[0xFF000000]], np.uint32), np.array([[0xFFFF8040]], np.uint32)
    assert blend(below, above, 0.0)[0, 0] == 0xFF000000
    assert blend(below, above, 1.0)[0, 0] == 0xFFFF8040
    assert blend(below, above, 0.5)[0, 0] == 0xFF804020

"""Kernels with a name do what the name says."""

import numpy as np
import pytest

from cnncore import ArgumentError
from cnncore.kernel_presets import PRESETS, kernel_preset

SUMS = {"identity": 1, "blur": 1, "sharpen": 1, "negative": -1}


@pytest.mark.parametrize("shape", [(3, 3), (5, 5), (2, 4), (5, 3)])
@pytest.mark.parametrize("name", PRESETS)
def test_sums(name, shape):
    kernel = kernel_preset(name, shape)
    assert kernel.shape == shape
    assert kernel.sum() == pytest.approx(SUMS.get(name, 0), abs=1e-12)


def test_edges_are_sobels_up_to_scale():
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    assert kernel_preset("vertical edge", (3, 3)) == pytest.approx(sobel / 4)
    assert kernel_preset("horizontal edge", (3, 3)) == pytest.approx(sobel.T / 4)


def test_no_such_kernel():
    with pytest.raises(ArgumentError, match="There is no kernel 'emboss'"):
        kernel_preset("emboss", (3, 3))

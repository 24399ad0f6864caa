import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError
from cnncore.padding import PADDING_MODES, fold, most_padding, pad, padding_map

NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@settings(deadline=None)
@given(
    size=st.integers(1, 6),
    before=st.integers(0, 6),
    after=st.integers(0, 6),
    mode=st.sampled_from(PADDING_MODES),
    seed=st.integers(0, 99),
)
def test_fold_is_the_way_back(size, before, after, mode, seed) -> None:
    if max(before, after) > (most_padding(size, mode) or 12 * (mode in ("zeros", "replicate"))):
        return
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, size))
    padded = pad(x, (0, 0, before, after), mode)
    assert_array_equal(padded, np.pad(x, ((0, 0), (before, after)), mode=NUMPY_MODES[mode]))
    gradient = rng.normal(size=padded.shape)
    # The product of gradient and change is the same before and behind the padding.
    folded = fold(gradient.copy(), 1, before, after, mode)
    assert_allclose((folded * x).sum(), (gradient * padded).sum(), atol=1e-12)


def test_there_are_bounds() -> None:
    with pytest.raises(ArgumentError, match="at most 2"):
        padding_map(3, 3, 0, "reflect")
    with pytest.raises(ArgumentError, match="one of zeros"):
        padding_map(3, 1, 1, "mirror")

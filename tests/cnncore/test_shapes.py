import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ArgumentError, ShapeError, output_size
from cnncore.shapes import padding4, padding_text, pair, same_padding, sliding_shape


@given(
    size=st.integers(1, 20),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 5),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    dilation=st.integers(1, 4),
)
def test_output_size_counts_the_places_of_the_window(size, kernel, stride, before, after, dilation) -> None:
    padded, extent = size + before + after, dilation * (kernel - 1) + 1
    places = [start for start in range(0, padded, stride) if start + extent <= padded]
    assert max(0, output_size(size, kernel, stride, before, after, dilation)) == len(places)


def test_output_size_in_the_plainest_case() -> None:
    assert output_size(28, 5) == 24
    assert output_size(20, 2, stride=2) == 10


@given(kernel=st.integers(1, 9), dilation=st.integers(1, 5), size=st.integers(1, 30))
def test_same_padding_keeps_the_size(kernel: int, dilation: int, size: int) -> None:
    before, after = same_padding(kernel, dilation)
    assert output_size(size, kernel, 1, before, after, dilation) == size
    assert after - before in (0, 1)


def test_pair() -> None:
    assert pair(3, "stride") == (3, 3)
    assert pair([2, 1], "stride") == (2, 1)
    assert pair(np.int64(4), "stride") == (4, 4)
    assert pair(0, "padding", minimum=0) == (0, 0)


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", None, True, (1, 2, 3), (), (1, "2")])
def test_what_is_no_pair(value: object) -> None:
    with pytest.raises(ArgumentError, match="stride"):
        pair(value, "stride")


@pytest.mark.parametrize(
    ("padding", "wanted"),
    [
        (2, (2, 2, 2, 2)),
        ((1, 2), (1, 1, 2, 2)),
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        ("valid", (0, 0, 0, 0)),
        ("same", (1, 1, 1, 2)),
    ],
)
def test_padding_in_all_its_forms(padding: object, wanted: tuple[int, ...]) -> None:
    assert padding4(padding, (3, 4), (1, 1), (1, 1)) == wanted


@pytest.mark.parametrize("padding", [-1, (1, 2, 3), "full", 0.5, (0, -1), None])
def test_what_is_no_padding(padding: object) -> None:
    with pytest.raises(ArgumentError, match="padding"):
        padding4(padding, (3, 3), (1, 1), (1, 1))


def test_same_padding_needs_stride_one() -> None:
    with pytest.raises(ArgumentError, match='"same" needs stride 1'):
        padding4("same", (3, 3), (1, 2), (1, 1))


def test_padding_text() -> None:
    assert padding_text((0, 0, 0, 0)) == ""
    assert padding_text((1, 1, 2, 2)) == ", padding=(1, 2)"
    assert padding_text((1, 0, 2, 2)) == ", padding=(1, 0, 2, 2)"


def test_the_message_names_what_would_fit() -> None:
    with pytest.raises(ShapeError, match=r"Some got an input of shape \(1, 2, 9\).*\(1, 4, 1\) or larger"):
        sliding_shape("Some", (1, 2, 9), 1, (3, 2), (1, 1), (0, 1, 1, 0), (2, 1))
    with pytest.raises(ShapeError, match=r"Some takes an input of shape \(C, H, W\), got \(5,\)"):
        sliding_shape("Some", (5,), None, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1))


def test_rounded_up_a_last_window_counts_if_it_begins_inside() -> None:
    assert [output_size(size, 2, 2, ceil_mode=True) for size in range(2, 7)] == [1, 2, 2, 3, 3]
    assert [output_size(size, 1, 3, ceil_mode=True) for size in range(1, 8)] == [1, 1, 1, 2, 2, 2, 3]
    # Of 4 numbers and padding on both sides, the third window would begin in the padding behind.
    assert output_size(4, 2, 3, 1, 1, ceil_mode=True) == 2
    assert output_size(2, 3, 2, ceil_mode=True) == 1

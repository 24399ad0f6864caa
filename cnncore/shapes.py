"""Size arithmetic of windows that slide over an image, equation (7), with padding, stride and dilation."""

import operator
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from cnncore.errors import ArgumentError, ShapeError

Pair: TypeAlias = tuple[int, int]
Padding4: TypeAlias = tuple[int, int, int, int]
IntOrPair: TypeAlias = int | Sequence[int]
Padding: TypeAlias = int | Sequence[int] | Literal["same", "valid"]
Shape: TypeAlias = tuple[int, ...]


def pair(value: IntOrPair, name: str, minimum: int = 1) -> Pair:
    """Read an int or a ``(y, x)`` pair.

    Parameters
    ----------
    value : int or two ints
        One number stands for both directions.
    name : str
        What the value is called in the error message.
    minimum : int
        The smallest number that makes sense.

    Raises
    ------
    ArgumentError
        When it is neither, or a number is smaller than `minimum`.
    """
    numbers = _integers(value, name)
    if not isinstance(value, tuple | list):
        numbers *= 2
    if len(numbers) != 2:
        raise ArgumentError(f"{name} takes one number or a (y, x) pair, got {value!r}")
    if min(numbers) < minimum:
        raise ArgumentError(f"{name} must be at least {minimum}, got {value!r}")
    return numbers[0], numbers[1]


def padding4(padding: Padding, kernel: Pair, stride: Pair, dilation: Pair) -> Padding4:
    """Read padding in any of its forms as ``(top, bottom, left, right)``.

    Parameters
    ----------
    padding : int, (y, x), (top, bottom, left, right), "same" or "valid"
        "valid" is no padding. "same" keeps the size, and as in PyTorch needs stride 1; where the total is
        odd, the extra row or column goes to the bottom or the right.

    Raises
    ------
    ArgumentError
        When it is none of these, a number is negative, or "same" meets a stride other than 1.
    """
    if isinstance(padding, str):
        if padding == "valid":
            return 0, 0, 0, 0
        if padding != "same":
            raise ArgumentError(f'padding as a word is "same" or "valid", got {padding!r}')
        if stride != (1, 1):
            raise ArgumentError(f'padding "same" needs stride 1, got stride {stride}')
        top, bottom = same_padding(kernel[0], dilation[0])
        left, right = same_padding(kernel[1], dilation[1])
        return top, bottom, left, right
    numbers = _integers(padding, "padding")
    if not isinstance(padding, tuple | list):
        numbers *= 4
    elif len(numbers) == 2:
        numbers = (numbers[0], numbers[0], numbers[1], numbers[1])
    if len(numbers) != 4:
        raise ArgumentError(
            f"padding takes one number, a (y, x) pair or (top, bottom, left, right), got {padding!r}"
        )
    if min(numbers) < 0:
        raise ArgumentError(f"padding must not be negative, got {padding!r}")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def same_padding(kernel: int, dilation: int = 1) -> Pair:
    """Padding ``(before, after)`` with which a window of stride 1 gives as many outputs as it has inputs."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    pad_before: int = 0,
    pad_after: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """Count the places where a window fits: equation (7) with stride, padding and dilation.

    ``floor((size + pad_before + pad_after - dilation * (kernel - 1) - 1) / stride) + 1``, which is
    ``size - kernel + 1`` in the plainest case. Zero or less means that the window does not fit at all.

    With `ceil_mode` the quotient is rounded up, so that a last window may reach beyond the padding; not if
    it would begin there.
    """
    room = size + pad_before + pad_after - dilation * (kernel - 1) - 1
    if not ceil_mode:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + pad_before else count


def sample_shape(who: object, shape: Shape) -> Shape:
    """The shape of one sample as a tuple, if it is one: whole numbers of at least 1.

    Parameters
    ----------
    who : object
        The layer, for the message.

    Raises
    ------
    ShapeError
        When it is not.
    """
    if not isinstance(shape, tuple | list) or not all(
        isinstance(size, int | np.integer) and size > 0 for size in shape
    ):
        raise ShapeError(f"{who} takes a shape such as (C, H, W) of whole numbers above 0, got {shape!r}")
    return tuple(shape)


@lru_cache(maxsize=1024)
def _counts(
    size: Shape, kernel: Pair, stride: Pair, padding: Padding4, dilation: Pair, ceil_mode: bool
) -> Pair:
    """Where a window fits along y and x. Remembered: every step of a run asks for the same."""
    y, x = (
        output_size(size[axis], kernel[axis], stride[axis], *sides, dilation[axis], ceil_mode)
        for axis, sides in ((0, padding[:2]), (1, padding[2:]))
    )
    return y, x


def sliding_shape(
    who: object,
    input_shape: Shape,
    channels: int | None,
    kernel: Pair,
    stride: Pair,
    padding: Padding4,
    dilation: Pair,
    ceil_mode: bool = False,
) -> Pair:
    """The size of what a window makes of an image: `output_size` along y and x.

    Parameters
    ----------
    who : object
        The layer, for the message.
    input_shape : (C, H, W)
    channels : int or None
        How many channels the layer takes; None for any number.

    Raises
    ------
    ShapeError
        When the input is not of that form, or smaller than the window.
    """
    got = sample_shape(who, input_shape)
    if len(got) != 3 or channels not in (None, got[0]):
        raise ShapeError(f"{who} takes an input of shape ({channels or 'C'}, H, W), got {got}")
    around = padding[0] + padding[1], padding[2] + padding[3]
    sizes = _counts(got[1:], kernel, stride, padding, dilation, ceil_mode)
    if min(sizes) < 1:
        height, width = (max(1, dilation[axis] * (kernel[axis] - 1) + 1 - around[axis]) for axis in (0, 1))
        raise ShapeError(
            f"{who} got an input of shape {got}, smaller than its window; "
            f"({got[0]}, {height}, {width}) or larger would fit"
        )
    return sizes


def padding_text(padding: Padding4) -> str:
    """Padding as a constructor takes it, short where it can be: for ``repr``; empty without padding."""
    top, bottom, left, right = padding
    if not any(padding):
        return ""
    return f", padding={(top, left) if (top, left) == (bottom, right) else padding}"


def _integers(value: int | Sequence[int], name: str) -> tuple[int, ...]:
    """The value as a tuple of Python ints; bool and float are refused, NumPy's integers are welcome."""
    items: Sequence[object] = value if isinstance(value, tuple | list) else (value,)
    if any(isinstance(item, bool) for item in items):
        raise ArgumentError(f"{name} takes whole numbers, got {value!r}")
    try:
        return tuple(operator.index(item) for item in items)  # type: ignore[arg-type]
    except TypeError:
        raise ArgumentError(f"{name} takes whole numbers, got {value!r}") from None

"""Checks of values that come from outside; each raises an error that says what would have been right."""

import math
import os
from collections.abc import Iterable
from numbers import Real
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from cnncore.errors import ArgumentError, ShapeError, SpecError

MAX_TEXT = 80


def show(value: object) -> str:
    """The value in an error message: short, and in ASCII whatever it is."""
    if not isinstance(value, str | int | float | np.number | None):
        # What a file nests deeply cannot be shown in one line, nor safely.
        return f"a {type(value).__name__}"
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:36]} ..."


def check_text(value: object, what: str) -> None:
    """Raise unless the value is a short text that can be shown on one line."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT or not value.isprintable():
        raise SpecError(f"{what} must be a text of 1 to {MAX_TEXT} printable characters.")


def check_list(value: object, what: str, fewest: int, most: int) -> list[Any] | tuple[Any, ...]:
    """Return the value if it is a list or tuple with a number of entries between the two."""
    if not isinstance(value, list | tuple) or not fewest <= len(value) <= most:
        number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise SpecError(f"{what} must be a list of {number} entries.")
    return value


def check_whole(value: object, what: str, least: int, most: int) -> int:
    """Return the value if it is an int, not a bool, and lies between the two."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SpecError(f"{what} must be a whole number from {least} to {most:,}, not {show(value)}.")
    return value


def check_count(value: object, what: str, least: int = 1, most: int = 2**63 - 1) -> int:
    """Return the value as an int if it is a whole number, not a bool, and lies between the two.

    Raises an ArgumentError otherwise, as do the checks below: they are about arguments, not descriptions.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not least <= value <= most:
        bounds = f"of at least {least}" if most >= 2**63 - 1 else f"from {least} to {most:,}"
        raise ArgumentError(f"{what} must be a whole number {bounds}, not {show(value)}.")
    return int(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether the value is a real number and not a bool."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_number(value: object, what: str, least: float, most: float) -> float:
    """Return the value as a float if it is a number, not a bool or NaN, and lies between the two."""
    try:
        number = float(value) if is_number(value) else math.nan
    except OverflowError:  # a whole number beyond all floats
        number = math.nan
    if not least <= number <= most:
        raise ArgumentError(f"{what} must be a number from {least:g} to {most:g}, not {show(value)}.")
    return number


def check_flag(value: object, what: str) -> bool:
    """Return the value if it is true or false, and not something that merely counts as one of them."""
    if not isinstance(value, bool | np.bool_):
        raise ArgumentError(f"{what} must be true or false, not {show(value)}.")
    return bool(value)


def check_numbers(value: object, what: str) -> Any:
    """Return the value if it is an array of real numbers."""
    if not isinstance(value, np.ndarray):
        raise ArgumentError(f"{what} must be an array of numbers, not {show(value)}.")
    if value.dtype.kind not in "fiub":
        raise ArgumentError(f"{what} must be an array of real numbers, not of {value.dtype}.")
    return value


def check_floats(value: object, what: str) -> Any:
    """Return the value if it is an array of float32 or float64."""
    array = check_numbers(value, what)
    if array.dtype not in (np.float32, np.float64):
        raise ArgumentError(f"{what} must be an array of float32 or float64, not of {array.dtype}.")
    return array


def as_numbers(value: npt.ArrayLike, dtype: npt.DTypeLike, what: str) -> npt.NDArray[Any]:
    """Return the value as an array of some precision; numbers too large for it become infinite."""
    try:
        numbers = np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"{what} must be one array, not lists of different lengths.") from error
    if numbers.dtype.kind not in "fiub":
        raise ArgumentError(f"{what} must be an array of real numbers, not of {numbers.dtype}.")
    with np.errstate(over="ignore"):
        return numbers.astype(dtype, copy=False)


def check_dtype(value: npt.DTypeLike) -> np.dtype[Any]:
    """Return the precision if it is one in which the engine computes."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = np.dtype(object)
    if value is None or dtype not in (np.float32, np.float64):
        raise ArgumentError(f"a network computes in float32 or float64, not {value}")
    return dtype


def check_function(value: object, what: str) -> None:
    """Raise unless the value can be called."""
    if not callable(value):
        raise ArgumentError(f"{what} must be a function, not {show(value)}.")


def check_path(value: object) -> Path:
    """Return the value as a path if it names a file or a folder."""
    if not isinstance(value, str | os.PathLike):
        raise ArgumentError(f"A file is named by a text or a path, not by {show(value)}.")
    return Path(value)


def check_kind(value: object, what: str, kind: type) -> None:
    """Raise unless the value is of a class."""
    if not isinstance(value, kind):
        raise ArgumentError(f"{what} must be a {kind.__name__}, not {show(value)}.")


def check_option(value: object, what: str, options: Iterable[str]) -> None:
    """Raise unless the value is one of some words."""
    known = tuple(options)
    if not isinstance(value, str) or value not in known:
        raise ArgumentError(f"{what} must be one of {', '.join(known)}, not {show(value)}.")


def check_generator(rng: object) -> None:
    """Raise unless the value is a generator of random numbers."""
    if not isinstance(rng, np.random.Generator):
        raise ArgumentError(
            f"Randomness comes from a generator such as numpy.random.default_rng(3), not from {show(rng)}."
        )


def check_cell(cell: tuple[int, ...], shape: tuple[int, ...], what: str) -> None:
    """Raise unless something of that shape has a number at the index."""
    inside = len(cell) == len(shape) and all(
        0 <= place < size for place, size in zip(cell, shape, strict=True)
    )
    if not inside:
        raise ArgumentError(f"There is no cell {cell} in {what} of shape {shape}.")


def check_pixels(value: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return a copy of an image, or of several, in some precision, if all pixels are finite numbers."""
    try:
        pixels = np.array(value, dtype, order="C")
    except (TypeError, ValueError) as error:
        raise ArgumentError("An image is an array of numbers.") from error
    if not np.isfinite(pixels).all():
        raise ArgumentError("There are pixels that are not finite numbers.")
    return pixels

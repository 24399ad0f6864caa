"""Checks of values that come from outside; each raises a SpecError that says what would have been right."""

from typing import Any

from cnncore.errors import SpecError

MAX_TEXT = 80


def show(value: object) -> str:
    """The value in an error message: short, and in ASCII whatever it is."""
    if not isinstance(value, str | int | float | None):
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

"""What a JSON object says about the fields of a frozen class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cnncore import ArgumentError
from cnncore.checks import show


def known_fields(cls: type, data: Any, what: str) -> dict[str, Any]:
    """Return `data` if it is an object with names of fields of `cls` only. Raises ArgumentError."""
    if not isinstance(data, Mapping):
        raise ArgumentError(f"The {what} must be an object with names and values, not {show(data)}.")
    names = {field.name for field in fields(cls)}
    unknown = [key for key in data if key not in names]
    if unknown:
        raise ArgumentError(f"This version knows no {show(unknown[0])} in the {what}.")
    return dict(data)

"""What is known of a run: a small frozen value, checked when it is made and when it is read."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from cnncore import ArgumentError, ModelSpec, SpecError

from ..history import EpochSummary
from ..state import Hyperparameters
from .reading import RunError

COLOURS = ("run_a", "run_b", "run_c", "run_d", "run_e")
"""Tokens for runs; the one that is being trained is drawn in `CURRENT_COLOUR`."""
CURRENT_COLOUR = "accent"

GOING, FINISHED, STOPPED, FAILED = STATES = ("going", "finished", "stopped", "failed")
"""How a run ended; one that is still "going" when the program starts was cut off and can be resumed."""

LONGEST_NAME = 60
LONGEST_NOTES = 20_000

_FORMAT = "cnn-explorer-run"
_VERSION = 1
_KEY = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def new_key(now: datetime) -> str:
    """Return a name for a run's folder: the time, and a few random digits."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def is_key(name: str) -> bool:
    """Return whether a folder's name is one that `new_key` gives."""
    return _KEY.fullmatch(name) is not None


def clean_name(text: str) -> str:
    """Return `text` as a run's name: one line, not too long; empty when nothing is left."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:LONGEST_NAME].strip()


@dataclass(frozen=True)
class DataMark:
    """Which data a run was trained on: their name on screen, and a number that other data do not have."""

    name: str
    check: int


@dataclass(frozen=True)
class RunRecord:
    """A run, apart from its curves and parameters.

    Attributes
    ----------
    key : str
        The name of its folder.
    name, notes, colour, visible
        What the person may change; `colour` is one of `COLOURS`.
    created : datetime
        When it made its first step.
    state : str
        One of `STATES`.
    spec, hyperparameters, data
        What it was made with.
    batches : int
        Batches in an epoch.

    Raises
    ------
    RunError
        When a value is of the wrong kind, too long or out of range.
    """

    key: str
    name: str
    colour: str
    created: datetime
    spec: ModelSpec
    hyperparameters: Hyperparameters
    data: DataMark
    batches: int
    notes: str = ""
    visible: bool = True
    state: str = GOING

    def __post_init__(self) -> None:
        _check(is_key(self.key), "its folder has another name than a run's")
        _check(
            isinstance(self.name, str) and self.name == clean_name(self.name) != "", "it has no proper name"
        )
        _check(isinstance(self.notes, str) and len(self.notes) <= LONGEST_NOTES, "its notes are too long")
        _check(self.colour in COLOURS, "it has a colour that does not exist")
        _check(self.state in STATES, "it does not say how it ended")
        _check(isinstance(self.visible, bool), "it does not say whether it is shown")
        _check(_is_whole(self.batches, 1), "it does not say how many batches make an epoch")
        _check(
            isinstance(self.data.name, str) and len(self.data.name) <= 500 and _is_whole(self.data.check, 0),
            "it does not say what it was trained on",
        )

    def to_json(self) -> dict[str, Any]:
        """Return all but the key, as `from_json` reads it."""
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "name": self.name,
            "notes": self.notes,
            "colour": self.colour,
            "visible": self.visible,
            "state": self.state,
            "created": self.created.astimezone(UTC).isoformat(timespec="microseconds"),
            "data": {"name": self.data.name, "check": self.data.check},
            "batches": self.batches,
            "hyperparameters": self.hyperparameters.to_json(),
            "model": self.spec.to_json(),
        }

    @classmethod
    def from_json(cls, key: str, content: Mapping[str, Any]) -> RunRecord:
        """Read what `to_json` returned. It may come from anywhere. Raises RunError."""
        if content.get("format") != _FORMAT:
            raise RunError("This is not the record of a run of CNN Explorer.")
        if content.get("version") != _VERSION or isinstance(content.get("version"), bool):
            raise RunError("The run was made by another version of CNN Explorer.")
        expected = {field.name for field in fields(cls)} - {"key", "spec"} | {"format", "version", "model"}
        _check(set(content) == expected, "it lacks an entry or has one too many")
        data = content["data"]
        _check(isinstance(data, dict) and set(data) == {"name", "check"}, "it names no data")
        try:
            return cls(
                key=key,
                created=_time(content["created"]),
                spec=ModelSpec.from_json(content["model"]),
                hyperparameters=Hyperparameters.from_json(content["hyperparameters"]),
                data=DataMark(data["name"], data["check"]),
                **{name: content[name] for name in _PLAIN},
            )
        except (SpecError, ArgumentError) as error:
            raise RunError(f"The record of the run is damaged: {error}") from error


_PLAIN = ("name", "notes", "colour", "visible", "state", "batches")


@dataclass(frozen=True)
class Results:
    """How far a run has come, and how good it was.

    Attributes
    ----------
    steps : int
        Steps done.
    seconds : float
        What they took.
    last, best : EpochSummary or None
        The latest epoch, and the one with the lowest validation loss.
    saved : datetime or None
        When the parameters were kept last, from which it can be resumed.
    """

    steps: int = 0
    seconds: float = 0.0
    last: EpochSummary | None = None
    best: EpochSummary | None = None
    saved: datetime | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls, steps: int, seconds: float, epochs: list[EpochSummary], saved: datetime | None = None
    ) -> Results:
        """Return the results of a run with these epochs."""
        finite = (epoch for epoch in epochs if math.isfinite(epoch.validation_loss))
        best = min(finite, key=lambda epoch: epoch.validation_loss, default=None)
        return cls(steps, seconds, epochs[-1] if epochs else None, best, saved)


def _check(condition: bool, problem: str) -> None:
    if not condition:
        raise RunError(f"The record of the run is damaged: {problem}.")


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53


def _time(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise RunError("The record of the run is damaged: it does not say when it was made.")
    return found

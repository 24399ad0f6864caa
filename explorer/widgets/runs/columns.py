"""What a table says of each run. Pure: no widget, no screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from explorer.numbers import (
    format_count,
    format_duration,
    format_number,
    format_percent,
    format_rate,
)
from explorer.workbench import Hyperparameters
from explorer.workbench.runs import Row

NONE = "–"


@dataclass(frozen=True)
class Column:
    """One thing that is known of every run.

    Attributes
    ----------
    key, title, tip : str
        Its name, the words above it, and what they mean.
    value : callable
        ``value(row)`` is what runs are sorted by; None where a run has no such thing.
    write : callable
        ``write(value)`` is how it is written.
    is_setting : bool
        Whether it was chosen before the run; values that differ from those of most runs stand out.
    is_number : bool
        Whether it stands at the right.
    """

    key: str
    title: str
    tip: str
    value: Callable[[Row], Any]
    write: Callable[[Any], str] = str
    is_setting: bool = False
    is_number: bool = True

    def text(self, row: Row) -> str:
        """Return what stands in the table."""
        value = self.value(row)
        return NONE if value is None else self.write(value)


def steps_text(count: int) -> str:
    """Return "1 step" or "584 steps"."""
    return "1 step" if count == 1 else f"{format_count(count)} steps"


def subtitle(row: Row) -> str:
    """Return the line below a run's name."""
    return f"seed {row.record.hyperparameters.seed} · {steps_text(row.results.steps)}"


def state_text(row: Row) -> str:
    """Return in a word how the run stands."""
    if row.is_running:
        return "running"
    if row.record.state == "going":
        return "paused" if row.is_current else "cut off"
    return row.record.state


def when(moment: datetime, now: datetime) -> str:
    """Return a time as people say it: "today at 14:05", "on 3 December 2026 at 9:30"."""
    moment, now = moment.astimezone(), now.astimezone()
    clock = f"{moment.hour}:{moment.minute:02d}"
    days = (now.date() - moment.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} at {clock}"
    return f"on {moment.day} {moment:%B} {moment.year} at {clock}"


def _loss(value: float) -> str:
    return format_number(value, 3)


def _of_epoch(which: str, name: str) -> Callable[[Row], float | None]:
    def value(row: Row) -> float | None:
        epoch = getattr(row.results, which)
        return None if epoch is None else getattr(epoch, name)

    return value


def _setting(name: str, title: str, tip: str, write: Callable[[Any], str], **extra: Any) -> Column:
    return Column(
        name, title, tip, lambda row: getattr(row.record.hyperparameters, name), write, True, **extra
    )


def _strengths(augmentation: Any) -> str:
    parts = [f"{name} {value:g}" for name, value in augmentation.to_json().items() if value]
    return ", ".join(parts) or "none"


NAME = Column(
    "name",
    "Name",
    "The run's name; a tick shows it in the charts",
    lambda row: row.record.name,
    is_number=False,
)
LOSS = Column(
    "loss", "val. loss", "Validation loss after the latest epoch", _of_epoch("last", "validation_loss"), _loss
)
ACCURACY = Column(
    "accuracy",
    "val. acc.",
    "Validation accuracy after the latest epoch",
    _of_epoch("last", "validation_accuracy"),
    format_percent,
)

_NETWORK = (
    Column(
        "network",
        "Network",
        "The network that was trained",
        lambda row: row.record.spec.title,
        is_setting=True,
        is_number=False,
    ),
    Column(
        "parameters",
        "Params",
        "Weights and biases of the network",
        lambda row: sum(row.record.spec.parameter_counts()),
        format_count,
        is_setting=True,
    ),
)
_SETTINGS = (
    _setting("optimizer", "Optimizer", "How gradients become steps", str, is_number=False),
    _setting("learning_rate", "Rate", "Base learning rate at the start", format_rate),
    _setting("schedule", "Schedule", "How the learning rate changes along the run", str, is_number=False),
    _setting("batch_size", "Batch", "Images in a batch", format_count),
    _setting("epochs", "Planned", "Epochs that were planned", format_count),
    _setting("seed", "Seed", "What all random numbers of the run follow from", str),
)
_RARE = (
    _setting("momentum", "Momentum", "Of SGD: the share of the last movement that goes on", format_rate),
    _setting(
        "nesterov", "Nesterov", "Of SGD: whether the gradient looks ahead", lambda on: "yes" if on else "no"
    ),
    _setting("beta1", "β₁", "Of Adam: how slowly the mean of the gradient forgets", format_rate),
    _setting("beta2", "β₂", "Of Adam: how slowly the mean of the squared gradient forgets", format_rate),
    _setting("alpha", "α", "Of RMSprop: how slowly the mean of the squared gradient forgets", format_rate),
    _setting("weight_decay", "Decay", "Weight decay", format_rate),
    _setting("label_smoothing", "Smoothing", "Label smoothing", format_rate),
    _setting("clip_norm", "Clip", "Longest gradient that a step uses; 0 is off", format_rate),
    _setting(
        "patience", "Patience", "Epochs without a lower validation loss that end the run; 0 is off", str
    ),
    Column(
        "augmentation",
        "Augmentation",
        "How images are changed before each step",
        lambda row: _strengths(row.record.hyperparameters.augmentation),
        is_setting=True,
        is_number=False,
    ),
)
_RESULTS = (
    Column("state", "State", "How the run stands", state_text, is_number=False),
    Column("steps", "Steps", "Steps done", lambda row: row.results.steps, format_count),
    Column(
        "seconds",
        "Time",
        "What the steps took, in minutes and seconds",
        lambda row: row.results.seconds,
        format_duration,
    ),
    Column(
        "train_loss",
        "train loss",
        "Mean training loss of the latest epoch",
        _of_epoch("last", "train_loss"),
        _loss,
    ),
    LOSS,
    ACCURACY,
    Column(
        "best_loss",
        "best loss",
        "Lowest validation loss of all epochs",
        _of_epoch("best", "validation_loss"),
        _loss,
    ),
    Column(
        "best_accuracy",
        "its acc.",
        "Validation accuracy after the epoch with the lowest validation loss",
        _of_epoch("best", "validation_accuracy"),
        format_percent,
    ),
)


def columns_for(rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns of a table of these runs: rare settings only where somebody has changed them."""
    usual = Hyperparameters()
    rare = [
        column
        for column in _RARE
        if any(getattr(row.record.hyperparameters, column.key) != getattr(usual, column.key) for row in rows)
    ]
    return (NAME, *_RESULTS, *_SETTINGS, *rare, *_NETWORK)


def usual_texts(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, str]:
    """Return for each setting what most runs have; only where runs differ."""
    found = {}
    for column in columns:
        if column.is_setting:
            counts = Counter(column.text(row) for row in rows)
            if len(counts) > 1:
                found[column.key] = counts.most_common(1)[0][0]
    return found

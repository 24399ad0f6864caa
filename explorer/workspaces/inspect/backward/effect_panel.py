"""What a step has changed: the weights in view before and after, and what this sample makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore import Trace
from explorer.imaging import symmetric_range
from explorer.numbers import format_percent
from explorer.theme import Theme

from ..map_view import MapView
from ..parts import TextLine, label
from ..ranges import as_picture
from .update_model import precise

_MAP_EDGE = 62
_WORDS, _LINE = 430, 15


@dataclass(frozen=True, eq=False)
class Moment:
    """The weights in view, the number whose update was shown, and the sample's way at one moment."""

    weights: np.ndarray
    value: float
    trace: Trace


class EffectPanel(QWidget):
    """Small pictures of the weights before, after and their difference; the sample's loss and prediction."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("updateEffect")
        self.setAccessibleName("What the step changed")
        self.maps: dict[str, MapView] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        tips = {
            "before": "The weights in view before the step",
            "after": "After the step, in the same colours as before",
            "difference": "After less before, in colours of its own: the largest change is the darkest",
        }
        for name, tip in tips.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            made = MapView(theme, f"weights {name}", most=_MAP_EDGE)
            made.setObjectName(f"effect_{name}")
            made.setToolTip(tip)
            made.setFixedHeight(_MAP_EDGE + 8)
            made.set_numbers_shown(False)
            self.maps[name] = made
            column.addWidget(label(name, "secondary"))
            column.addWidget(made)
            row.addLayout(column)
        row.addSpacing(10)
        self.lines = [TextLine(theme, right_style=("text", 12, 600)) for _ in range(5)]
        holder = QWidget()
        holder.setMaximumWidth(_WORDS)  # so that what belongs together stands together
        words = QVBoxLayout(holder)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        words.addStretch(1)
        for line in self.lines:
            line.setFixedHeight(_LINE)
            words.addWidget(line)
        words.addStretch(1)
        row.addWidget(holder, 100)
        row.addStretch(1)

    def show_change(self, name: str, before: Moment, after: Moment, names: Sequence[str]) -> None:
        """Show two moments of a number with that name; weights that are no kernel lie in a square.

        `names` are the classes'.
        """
        fold = math.ceil(math.sqrt(before.weights.size))
        pictures = {
            "before": before.weights,
            "after": after.weights,
            "difference": after.weights - before.weights,
        }
        r = max(symmetric_range(before.weights), symmetric_range(after.weights))
        for key, weights in pictures.items():
            shown, exists = (weights, None) if weights.ndim == 2 else as_picture(weights, fold)
            own = symmetric_range(weights) if key == "difference" else r
            self.maps[key].set_values(shown, "signed", own, computed=exists)
        first, last = before.trace, after.trace
        seen = first.predicted if first.label is None else first.label
        largest = float(np.abs(pictures["difference"]).max(initial=0.0))
        losses = "–" if first.loss is None or last.loss is None else _change(first.loss, last.loss)
        shares = [float(found.probabilities[seen]) for found in (first, last)]
        texts = (
            (name, _change(before.value, after.value)),
            ("largest change of a weight in view", precise(largest)),
            ("loss of this sample", losses),
            (f"probability of {names[seen]}", _arrow(*(format_percent(share, 2) for share in shares))),
            ("prediction", _arrow(*(names[found.predicted] for found in (first, last)))),
        )
        for line, (left, right) in zip(self.lines, texts, strict=True):
            line.set_texts(left, right)
        self.setAccessibleDescription("; ".join(f"{line.left}: {line.right}" for line in self.lines))


def _change(before: float, after: float) -> str:
    return _arrow(precise(before), precise(after))


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after}"

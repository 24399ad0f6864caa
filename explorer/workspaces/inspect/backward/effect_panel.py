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
from ..wording import number
from .update_model import precise

_MAP_EDGE = 62


@dataclass(frozen=True, eq=False)
class Moment:
    """The weights in view and the sample's way at one moment."""

    weights: np.ndarray
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
        self.lines = [TextLine(theme, right_style=("text", 12, 600)) for _ in range(4)]
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch(1)
        for line in self.lines:
            words.addWidget(line)
        words.addStretch(1)
        row.addLayout(words, 1)

    def show_change(self, before: Moment, after: Moment, names: Sequence[str]) -> None:
        """Show two moments; weights that are no kernel lie in a square; `names` are the classes'."""
        fold = math.ceil(math.sqrt(before.weights.size))
        pictures = {
            "before": before.weights,
            "after": after.weights,
            "difference": after.weights - before.weights,
        }
        r = max(symmetric_range(before.weights), symmetric_range(after.weights))
        for name, weights in pictures.items():
            shown, exists = (weights, None) if weights.ndim == 2 else as_picture(weights, fold)
            own = symmetric_range(weights) if name == "difference" else r
            self.maps[name].set_values(shown, "signed", own, computed=exists)
        first, last = before.trace, after.trace
        seen = first.predicted if first.label is None else first.label
        largest = float(np.abs(pictures["difference"]).max(initial=0.0))
        self.lines[0].set_texts("largest change of a weight in view", precise(largest))
        losses = "–" if first.loss is None or last.loss is None else _change(first.loss, last.loss)
        self.lines[1].set_texts("loss of this sample", losses)
        shares = [format_percent(float(found.probabilities[seen])) for found in (first, last)]
        self.lines[2].set_texts(f"probability of {names[seen]}", " → ".join(shares))
        predicted = (names[found.predicted] for found in (first, last))
        self.lines[3].set_texts("prediction", " → ".join(predicted))
        self.setAccessibleDescription("; ".join(f"{line.left}: {line.right}" for line in self.lines))


def _change(before: float, after: float) -> str:
    return f"{number(before, sign=False)} → {number(after, sign=False)}"

"""What each sample of the batch wants of the weight in view: one weight's derivatives and their mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cnncore import BatchNorm2d, Dropout
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.workbench import RunState

from ..parts import Paragraph, TextLine
from ..wording import plural
from .batch_histogram import BatchHistogram
from .derivatives import BATCH
from .model import WEIGHT, Backward
from .scale import Scale, scale_for
from .update_model import letter

_WORDS, _LEAST = 3, 47
"""Lines of text, and how high they are: with less to say the histogram above stays as it is."""
PLAYING_MS = 150
"""While the scan plays, samples are taken apart a few times a second at most: that takes its time."""
_RUNNING = "Training is going on. Pause it to see what each sample of the next batch says."
_WORKING = "Working out what each sample of the next batch says…"


class BatchPanel(QFrame):
    """A small histogram of the samples' own derivatives, with their mean, and what to make of it."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backward = backward
        self._compact = False
        self._shown: tuple[object, object] | None = None
        self._words = self._warning = ""
        self.values: np.ndarray | None = None
        self.scale = Scale()
        self.setObjectName("batchPanel")
        self.setAccessibleName("Derivatives of the batch's samples")
        self.title = TextLine(theme, left_style=("text", 12, 600), right_style=("text2", 11, 400))
        self.histogram = BatchHistogram(theme)
        self.mean = TextLine(theme, right_style=("kernel_text", 13, 600))
        self.span = TextLine(theme)
        self.signs = TextLine(theme)
        self.words = Paragraph(theme, _WORDS)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.title)
        column.addWidget(self.histogram, 1)
        for widget in (self.mean, self.span, self.signs, self.words):
            column.addWidget(widget)
        self.setMinimumWidth(190)
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._show)
        for signal in (
            backward.batch_changed,
            backward.scope_changed,
            backward.stop_changed,
            backward.cell_changed,
            backward.inspection.workbench.state_changed,
        ):
            signal.connect(self.show_cell)
        backward.transport.playing_changed.connect(lambda playing: playing or self.refresh())

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""
        self._compact = compact
        self._show_words()
        self.setMinimumWidth(150 if compact else 190)

    @property
    def _wanted(self) -> bool:
        return self.isVisible() and self._backward.scope == BATCH

    def refresh(self) -> None:
        """Show the weight in view, now."""
        self._due.stop()
        self._show()

    def show_cell(self) -> None:
        """Show the weight in view, as soon as there is time for it."""
        if self._wanted and not self._due.isActive():
            self._due.start(PLAYING_MS if self._backward.transport.playing else 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_cell()

    def _show(self) -> None:
        if not self._wanted:
            return
        backward = self._backward
        if backward.parameter is None:
            self.title.set_texts("")
            self._show_nothing("This layer has no weights.")
            return
        name, place = backward.parameter
        symbol = f"{letter(backward.stop.kind, WEIGHT)}[{', '.join(map(str, place))}]"
        self.title.set_texts(symbol, plural(backward.batch_source.size, "sample"))
        batch = backward.batch
        if batch is None:
            running = backward.inspection.workbench.state is RunState.RUNNING
            self._show_nothing(_RUNNING if running else _WORKING)
            return
        if self._shown == (batch, (name, place)):
            return
        self._shown = (batch, (name, place))
        self.values = batch.per_sample(name, place)
        self._show_numbers(self.values, float(batch.gradients[name][place]))

    def _show_nothing(self, words: str) -> None:
        self._shown = self.values = None
        self.histogram.set_values(None, 0.0, self.scale)
        for line in (self.mean, self.span, self.signs):
            line.set_texts("")
        self._words = self._warning = words
        self._show_words()

    def _show_words(self) -> None:
        """In a small window only what else would mislead; always as high as the text is."""
        self.words.set_text(self._warning if self._compact else self._words)
        self.words.setVisible(bool(self.words.text))
        self.words.setFixedHeight(max(round(self.words.needed_height()) + 2, 0 if self._compact else _LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _show_numbers(self, values: np.ndarray, mean: float) -> None:
        scale = self.scale = scale_for([values])
        self.histogram.set_values(values, mean, scale)
        count = format_count(len(values))
        self.mean.set_texts(f"mean of {count} =", scale.with_unit(mean))
        low, high = float(values.min()), float(values.max())
        self.span.set_texts(f"from {scale.write(low)} to {scale.with_unit(high)}")
        positive, negative = int((values > 0).sum()), int((values < 0).sum())
        zeros = len(values) - positive - negative
        rest = f", {format_count(zeros)} zero" if zeros else ""
        both = f"{format_count(positive)} positive, {format_count(negative)} negative"
        self.signs.set_texts(f"{both}{rest}", "", (both, ""))
        self._warning = self._caution()
        self._words = f"{_advice(positive, negative, mean)} {self._warning}".strip()
        self._show_words()
        texts = (self.mean, self.span, self.signs)
        self.setAccessibleDescription("; ".join(f"{line.left} {line.right}".strip() for line in texts))

    def _caution(self) -> str:
        """Say why the step's own mean is another where learning does more than a network in use."""
        inspection = self._backward.inspection
        layers, hyper = inspection.network.layers, inspection.workbench.hyperparameters
        other = [name for kind, name in _OTHERWISE if any(isinstance(layer, kind) for layer in layers)]
        other += [name for key, name in _ONLY_IN_STEPS if getattr(hyper, key)]
        if not other:
            return ""
        listed = " and ".join(filter(None, (", ".join(other[:-1]), other[-1])))
        return f"In a step, {listed} make{'s' * (len(other) == 1)} g another number."


_OTHERWISE = ((BatchNorm2d, "batch norm"), (Dropout, "dropout"))
_ONLY_IN_STEPS = (("label_smoothing", "label smoothing"), ("clip_norm", "clipping"))


def _advice(positive: int, negative: int, mean: float) -> str:
    """Say what the samples want, and their mean."""
    if not positive and not negative:
        return "This weight does not matter to any sample of the batch: the batch leaves it as it is."
    up, down = plural(negative, "sample"), plural(positive, "sample")
    want = "wants" if negative == 1 else "want"
    if mean == 0:
        return f"{up} {want} a larger weight, {down} a smaller one; they cancel."
    return (
        f"{up} {want} a larger weight, {down} a smaller one. Their mean asks for a "
        f"{'smaller' if mean > 0 else 'larger'} one."
    )

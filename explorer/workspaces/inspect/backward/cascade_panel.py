"""What the row of layers shows on the way back: sizes of the gradients, whose they are, the chain rule."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import Segmented
from explorer.workbench import Hover, RunState

from ..parts import TextLine, label
from ..texts import text_width
from . import cascade
from .chain import chain_lines
from .derivatives import BATCH, SAMPLE
from .figures import norm_text
from .model import Backward

_CHAIN = 18


class CascadePanel(QObject):
    """The parts that the stepper lays out: the strip below the chips, the choice beside it, a line below.

    Attributes
    ----------
    strip : CascadeStrip
    side, chain : QWidget
        "Gradient of: Sample or Batch", and the chain rule with the present shapes.
    """

    def __init__(self, backward: Backward, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backward = backward
        self._shown = self._compact = False
        self.strip = cascade.CascadeStrip(theme)
        self.strip.pointed.connect(self._tell)
        self.scope_switch = Segmented(
            [
                (SAMPLE, "Sample", "The derivatives of this sample's loss"),
                (BATCH, "Batch", "The mean over the batch of the next step, by the network in use"),
            ],
            "Gradient of",
        )
        self.scope_switch.changed.connect(backward.set_scope)
        self.caption = label("Gradient of", "caption")
        self.state_line = TextLine(theme)
        self.chain = TextLine(theme, left_style=("text2", 12, 400), right_style=("warn", 11, 500))
        self.chain.setFixedHeight(_CHAIN + 6)
        self.side = QWidget()
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.caption)
        column.addWidget(self.scope_switch, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.state_line)
        backward.scope_changed.connect(self.refresh)
        backward.batch_changed.connect(self.refresh)
        backward.trace_changed.connect(self.refresh)
        backward.stop_changed.connect(self.refresh)
        backward.target_changed.connect(lambda: self._shown and self._show_chain())

    @property
    def extra_height(self) -> int:
        """How much higher the row of layers is with these parts."""
        return self.strip.height() + self.chain.height() - (6 if self._compact else 4)

    def set_shown(self, shown: bool) -> None:
        """Show the parts, or none of them."""
        self._shown = shown
        for part in (self.strip, self.side, self.chain):
            part.setVisible(shown)
        if shown:
            self.refresh()

    def set_chips(self, chips: Sequence[QWidget], names: Sequence[str]) -> None:
        """Stand below the chips of another network."""
        self.strip.set_chips(chips, names)
        self.refresh()

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        self._compact = compact
        self.strip.set_compact(compact)
        self.caption.setVisible(not compact)

    def refresh(self) -> None:
        """Show the present norms and shapes."""
        if not self._shown:
            return
        backward = self._backward
        self.scope_switch.set_value(backward.scope)
        self._show_batch_size()
        self.strip.set_norms(backward.norms, backward.inspection.index + 1)
        self.state_line.set_texts(self._state())
        self._show_chain()

    def _show_chain(self) -> None:
        line, *shorter = chain_lines(self._backward)
        assumption, short = self._assumption()
        others = ((text, note) for note in dict.fromkeys((assumption, short)) for text in (line, *shorter))
        self.chain.set_texts(line, assumption, *others)

    def _show_batch_size(self) -> None:
        text, button = f"Batch of {self._backward.batch_source.size}", self.scope_switch.button(BATCH)
        if text != button.text():
            button.setText(text)
            button.setAccessibleName(f"Gradient of: {text}")
            button.setMinimumWidth(round(text_width(text, 12, 600)) + 20)

    def _assumption(self) -> tuple[str, str]:
        """Say whose place the predicted class takes, at length and shortly."""
        if not self._backward.label_assumed or self._backward.batch is not None:
            return "", ""
        label = self._backward.trace.label
        return f"no label: the predicted class {label} stands for it", f"no label: {label} stands for it"

    def _state(self) -> str:
        backward = self._backward
        if backward.scope == BATCH and backward.batch is None:
            if backward.inspection.workbench.state is RunState.RUNNING:
                return "Pause training to see it"
            return "working it out…"
        return "‖∂L/∂output‖, log scale"

    def _tell(self, place: int) -> None:
        """Tell the size of the gradient under the mouse."""
        bench = self._backward.inspection.workbench
        if place < 0:
            bench.set_hover(None)
            return
        stop = self._backward.inspection.stops[place]
        text = norm_text(self.strip.norms[place])
        whose = "this sample" if self._backward.batch is None else "the batch's mean"
        rows = (("output", stop.shape_text), ("size of ∂L/∂output", text), ("of", whose))
        bench.set_hover(Hover(f"gradient at {stop.name}", rows, f"{stop.name} · size of the gradient {text}"))

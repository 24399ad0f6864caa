"""The panel with the textbook form of a derivative, and the same line with the present numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import Theme

from ..lines import Line, LinesView
from ..parts import TextLine, label
from ..stops import Stop
from ..typeset import FormulaView, Typesetter
from .formulas import formula_of
from .gradient_lines import lines_of
from .gradient_map import scale_at, scale_of
from .model import Backward
from .scale import Scale

_HEIGHT, _COMPACT_HEIGHT = 142, 94
_FEWEST_TERMS = 4
_LEFT_WIDTH, _WIDE = 396, 900


class FormulaPanel(QFrame):
    """Textbook form on the left, numbers on the right; in a small window the numbers have it alone."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backward, self._theme = backward, theme
        self._scale = Scale()
        self._shown: Stop | None = None
        self.setProperty("role", "panel")
        self.setObjectName("backwardFormulaPanel")
        self.setAccessibleName("Formula of the derivative")
        self.typesetter = Typesetter(backward.inspection.workbench, self)
        self.formula = FormulaView(self.typesetter, theme)
        self.formula.setObjectName("backwardFormula")
        self.lines = LinesView(theme)
        self.lines.setObjectName("backwardLines")
        self.lines.setAccessibleName("With the numbers of this derivative")
        self.subtitle = label("", "secondary")
        self.legend = label("", "secondary")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.rounding = TextLine(theme, right_style=("text2", 11, 400))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        self._left = self._make_left()
        self._left.setFixedWidth(_LEFT_WIDTH)
        self._rule = QFrame()
        self._rule.setProperty("role", "vrule")
        row.addWidget(self._left)
        row.addWidget(self._rule)
        row.addLayout(self._make_right(), 1)
        self._compact = False
        self.set_compact(False)
        theme.changed.connect(self._on_theme)

    def _make_left(self) -> QWidget:
        part = QWidget()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Textbook form", "strong"))
        head.addWidget(self.subtitle)
        head.addStretch(1)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addStretch(1)
        column.addWidget(self.formula)
        column.addStretch(1)
        column.addWidget(self.legend)
        return part

    def _make_right(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("With the present numbers", "strong"))
        head.addWidget(self.rounding, 1)
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.lines, 1)
        return column

    def set_compact(self, compact: bool) -> None:
        """Take two lines instead of three, and leave the textbook form out where the window is narrow."""
        self._compact = compact
        self.legend.setVisible(not compact)
        self.setFixedHeight(_COMPACT_HEIGHT if compact else _HEIGHT)
        self._make_room()

    def _make_room(self) -> None:
        shown = not self._compact or self.width() >= _WIDE
        self._left.setVisible(shown)
        self._rule.setVisible(shown)

    def refresh(self) -> None:
        """Show the present layer's formula, and the cell."""
        backward = self._backward
        if backward.stop.index < 0 or backward.stop.kind == "conv":  # their views hold their own formulas
            return
        self._shown = backward.stop
        self._scale = scale_of(backward)
        self._show_formula()
        whose = ", of this sample" if backward.batch is not None else ""
        self.rounding.set_right(f"rounded for display{self._scale.note}{whose}")
        self.show_cell()

    def _on_theme(self) -> None:
        if self._backward.stop is self._shown:
            self._show_formula()

    def _show_formula(self) -> None:
        formula = formula_of(self._backward)
        self.formula.set_formula(formula)
        self.subtitle.setText(formula.title)
        tokens = self._theme.tokens
        self.legend.setText(
            " &nbsp;·&nbsp; ".join(
                f'<span style="color:{getattr(tokens, token)};font-weight:600">{symbol}</span> {meaning}'
                for symbol, token, meaning in formula.legend
            )
        )

    def show_cell(self) -> None:
        """Put the numbers of the present cell in."""
        backward = self._backward
        # Qt may resize the panel before the page has told it, and the model, of another layer.
        if backward.stop is not self._shown or backward.target not in backward.targets:
            return
        if formula_of(backward).title != self.subtitle.text():  # another target
            self._show_formula()
        scale = scale_at(backward, backward.target, self._scale) if backward.is_layer else self._scale
        most = self.lines.most_terms
        lines = lines_of(backward, scale, most)
        while most > _FEWEST_TERMS and not self.lines.fits(lines):
            most -= 1
            lines = lines_of(backward, scale, most)
        self.lines.set_lines(self._chosen(lines) if self._compact else lines)

    def show_link(self) -> None:
        """Put the numbers under the mouse in."""
        self.show_cell()

    def _chosen(self, lines: list[Line]) -> list[Line]:
        """Return the two lines that say most, where there is no room for three."""
        if len(lines) <= 2:
            return lines
        link = self._backward.link
        hovers = link.term is not None or link.output is not None or link.weight is not None
        ends = [line for line in lines if any(term.role == "result" for term in line.terms)]
        pair = ends[:2] if len(ends) > 1 and not hovers else [lines[0], *ends[-1:]]
        return pair if pair[0] is not pair[-1] else lines[:2]

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._make_room()
        self.show_cell()

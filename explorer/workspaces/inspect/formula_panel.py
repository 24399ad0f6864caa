"""The panel below the picture: the textbook form, and the same line with the numbers of the cell."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import Theme

from .cell_lines import lines_of
from .inspection import Inspection
from .layer_formula import formula_of
from .lines import Line, LinesView
from .parts import TextLine, label
from .typeset import HEIGHT, LOW_HEIGHT, FormulaView, Typesetter
from .wording import in_words, span

_HEIGHT, _COMPACT_HEIGHT = 142, 110
_FEWEST_TERMS = 4
_SUMS = frozenset({"conv", "linear", "softmax", "batch_norm"})
_LEFT_WIDTH = 396
_FORMULA_PLACE = 2
"""In the left part, below the heading and the space that centres it."""


class FormulaPanel(QFrame):
    """Textbook form on the left, numbers on the right; in a small window the bare formula above them."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection, self._theme = inspection, theme
        self.setProperty("role", "panel")
        self.setObjectName("inspectFormulaPanel")
        self.setAccessibleName("Formula")
        self.typesetter = Typesetter(inspection.workbench, self)
        self.formula = FormulaView(self.typesetter, theme)
        self.lines = LinesView(theme)
        self.subtitle = label("", "secondary")
        self.legend = label("", "secondary")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.reads = TextLine(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        self._left = self._make_left()
        self._rule = QFrame()
        self._rule.setProperty("role", "vrule")
        self._left.setFixedWidth(_LEFT_WIDTH)
        row.addWidget(self._left)
        row.addWidget(self._rule)
        row.addLayout(self._make_right(), 1)
        self.set_compact(False)
        theme.changed.connect(self.refresh)

    def _make_left(self) -> QWidget:
        part = QWidget()
        column = self._column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(_heading(label("Textbook form", "strong"), self.subtitle))
        column.addStretch(1)
        column.addWidget(self.formula)
        column.addStretch(1)
        column.addWidget(self.reads)
        column.addWidget(self.legend)
        return part

    def _make_right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3)
        self._title = label("With the numbers of this cell", "strong")
        self._head = _heading(self._title, label("rounded for display"), apart=True)
        column.addLayout(self._head)
        column.addWidget(self.lines, 1)
        return column

    def set_compact(self, compact: bool) -> None:
        """Show the formula where else the heading of the numbers is, and leave out what explains it."""
        self._compact = compact
        self._left.setVisible(not compact)
        self._rule.setVisible(not compact)
        self._title.setVisible(not compact)
        self.formula.setFixedHeight(LOW_HEIGHT if compact else HEIGHT)
        if compact:
            self._head.insertWidget(0, self.formula, 1)
        else:
            self._column.insertWidget(_FORMULA_PLACE, self.formula)
        self.formula.show()  # its new parent hides it at first
        self.setFixedHeight(_COMPACT_HEIGHT if compact else _HEIGHT)

    def refresh(self) -> None:
        """Show the present layer's formula, and the cell."""
        formula = formula_of(self._inspection)
        self.formula.set_formula(formula)
        self.subtitle.setText(formula.title)
        tokens = self._theme.tokens
        self.legend.setText(
            "&nbsp; · &nbsp;".join(
                # Without spaces, so that a symbol and its meaning stay on one line.
                f'<span style="color:{getattr(tokens, token)};font-weight:600">{symbol}</span>'
                + f"&nbsp;{meaning}".replace(" ", "&nbsp;")
                for symbol, token, meaning in formula.legend
            )
        )
        self.show_cell()

    def show_cell(self) -> None:
        """Put the present cell's numbers in."""
        most = self.lines.most_terms
        lines = lines_of(self._inspection, most)
        while most > _FEWEST_TERMS and not self.lines.fits(lines):
            most -= 1
            lines = lines_of(self._inspection, most)
        self.lines.set_lines(self._chosen(lines) if self._compact else lines)
        self.reads.set_left(reads_text(self._inspection))

    def _chosen(self, lines: list[Line]) -> list[Line]:
        """Return the two lines that say most, where there is no room for three."""
        if self._inspection.stop.kind not in _SUMS:
            return lines[:2]
        link, conv = self._inspection.link, self._inspection.stop.kind == "conv"
        first = link.tap is not None or (link.term is not None and not conv)
        return [lines[0], lines[-1]] if first else lines[-2:]

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.show_cell()


def reads_text(inspection: Inspection) -> str:
    """Say which part of the input a cell reads: "z[7, 9] reads rows 7–11 and columns 9–13 of all maps."."""
    terms = inspection.terms
    window = getattr(terms, "window", None)
    if window is None:
        return ""
    _, y, x = terms.cell
    rows, columns = window.rows[window.inside.any(axis=1)], window.columns[window.inside.any(axis=0)]
    channels = getattr(terms, "channels", (inspection.channel,))
    count = inspection.stop.source[0]
    if inspection.index == 0 and count == 1:
        whom = "the image"
    else:
        whom = f"all {in_words(count)} maps" if len(channels) == count > 1 else span(channels, "map")
    return f"z[{y}, {x}] reads {span(rows, 'row')} and {span(columns, 'column')} of {whom}."


def _heading(title: QWidget, note: QWidget, apart: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(title)
    if apart:
        row.addStretch(1)
    row.addWidget(note)
    if not apart:
        row.addStretch(1)
    return row

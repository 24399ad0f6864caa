"""Cards of neighbouring settings: pointing at one shows it, a click uses it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.numbers import format_shape
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.panel import Panel

from .fields import chip
from .holder import LabHolder
from .lab_numbers import LabNumbers
from .miniature import paint_miniature
from .what_if import Variant, size_formula, variants

_PICTURE = 78.0


class Card(QAbstractButton):
    """One neighbour: its input under the last window, the size's formula, and what is never read."""

    pointed_at = Signal(bool)

    def __init__(self, place: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._numbers: LabNumbers | None = None
        self._variant: Variant | None = None
        self.setObjectName(f"scanWhatIf{place}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_variant(self, variant: Variant, numbers: LabNumbers) -> None:
        """Show another neighbour."""
        self._variant, self._numbers = variant, numbers
        self.setAccessibleName(f"What if: {variant.title}")
        size = format_shape(numbers.setup.result_size)
        self.setAccessibleDescription(f"output {size}; {' '.join(self._verdict()[0])}")
        self.setToolTip(f"{variant.title}: point to see it, click to use it")
        self.update()

    def _verdict(self) -> tuple[tuple[str, str], bool]:
        """What is never read, in two lines, and whether that is a warning."""
        numbers = self._numbers
        if numbers is None or numbers.transposed:
            return ("stamps instead", "of windows"), False
        missed = int(numbers.plan.unvisited.sum())
        if not missed:
            return ("every input", "is visited"), False
        return (f"{missed:,} of {numbers.plan.visits.size:,} inputs", "never visited"), True

    def sizeHint(self) -> QSize:
        return QSize(194, 96)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 64)

    def enterEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(False)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key:
            self.pointed_at.emit(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pointed_at.emit(False)
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._numbers is None or self._variant is None:
            return
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if lit else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(theme.color("accent_soft" if lit else "panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        with_picture = self.width() >= 150
        left = 12.0
        if with_picture:
            side = min(_PICTURE, self.height() - 16.0)
            area = QRectF(10, (self.height() - side) / 2, side, side)
            paint_miniature(painter, area, self._numbers, self._numbers.count - 1, theme)
            left = side + 22
        self._paint_words(painter, left)

    def _paint_words(self, painter: QPainter, left: float) -> None:
        theme, numbers = self._theme, self._numbers
        verdict, warn = self._verdict()
        size = format_shape(numbers.setup.result_size)
        formula = (size_formula(numbers.setup, 0), 11, 400, "text2")
        rows = [
            (self._variant.title, 12, 600, "text"),
            *([formula] if self.height() >= 76 else []),
            (size, 12, 600, "output_text"),
            (verdict[0], 11, 400, "warn" if warn else "text2"),
            (verdict[1], 11, 400, "warn" if warn else "text2"),
        ]
        step = min(16.0, (self.height() - 8) / len(rows))
        top = (self.height() - step * len(rows)) / 2
        for place, (text, px, weight, token) in enumerate(rows):
            painter.setFont(theme.font(px, weight))
            painter.setPen(theme.color(token))
            area = QRectF(left, top + place * step, self.width() - left - 5, step)
            metrics = painter.fontMetrics()
            fits = metrics.horizontalAdvance(text) <= area.width()
            shown = text if fits else text.removesuffix(" inputs")
            fitted = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitted)


class WhatIfPanel(Panel):
    """Four cards, for the state that is set."""

    def __init__(self, holder: LabHolder, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("What if", theme, parent)
        self.setObjectName("scanWhatIf")
        self._holder = holder
        self._variants: tuple[Variant, ...] = ()
        self.hint = QLabel("neighbouring settings, shown at their last window · click to apply")
        self.hint.setProperty("role", "secondary")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.header.addWidget(self.hint, 100)
        self.cards = [Card(place, theme) for place in range(4)]
        self._add_compare()
        row = QHBoxLayout()
        row.setSpacing(8)
        for place, card in enumerate(self.cards):
            row.addWidget(card, 1)
            card.pointed_at.connect(lambda on, place=place: self._point(place, on))
            card.clicked.connect(lambda _=False, place=place: self._use(place))
        self.body.addLayout(row)
        holder.changed.connect(self._show)
        self._show()

    def _add_compare(self) -> None:
        self.compare_button = chip("Compare", "Compare", "Show two set-ups side by side on one transport")
        self.compare_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.compare_choice = ChoiceBox()
        self.compare_choice.setObjectName("scanCompareWith")
        self.compare_choice.setAccessibleName("Compare with")
        self.compare_choice.setToolTip("What the settings are compared with")
        self.compare_choice.setVisible(False)
        self.compare_button.toggled.connect(self.compare_choice.setVisible)
        self.header.addWidget(self.compare_choice)
        self.header.addWidget(self.compare_button)

    def _show(self) -> None:
        self.compare_button.setEnabled(self._holder.problem is None)
        if self._holder.problem is not None:
            return
        self._variants = variants(self._holder.state, len(self.cards))
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(self._variants))
            if place < len(self._variants):
                variant = self._variants[place]
                card.show_variant(variant, self._holder.numbers_of(variant.state))

    def _point(self, place: int, on: bool) -> None:
        shown = on and place < len(self._variants)
        self._holder.preview(self._variants[place].state if shown else None)

    def _use(self, place: int) -> None:
        if place < len(self._variants):
            self._holder.preview(None)
            self._holder.set_state(self._variants[place].state)

"""Lines of arithmetic: terms with signs, captions and a result. The data is pure; the widget paints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.numbers import MINUS, format_count
from explorer.theme import Theme

from .texts import CENTRE, draw_text, text_width
from .wording import DIGITS, equals, number

_LINE = 34
_LABEL = 84
_SMALLEST_SUM = 12


@dataclass(frozen=True)
class Term:
    """A piece of a line: a number or a sign, with an optional caption below.

    `token` is its colour; `role` one of "" (plain), "pill" (on the accent's soft tone), "result", "note".
    """

    text: str
    token: str = "text"
    caption: str = ""
    role: str = ""


EQUALS, ABOUT = Term("=", "text2"), Term("≈", "text2")


def result(x: float) -> Term:
    """Return what a line comes to."""
    return Term(number(x), "output_text", "", "result")


def note(text: str) -> Term:
    """Return words beside the numbers."""
    return Term(text, "text2", "", "note")


@dataclass(frozen=True)
class Line:
    """One line: what it is about, and its terms."""

    label: str
    terms: tuple[Term, ...]

    @property
    def text(self) -> str:
        """The line as plain text."""
        return " ".join(term.text for term in self.terms)


def signed_terms(
    values: Sequence[float], captions: Sequence[str], focused: int | None = None, digits: int = DIGITS
) -> tuple[Term, ...]:
    """Write a sum: the first term as it is, the others behind a plus or minus sign."""
    found: list[Term] = []
    for place, (value, caption) in enumerate(zip(values, captions, strict=True)):
        text = number(abs(value), False, digits)
        negative = number(value, False, digits).startswith(MINUS)
        if place:
            found.append(Term(MINUS if negative else "+", "text2"))
        elif negative:
            text = MINUS + text
        pill = place == focused
        found.append(Term(text, "accent_ink" if pill else "text", caption, "pill" if pill else ""))
    return tuple(found)


def sum_line(
    label: str,
    values: Sequence[float],
    captions: Sequence[str],
    total: float,
    *,
    most: int,
    focused: int | None = None,
    token: str = "output_text",
    sign: bool = True,
    digits: int = DIGITS,
) -> Line:
    """Write a whole sum in at most `most` terms; those left out become one, so that it still adds up."""
    shown, names = list(values), list(captions)
    if len(shown) > most:
        keep = max(most - 2, 1)
        middle = sum(shown[keep:-1])
        names = [*names[:keep], f"{format_count(len(shown) - keep - 1)} more", names[-1]]
        shown = [*shown[:keep], middle, shown[-1]]
        focused = focused if focused is not None and focused < keep else None
    relation = Term(equals(shown, total, digits), "text2")
    result = Term(number(total, sign, digits), token, "", "result")
    return Line(label, (*signed_terms(shown, names, focused, digits), relation, result))


class LinesView(QWidget):
    """Paints lines, one below the other; what does not fit at the right is squeezed, never cut."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self.setObjectName("inspectLines")
        self.setAccessibleName("With the numbers of this cell")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines on view."""
        return self._lines

    @property
    def most_terms(self) -> int:
        """More terms of a sum than this cannot fit into one line."""
        return max(4, int((self.width() - self._label_room() - 60) / 42))

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether lines fit in type that is not small."""
        room = self.width() - self._label_room()
        return all(self.line_width(line, _SMALLEST_SUM) <= room for line in lines)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        self.setAccessibleDescription("; ".join(f"{line.label}: {line.text}" for line in lines))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 3 * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 2 * 28)

    def _label_room(self) -> int:
        return _LABEL if self.width() > 420 else 64

    def line_width(self, line: Line, size: float = 13) -> float:
        """Return how wide a line is with type of a size, without its label."""
        return sum(self._term_width(term, size) for term in line.terms)

    @staticmethod
    def _style(term: Term, size: float) -> tuple[float, int]:
        """Return size and weight of a term."""
        if term.role == "result":
            return size + 1, 600
        return (11, 400) if term.role == "note" else (size, 600 if term.role == "pill" else 400)

    def _term_width(self, term: Term, size: float) -> float:
        own = text_width(term.text, *self._style(term, size))
        below = text_width(term.caption, 9) if term.caption else 0.0
        return max(own, below) + (9 if term.role == "pill" else 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("panel"))
        if not self._lines:
            return
        pitch = min(self.height() / len(self._lines), _LINE)
        for place, line in enumerate(self._lines):
            self._paint_line(painter, line, place * pitch, pitch)

    def _paint_line(self, painter: QPainter, line: Line, top: float, pitch: float) -> None:
        room = self._label_room()
        draw_text(painter, self._theme, QRectF(0, top, room, 18), line.label, "text2", 11)
        for size in (13, 12, 11, 10, 9):
            widths = [self._term_width(term, size) for term in line.terms]
            if sum(widths) <= self.width() - room:
                break
        x = float(room)
        for term, width in zip(line.terms, widths, strict=True):
            self._paint_term(painter, term, QRectF(x, top, width, 18), size)
            x += width

    def _paint_term(self, painter: QPainter, term: Term, area: QRectF, size: float) -> None:
        theme = self._theme
        if term.role == "pill":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(area.adjusted(1, 0, -2, 0), 4, 4)
        draw_text(painter, theme, area, term.text, term.token, *self._style(term, size), CENTRE)
        if term.caption:
            below = QRectF(area.left(), area.bottom() - 1, area.width(), 12)
            draw_text(painter, theme, below, term.caption, "text3", 9, 400, CENTRE)

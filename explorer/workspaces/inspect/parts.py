"""Small parts of the views. Texts that change with every cell are painted: nothing is laid out anew."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme

from .texts import RIGHT, draw_text, elided, metrics, text_width

_APART, _SMALLEST = 6, 8


def label(text: str = "", role: str = "secondary") -> QLabel:
    """Make a label in plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made


class Elided(QLabel):
    """One line that becomes shorter where it does not fit; the whole text is its tooltip."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.whole = ""
        self._shorter: tuple[str, ...] = ()

    def set_whole(self, text: str, *shorter: str) -> None:
        """Show a text; where it does not fit, the first of the `shorter` ones that does."""
        self.whole, self._shorter = text, shorter
        self.setToolTip(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics, texts = self.fontMetrics(), (self.whole, *self._shorter)
        fits = (text for text in texts if metrics.horizontalAdvance(text) <= self.width())
        text = next(fits, texts[-1])
        self.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width()))


class TextLine(QWidget):
    """A text at the left and one at the right. The left one gives way, and ends in "…" where it must.

    `left_style` and `right_style` are (token, size, weight).
    """

    def __init__(
        self,
        theme: Theme,
        left: str = "",
        right: str = "",
        left_style: tuple[str, float, int] = ("text2", 11, 400),
        right_style: tuple[str, float, int] = ("text", 12, 600),
    ) -> None:
        super().__init__()
        self._theme = theme
        self.left, self.right = left, right
        self._shorter: tuple[tuple[str, str], ...] = ()
        self.inset = 0
        self._left_style, self._right_style = left_style, right_style
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(round(max(left_style[1], right_style[1]) * 1.45))
        theme.changed.connect(self.update)

    def set_texts(self, left: str, right: str = "", *shorter: tuple[str, str]) -> None:
        """Show these texts; where they do not fit, the first of the `shorter` pairs that does."""
        if (left, right, shorter) != (self.left, self.right, self._shorter):
            self.left, self.right, self._shorter = left, right, shorter
            self.setAccessibleName(f"{left} {right}".strip())
            self.update()

    def set_right_style(self, style: tuple[str, float, int]) -> None:
        """Write the text at the right in another way."""
        if style != self._right_style:
            self._right_style = style
            self.update()

    def set_left(self, text: str) -> None:
        """Show another text at the left."""
        self.set_texts(text, self.right)

    def set_right(self, text: str) -> None:
        """Show another text at the right."""
        self.set_texts(self.left, text)

    @property
    def shown(self) -> tuple[str, str]:
        """The texts that are drawn."""
        pairs = ((self.left, self.right), *self._shorter)
        room = self.width() - 2 * self.inset
        return next((pair for pair in pairs if self.needed(*pair) <= room), pairs[-1])

    @property
    def right_size(self) -> float:
        """The size of the type at the right: a number too long for its room is written smaller, never cut."""
        _, size, weight = self._right_style
        room, right = self.width() - 2 * self.inset, self.shown[1]
        while size > _SMALLEST and text_width(right, size, weight) > room:
            size -= 1
        return size

    def needed(self, left: str, right: str) -> float:
        """Return how much room two texts need side by side."""
        taken = text_width(right, *self._right_style[1:]) + _APART if right else 0.0
        return text_width(left, *self._left_style[1:]) + taken if left else taken - _APART

    def sizeHint(self) -> QSize:
        return QSize(round(self.needed(self.left, self.right)) + 2, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(self.inset, 0, -self.inset, 0)
        taken = 0.0
        left, right = self.shown
        if right:
            token, _, weight = self._right_style
            size = self.right_size
            taken = text_width(right, size, weight) + _APART
            draw_text(painter, self._theme, area, right, token, size, weight, RIGHT)
        token, size, weight = self._left_style
        text = elided(left, max(area.width() - taken, 0.0), size, weight)
        draw_text(painter, self._theme, area, text, token, size, weight)


class Paragraph(QWidget):
    """A text in a fixed number of lines."""

    def __init__(self, theme: Theme, lines: int = 2) -> None:
        super().__init__()
        self._theme = theme
        self.text = ""
        self.setFixedHeight(15 * lines + 2)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_text(self, text: str) -> None:
        """Show a text."""
        if text != self.text:
            self.text = text
            self.setAccessibleName(text)
            self.update()

    def needed_height(self) -> float:
        """Return how high the text is at the present width."""
        room = QRectF(0, 0, self.width(), 1000)
        return metrics(11).boundingRect(room, _WRAP, self.text).height()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.color("text2"))
        painter.drawText(QRectF(self.rect()), _WRAP, self.text)


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class Captioned(QWidget):
    """A heading with a note at its right, a widget, and a caption below with a result at its right."""

    def __init__(self, theme: Theme, title: str, token: str, content: QWidget) -> None:
        super().__init__()
        self.content = content
        self.head = TextLine(theme, title, "", (token, 12, 600), ("text2", 11, 400))
        self.foot = TextLine(theme)
        self.head.inset = self.foot.inset = 4  # in line with the grid, which leaves room for its frame
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(content, 1)
        column.addWidget(self.foot)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

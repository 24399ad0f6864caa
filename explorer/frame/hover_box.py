"""What is under the cursor, wherever that is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from explorer.frame.input_layout import HOVER_ROWS
from explorer.theme import Theme
from explorer.workbench import Workbench

_PADDING = 11
_EMPTY = "Point at a pixel, a map or a curve\nto read its exact value here."


class HoverBox(QFrame):
    """Title and rows of the workbench's hover, or how to get one."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._theme = theme
        self._row_height = 18
        self.setObjectName("hover_box")
        self.setProperty("role", "inset")
        self.setAccessibleName("Under the cursor")
        workbench.hover_changed.connect(self._show)
        theme.changed.connect(self.update)
        self._show()

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Names and values on view."""
        hover = self._workbench.hover
        return () if hover is None else tuple(hover.rows[:HOVER_ROWS])

    def set_row_height(self, height: int) -> None:
        """Set the rows' distance in device independent pixels."""
        self._row_height = height
        self.update()

    def _show(self) -> None:
        hover = self._workbench.hover
        said = "" if hover is None else ", ".join(f"{name} {value}" for name, value in hover.rows)
        self.setAccessibleDescription(f"{hover.title}: {said}" if hover else _EMPTY.replace("\n", " "))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heading and rows; a name gives way to its value."""
        super().paintEvent(event)
        painter = QPainter(self)
        hover = self._workbench.hover
        area = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        heading = QRect(area.left(), 7, area.width(), 18)
        self._pair(painter, heading, "Under the cursor", hover.title if hover else "", heading=True)
        if hover is None:
            painter.setFont(self._theme.font(11))
            painter.setPen(self._theme.color("text3"))
            painter.drawText(area.adjusted(0, 27, 0, -4), Qt.AlignmentFlag.AlignTop, _EMPTY)
            return
        for place, (name, value) in enumerate(self.rows):
            top = 27 + place * self._row_height
            self._pair(painter, QRect(area.left(), top, area.width(), self._row_height), name, value)

    def _pair(self, painter: QPainter, area: QRect, name: str, value: str, heading: bool = False) -> None:
        """Draw a name at the left and a value at the right; the stronger of them keeps its length."""
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        parts = [(name, left, heading), (value, right, not heading)]
        width = area.width()
        for text, alignment, strong in sorted(parts, key=lambda part: not part[2]):
            painter.setFont(self._theme.font(12 if heading and strong else 11, 600 if strong else 400))
            painter.setPen(self._theme.color("text" if strong else "text2"))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))
            painter.drawText(area, alignment, shown)
            width -= painter.fontMetrics().horizontalAdvance(shown) + 8

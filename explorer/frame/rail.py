"""The rail at the left edge: one entry for each workspace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.tokens import RADIUS_BUTTON
from explorer.widgets.icons import icon_pixmap

RAIL_WIDTH = 68
ITEM_SIZE = QSize(56, 54)
ICON_SIZE = 20


class Entry(Protocol):
    """What the rail shows of a workspace."""

    key: str
    title: str
    icon: str


class RailButton(QAbstractButton):
    """An icon above a word; the chosen one lies on the accent's soft tone."""

    def __init__(self, entry: Entry, number: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = entry.icon
        self.key = entry.key
        shortcut = QKeySequence(f"Ctrl+{number}").toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(entry.title)
        self.setObjectName(f"rail_{entry.key}")
        self.setAccessibleName(f"{entry.title} workspace")
        self.setToolTip(f"{entry.title} ({shortcut})")
        self.setCheckable(True)
        self.setFixedSize(ITEM_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the fixed size of an entry."""
        return ITEM_SIZE

    def paintEvent(self, event: QEvent) -> None:
        """Draw ground, icon, word and the keyboard's focus ring."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.color("accent_soft" if self.isChecked() else "panel2"))
            painter.drawRoundedRect(ground, RADIUS_BUTTON, RADIUS_BUTTON)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), RADIUS_BUTTON - 1, RADIUS_BUTTON - 1)
        ink = theme.color("accent_ink" if self.isChecked() else "text2")
        pixmap = icon_pixmap(self._icon, ink, ICON_SIZE, self.devicePixelRatioF())
        painter.drawPixmap(QPointF((self.width() - ICON_SIZE) / 2, 9), pixmap)
        painter.setPen(ink)
        painter.setFont(theme.font(11, 600 if self.isChecked() else 400))
        painter.drawText(QRectF(0, 31, self.width(), 16), Qt.AlignmentFlag.AlignCenter, self.text())


class Rail(QFrame):
    """The list of workspaces; `chosen` tells which one the person wants to see.

    Parameters
    ----------
    entries : iterable of Entry
        Workspaces or their classes, from the top down.
    """

    chosen = Signal(str)

    def __init__(self, entries: Iterable[Entry], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setProperty("role", "rail")
        self.setAccessibleName("Workspaces")
        self.setFixedWidth(RAIL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 5, 8)
        column.setSpacing(4)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        for number, entry in enumerate(entries, start=1):
            button = RailButton(entry, number, theme)
            self._group.addButton(button)
            self._buttons[entry.key] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._group.buttonClicked.connect(lambda button: self.chosen.emit(button.key))

    def set_current(self, key: str) -> None:
        """Mark the workspace that is shown."""
        self._buttons[key].setChecked(True)

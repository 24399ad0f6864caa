"""Controls in the program's own shape: buttons with icons, segmented choice, switch, sliders."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from explorer.theme import Theme, make_font
from explorer.widgets.icons import icon
from explorer.widgets.sliders import LogSlider, Slider
from explorer.widgets.spin_boxes import DoubleSpinBox, SpinBox

__all__ = [
    "DoubleSpinBox",
    "IconButton",
    "LogSlider",
    "Segmented",
    "Slider",
    "SpinBox",
    "Switch",
    "object_name",
    "repolish",
]


def repolish(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property such as ``role`` has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def object_name(name: str) -> str:
    """Turn words into an object name: "Colour range" becomes "colourRange"."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(w[:1].lower() + w[1:] if i == 0 else w[:1].upper() + w[1:] for i, w in enumerate(words))


class IconButton(QPushButton):
    """A push button with a line icon that follows the theme.

    A click does not take the keyboard focus, so that Space keeps its meaning on the page; Tab does.

    Parameters
    ----------
    icon_name : str
        An icon of ``assets/icons``.
    text : str
        Without text the button is a square.
    role : str
        "" (framed), "primary" or "flat".
    icon_size : int
        Edge of the icon in device independent pixels.
    """

    _GAP = 3

    def __init__(
        self,
        icon_name: str,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "",
        icon_size: int = 16,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._icon_name = icon_name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("role", role)
        self.setAccessibleName(text)
        self._icon_size = icon_size
        self._shape(text)
        theme.changed.connect(self._redraw_icon)

    def setText(self, text: str) -> None:
        changes_shape = bool(text) != bool(self.text())
        super().setText(text)
        if changes_shape:
            self._shape(text)
            repolish(self)

    def _shape(self, text: str) -> None:
        self.setProperty("iconOnly", not text)
        self._gap = self._GAP if text else 0
        self.setIconSize(QSize(self._icon_size + self._gap, self._icon_size))
        width = QSizePolicy.Policy.Minimum if text else QSizePolicy.Policy.Fixed
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self._redraw_icon()

    @property
    def icon_name(self) -> str:
        """The icon that is shown."""
        return self._icon_name

    def set_icon(self, icon_name: str) -> None:
        """Show another icon."""
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            self._redraw_icon()

    def set_role(self, role: str) -> None:
        """Change the button's role."""
        if role != self.property("role"):
            self.setProperty("role", role)
            repolish(self)
            self._redraw_icon()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._redraw_icon()
        return super().event(event)

    def _redraw_icon(self) -> None:
        token = "accent_text" if self.property("role") == "primary" else "text2"
        color = self._theme.color(token)
        disabled = self._theme.color("text2")
        disabled.setAlphaF(0.5)
        dpr = self.devicePixelRatioF()
        self.setIcon(icon(self._icon_name, color, self._icon_size, dpr, disabled, self._gap))


class Segmented(QWidget):
    """One choice out of a few, side by side. The arrow keys move it.

    Parameters
    ----------
    options : sequence of (key, label) or (key, label, tooltip)
        The first one is chosen at the start.
    name : str
        What is chosen, for screen readers; the object name is made of it.
    """

    changed = Signal(str)

    def __init__(self, options: Sequence[tuple[str, ...]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if not options:
            raise ValueError("A segmented choice needs at least one option.")
        self.setAccessibleName(name)
        self.setObjectName(object_name(name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, option in enumerate(options):
            button = self._make_button(option, name, place, len(options))
            self._buttons[option[0]] = button
            self._group.addButton(button)
            row.addWidget(button)
        self._value = options[0][0]
        self._show()
        self._group.buttonClicked.connect(self._chosen)

    def _make_button(self, option: tuple[str, ...], name: str, place: int, count: int) -> QPushButton:
        key, label = option[:2]
        button = QPushButton(label)
        button.setCheckable(True)
        button.setProperty("role", "segment")
        ends = {(True, True): "only", (True, False): "first", (False, True): "last"}
        button.setProperty("segment", ends.get((place == 0, place == count - 1), "middle"))
        button.setObjectName(f"{self.objectName()}_{key}")
        button.setAccessibleName(f"{name}: {label}")
        button.setToolTip(option[2] if len(option) > 2 else f"{name}: {label}")
        # The chosen label is bolder; the width is made for it, so that choosing moves nothing.
        width = QFontMetrics(make_font(12, 600)).horizontalAdvance(label)
        button.setMinimumWidth(width + 20)
        button.installEventFilter(self)
        return button

    @property
    def value(self) -> str:
        """The key of the chosen option."""
        return self._value

    def set_value(self, key: str) -> None:
        """Choose an option; `changed` is emitted only when the choice is another one.

        Raises
        ------
        KeyError
            When there is no such option.
        """
        if key not in self._buttons:
            raise KeyError(key)
        if key != self._value:
            self._value = key
            self._show()
            self.changed.emit(key)

    def button(self, key: str) -> QPushButton:
        """Return the button of an option."""
        return self._buttons[key]

    def _show(self) -> None:
        for key, button in self._buttons.items():
            chosen = key == self._value
            button.setChecked(chosen)
            # Tab reaches the choice as one control; a click leaves the focus where it was.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if chosen else Qt.FocusPolicy.NoFocus)

    def _chosen(self, button: QAbstractButton) -> None:
        self.set_value(next(key for key, candidate in self._buttons.items() if candidate is button))

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {
                Qt.Key.Key_Left: -1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_Right: 1,
                Qt.Key.Key_Down: 1,
            }
            if step := steps.get(Qt.Key(event.key())):
                keys = list(self._buttons)
                place = min(max(keys.index(self._value) + step, 0), len(keys) - 1)
                self.set_value(keys[place])
                self._buttons[keys[place]].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)


class Switch(QAbstractButton):
    """An on and off switch with its label on the left. Space turns it."""

    _TRACK = QSize(26, 15)
    _GAP = 7

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        width = text + (self._GAP if self.text() else 0) + self._TRACK.width() + 4
        return QSize(width, max(self.fontMetrics().height(), self._TRACK.height() + 4, 24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _track(self) -> QRectF:
        left = self.width() - self._TRACK.width() - 2
        top = (self.height() - self._TRACK.height()) / 2
        return QRectF(left, round(top), self._TRACK.width(), self._TRACK.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        role = QPalette.ColorRole
        track = self._track()
        if self.text():
            area = QRectF(0, 0, track.left() - self._GAP, self.height())
            group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
            painter.setPen(palette.color(group, role.WindowText))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        on = self.isChecked()
        painter.setBrush(palette.color(role.Accent) if on else palette.color(role.Shadow))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        radius = track.height() / 2 - 2
        x = track.right() - 2 - radius if on else track.left() + 2 + radius
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(role.Accent), 1.5))
            ring = track.adjusted(-1.8, -1.8, 1.8, 1.8)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)

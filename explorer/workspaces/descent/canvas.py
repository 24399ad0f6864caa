"""The surface under mouse and keyboard: hover it, drag the start, watch the paths."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.transport import Transport, bind_keys
from explorer.workbench import Hover, Workbench

from . import painting
from .lab import DescentLab, Standing
from .looks import LOOKS
from .picture import Shades, surface_picture
from .view import View
from .wording import coordinate, short

_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 6, 8, 22
_NEAR = 9.0
_FINEST = 1.5
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class DescentCanvas(QWidget):
    """The surface as a map, the paths over it. Press anywhere to put the start there, and drag it on."""

    def __init__(
        self,
        lab: DescentLab,
        transport: Transport,
        workbench: Workbench,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lab, self.transport, self._workbench, self._theme = lab, transport, workbench, theme
        self._picture: QImage | None = None
        self._picture_of: tuple | None = None
        self.shades = Shades.of(lab.surface)
        self._dragging = self._told = self._ring = False
        self.setObjectName("descentCanvas")
        self.setAccessibleName("Surface and paths")
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(260, 160))
        lab.surface_changed.connect(self._on_surface)
        lab.changed.connect(self._describe)
        lab.changed.connect(self.update)
        transport.moved.connect(self.update)
        theme.changed.connect(self.update)
        self._describe()

    @property
    def view(self) -> View:
        """What is in view, and where."""
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM
        return View.of(self._lab.surface, _LEFT, _TOP, max(width, 10), max(height, 10))

    def _on_surface(self) -> None:
        self.shades = Shades.of(self._lab.surface)
        self._tell(None)

    def _describe(self) -> None:
        x, y = self._lab.choices.start
        self.setAccessibleDescription(
            f"{self._lab.surface.title}. The start is at x {coordinate(x)}, y {coordinate(y)}. "
            "Shift and the arrow keys move it, the arrow keys step."
        )

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view, lab, theme = self.view, self._lab, self._theme
        area = QRectF(view.left, view.top, view.width, view.height)
        painter.drawImage(area, self._surface(view))
        painting.paint_axes(painter, view, theme)
        painter.setClipRect(area)
        painting.paint_minima(painter, lab.surface, view, theme)
        index = self.transport.index
        for name in lab.shown():
            painting.paint_path(painter, lab.path(name), index, view, LOOKS[name], theme)
        for name in lab.shown():
            standing = Standing.of(lab.path(name), index)
            painting.paint_standing(painter, standing, view, LOOKS[name], theme)
        x, y = lab.choices.start
        painting.paint_start(painter, QPointF(view.px(x), view.py(y)), theme, self._ring)
        if self._ring:
            painter.setClipping(False)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(area)

    def _surface(self, view: View) -> QImage:
        # Beyond that, more samples cost much and cannot be seen in smooth colours.
        ratio = min(self.devicePixelRatioF(), _FINEST)
        wanted = (self._lab.surface, view, self._theme.dark, ratio)
        if self._picture is None or wanted != self._picture_of:
            self._picture = surface_picture(self._lab.surface, view, self.shades, self._theme, ratio)
            self._picture_of = wanted
        return self._picture

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self.view.holds(at.x(), at.y()):
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._move_start(*self.view.at(at.x(), at.y()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._dragging:
            self._move_start(*self.view.at(at.x(), at.y()))
        self._tell(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self.unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        self._tell(None)
        super().leaveEvent(event)

    def _move_start(self, x: float, y: float) -> None:
        x, y = self.view.clamp(x, y)
        self._lab.change(start=(round(x, 4), round(y, 4)))

    def _tell(self, at: QPointF | None) -> None:
        """Tell what lies under the mouse: a point of a path, or the surface."""
        view = self.view
        if at is None or not view.holds(at.x(), at.y()):
            if self._told:
                self._told = False
                self._workbench.set_hover(None)
            return
        self._told = True
        self._workbench.set_hover(self._point_near(at, view) or self._surface_at(*view.at(at.x(), at.y())))

    def _point_near(self, at: QPointF, view: View) -> Hover | None:
        nearest, found = _NEAR, None
        for name in self._lab.shown():
            points = self._lab.path(name).points[: self.transport.index + 1]
            away = np.hypot(view.px(points[:, 0]) - at.x(), view.py(points[:, 1]) - at.y())
            step = int(away.argmin())
            if away[step] < nearest:
                nearest, found = float(away[step]), (name, step)
        if found is None:
            return None
        name, step = found
        standing = Standing.of(self._lab.path(name), step)
        after = "start" if step == 0 else f"after step {step}"
        title = f"{name} · {after}"
        return Hover(title, _rows(standing.point, standing.loss, standing.gradient), title)

    def _surface_at(self, x: float, y: float) -> Hover:
        surface = self._lab.surface
        gradient = tuple(float(g) for g in surface.gradient(x, y))
        where = f"{surface.title} · x {coordinate(x)}, y {coordinate(y)}"
        return Hover(surface.title, _rows((x, y), float(surface.value(x, y)), gradient), where)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.NoModifier and bind_keys(self.transport, key):
            return
        if key in _KEYS and modifiers & Qt.KeyboardModifier.ShiftModifier:
            fine = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            bounds = self._lab.surface.bounds
            pace = (bounds[1] - bounds[0]) / (1000 if fine else 80)
            (x, y), (dx, dy) = self._lab.choices.start, _KEYS[key]
            self._move_start(x + pace * dx, y + pace * dy)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # The page has the keyboard anyway; only who comes by Tab has to see where it is.
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring = False
        self.update()


def _rows(
    point: tuple[float, float], loss: float, gradient: tuple[float, float]
) -> tuple[tuple[str, str], ...]:
    return (
        ("x", coordinate(point[0])),
        ("y", coordinate(point[1])),
        ("loss", short(loss)),
        ("∂L/∂x, ∂L/∂y", f"{short(gradient[0])}, {short(gradient[1])}"),
    )

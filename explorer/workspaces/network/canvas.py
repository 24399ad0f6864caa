"""The network's picture under mouse and keyboard: zoom, pan, hover, select."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.workbench import Focus, Workbench

from .geometry import Kind, Place
from .hovering import Highlights, describe, describe_layer, highlights_of
from .navigation import Selection, focus_of, step_selection
from .picture import NetworkPicture
from .rings import paint_highlights
from .scene import Scene

DRAG_PIXELS = 4
PER_NOTCH = 1.2
KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NetworkCanvas(NetworkPicture):
    """The wheel zooms round the pointer, dragging pans, a click selects, arrow keys move the selection."""

    inspect_requested = Signal()
    """The selected map or unit is to be taken apart: Enter, or a double-click on it."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workbench, theme, parent)
        self._place: Place | None = None
        self._highlights = Highlights()
        self._told = False  # whether the workbench's hover is this widget's
        self._pointer: QPointF | None = None
        self._press: QPointF | None = None
        self._first: tuple[QPointF, Place | None] = (QPointF(-1e6, 0), None)
        self._dragging = False
        self._ring = False
        self.setMouseTracking(True)

    @property
    def hovered_layer(self) -> int | None:
        """The layer whose maps or units are under the pointer."""
        if self._place is None or self._place.kind is Kind.KERNELS:
            return None
        return min(self._place.layer, self._stages.last.index)

    @property
    def hovered_channel(self) -> int | None:
        """The map or unit under the pointer."""
        return None if self.hovered_layer is None or self._place is None else self._place.channel

    # Hovering

    def _point_at(self, at: QPointF | None) -> None:
        self._pointer = at
        place = None if at is None else self._place_at(at)
        if place != self._place:
            self._place = place
            self._highlights = Highlights()
            if place is not None:
                self._highlights = highlights_of(place, self._stages, self._workbench.network)
            self.update()
            self.hovered.emit()
        self._tell()

    def _place_at(self, at: QPointF) -> Place | None:
        scene = self._current_scene()
        if at.y() < scene.header:
            return None
        x, y = scene.view.world_at(at.x(), at.y() - scene.header)
        place = scene.layout.place_at(x, y, *(scene.selected or (None, None)))
        hidden = place is not None and place.kind is Kind.KERNELS and not scene.kernels_shown
        return None if hidden else place

    def _tell(self) -> None:
        """Tell the workbench what is under the pointer, with the number that is written now."""
        bench = self._workbench
        if self._place is not None:
            bench.set_hover(describe(self._place, self._stages, bench.spec, bench.network, bench.numbers))
            self._told = True
            return
        layer = self._header_at(self._pointer)
        if layer is not None:
            bench.set_hover(describe_layer(self._stages.at(layer), bench.network))
            self._told = True
        elif self._told:
            bench.set_hover(None)
            self._told = False

    def _header_at(self, at: QPointF | None) -> int | None:
        scene = self._current_scene()
        if at is None or not 0 <= at.y() < scene.header:
            return None
        columns = [c for c in scene.layout.columns if c.layer < len(self._stages) - 1]
        distance, layer = min((abs(scene.view.box(c.box).cx - at.x()), c.layer) for c in columns)
        return layer if distance < 30 else None

    def _numbers_changed(self) -> None:
        if self._told:
            self._tell()

    def _spec_changed(self) -> None:
        self._point_at(None)  # the place belongs to the network before
        super()._spec_changed()

    def _view_changed(self) -> None:
        super()._view_changed()
        if self._pointer is not None:
            self._point_at(self._pointer)

    def _paint_over(self, painter: QPainter, scene: Scene) -> None:
        if self._place is not None:
            paint_highlights(painter, scene, self._place, self._highlights)
        if self._ring:
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press, self._dragging = event.position(), False
            self._first = event.position(), self._place_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            self._point_at(event.position())
            return
        way = event.position() - self._press
        if self._dragging or way.manhattanLength() > DRAG_PIXELS:
            if not self._dragging:
                self._dragging = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._press = event.position()
            self._view.pan(way.x(), way.y())
            self._view_changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        self._press = None
        self.unsetCursor()
        if self._dragging:
            self._dragging = False
            self._point_at(event.position())
        else:
            self._select_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # What lay there at the first click counts: that may have moved the kernels.
        at, place = self._first
        if (event.position() - at).manhattanLength() > DRAG_PIXELS:
            place = self._place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        focus = focus_of((min(place.layer, self._stages.last.index), place.channel), self._stages)
        if place.kind is Kind.MAPS:
            focus = replace(focus, y=place.y, x=place.x)
        elif place.kind is Kind.KERNELS:
            focus = replace(focus, source=place.source)
        elif place.kind is Kind.SOFTMAX:
            focus = Focus(place.layer, place.channel)
        self._workbench.set_focus(focus)
        self.inspect_requested.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() / 120
        if turn:
            zoom = self._view.zoom * PER_NOTCH**turn
            if abs(turn) >= 1 and abs(zoom - 1) < 0.08:
                zoom = 1.0  # the wheel does not miss 100 %
            self._zoom_to(zoom, event.position() - QPointF(0, self._current_scene().header))
        event.accept()

    def _select_at(self, at: QPointF) -> None:
        place = self._place_at(at)
        if place is None:
            self._workbench.set_focus(Focus())
            return
        layer = min(place.layer, self._stages.last.index)
        y, x = (place.y, place.x) if place.kind is Kind.MAPS else (None, None)
        self._workbench.set_focus(focus_of((layer, place.channel), self._stages, y, x))
        self._point_at(at)

    # Keyboard

    def select(self, selection: Selection | None) -> None:
        """Select a map or unit and bring it into view, or nothing."""
        if selection is None:
            self._workbench.set_focus(Focus())
            return
        self._workbench.set_focus(focus_of(selection, self._stages))
        self._view.reveal(self.network_layout.column(selection[0]).box_of(selection[1]))
        self._view_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.select(step_selection(self._stages, self.selection, *KEYS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.inspect_requested.emit()
        elif key == Qt.Key.Key_Escape and self.selection is not None:
            self.select(None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = by_key
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()
        super().focusOutEvent(event)

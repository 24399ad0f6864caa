"""A chart in the program's own dress: curves over a shared x, crosshair, zoom and pan along x."""

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from explorer.theme import Theme
from explorer.widgets import chart_frame, crosshair
from explorer.widgets.chart_axes import ChartAxes, Extent, Margins, Scale
from explorer.widgets.chart_curves import Curve, envelope
from explorer.widgets.chart_frame import EndLabel, Grid
from explorer.widgets.curve_painter import CurvePainter

# Each move of the mouse counts: pyqtgraph would drop those that follow within ten milliseconds.
pg.setConfigOption("mouseRateLimit", -1)

_EMPTY_RANGE = (0.0, 1.0)


class _ViewBox(pg.ViewBox):
    """pyqtgraph's box without menu and right drag: the wheel zooms x, a left drag pans, two clicks fit."""

    def __init__(self, fit: Callable[[], None]) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self._fit = fit
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def mouseDragEvent(self, ev, axis=None) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
        else:
            ev.ignore()

    def mouseClickEvent(self, ev) -> None:
        if ev.button() == Qt.MouseButton.LeftButton and ev.double():
            self._fit()
            ev.accept()


class Chart(pg.GraphicsView):
    """Curves over one x axis.

    Everything that stands still is drawn once into a picture; the crosshair moves over it. Data, zoom, size
    and theme make the picture old, and the next repaint of a visible chart draws it anew: setting data on a
    hidden chart costs nothing.

    Attributes
    ----------
    curves : dict of str to Curve
        In drawing order, the last on top.
    """

    pointed = Signal(object)
    """x under the mouse as a float, None when the mouse has left."""

    range_changed = Signal()
    """The person zoomed, panned or fitted; `x_range` and `fitted` tell where to."""

    def __init__(self, theme: Theme, axes: ChartAxes, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.axes = axes
        self.margins = Margins()
        self.curves: dict[str, Curve] = {}
        self.empty_text = ""
        self.end_labels: Sequence[EndLabel] = ()
        self.tooltip: crosshair.Tooltip | None = None
        self.dots: Sequence[tuple[float, float, str]] = ()
        self._theme = theme
        self._curve_painter = CurvePainter(theme)
        self._extent: Extent = _EMPTY_RANGE
        self._fitted = True
        self._cursor_x: float | None = None
        self._picture: QPixmap | None = None
        self._frame = QPixmap()
        self._frame_of: tuple | None = None
        self._scale = Scale(0, 0, 1, 1, _EMPTY_RANGE, _EMPTY_RANGE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(160, 80)
        self._view = _ViewBox(self.fit)
        self.scene().addItem(self._view)
        self.scene().minDragTime = 0
        self._view.sigXRangeChanged.connect(self.redraw)
        self._view.sigRangeChangedManually.connect(self._moved_by_hand)
        theme.changed.connect(self.redraw)

    # Data

    def add_curve(self, name: str, curve: Curve) -> Curve:
        """Add a curve on top of the others."""
        self.curves[name] = curve
        return curve

    def set_curves(self, curves: dict[str, Curve]) -> None:
        """Show these curves, the last on top, in place of the present ones."""
        self.curves = curves
        self.redraw()

    def set_data(self, name: str, x: np.ndarray, y: np.ndarray) -> None:
        """Give a curve its data: two arrays (n,) of equal length, `x` never falling.

        Raises
        ------
        ValueError
            When the lengths differ.
        """
        if len(x) != len(y):
            raise ValueError(f"A curve needs as many x as y values; it got {len(x)} and {len(y)}.")
        curve = self.curves[name]
        curve.x, curve.y = x, y
        self.redraw()

    @property
    def is_empty(self) -> bool:
        """Whether no curve has a point."""
        return not any(len(curve.x) for curve in self.curves.values())

    def set_extent(self, low: float, high: float, smallest_span: float) -> None:
        """Set the range of x that `fit` shows, and the smallest one that zooming goes down to."""
        self._extent = (low, high)
        self._view.setLimits(xMin=low, xMax=high, minXRange=min(smallest_span, high - low))
        if self._fitted:
            self._view.setXRange(low, high, padding=0)
        self.redraw()

    # View

    @property
    def fitted(self) -> bool:
        """Whether all of the extent is shown, and followed as it grows."""
        return self._fitted

    @property
    def x_range(self) -> Extent:
        """The range of x in view."""
        low, high = self._view.viewRange()[0]
        return (low, high)

    def set_x_range(self, low: float, high: float) -> None:
        """Show a range of x, and stay there as data comes in."""
        self._fitted = False
        self._view.setXRange(low, high, padding=0)

    def show_all(self) -> None:
        """Show the whole extent and follow it, without telling."""
        self._fitted = True
        self._view.setXRange(*self._extent, padding=0)

    def fit(self) -> None:
        """Show the whole extent and follow it."""
        self.show_all()
        self.range_changed.emit()

    def _moved_by_hand(self) -> None:
        self._fitted = False
        self.range_changed.emit()

    @property
    def scale(self) -> Scale:
        """Data to pixels, as last drawn."""
        return self._scale

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # GraphicsView's constructor resizes before the box is made.
        if hasattr(self, "_view"):
            self.set_end_labels(self.end_labels)
            self._view.setGeometry(self._area())

    def close(self) -> bool:
        # pyqtgraph takes the scene apart here, which crashes where a Python name still holds an item of it.
        return QFrame.close(self)

    def _area(self) -> QRectF:
        m = self.margins if hasattr(self, "margins") else Margins()
        width, height = self.width() - m.left - m.right, self.height() - m.top - m.bottom
        return QRectF(m.left, m.top, max(width, 10), max(height, 10))

    def set_end_labels(self, labels: Sequence[EndLabel]) -> None:
        """Write these values right of the plot, and make room for the names that they have."""
        self.end_labels = labels
        right = chart_frame.label_room(labels, self.width())
        if right != self.margins.right:
            self.margins.right = right
            self._view.setGeometry(self._area())
        self.redraw()

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        position = event.position()
        inside = self._area().adjusted(-1, 0, 1, 0).contains(position)
        self.pointed.emit(self._scale.x(position.x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        low, high = self.x_range
        span = high - low
        keys = Qt.Key
        moves = {
            keys.Key_Left: (low - span / 10, high - span / 10),
            keys.Key_Right: (low + span / 10, high + span / 10),
            keys.Key_Plus: (low + span / 8, high - span / 8),
            keys.Key_Minus: (low - span / 6, high + span / 6),
        }
        if event.key() == keys.Key_Home:
            self.fit()
        elif move := moves.get(keys(event.key())):
            self.set_x_range(*move)
            self.range_changed.emit()
        else:
            event.ignore()

    # Drawing

    def set_crosshair(
        self,
        x: float | None,
        dots: Sequence[tuple[float, float, str]] = (),
        tooltip: crosshair.Tooltip | None = None,
    ) -> None:
        """Stand the crosshair at `x` (None hides it), with dots (x, y, curve name) and perhaps a tooltip."""
        self._cursor_x = x
        self.dots = dots
        self.tooltip = tooltip if x is not None else None
        self.viewport().update()

    @property
    def crosshair_x(self) -> float | None:
        """Where the crosshair stands."""
        return self._cursor_x

    def redraw(self) -> None:
        """Draw the picture anew at the next repaint."""
        self._picture = None
        self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = self._draw_picture(ratio)
        painter.drawPixmap(QPointF(0, 0), self._picture)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        x0, x1 = self._scale.x_range
        if self._cursor_x is None or not x0 <= self._cursor_x <= x1:
            return
        column = float(self._scale.px(self._cursor_x))
        crosshair.draw_line(painter, column, self._scale, self._theme)
        for x, y, name in self.dots:
            row = float(self._scale.py(y))
            if name in self.curves and x0 <= x <= x1 and self._scale.top <= row <= self._scale.bottom:
                color = self.curves[name].color(self._theme)
                crosshair.draw_dot(painter, float(self._scale.px(x)), row, color, self._theme)
        if self.tooltip is not None:
            crosshair.draw_tooltip(painter, self.tooltip, column, self._scale, self._theme, self.width() - 4)

    def _draw_picture(self, ratio: float) -> QPixmap:
        area = self._area()
        x_range = self.x_range
        columns = max(int(area.width()), 1)
        edges = np.linspace(*x_range, columns + 1)
        shown = {name: envelope(c.x, c.y, edges) for name, c in self.curves.items()}
        spans = {name: (float(y.min()), float(y.max())) for name, (_, y) in shown.items() if len(y)}
        y_range = self.axes.y_extent(spans)
        place = (area.left(), area.top(), area.width(), area.height())
        self._scale = scale = Scale(*place, x_range, y_range, self.axes.log_y)

        picture = QPixmap(self._draw_frame(area, scale, ratio))
        painter = QPainter(picture)
        painter.setClipRect(area.adjusted(0, 0, 1, 1))
        for name, curve in self.curves.items():
            if not curve.marks:
                self._curve_painter.draw(painter, curve, shown[name], scale)
        # Circles may stand half over the border, so that the one at the very end is whole.
        painter.setClipRect(area.adjusted(-5, -5, 5, 5))
        for name, curve in self.curves.items():
            if curve.marks:
                self._curve_painter.draw(painter, curve, shown[name], scale)
        painter.setClipping(False)
        chart_frame.draw_end_labels(painter, self.end_labels, scale, self._theme, self.width() - 2)
        if self.is_empty and self.empty_text:
            chart_frame.draw_empty(painter, self.empty_text, scale, self._theme)
        painter.end()
        return picture

    def _draw_frame(self, area: QRectF, scale: Scale, ratio: float) -> QPixmap:
        """Grid and labels, drawn again only when an axis, the size or the theme is another."""
        grid = Grid(
            self.axes.x_ticks(*scale.x_range, max(int(area.width() / 90), 2)),
            self.axes.y_ticks(*scale.y_range, max(int(area.height() / 22), 2)),
            tuple(self.axes.sections(*scale.x_range, max(int(area.width() / 64), 1))),
            tuple(self.axes.changes),
        )
        state = (grid, scale, self.width(), self.height(), ratio, self._theme.tokens)
        if self._frame_of != state:
            self._frame = QPixmap(self.size() * ratio)
            self._frame.setDevicePixelRatio(ratio)
            self._frame.fill(self._theme.color("panel"))
            painter = QPainter(self._frame)
            chart_frame.draw_grid(painter, grid, scale, self._theme)
            painter.end()
            self._frame_of = state
        return self._frame

"""A chart in the program's own dress: curves over a shared x, crosshair, zoom and pan along x."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from explorer.theme import Theme
from explorer.widgets import chart_frame, crosshair
from explorer.widgets.chart_axes import ChartAxes, Extent, Margins, Scale
from explorer.widgets.chart_box import ChartBox
from explorer.widgets.chart_curves import Curve
from explorer.widgets.chart_drawing import ChartDrawing, ChartPlan
from explorer.widgets.chart_frame import EndLabel
from explorer.widgets.chart_region import RegionTable, draw_band, draw_table

# Each move of the mouse counts: pyqtgraph would drop those that follow within ten milliseconds.
pg.setConfigOption("mouseRateLimit", -1)

_EMPTY_RANGE = (0.0, 1.0)
_MARKING = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_KEYS_HELP = (
    "Arrow keys move along, plus and minus zoom, Home shows all, Shift with the arrow keys marks a region."
)


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

    region_marked = Signal(float, float)
    """The person marks a piece of the x axis: where it began, and where it ends now."""

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
        self.region: Extent | None = None
        self._marked = _EMPTY_RANGE
        self.region_table: RegionTable | None = None
        self._name_room = 0
        self._theme = theme
        self._drawing = ChartDrawing(theme)
        self._extent: Extent = _EMPTY_RANGE
        self._fitted = True
        self._cursor_x: float | None = None
        self._mark: tuple[float, str] | None = None
        self._picture: QPixmap | None = None
        self._scale = Scale(0, 0, 1, 1, _EMPTY_RANGE, _EMPTY_RANGE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(160, 80)
        self._view = ChartBox(self.fit, self.region_marked.emit)
        self.scene().addItem(self._view)
        self.scene().minDragTime = 0
        self._view.sigXRangeChanged.connect(self.redraw)
        self._view.sigRangeChangedManually.connect(self._moved_by_hand)
        theme.changed.connect(self.redraw)
        self.region_marked.connect(self._remember_mark)

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
        return self._area_of(self.width(), self.height())

    def _area_of(self, width: int, height: int) -> QRectF:
        m = self.margins
        inner = width - m.left - m.right - self._name_room, height - m.top - m.bottom
        return QRectF(m.left, m.top, max(inner[0], 10), max(inner[1], 10))

    def set_end_labels(self, labels: Sequence[EndLabel]) -> None:
        """Write these values right of the plot, and make room for the names that they have."""
        self.end_labels = labels
        room = chart_frame.name_room(labels, self.width())
        if room != self._name_room:
            self._name_room = room
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
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _MARKING:
            self._mark_by_key(_MARKING[event.key()] * span / 40)
        elif move := moves.get(keys(event.key())):
            self.set_x_range(*move)
            self.range_changed.emit()
        else:
            event.ignore()

    def _remember_mark(self, begin: float, end: float) -> None:
        self._marked = begin, end

    def _mark_by_key(self, by: float) -> None:
        """Move the end of the region, or begin one at the crosshair or in the middle."""
        begin, end = self._marked
        if self.region is None:
            middle = sum(self.x_range) / 2
            begin = end = middle if self._cursor_x is None else self._cursor_x
        self.region_marked.emit(begin, end + by)

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

    def set_mark(self, x: float | None, text: str = "") -> None:
        """Mark a place on the axis with a line and a tag; None takes the mark away."""
        mark = None if x is None else (x, text)
        if mark != self._mark:
            self._mark = mark
            self.viewport().update()

    @property
    def mark(self) -> tuple[float, str] | None:
        """The marked place and its tag."""
        return self._mark

    @property
    def crosshair_x(self) -> float | None:
        """Where the crosshair stands."""
        return self._cursor_x

    def set_region(self, region: Extent | None, table: RegionTable | None = None) -> None:
        """Mark a piece of the x axis (None takes the mark away), perhaps with a table about it."""
        self.region, self.region_table = region, table if region is not None else None
        self.setAccessibleDescription(
            self.region_table.sentence() if self.region_table is not None else _KEYS_HELP
        )
        self.viewport().update()

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
        scale, theme = self._scale, self._theme
        if self.region is not None:
            draw_band(painter, self.region, scale, theme)
        column = self._draw_crosshair(painter)
        if self.region is not None and self.region_table is not None:
            draw_table(painter, self.region_table, self.region, scale, theme, self.width())
        if self.tooltip is not None and column is not None:
            crosshair.draw_tooltip(painter, self.tooltip, column, scale, theme, self.width() - 4)

    def _draw_crosshair(self, painter: QPainter) -> float | None:
        """Draw line and dots; return the pixel column, None where it is not in view."""
        x0, x1 = self._scale.x_range
        if self._mark is not None and x0 <= self._mark[0] <= x1:
            column = float(self._scale.px(self._mark[0]))
            crosshair.draw_mark(painter, column, self._mark[1], self._scale, self._theme)
        if self._cursor_x is None or not x0 <= self._cursor_x <= x1:
            return None
        column = float(self._scale.px(self._cursor_x))
        crosshair.draw_line(painter, column, self._scale, self._theme)
        for x, y, name in self.dots:
            row = float(self._scale.py(y))
            if name in self.curves and x0 <= x <= x1 and self._scale.top <= row <= self._scale.bottom:
                color = self.curves[name].color(self._theme)
                crosshair.draw_dot(painter, float(self._scale.px(x)), row, color, self._theme)
        return column

    def _draw_picture(self, ratio: float) -> QPixmap:
        plan = ChartPlan.of(self.axes, self.curves, self._area(), self.x_range)
        self._scale = plan.scale
        picture = QPixmap(self._drawing.frame(plan, (self.width(), self.height()), ratio))
        painter = QPainter(picture)
        self._drawing.paint_curves(painter, plan, self.end_labels, self.width() - 2, self.empty_text)
        painter.end()
        return picture

    def paint_on(self, painter: QPainter, width: int, height: int) -> None:
        """Draw the chart as it is, `width` by `height`, with its region, at the painter's own resolution."""
        area = self._area_of(width, height)
        plan = ChartPlan.of(self.axes, self.curves, area, self.x_range)
        self._drawing.paint_frame(painter, plan)
        self._drawing.paint_curves(painter, plan, self.end_labels, width - 2, self.empty_text, whole=True)
        if self.region is not None:
            draw_band(painter, self.region, plan.scale, self._theme)
            if self.region_table is not None:
                draw_table(painter, self.region_table, self.region, plan.scale, self._theme, width)

"""The network as columns of pictures, kept up to date with the workbench."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.workbench import Workbench

from .colours import Ranges, Scope
from .geometry import Kind, Place
from .layout import Layout
from .navigation import Selection, selection_of
from .renderer import Renderer
from .scene import Scene, TextWidths, lay_out
from .stages import Stages, stages_of
from .view import View

FRAME_SECONDS = 0.030  # just under the workbench's own tick, so that none of its traces has to wait


class NetworkPicture(QWidget):
    """Every layer as a column: maps, kernels, units, probabilities, live for the selected sample.

    It repaints only while it is visible, after a change, and at most 30 times a second.
    """

    zoom_changed = Signal()
    drawn = Signal()  # a new trace, or another selection or colour range, has been coloured
    hovered = Signal()

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self._measure = TextWidths(theme)
        self._renderer = Renderer(theme, self._measure)
        self._view = View()
        self._scope: Scope = "layer"
        self._kernels_shown = True
        self._stages: Stages = stages_of(workbench.spec, workbench.network)
        self._layout: Layout | None = None
        self._scene: Scene | None = None
        self._stale = True
        self._drawn_at = 0.0
        self.setObjectName("networkCanvas")
        self.setAccessibleName("Network picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._frame_timer = QTimer(self, singleShot=True)
        self._frame_timer.timeout.connect(self._draw_changes)
        workbench.trace_changed.connect(self._trace_changed)
        workbench.numbers_changed.connect(self._numbers_changed)
        workbench.spec_changed.connect(self._spec_changed)
        workbench.focus_changed.connect(self._focus_changed)
        theme.changed.connect(self._theme_changed)
        self._describe_selection()

    # What is shown

    @property
    def stages(self) -> Stages:
        """The network's layers as they are drawn."""
        return self._stages

    @property
    def network_layout(self) -> Layout:
        """Where everything stands at 100 %."""
        return self._current_scene().layout

    @property
    def selection(self) -> Selection | None:
        """The selected layer and map or unit."""
        return selection_of(self._workbench.focus, self._stages)

    @property
    def ranges(self) -> Ranges:
        """The ranges of the colours now."""
        if self._renderer.ranges is None:
            self._take_trace()
        assert self._renderer.ranges is not None
        return self._renderer.ranges

    @property
    def scope(self) -> Scope:
        """What shares one colour range."""
        return self._scope

    @property
    def zoom(self) -> float:
        """1 is 100 %."""
        return self._view.zoom

    def set_scope(self, scope: Scope) -> None:
        """Let each map, each layer or everything have one colour range."""
        if scope != self._scope:
            self._scope = scope
            self._trace_changed()

    @property
    def kernels_shown(self) -> bool:
        """Whether the kernels are between the maps."""
        return self._kernels_shown

    def set_kernels_shown(self, shown: bool) -> None:
        """Show or hide the kernels between the maps."""
        if shown != self._kernels_shown:
            self._kernels_shown = shown
            self._scene_changed()

    def zoom_in(self) -> None:
        """Go to the next larger zoom, round the middle."""
        self._zoom_to(self._view.step(+1), QPointF(self._view.width / 2, self._view.height / 2))

    def zoom_out(self) -> None:
        """Go to the next smaller zoom, round the middle."""
        self._zoom_to(self._view.step(-1), QPointF(self._view.width / 2, self._view.height / 2))

    def fit(self) -> None:
        """Show the whole network."""
        self._current_scene()
        self._view.fit()
        self._view_changed()

    def zoom_to_full(self) -> None:
        """Go to 100 %, round the middle."""
        self._zoom_to(1.0, QPointF(self._view.width / 2, self._view.height / 2))

    def _zoom_to(self, zoom: float, at: QPointF) -> None:
        self._current_scene()
        self._view.zoom_to(zoom, at.x(), at.y())
        self._view_changed()

    def point_of(self, place: Place) -> QPointF:
        """Return the point on the widget where a place is drawn."""
        scene = self._current_scene()
        if place.kind is Kind.KERNELS:
            column = scene.layout.kernels(place.layer)
            assert column is not None
            alone = not scene.on_edges(column)
            kernel = (
                column.kernel_in_block(place.channel, place.source)
                if alone
                else column.kernel_on_edge(place.channel, place.source)
            )
            box = kernel.cell(place.y, place.x, *column.cells)
        else:
            column = scene.layout.column(place.layer)
            box = column.box_of(place.channel)
            if place.kind is Kind.MAPS:
                box = box.cell(place.y, place.x, *column.cells)
        seen = scene.view.box(box)
        return QPointF(seen.cx, seen.cy + scene.header)

    # Staying up to date

    def _current_scene(self) -> Scene:
        if self._layout is None:
            self._make_layout()
        if self._scene is None:
            assert self._layout is not None
            self._scene = Scene.of(
                self._theme,
                self._layout,
                self._view,
                self.selection,
                self._kernels_shown,
                self.devicePixelRatioF(),
            )
        return self._scene

    def _make_layout(self) -> None:
        width, height = float(self.width()), float(self.height())
        layout, header = lay_out(self._stages, width, height, self._measure)
        self._layout, self._scene = layout, None
        before = self._view.zoom
        self._view.resize(width, height - header, (layout.width, layout.height))
        if self._view.zoom != before:
            self.zoom_changed.emit()

    def _scene_changed(self) -> None:
        self._scene = None
        self.update()

    def _view_changed(self) -> None:
        self._scene_changed()
        self.zoom_changed.emit()

    def _trace_changed(self) -> None:
        self._stale = True
        if self.isVisible() and not self._frame_timer.isActive():
            rest = self._drawn_at + FRAME_SECONDS - time.monotonic()
            self._frame_timer.start(max(0, int(rest * 1000)))

    def _draw_changes(self) -> None:
        if self.isVisible() and self._stale:
            self._take_trace()
            self.update()

    def _take_trace(self) -> None:
        self._stale = False
        self._drawn_at = time.monotonic()
        layout = self._current_scene().layout
        bench = self._workbench
        self._renderer.take(layout, bench.trace, bench.numbers, bench.network, self._scope, self.selection)
        self.drawn.emit()

    def _numbers_changed(self) -> None:
        """Written numbers are new: what else says them follows."""

    def _refresh(self) -> None:
        """Colour at once if anybody sees it, else when it is shown."""
        self._stale = True
        if self.isVisible():
            self._draw_changes()

    def _spec_changed(self) -> None:
        self._stages = stages_of(self._workbench.spec, self._workbench.network)
        self._layout = self._scene = None
        self._view.fitted = True
        self._renderer.forget()
        self._describe_selection()
        self._refresh()

    def _focus_changed(self) -> None:
        self._scene = None
        self._describe_selection()
        self._refresh()

    def _theme_changed(self) -> None:
        self._renderer.forget()
        self._scene = None
        self._refresh()

    def _describe_selection(self) -> None:
        selected = self.selection
        if selected is None:
            text = "Nothing is selected. Arrow keys select a map."
        else:
            stage = self._stages.at(selected[0])
            text = f"{stage.title(selected[1])} is selected."
        self.setAccessibleDescription(text)

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layout = None
        self._stale = True
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._stale = True
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._frame_timer.stop()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._scene_changed()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale:
            self._take_trace()
        painter = QPainter(self)
        scene = self._current_scene()
        self._renderer.paint(painter, scene, self._workbench.spec.class_names)
        self._paint_over(painter, scene)
        painter.end()

    def _paint_over(self, painter: QPainter, scene: Scene) -> None:
        """Draw what belongs on top."""

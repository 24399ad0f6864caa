"""The maps of two runs for the same sample, each map of one beside that of the other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from cnncore import Trace
from explorer.numbers import format_number, format_percent
from explorer.theme import Theme
from explorer.workbench import Focus, Hover, Workbench

from .backdrop import frame, selection_frame
from .canvas import KEYS
from .colours import Ranges, Scope, stage_image
from .navigation import Selection, focus_of, selection_of, step_selection
from .pair_layout import PairColumn, PairLayout, PairPlace
from .rival import PairRanges, Rival
from .stages import stages_of

LETTERS = ("A", "B")


class PairCanvas(QWidget):
    """A click or the arrow keys select a map of both; the value under the pointer is told for both."""

    inspect_requested = Signal()

    def __init__(
        self, workbench: Workbench, theme: Theme, rival: Rival, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workbench, self._theme, self._rival = workbench, theme, rival
        self._scope: Scope = "layer"
        self._stages = stages_of(workbench.spec, workbench.network)
        self._layout = PairLayout(self._stages, 800, 600)
        self._images: dict[int, tuple[QImage, QImage]] = {}
        self._ranges: PairRanges | None = None
        self._told = False
        self._page = QSize(800, 600)
        self.setObjectName("networkPairs")
        self.setAccessibleName("Feature maps of two runs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        workbench.trace_changed.connect(self._forget)
        workbench.spec_changed.connect(self._spec_changed)
        workbench.focus_changed.connect(self.update)
        rival.changed.connect(self._forget)
        theme.changed.connect(self._forget)

    # What is shown

    @property
    def selection(self) -> Selection | None:
        """The selected layer and map."""
        return selection_of(self._workbench.focus, self._stages)

    @property
    def pair_layout(self) -> PairLayout:
        """Where the maps stand."""
        return self._layout

    @property
    def traces(self) -> tuple[Trace, Trace]:
        """The sample's way through the network of A and of B."""
        return self._workbench.trace, self._rival.trace

    @property
    def ranges(self) -> PairRanges:
        """The ranges of the colours, which both share."""
        if self._ranges is None:
            first, second = (Ranges(self._stages, found, self._scope) for found in self.traces)
            self._ranges = PairRanges(first, second)
        return self._ranges

    def set_scope(self, scope: Scope) -> None:
        """Let each pair of maps, each layer or everything have one colour range."""
        self._scope = scope
        self._forget()

    def fit(self, page: QSize) -> None:
        """Lay the maps out for a page of this size."""
        self._page = page
        self._layout = PairLayout(self._stages, page.width(), page.height())
        needed = QSize(round(self._layout.width), round(self._layout.height))
        self.setFixedSize(needed.expandedTo(page))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._layout.width), round(self._layout.height))

    def _forget(self) -> None:
        self._images, self._ranges = {}, None
        self.update()

    def _spec_changed(self) -> None:
        self._stages = stages_of(self._workbench.spec, self._workbench.network)
        self._forget()
        self.fit(self._page)

    def showEvent(self, event: QShowEvent) -> None:
        self._forget()
        super().showEvent(event)

    # Painting

    def _pictures(self, column: PairColumn) -> tuple[QImage, QImage]:
        stage = column.stage
        if stage.index not in self._images:
            first, second = (
                stage_image(stage, found.layers[stage.index].output, self.ranges, 1, self._theme)
                for found in self.traces
            )
            self._images[stage.index] = first, second
        return self._images[stage.index]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("panel"))
        if self._rival.row is None:
            painter.end()
            return
        line, ratio = self._theme.color("line2"), self.devicePixelRatioF()
        for column in self._layout.columns:
            self._paint_head(painter, column)
            rows, columns = column.stage.shape[1:]
            pictures = self._pictures(column)
            for channel in range(column.stage.count):
                if not column.pair(channel).grown(4).y <= event.rect().bottom():
                    break
                for run, picture in enumerate(pictures):
                    box = column.box(channel, run)
                    frame(painter, box, line, 1.0, ratio)
                    painter.drawImage(QRectF(*box), picture, QRectF(0, channel * rows, columns, rows))
        self._paint_selection(painter)
        painter.end()

    def _paint_head(self, painter: QPainter, column: PairColumn) -> None:
        middle = column.left + column.width / 2
        room = QRectF(middle - 70, 4, 140, 16)
        centred = Qt.AlignmentFlag.AlignCenter
        painter.setFont(self._theme.font(12, 600))
        painter.setPen(self._theme.color("text"))
        painter.drawText(room, centred, column.stage.name)
        painter.setFont(self._theme.font(11, 600))
        row = self._rival.row
        for run, token in enumerate(("accent", row.colour if row is not None else "text2")):
            box = column.box(0, run)
            painter.setPen(self._theme.color(token))
            painter.drawText(QRectF(box.cx - 20, 22, 40, 16), centred, LETTERS[run])

    def _paint_selection(self, painter: QPainter) -> None:
        selected = self.selection
        column = None if selected is None else self._layout.column(selected[0])
        if column is not None:
            casing = self._theme.color("panel")
            casing.setAlphaF(0.9)
            selection_frame(painter, column.pair(selected[1]), self._theme.color("accent"), casing)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.visibleRegion().boundingRect().adjusted(0, 0, -1, -1))

    # Mouse and keyboard

    def _place_at(self, at: QPointF) -> PairPlace | None:
        return self._layout.place_at(at.x(), at.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place is not None:
            self._workbench.set_hover(self._describe(place))
            self._told = True
        elif self._told:
            self._leave()

    def leaveEvent(self, event: QEvent) -> None:
        if self._told:
            self._leave()
        super().leaveEvent(event)

    def _leave(self) -> None:
        self._told = False
        self._workbench.set_hover(None)

    def _describe(self, place: PairPlace) -> Hover:
        """Say what both runs have at this cell."""
        stage = self._stages.at(place.layer)
        cell = place.channel, place.y, place.x
        values = [float(found.layers[place.layer].output[cell]) for found in self.traces]
        rows = [
            (f"{letter} {name}", format_number(value, 3, sign=True))
            for letter, name, value in zip(LETTERS, self.names, values, strict=True)
        ]
        rows.append(("B − A", format_number(values[1] - values[0], 3, sign=True)))
        title = stage.title(place.channel)
        return Hover(title, tuple(rows), f"{title} · y {place.y}, x {place.x}")

    @property
    def names(self) -> tuple[str, str]:
        """What the two runs are called."""
        runs = self._workbench.runs
        own = "this run" if runs.current is None else runs.entry(runs.current).record.name
        return own, "" if self._rival.row is None else self._rival.row.record.name

    @property
    def legend(self) -> tuple[str, str]:
        """What is said of each of the two: its name, its step, and what it reads."""
        steps = self._workbench.snapshot_step, self._rival.step
        classes = self._workbench.spec.class_names
        return tuple(
            f"{name} · step {step:,} · reads {classes[found.predicted]}, "
            f"{format_percent(float(found.probabilities[found.predicted]))}"
            for name, step, found in zip(self.names, steps, self.traces, strict=True)
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton:
            focus = Focus() if place is None else Focus(place.layer, place.channel, place.y, place.x)
            self._workbench.set_focus(focus)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._place_at(event.position()) is not None:
            self.inspect_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self._step(*KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.inspect_requested.emit()
        elif key == Qt.Key.Key_Escape and self.selection is not None:
            self._workbench.set_focus(Focus())
        else:
            super().keyPressEvent(event)

    def _step(self, layers: int, maps: int) -> None:
        """Move the selection, over layers that have no maps."""
        selection = self.selection
        while True:
            moved = step_selection(self._stages, selection, layers, maps)
            if moved == selection:
                return
            selection = moved
            if self._layout.column(selection[0]) is not None:
                break
        self._workbench.set_focus(focus_of(selection, self._stages))

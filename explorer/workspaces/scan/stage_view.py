"""The stage as a widget: it draws what the holder and the transport say, and zooms."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.widgets.transport import Transport

from .holder import LabHolder
from .stage import Marks, Stage
from .stage_cache import PictureCache
from .stage_layout import SMALL, TITLE, ZOOMS, StageLayout, lay_out
from .wording import sum_text

_DIMMED = 0.35


class StageView(QWidget):
    """Draws the holder's numbers at the transport's position."""

    zoom_changed = Signal()

    def __init__(
        self,
        holder: LabHolder,
        transport: Transport,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._holder, self.transport, self._theme = holder, transport, theme
        self.setObjectName("scanStage")
        self.setAccessibleName("Scan: input, kernel and output")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.zoom = 1.0
        self._cache = PictureCache()
        self._ring = False
        self._layout: tuple[tuple, StageLayout] | None = None
        self._connect()
        self._describe()

    def _connect(self) -> None:
        holder = self._holder
        for signal in (holder.changed, holder.preview_changed, holder.channel_changed, self._theme.changed):
            signal.connect(self._numbers_changed)
        self.transport.moved.connect(self._moved)
        self.transport.playing_changed.connect(self._describe)

    # Drawing

    @property
    def index(self) -> int:
        """The position on view; a preview stands at its last one."""
        numbers = self._holder.shown
        return numbers.count - 1 if self._holder.previewing else min(self.transport.index, numbers.count - 1)

    @property
    def layout_now(self) -> StageLayout:
        """Where everything stands now."""
        numbers = self._holder.shown
        still = self.zoom == 1.0 or self._holder.previewing
        key = (
            id(numbers),
            self.width(),
            self.height(),
            1.0 if still else self.zoom,
            0 if still else self.index,
        )
        if self._layout is None or self._layout[0] != key:
            layout = lay_out(self.width(), self.height(), numbers, key[4], key[3])
            self._layout = (key, layout)
        return self._layout[1]

    def stage(self, marks: Marks | None = None, cached: bool = True) -> Stage:
        """Return the picture that is on view."""
        cache = self._cache if cached else None
        holder = self._holder
        return Stage(self.layout_now, holder.shown, self.index, self._theme, holder.channel, marks, cache)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._cache.ratio, self._cache.ground = self.devicePixelRatioF(), self._theme.color("panel")
        self.stage(self._marks()).paint(painter)
        if self._holder.problem is not None and not self._holder.previewing:
            painter.setOpacity(1 - _DIMMED)
            painter.fillRect(self.rect(), self._cache.ground)
        if self._ring:
            painter.setOpacity(1.0)
            painter.setPen(QPen(self._theme.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _marks(self) -> Marks:
        """What to mark because of the mouse."""
        return Marks()

    def sizeHint(self) -> QSize:
        return QSize(804, 440)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 180)

    def _numbers_changed(self) -> None:
        self._layout = None
        self._cache.kept.clear()
        if max(self._holder.numbers.padded.shape[1:]) <= SMALL:
            self.set_zoom(1.0)
        self._describe()
        self.update()

    def _moved(self) -> None:
        if not self.transport.playing:  # the words are for a reader, whom 60 of them a second tell nothing
            self._describe()
        self.update(0, int(TITLE), self.width(), self.height())  # the titles stay, and the tools beside them

    def _describe(self) -> None:
        numbers, index = self._holder.shown, self.index
        y, x = numbers.plan.cell(index)
        text = f"position {index + 1} of {numbers.count}, y {y}, x {x}"
        if not numbers.transposed:
            channel = min(self._holder.channel, numbers.state.channels - 1)
            text += f", output {sum_text(numbers.value(index, channel))}"
        if self._holder.problem is not None:
            text = f"{self._holder.problem.reason} The last possible picture stays."
        self.setAccessibleDescription(text)

    # Zoom

    def zoom_by(self, steps: int) -> None:
        """Zoom the input by some levels; the window stays in the middle."""
        place = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self.zoom)) + steps
        self.set_zoom(ZOOMS[min(max(place, 0), len(ZOOMS) - 1)])

    def set_zoom(self, zoom: float) -> None:
        """Choose the zoom of the input, 1 shows all of it."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._layout = None
            self.update()
            self.zoom_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        over = self.layout_now.input.rect.contains(event.position().x(), event.position().y())
        if turn and over:
            self.zoom_by(1 if turn > 0 else -1)
            event.accept()
        else:
            event.ignore()

"""The bar below the picture: the selected map or unit in detail, and the legend of the colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.imaging import symmetric_range, to_argb, to_argb_signed
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale
from explorer.widgets.controls import IconButton
from explorer.workbench import RunState, Workbench

from .canvas import NetworkCanvas
from .colours import Ranges
from .histogram import Histogram
from .parts import NumberRow, Thumbnail, Words
from .rival import PairRanges
from .summary import Summary, summarise

HEIGHT = 88
NARROW = 900
_NOTHING = (
    "Click a map or a unit to see what it is made of",
    "Its incoming edges, their kernels and the way onwards stay; all else fades.",
)


class DetailsBar(QFrame):
    """Follows the selection and, while training goes on, its numbers at most ten times a second."""

    def __init__(self, workbench: Workbench, theme: Theme, canvas: NetworkCanvas) -> None:
        super().__init__()
        self._workbench, self._theme, self._canvas = workbench, theme, canvas
        self._ranges: Callable[[], Ranges | PairRanges] = lambda: canvas.ranges
        self.setObjectName("networkDetails")
        self.setAccessibleName("Selection")
        self.setProperty("role", "plain")
        self.setFixedHeight(HEIGHT)
        # The arrangement follows the width; it must not keep a wide bar from becoming narrow.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.thumbnail = Thumbnail(theme)
        self.words = Words(theme)
        self.histogram = Histogram(theme)
        self.numbers = NumberRow(theme)
        self.inspect_button = IconButton("inspect", theme, "Inspect")
        self.inspect_button.setObjectName("networkInspect")
        self.inspect_button.setAccessibleName("Inspect the selection")
        self.inspect_button.setToolTip("Take the selection apart, number by number (Enter)")
        self.inspect_button.clicked.connect(canvas.inspect_requested)
        self.scale_of = QLabel()
        self.scale = ColourScale(theme)
        self.scale.setObjectName("networkColourScale")
        self._lay_out()
        workbench.numbers_changed.connect(self._write)
        canvas.drawn.connect(self._follow)
        canvas.hovered.connect(self._write_scale)
        workbench.focus_changed.connect(self._write)
        workbench.spec_changed.connect(self._write)
        theme.changed.connect(self._write)

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 22, 8)
        row.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.words, 1)
        row.addWidget(self.histogram, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.numbers, 0, Qt.AlignmentFlag.AlignVCenter)
        self._gap = QWidget()
        self._gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        row.addWidget(self._gap, 1)
        row.addWidget(self.inspect_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._make_legend(), 0, Qt.AlignmentFlag.AlignVCenter)

    def _make_legend(self) -> QWidget:
        self._scale_title = title = QLabel("Colour scale")
        title.setProperty("role", "strong")
        self.scale_of.setProperty("role", "secondary")
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(title)
        heading.addWidget(self.scale_of)
        heading.addStretch(1)
        self._legend = QWidget()
        legend = QVBoxLayout(self._legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.setSpacing(5)
        legend.addStretch(1)
        legend.addLayout(heading)
        legend.addWidget(self.scale)
        legend.addStretch(1)
        return self._legend

    def set_ranges(self, ranges: Callable[[], Ranges | PairRanges]) -> None:
        """Take the ranges of the colours from what is in view."""
        self._ranges = ranges
        self._write()

    @property
    def _narrow(self) -> bool:
        return self.width() < NARROW

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self._narrow
        self.numbers.set_columns(2 if narrow else 4)
        self.inspect_button.setText("" if narrow else "Inspect")
        self._legend.setFixedWidth(152 if narrow else 244)
        self.histogram.setFixedWidth(112 if narrow else 150)
        self.words.setMinimumWidth(104 if narrow else 132)
        self._row.setSpacing(12 if narrow else 14)
        self._write()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()

    def _follow(self) -> None:
        """At rest the scope of the colours may have changed; in a run the numbers' own beat sees to it."""
        if self._workbench.state is not RunState.RUNNING:
            self._write()

    def _write(self) -> None:
        if not self.isVisible():
            return
        selected = self._canvas.selection
        for widget in (self.thumbnail, self.histogram, self.numbers, self.inspect_button):
            widget.setVisible(selected is not None)
        self._row.setStretchFactor(self.words, 1 if selected is None or self._narrow else 0)
        self._gap.setVisible(selected is not None and not self._narrow)
        if selected is None:
            self.words.set_lines(*_NOTHING)
        else:
            bench, stages = self._workbench, self._canvas.stages
            self._show(summarise(*selected, stages, bench.network, bench.numbers), selected)
        self._write_scale()

    def _show(self, summary: Summary, selected: tuple[int, int]) -> None:
        self.words.set_lines(summary.title, *summary.lines)
        self.numbers.set_numbers(summary.numbers)
        self.thumbnail.setAccessibleName(summary.title)
        if summary.what == "pixels":
            self.thumbnail.set_argb(to_argb(summary.picture, self._theme.pixels, 0.0, 1.0))
            self.histogram.set_values(summary.values, 1.0, summary.counted, signed=False)
            return
        of_weights = summary.what == "weights"
        r = symmetric_range(summary.values) if of_weights else self._ranges().of_map(*selected)
        self.thumbnail.set_argb(to_argb_signed(summary.picture, self._theme.signed, r))
        self.histogram.set_values(summary.values, r, summary.counted)

    def _write_scale(self) -> None:
        """The legend is that of the hovered column, else of the selected one, else of the first layer."""
        if not self.isVisible():
            return
        canvas = self._canvas
        layer, channel = canvas.hovered_layer, canvas.hovered_channel
        if layer is None:
            layer, channel = canvas.selection or (0, None)
        stage = canvas.stages.at(layer)
        if layer < 0:
            self.scale.set_range(1.0, "pixels", 1)
            self._name_scale("input pixels", "input")
            return
        if canvas.scope == "unit" and channel is not None and stage.is_maps:
            text, brief = stage.title(channel), stage.title(channel)
            self.scale.set_range(self._ranges().of_map(layer, channel))
        else:
            shared = "all layers" if canvas.scope == "global" else "the layer"
            text, brief = f"{stage.name}, shared by {shared}", stage.name
            self.scale.set_range(self._ranges().of_layer(layer))
        self._name_scale(text, brief)

    def _name_scale(self, text: str, brief: str) -> None:
        """Say whose colours these are, briefly where there is little room."""
        title = self._scale_title.fontMetrics().horizontalAdvance(self._scale_title.text())
        room = self._legend.width() - title - 12
        metrics = self.scale_of.fontMetrics()
        if metrics.horizontalAdvance(text) > room:
            text = brief
        self.scale_of.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))
        self.scale_of.setToolTip(text)

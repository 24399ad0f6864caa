"""The Network page: every layer of the network for the selected sample, live."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import Theme
from explorer.widgets.animation.dialog import ExportDialog
from explorer.widgets.controls import IconButton, Segmented, Switch
from explorer.widgets.rules import rule, upright_rule
from explorer.workbench import Workbench

from .canvas import NetworkCanvas
from .compare_button import CompareButton
from .details import DetailsBar
from .film import Frames, film_of
from .pair_view import PairView
from .rival import Rival

_BAR_HEIGHT = 43
_WIDE = 820
_COMPARED_HINT = "Point at a cell to read both runs there · click a map to select it"


class NetworkWorkspace(QWidget):
    """The network as columns of maps, kernels and units; a bar of choices above, the selection below."""

    key = "network"
    title = "Network"
    icon = "network"
    page_requested = Signal(str)
    """Another page is to come into view, by its key."""

    hints = ((("←", "→"), "layer"), (("↑", "↓"), "map"), (("Esc",), "clear"))
    hint = "Click a map to trace its inputs · double-click to inspect it · drag to pan, wheel to zoom"

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self.setObjectName("networkWorkspace")
        self.canvas = NetworkCanvas(workbench, theme)
        self.rival = Rival(workbench, self)
        self.comparison = PairView(workbench, theme, self.rival)
        self.details = DetailsBar(workbench, theme, self.canvas)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.canvas)
        self._pages.addWidget(self.comparison)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self._make_bar())
        stack.addWidget(rule())
        stack.addWidget(self._pages, 1)
        stack.addWidget(rule())
        stack.addWidget(self.details)
        self.setFocusProxy(self.canvas)
        for canvas in (self.canvas, self.comparison.canvas):
            canvas.inspect_requested.connect(lambda: self.page_requested.emit("inspect"))
        self.rival.changed.connect(self._show_comparison)
        self.canvas.zoom_changed.connect(self._show_zoom)
        workbench.sample_changed.connect(self._show_sample)
        self._show_zoom()
        self._show_sample()

    def save_film(self, speed: float) -> ExportDialog:
        """Open the dialog that saves the training as a film of this page, at `speed` moments a second."""
        canvas = self.canvas
        frames = Frames(self._workbench, self._theme, canvas.scope, canvas.selection, canvas.kernels_shown)
        dialog = ExportDialog(film_of(frames), speed, self._theme, self.window())
        dialog.saved.connect(lambda name: self._workbench.succeeded.emit(f"The film was saved as {name}."))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _show_comparison(self) -> None:
        """Put the maps of both runs in the place of the network, or the network again."""
        compared = self.rival.row is not None
        page = self.comparison if compared else self.canvas
        had_focus = self._pages.isAncestorOf(QApplication.focusWidget() or self)
        self._pages.setCurrentWidget(page)
        self.setFocusProxy(page)
        if had_focus:
            page.setFocus()
        for widget in (self.kernels_switch, self.zoom_group, self.fit_button):
            widget.setEnabled(not compared)
        self.hint = _COMPARED_HINT if compared else type(self).hint
        if self.isVisible():
            self._workbench.set_hint(self.hint)
        self.details.set_ranges(lambda: (self.comparison.canvas if compared else self.canvas).ranges)

    def toggle_play(self) -> None:
        """Train or pause: this page shows nothing else that could play."""
        self._workbench.toggle()

    def _make_bar(self) -> QFrame:
        bar = self._bar = QFrame()
        bar.setProperty("role", "plain")
        bar.setFixedHeight(_BAR_HEIGHT)
        # What it says follows the width; it must not keep a wide page from becoming narrow.
        bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        title = QLabel("Network")
        title.setProperty("role", "title")
        self.subtitle = QLabel()
        self.subtitle.setProperty("role", "secondary")
        row = QHBoxLayout(bar)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(title)
        row.addWidget(self.subtitle, 1)
        for widget in self._make_choices():
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(4)
        row.addWidget(upright_rule(20))
        row.addSpacing(4)
        self.zoom_group = self._make_zoom()
        row.addWidget(self.zoom_group)
        row.addWidget(self.fit_button)
        return bar

    def _make_choices(self) -> list[QWidget]:
        self.kernels_switch = Switch("Kernels on edges")
        self.kernels_switch.setObjectName("kernelsOnEdges")
        self.kernels_switch.setToolTip("Show the kernels between the maps")
        self.kernels_switch.setChecked(True)
        self.kernels_switch.toggled.connect(self.canvas.set_kernels_shown)
        caption = QLabel("Colour range")
        caption.setProperty("role", "label")
        caption.setContentsMargins(10, 0, 0, 0)
        options = (
            ("unit", "Unit", "Each map has a colour range of its own"),
            ("layer", "Layer", "All maps of a layer share one colour range"),
            ("global", "Global", "All layers share one colour range"),
        )
        self.scope_choice = Segmented(options, "Colour range")
        self.scope_choice.set_value("layer")
        self.scope_choice.changed.connect(self.canvas.set_scope)
        self.scope_choice.changed.connect(self.comparison.canvas.set_scope)
        self.compare_button = CompareButton(self.rival, self._theme)
        return [self.compare_button, self.kernels_switch, caption, self.scope_choice]

    def _make_zoom(self) -> QWidget:
        """Minus, the zoom, plus, joined like a segmented choice, and the fit button."""
        group = QWidget()
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.zoom_out_button = self._zoom_button("−", "first", "zoomOut", "Zoom out (−)", 26)
        self.zoom_label = self._zoom_button("100 %", "middle", "zoomLevel", "Back to 100 %", 54)
        self.zoom_in_button = self._zoom_button("+", "last", "zoomIn", "Zoom in (+)", 26)
        for button in (self.zoom_out_button, self.zoom_label, self.zoom_in_button):
            row.addWidget(button)
        self.zoom_out_button.clicked.connect(self.canvas.zoom_out)
        self.zoom_in_button.clicked.connect(self.canvas.zoom_in)
        self.zoom_label.clicked.connect(self.canvas.zoom_to_full)
        self.fit_button = IconButton("fit", self._theme)
        self.fit_button.setObjectName("zoomFit")
        self.fit_button.setAccessibleName("Show the whole network")
        self.fit_button.setToolTip("Show the whole network (0)")
        self.fit_button.clicked.connect(self.canvas.fit)
        return group

    @staticmethod
    def _zoom_button(text: str, place: str, name: str, tip: str, width: int) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "segment")
        button.setProperty("segment", place)
        button.setObjectName(name)
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        button.setFixedWidth(width)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show_zoom(self) -> None:
        text = f"{round(self.canvas.zoom * 100)} %"
        self.zoom_label.setText(text)
        self.zoom_label.setAccessibleDescription(text)

    def _show_sample(self) -> None:
        # Where there is little room the choices need it; the panel on the right names the sample too.
        wide = self.width() >= _WIDE
        self.compare_button.set_brief(not wide)
        self._bar.layout().activate()  # at once: a button may have become shorter
        self.subtitle.setText(f"forward pass of {self._workbench.sample.name}" if wide else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._show_sample()
        super().resizeEvent(event)

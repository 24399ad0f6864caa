"""The Scan Lab page: settings at the left; the scan, its sums, neighbours and the transport."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.transport import Transport, TransportBar, bind_keys
from explorer.workbench import Workbench

from .actions import LabActions
from .canvas import ScanCanvas
from .compare import Comparison, choices, compare
from .compare_view import CompareView
from .formula import FormulaView
from .holder import LabHolder
from .problem_bar import ProblemBar
from .settings_panel import SettingsPanel
from .stage_tools import StageTools
from .what_if_panel import WhatIfPanel

_MARGIN, _GAP = 10, 8
_WIDE_COLUMN, _NARROW_COLUMN = 248, 204
_NARROW, _LOW = 900, 720
_SPEED = 2.0


_HINT = "Drag the window to any position · click an output cell to jump to it"
_COMPARE_HINT = "Both scans move together · Compare again shows the single scan"


class ScanWorkspace(QWidget):
    """A laboratory for the arithmetic of scanning, separate from any training."""

    key = "scan"
    title = "Scan Lab"
    icon = "scan"
    hints = ((("Space",), "play"), (("←", "→"), "cell"), (("↑", "↓"), "row"))
    hint = _HINT

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scanWorkspace")
        self._theme, self._workbench = theme, workbench
        self.holder = LabHolder(workbench, self)
        self.transport = Transport(parent=self)
        self.transport.set_speed(_SPEED)
        self.settings = SettingsPanel(self.holder, workbench, theme)
        self.canvas = ScanCanvas(self.holder, self.transport, workbench, theme)
        self.compare_view = CompareView(self.transport, theme)
        self.formula = FormulaView(self.holder, self.transport, theme)
        self.what_if = WhatIfPanel(self.holder, theme)
        self.bar = TransportBar(self.transport, theme, with_loop=True)
        self.actions_of_lab = LabActions(
            self.holder, self.transport, workbench, theme, self, lambda: self._compared
        )
        self._lay_out()
        self.tools = StageTools(self.canvas, self.holder, theme, self.stage_panel)
        self.problem_bar = ProblemBar(self.holder, theme, self.stage_panel)
        self.setFocusProxy(self.canvas)
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        self._add_exports()
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_GAP)
        row.addWidget(self.settings)
        centre = QVBoxLayout()
        centre.setSpacing(_GAP)
        self.stage_panel = _framed((16, 10, 14, 12))
        self._stage = QStackedLayout()
        self._stage.addWidget(self.canvas)
        self._stage.addWidget(self.compare_view)
        self.stage_panel.layout().addLayout(self._stage)
        self.formula_panel = _framed((16, 6, 16, 6))
        self.formula_panel.layout().addWidget(self.formula)
        centre.addWidget(self.stage_panel, 1)
        centre.addWidget(self.formula_panel)
        centre.addWidget(self.what_if)
        centre.addWidget(self.bar)
        row.addLayout(centre, 1)

    def _add_exports(self) -> None:
        self.picture_button = IconButton("picture", self._theme, "PNG")
        self.animation_button = IconButton("film", self._theme, "GIF")
        for button, name, text, tip in (
            (
                self.picture_button,
                "scanPicture",
                "Save picture",
                "Save the present picture as PNG or SVG (Ctrl+S)",
            ),
            (
                self.animation_button,
                "scanAnimation",
                "Save animation",
                "Save the whole scan as GIF, WebP or animated PNG",
            ),
        ):
            button.setObjectName(name)
            button.setAccessibleName(text)
            button.setToolTip(tip)
            self.bar.extras.addWidget(button)
        self.picture_button.clicked.connect(self.actions_of_lab.ask_picture)
        self.animation_button.clicked.connect(self.actions_of_lab.open_export)

    def _connect(self) -> None:
        settings, actions = self.settings, self.actions_of_lab
        self.holder.changed.connect(self._follow)
        settings.source.edit_requested.connect(lambda: self.canvas.edit_first("input"))
        settings.kernel.edit_requested.connect(lambda: self.canvas.edit_first("kernel"))
        settings.copy_requested.connect(actions.copy)
        settings.paste_requested.connect(actions.paste)
        settings.hand_over_requested.connect(actions.hand_over)
        self.what_if.compare_button.toggled.connect(self._follow)
        self.what_if.compare_choice.currentIndexChanged.connect(self._compare)

    def toggle_play(self) -> None:
        """Play or pause the scan: Space on this page."""
        self.transport.toggle()

    @property
    def _compared(self) -> Comparison | None:
        return self.compare_view.comparison if self.comparing else None

    @property
    def comparing(self) -> bool:
        """Whether two set-ups are shown side by side."""
        return self.what_if.compare_button.isChecked()

    def _follow(self) -> None:
        """Give the transport as many cells as the scan has."""
        self.hint = _COMPARE_HINT if self.comparing else _HINT
        if self.isVisible():
            self._workbench.set_hint(self.hint)
        if self.holder.problem is not None:
            self.transport.pause()
            self._stage.setCurrentWidget(self.canvas)
            self.formula.set_comparison(None)
            return
        self._stage.setCurrentWidget(self.compare_view if self.comparing else self.canvas)
        self.tools.setVisible(not self.comparing)
        if self.comparing:
            self._list_choices()
            self._compare()
        else:
            self.formula.set_comparison(None)
            self.transport.set_count(self.holder.numbers.count, self.holder.numbers.row)

    def _list_choices(self) -> None:
        box = self.what_if.compare_choice
        names = choices(self.holder.state)
        if names != tuple(box.itemText(i) for i in range(box.count())):
            chosen = box.currentText()
            with QSignalBlocker(box):
                box.clear()
                box.addItems(names)
                box.setCurrentIndex(max(0, box.findText(chosen)))

    def _compare(self) -> None:
        if not self.comparing or self.holder.problem is not None:
            return
        holder = self.holder
        choice = self.what_if.compare_choice.currentText()
        comparison = compare(holder.state, holder.numbers, choice, holder.numbers_of)
        self.compare_view.set_comparison(comparison)
        self.formula.set_comparison(comparison)
        self.transport.set_count(comparison.count, comparison.row)

    def event(self, event: QEvent) -> bool:
        """Claim the key to paste, as long as there is no image on the clipboard: those go to the input."""
        if event.type() == QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Paste):
            mime = QGuiApplication.clipboard().mimeData()
            if mime.hasText() and not mime.hasImage() and not mime.hasUrls():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.actions_of_lab.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.actions_of_lab.paste()
        elif event.matches(QKeySequence.StandardKey.Save):
            self.actions_of_lab.ask_picture()
        elif event.modifiers() != Qt.KeyboardModifier.NoModifier or not bind_keys(
            self.transport, Qt.Key(event.key())
        ):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self.holder.set_awake(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.transport.pause()
        self.holder.set_awake(False)
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow, low = self.width() < _NARROW, self.height() < _LOW
        self.settings.setFixedWidth(_NARROW_COLUMN if narrow else _WIDE_COLUMN)
        self.settings.operation.set_narrow(narrow)
        self.settings.kernel.set_narrow(narrow)
        # Where it is narrow, the sentence below the sums takes two lines.
        self.formula_panel.setFixedHeight(92 if low and not narrow else 111)
        self.what_if.setFixedHeight(108 if low else 139)
        self.what_if.hint.setVisible(not narrow)
        for button, text in ((self.picture_button, "PNG"), (self.animation_button, "GIF")):
            button.setText("" if narrow else text)
        self.tools.place()
        self.problem_bar.place()


def _framed(margins: tuple[int, int, int, int]) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "panel")
    column = QVBoxLayout(frame)
    column.setContentsMargins(*margins)
    return frame

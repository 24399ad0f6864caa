"""The column at the left: every setting of the lab."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.scroll_column import ScrollColumn
from explorer.workbench import Workbench

from .geometry_sections import PaddingSection, make_dilation, make_input_size, make_stride
from .holder import LabHolder
from .kernel_section import KernelSection
from .lab_state import DEFAULTS
from .operation_section import OperationSection
from .source_section import SourceSection


class SettingsPanel(QFrame):
    """Operation, source, sizes, kernel, stride, padding, dilation; then what to do with the set-up."""

    copy_requested = Signal()
    paste_requested = Signal()
    hand_over_requested = Signal()

    def __init__(
        self, holder: LabHolder, workbench: Workbench, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setObjectName("scanSettings")
        self.setAccessibleName("Scan Lab settings")
        self._holder, self._theme = holder, theme
        self.operation = OperationSection(holder, theme)
        self.source = SourceSection(holder, workbench, theme)
        self.input_size = make_input_size(holder, theme)
        self.kernel = KernelSection(holder, workbench, theme)
        self.stride = make_stride(holder, theme)
        self.padding = PaddingSection(holder, theme)
        self.dilation = make_dilation(holder, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 1)
        column.setSpacing(4)
        column.addLayout(self._make_header())
        column.addWidget(self._make_scroll(), 1)

    def _make_header(self) -> QHBoxLayout:
        title = QLabel("Scan Lab")
        title.setProperty("role", "title")
        self.defaults_button = self._button(
            "reset", "Defaults", "scanDefaults", "Back to the settings at the start"
        )
        self.defaults_button.set_role("flat")
        self.defaults_button.clicked.connect(lambda: self._holder.set_state(DEFAULTS))
        row = QHBoxLayout()
        row.setContentsMargins(13, 0, 10, 0)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.defaults_button)
        return row

    def _make_scroll(self) -> ScrollColumn:
        content = QWidget()
        content.setObjectName("scanSettingsContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(13, 2, 13, 12)
        column.setSpacing(12)
        for section in (
            self.operation,
            self.source,
            self.input_size,
            self.kernel,
            self.stride,
            self.padding,
            self.dilation,
        ):
            column.addWidget(section)
        column.addLayout(self._make_ways_out())
        column.addStretch(1)
        return ScrollColumn(content, "scanSettingsScroll", "Settings")

    def _make_ways_out(self) -> QVBoxLayout:
        self.copy_button = self._button("upload", "Copy", "scanCopy", "Copy this set-up as text (Ctrl+C)")
        self.paste_button = self._button(
            "paste", "Paste", "scanPaste", "Use a set-up that was copied (Ctrl+V)"
        )
        tip = "Give kernel size, stride and padding to a convolution of the network"
        self.hand_over_button = self._button("network", "Use in the network", "scanHandOver", tip)
        self.copy_button.clicked.connect(self.copy_requested)
        self.paste_button.clicked.connect(self.paste_requested)
        self.hand_over_button.clicked.connect(self.hand_over_requested)
        heading = QLabel("Take along")
        heading.setProperty("role", "strong")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.copy_button, 3)
        row.addWidget(self.paste_button, 2)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(heading)
        column.addLayout(row)
        column.addWidget(self.hand_over_button)
        return column

    def _button(self, icon: str, text: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme, text)
        button.setObjectName(name)
        button.setToolTip(tip)
        return button

"""The data set: which one is in use, and how many images it has."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QWidget

from explorer.frame.file_actions import ask_data_folder
from explorer.numbers import format_count
from explorer.widgets.choice_box import ChoiceBox
from explorer.workbench import BUILT_IN, Workbench

OPEN_FOLDER = "Open IDX folder…"
PICKER_WIDTH = 176
LONGEST_NAME = 60


def counts_text(workbench: Workbench) -> str:
    """Say how many images there are: "4,000 train · 1,000 validation"."""
    train, validation = len(workbench.train_set), len(workbench.validation_set)
    return f"{format_count(train)} train · {format_count(validation)} validation"


class DataPicker(ChoiceBox):
    """The built-in data, the folder in use if there is one, and a way to open another."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.setObjectName("data_set")
        self.setAccessibleName("Data set")
        self.setFixedWidth(PICKER_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.activated.connect(self._chosen)
        workbench.dataset_changed.connect(self._show)
        workbench.reading_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """Fill the list and mark what is in use; while a folder is read, say so and offer nothing."""
        name, reading = self._workbench.dataset_name, self._workbench.reading
        self.setEnabled(reading is None)
        if reading is not None:
            with QSignalBlocker(self):
                self.clear()
                self.addItem(f"Reading {reading[:LONGEST_NAME]}…")
            return
        with QSignalBlocker(self):
            self.clear()
            self.addItem(BUILT_IN)
            if name != BUILT_IN:
                self.addItem(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")
            self.insertSeparator(self.count())
            self.addItem(OPEN_FOLDER)
            self.setCurrentIndex(0 if name == BUILT_IN else 1)
        self.setToolTip(f"Data set: {name}, {counts_text(self._workbench)}")

    def _chosen(self, index: int) -> None:
        chosen = self.itemText(index)
        self._show()
        if chosen == OPEN_FOLDER:
            folder = ask_data_folder(self.window())
            if folder is not None:
                self._workbench.open_data_folder(folder)
        elif index == 0 and self._workbench.dataset_name != BUILT_IN:
            self._workbench.use_built_in_data()

"""Which validation image is shown: class filter, only the misclassified, previous and next."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import IconButton
from explorer.workbench import Workbench


def count_text(count: int) -> str:
    """Say how many images pass the filter; beyond 9,999 there is room for the number only."""
    if count == 0:
        return "no images"
    if count >= 10_000:
        return format_count(count)
    return f"{format_count(count)} image{'' if count == 1 else 's'}"


def empty_text(workbench: Workbench) -> str:
    """Say why no image passes the filter; empty when some do."""
    if len(workbench.matching):
        return ""
    if workbench.only_misclassified and workbench.evaluation is None:
        return "Which images are misclassified is known after the first look at the validation set."
    chosen = workbench.class_filter
    of_class = "" if chosen is None else f" of class {workbench.spec.class_names[chosen]}"
    kind = "misclassified images" if workbench.only_misclassified else "images"
    return f"There are no {kind}{of_class}. The sample stays as it is."


class SamplePicker(QWidget):
    """Two rows of controls for the walk through the validation images."""

    nothing_found = Signal(str)
    """The filter lets nothing through, and why; empty when it lets something through again."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._classes: tuple[str, ...] = ()
        self.class_choice = ChoiceBox()
        self.class_choice.setObjectName("class_filter")
        self.class_choice.setAccessibleName("Class filter")
        self.class_choice.setToolTip("Walk through the images of this class only")
        self.class_choice.setFixedWidth(70)
        self.class_choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.previous_button = self._arrow("left", "previous_sample", "Previous image", "comma key", theme)
        self.next_button = self._arrow("right", "next_sample", "Next image", "full stop key", theme)
        self.count = QLabel()
        self.count.setObjectName("sample_count")
        self.count.setProperty("role", "secondary")
        self.misclassified = QCheckBox("Only misclassified")
        self.misclassified.setObjectName("only_misclassified")
        self.misclassified.setAccessibleName("Only misclassified images")
        self.misclassified.setToolTip("Walk through those images only that the network gets wrong")
        self.misclassified.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.class_choice.activated.connect(self._filter)
        self.misclassified.clicked.connect(self._filter)
        self.previous_button.clicked.connect(workbench.previous_sample)
        self.next_button.clicked.connect(workbench.next_sample)
        for signal in (workbench.filter_changed, workbench.dataset_changed, workbench.spec_changed):
            signal.connect(self._show)
        workbench.sample_changed.connect(self._show_count)
        self._show()

    def _arrow(self, side: str, name: str, words: str, keys: str, theme: Theme) -> IconButton:
        button = IconButton(f"chevron-{side}", theme, icon_size=14)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({keys})")
        return button

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(0)
        caption = QLabel("Class")
        caption.setProperty("role", "secondary")
        # The gaps add up to what "1,000 images" leaves.
        for part, gap in (
            (caption, 5),
            (self.class_choice, 3),
            (self.previous_button, 2),
            (self.next_button, 3),
        ):
            first.addWidget(part)
            first.addSpacing(gap)
        first.addWidget(self.count, 1, Qt.AlignmentFlag.AlignRight)
        self.second_row = QHBoxLayout()
        self.second_row.addWidget(self.misclassified)
        self.second_row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        column.addLayout(self.second_row)

    def _filter(self) -> None:
        row = self.class_choice.currentIndex()
        self._workbench.set_filter(row - 1 if row > 0 else None, self.misclassified.isChecked())

    def _show(self) -> None:
        names = tuple(self._workbench.spec.class_names)
        with QSignalBlocker(self.class_choice), QSignalBlocker(self.misclassified):
            if names != self._classes:
                self._classes = names
                self.class_choice.clear()
                self.class_choice.addItems(["All", *(f"Only {name}" for name in names)])
            chosen = self._workbench.class_filter
            self.class_choice.setCurrentIndex(0 if chosen is None else chosen + 1)
            self.misclassified.setChecked(self._workbench.only_misclassified)
        self._show_count()
        self.nothing_found.emit(empty_text(self._workbench))

    def _show_count(self) -> None:
        matching = self._workbench.matching
        self.count.setText(count_text(len(matching)))
        place = matching.searchsorted(self._workbench.sample.index or 0)
        listed = self._workbench.sample.index in matching
        position = f"Image {format_count(int(place) + 1)} of {format_count(len(matching))}" if listed else ""
        self.count.setToolTip(position)
        for button in (self.previous_button, self.next_button):
            button.setEnabled(len(matching) > 0)

"""Parts of the settings: a number with its slider, a section with its note."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme, make_font
from explorer.widgets.controls import IconButton, Segmented, Slider, SpinBox, object_name, repolish


class NumberField(QWidget):
    """A number box with a slider below it; both say the same.

    Parameters
    ----------
    name : str
        What the number is: "Input height".
    label : str
        The letter before the box; may be empty.
    """

    changed = Signal(int)
    """The person has chosen another number."""

    def __init__(
        self,
        name: str,
        label: str,
        low: int,
        high: int,
        parent: QWidget | None = None,
        *,
        most: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.box = SpinBox(low, high)
        self.slider = Slider(low, most if most is not None else high)
        for control, what in ((self.box, ""), (self.slider, " slider")):
            control.setObjectName(object_name(f"scan {name}{what}"))
            control.setAccessibleName(f"{name}{what}")
            control.setToolTip(f"{name}, {low} to {high}")
        self.slider.setMinimumWidth(24)
        self.box.setMinimumWidth(36)
        self.slider.setFixedHeight(14)
        self.slider.setPageStep(1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.box)
        column.addWidget(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        if label:
            caption = QLabel(label)
            caption.setProperty("role", "label")
            caption.setFixedWidth(12)
            caption.setContentsMargins(0, 0, 0, 14)
            caption.setBuddy(self.box)
            row.addWidget(caption)
        row.addLayout(column, 1)
        self.box.valueChanged.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)

    @property
    def value(self) -> int:
        """The number."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """Show a number without telling of it."""
        for control in (self.box, self.slider):
            blocked = control.blockSignals(True)
            control.setValue(value)
            control.blockSignals(blocked)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the number as the one to blame."""
        if bool(self.box.property("invalid")) != invalid:
            self.box.setProperty("invalid", invalid)
            repolish(self.box)

    def _typed(self, value: int) -> None:
        self.set_value(value)
        self.changed.emit(value)

    def _slid(self, value: int) -> None:
        self.set_value(value)
        self.changed.emit(value)


class Section(QWidget):
    """A heading, a button that shows its note, and controls below.

    Attributes
    ----------
    header : QHBoxLayout
        Right of the heading.
    body : QVBoxLayout
        The controls.
    """

    def __init__(self, title: str, theme: Theme, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title)
        heading.setProperty("role", "strong")
        self.header = QHBoxLayout()
        self.header.setSpacing(4)
        self.header.addWidget(heading)
        self.note_label = QLabel(note)
        if note:
            self.header.addWidget(self._make_note_button(title, theme))
        self.header.addStretch(1)
        self.note_label.setProperty("role", "secondary")
        self.note_label.setWordWrap(True)
        self.note_label.setVisible(False)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self.header)
        column.addWidget(self.note_label)
        column.addLayout(self.body)

    def _make_note_button(self, title: str, theme: Theme) -> IconButton:
        button = IconButton("help", theme, role="flat", icon_size=14)
        button.setCheckable(True)
        button.setObjectName(object_name(f"scan note {title}"))
        button.setAccessibleName(f"About {title.lower()}")
        button.setToolTip(f"Why: a few words about {title.lower()}")
        button.setFixedSize(20, 20)
        button.setStyleSheet("QPushButton { min-width: 18px; max-width: 18px; min-height: 18px; }")
        button.toggled.connect(self.note_label.setVisible)
        self.note_button = button
        return button

    def add_pair(self, first: QWidget, second: QWidget) -> None:
        """Put two controls side by side."""
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(first, 1)
        row.addWidget(second, 1)
        self.body.addLayout(row)


def stretch(choice: Segmented) -> None:
    """Let the options of a choice share whatever width there is."""
    choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    metrics = QFontMetrics(make_font(11, 600))
    for button in choice.findChildren(QPushButton):
        button.setStyleSheet("font-size: 11px;")
        button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + 8)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def narrow(box: QComboBox) -> None:
    """Let a combo box be as narrow as its place."""
    box.setMinimumWidth(0)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def caption(text: str = "", role: str = "secondary") -> QLabel:
    """Make a line of small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def chip(text: str, name: str, tip: str, checkable: bool = True) -> QPushButton:
    """Make a small button that can stay pressed."""
    button = QPushButton(text)
    button.setCheckable(checkable)
    button.setObjectName(object_name(f"scan {name}"))
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(
        QSizePolicy.Policy.Ignored if checkable else QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed
    )
    button.setStyleSheet(
        "QPushButton { font-size: 11px; min-height: 19px; padding: 0 4px; font-weight: 400; }"
        "QPushButton:checked { font-weight: 600; }"
        "QPushButton:focus { min-height: 17px; padding: 0 3px; }"
    )
    return button


class LinkButton(QPushButton):
    """Two numbers move together while it is pressed."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__("linked", parent)
        self.setCheckable(True)
        self.setChecked(True)
        self.setProperty("role", "flat")
        self.setObjectName(object_name(f"scan link {name}"))
        self.setAccessibleName(f"{name} linked")
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet(
            "QPushButton { min-height: 16px; padding: 0 5px; font-size: 11px; font-weight: 400; }"
        )
        self.toggled.connect(lambda on: self.setText("linked" if on else "link"))

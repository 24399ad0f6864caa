"""What is done under the window."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QSizePolicy

from explorer.theme import Theme

from .fields import Section
from .holder import LabHolder
from .notes import NOTES

OPERATION_TEXTS = {
    "correlation": ("Cross-correlation", "as in a CNN"),
    "convolution": ("Convolution", "flipped kernel"),
    "max_pool": ("Max pool", ""),
    "average_pool": ("Average pool", ""),
    "transposed": ("Transposed", "stamps add up"),
}


class OperationSection(Section):
    """What is done under the window."""

    def __init__(self, holder: LabHolder, theme: Theme) -> None:
        super().__init__("Operation", theme, NOTES["operation"])
        self._holder = holder
        self.buttons: dict[str, QRadioButton] = {}
        self._more: list[QLabel] = []
        group = QButtonGroup(self)
        self.body.setSpacing(1)
        for key, (title, more) in OPERATION_TEXTS.items():
            button = QRadioButton(title)
            button.setObjectName(f"scanOperation_{key}")
            button.setAccessibleName(f"{title} {more}".strip())
            button.setToolTip(f"{title}: {more}" if more else title)
            button.setFixedHeight(22)
            group.addButton(button)
            self.buttons[key] = button
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(button)
            small = QLabel(more)
            small.setProperty("role", "secondary")
            small.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._more.append(small)
            row.addWidget(small, 1)
            self.body.addLayout(row)
            button.clicked.connect(
                lambda _=False, key=key: holder.set_state(holder.state.with_setup(operation=key))
            )
        holder.changed.connect(self.show_state)
        self.show_state()

    def set_narrow(self, narrow: bool) -> None:
        """Leave out the words beside the names; the tips have them."""
        for label in self._more:
            label.setVisible(not narrow)

    def show_state(self) -> None:
        """Show the holder's operation."""
        for key, button in self.buttons.items():
            chosen = key == self._holder.state.setup.operation
            button.setChecked(chosen)
            button.setStyleSheet("font-weight: 600;" if chosen else "")

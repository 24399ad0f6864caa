"""A choice by key, small enough for a panel's header."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.choice_box import ChoiceBox


class KeyedChoice(ChoiceBox):
    """A choice by key, whose last option may come and go.

    Parameters
    ----------
    name : str
        The object name.
    words : str
        What is chosen: the accessible name and the tooltip.
    options : iterable of (key, label)
        The first one is chosen at the start.
    """

    chosen = Signal(str)
    """The key, when a person or a setter has chosen another one."""

    def __init__(
        self, name: str, words: str, options: Iterable[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for key, label in options:
            self.addItem(label, key)
        self.currentIndexChanged.connect(lambda: self.chosen.emit(self.value))

    @property
    def value(self) -> str:
        """The key of what is chosen."""
        return self.currentData()

    def set_value(self, key: str) -> None:
        """Choose an option.

        Raises
        ------
        KeyError
            When there is no such option.
        """
        place = self.findData(key)
        if place < 0:
            raise KeyError(key)
        self.setCurrentIndex(place)

    def offer(self, key: str, label: str | None) -> None:
        """Add or rename an option, or take it away when it has no label; `chosen` is not emitted."""
        place = self.findData(key)
        with QSignalBlocker(self):
            if label is None and place >= 0:
                self.removeItem(place)
            elif label is not None and place >= 0:
                self.setItemText(place, label)
            elif label is not None:
                self.addItem(label, key)
        self.update()

    def show_value(self, key: str) -> None:
        """Show what is chosen already; `chosen` is not emitted."""
        with QSignalBlocker(self):
            self.set_value(key)
        self.update()

"""Panels side by side where there is room, else one at a time behind tabs."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from explorer.widgets.controls import Segmented

_GAP = 8


@dataclass(frozen=True)
class _Card:
    panel: QWidget
    key: str
    title: str
    stretch: int


class PanelDeck(QWidget):
    """Shows its panels side by side when it is wide enough for all, else one behind a row of tabs.

    A deck can lend its panels to another one, which then shows them behind its own: a low window has no
    height for two decks.

    Parameters
    ----------
    name : str
        What the panels are about, for screen readers; the object names are made of it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._cards: list[_Card] = []
        self._borrowed: list[_Card] = []
        self._lent = False
        self._current = ""
        self.tabs: Segmented | None = None
        column = QVBoxLayout(self)
        self._row = QHBoxLayout()
        for layout in (column, self._row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(_GAP)
            # The panels together may want more than there is: the deck then shows one of them.
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._tab_row = QHBoxLayout()
        self._tab_row.addStretch(1)
        column.addLayout(self._tab_row)
        column.addLayout(self._row, 1)

    def add(self, panel: QWidget, key: str, title: str, stretch: int) -> None:
        """Put a panel to the right of the others; `title` names its tab.

        Raises
        ------
        ValueError
            When there is a panel of that key.
        """
        if any(card.key == key for card in self._cards):
            raise ValueError(f"The deck has a panel {key!r} already.")
        self._cards.append(_Card(panel, key, title, stretch))
        self._arrange()

    @property
    def _shown(self) -> list[_Card]:
        return [] if self._lent else [*self._cards, *self._borrowed]

    @property
    def current(self) -> str:
        """The key of the panel that is shown when there is no room for all."""
        return self._current

    def show_panel(self, key: str) -> None:
        """Bring a panel into view. Raises KeyError."""
        if key not in [card.key for card in self._shown]:
            raise KeyError(key)
        self._current = key
        self._show()

    @property
    def side_by_side(self) -> bool:
        """Whether all panels are in view."""
        widths = [_least_size(card.panel).width() for card in self._shown]
        return self.width() >= sum(widths) + _GAP * (len(widths) - 1)

    def lend_to(self, other: PanelDeck | None) -> None:
        """Let another deck show the panels; None takes them back."""
        if (other is not None) == self._lent:
            return
        self._lent = other is not None
        self.setVisible(not self._lent)
        if other is not None:
            self._borrower = other
        self._borrower._borrowed = list(self._cards) if self._lent else []
        self._borrower._arrange()
        self._arrange()

    def _arrange(self) -> None:
        """Take over the panels and make their tabs."""
        cards = self._shown
        while self._row.count():
            self._row.takeAt(0)
        for card in cards:
            self._row.addWidget(card.panel, card.stretch)
        if self.tabs is not None:
            self._tab_row.removeWidget(self.tabs)
            self.tabs.hide()
            self.tabs.deleteLater()
            self.tabs = None
        if cards:
            self.tabs = Segmented(
                [(card.key, card.title, f"Show {card.title}") for card in cards], self._name
            )
            self._tab_row.insertWidget(0, self.tabs)
            if self._current not in [card.key for card in cards]:
                self._current = cards[0].key
            self.tabs.set_value(self._current)
            self.tabs.changed.connect(self.show_panel)
        self._show()

    def _show(self) -> None:
        cards, tabs = self._shown, self.tabs
        if tabs is None:
            return
        together = self.side_by_side
        tabs.set_value(self._current)
        tabs.setVisible(not together)
        if tabs is not self.tabs:  # that made the page lay itself out, and this deck was lent in between
            return
        for card in cards:
            card.panel.setVisible(together or card.key == self._current)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def hasHeightForWidth(self) -> bool:
        """Return no: a sentence that takes more lines in one panel must not make the deck higher."""
        return False

    def minimumSizeHint(self) -> QSize:
        sizes = [_least_size(card.panel) for card in self._shown]
        if not sizes:
            return QSize(0, 0)
        height = max(size.height() for size in sizes)
        if self.tabs is not None and not self.side_by_side:
            height += self.tabs.sizeHint().height() + _GAP
        return QSize(max(size.width() for size in sizes), height)


def _least_size(panel: QWidget) -> QSize:
    return panel.minimumSizeHint().expandedTo(panel.minimumSize())

"""Help: what the program is, how to begin, and every shortcut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from explorer import __version__
from explorer.frame.input_panel import SHORTCUTS as INPUT_SHORTCUTS

TEXT = (
    "CNN Explorer trains a convolutional network on real images while you watch. Press Train: the loss of "
    "every batch appears on the Train page, and the Network page shows every kernel and every feature map as "
    "they change.",
    "Pause at any moment, or go on by a single batch. Reset begins again with the same seed and gives the "
    "same curve. The learning rate may be changed while training runs; other settings begin a new run. "
    "The strip under the loss leads back to any earlier moment, on all pages, until you go back to now.",
    "Each run is kept and listed on the Runs page: F2 renames it, Space shows or hides it in the charts, Del "
    "deletes it and Ctrl+Z brings it back. A run that was cut off is offered at the next start.",
    "The panel on the right holds the image that goes through the network: one of the validation images, a "
    "digit that you draw, or a picture of your own.",
)

Shortcuts = Sequence[tuple[Sequence[Sequence[str]], str]]

SHORTCUTS: Shortcuts = (
    ((("Space",),), "Play or pause what the page shows; here, training"),
    ((("Ctrl", "Space"),), "Train or pause from any page, while typing too"),
    ((("N",),), "Train one batch"),
    ((("Shift", "N"),), "Train to the end of the epoch"),
    ((("U",),), "Run until …, slow motion, keep the best epoch"),
    ((("F1",),), "This help"),
    ((("Esc",),), "Dismiss a message"),
    ((("Tab",), ("Shift", "Tab")), "Go to the next or previous control"),
    ((("Ctrl", "Q"),), "Quit"),
)


def _cap(key: str) -> QLabel:
    cap = QLabel(key)
    cap.setProperty("role", "key")
    return cap


def _caps(chords: Sequence[Sequence[str]]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for place, chord in enumerate(chords):
        if place:
            row.addSpacing(8)
        for key in chord:
            row.addWidget(_cap(key))
    row.addStretch(1)
    return row


def _table(title: str, shortcuts: Shortcuts) -> QGridLayout:
    """Lay out a heading and a row for each shortcut."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(1, 1)
    heading = QLabel(title)
    heading.setProperty("role", "title")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (chords, meaning) in enumerate(shortcuts, start=1):
        grid.addLayout(_caps(chords), row, 0, Qt.AlignmentFlag.AlignVCenter)
        label = QLabel(meaning)
        label.setProperty("role", "body")
        grid.addWidget(label, row, 1)
    grid.setRowStretch(len(shortcuts) + 1, 1)
    return grid


class HelpDialog(QDialog):
    """A few sentences and the table of shortcuts; it does not block the window.

    Parameters
    ----------
    titles : sequence of str
        The workspaces, in the order of their Ctrl+number shortcuts.
    """

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setWindowTitle("Help")
        self.setModal(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        title = QLabel(f"CNN Explorer {__version__}")
        title.setProperty("role", "result")
        column.addWidget(title)
        for paragraph in TEXT:
            label = QLabel(paragraph)
            label.setProperty("role", "label")
            label.setWordWrap(True)
            column.addWidget(label)
        column.addSpacing(4)
        ends = ("Ctrl", "1"), ("Ctrl", str(len(titles)))
        pages = ((ends, f"Go to a page, {titles[0]} to {titles[-1]}"),)
        tables = QHBoxLayout()
        tables.setSpacing(28)
        tables.addLayout(_table("Shortcuts", (*SHORTCUTS[:4], *pages, *SHORTCUTS[4:])))
        tables.addLayout(_table("The image on the right", INPUT_SHORTCUTS))
        column.addLayout(tables)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("help_close")
        close.setAccessibleName("Close the help")
        close.setToolTip("Close (Esc)")
        column.addSpacing(4)
        column.addWidget(buttons)
        self.setFixedWidth(820)

"""The buttons below the image: other ones while a digit is drawn."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton


def input_button(theme: Theme, icon: str, text: str, name: str, tooltip: str, role: str = "") -> IconButton:
    """Make a button of the input panel; its accessible name is its tooltip without the shortcut."""
    button = IconButton(icon, theme, text, role=role, icon_size=14)
    button.setObjectName(name)
    button.setAccessibleName(tooltip.split(" (")[0])
    button.setToolTip(tooltip)
    button.setStyleSheet("padding: 0 5px;")
    return button


class InputButtons(QWidget):
    """Draw, open, random; while drawing: done, undo, clear."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draw = input_button(theme, "pencil", "Draw", "draw", "")
        self.draw.setCheckable(True)
        self.open = input_button(theme, "folder", "Open…", "open_image", "Open an image file (Ctrl+O)")
        self.random = input_button(theme, "dice", "Random", "random_sample", "Show a random image (R)")
        self.undo = input_button(theme, "undo", "Undo", "undo_stroke", "Take the last stroke back (Ctrl+Z)")
        self.clear = input_button(theme, "eraser", "Clear", "clear_drawing", "Take all strokes back (Delete)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.draw, self.open, self.random, self.undo, self.clear):
            row.addWidget(button, 1)
        self.set_drawing(False)

    def set_drawing(self, drawing: bool) -> None:
        """Show the buttons for drawing, or those for choosing an image."""
        self.draw.setChecked(drawing)
        self.draw.setText("Done" if drawing else "Draw")
        self.draw.set_icon("check" if drawing else "pencil")
        self.draw.setToolTip("End drawing (D or Esc)" if drawing else "Draw a digit (D)")
        self.draw.setAccessibleName("End drawing" if drawing else "Draw a digit")
        for button in (self.open, self.random):
            button.setVisible(not drawing)
        for button in (self.undo, self.clear):
            button.setVisible(drawing)

    def set_strokes(self, any_strokes: bool) -> None:
        """Say whether there is something to take back."""
        self.undo.setEnabled(any_strokes)
        self.clear.setEnabled(any_strokes)

"""A list to choose one thing from."""

from PySide6.QtWidgets import QComboBox

from explorer.widgets.wheel import CalmWheel


class ChoiceBox(CalmWheel, QComboBox):
    """A list to choose from. The wheel changes it only when it has the focus."""

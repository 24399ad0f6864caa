"""Thin lines between parts."""

from PySide6.QtWidgets import QFrame, QWidget


def rule(parent: QWidget | None = None) -> QFrame:
    """Return a level line, as wide as there is room."""
    return _line("rule", parent)


def upright_rule(height: int, parent: QWidget | None = None) -> QFrame:
    """Return an upright line of `height` pixels."""
    line = _line("vrule", parent)
    line.setFixedHeight(height)
    return line


def _line(role: str, parent: QWidget | None) -> QFrame:
    line = QFrame(parent)
    line.setProperty("role", role)
    return line

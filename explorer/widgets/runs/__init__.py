"""The list of runs as several pages show it."""

from .run_table import RunTable
from .undo_bar import UndoBar

__all__ = ["RunTable", "UndoBar"]

"""The Descent workspace."""

from .workspace import DescentWorkspace

__all__ = ["DescentWorkspace"]

"""The Train page: settings, curves, confusion and mistakes."""

from .workspace import TrainWorkspace

__all__ = ["TrainWorkspace"]

"""The Network page: every layer as a column, live for the selected sample."""

from .workspace import NetworkWorkspace

__all__ = ["NetworkWorkspace"]

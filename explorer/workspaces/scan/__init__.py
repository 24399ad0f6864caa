"""The Scan Lab workspace."""

from .workspace import ScanWorkspace

__all__ = ["ScanWorkspace"]

"""The Inspect page: one image on its way through the network, cell by cell and number by number."""

from .workspace import InspectWorkspace

__all__ = ["InspectWorkspace"]

"""The page on which a network with convolutions meets one without."""

from .workspace import VersusWorkspace

__all__ = ["VersusWorkspace"]

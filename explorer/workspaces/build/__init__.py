"""The Build page: a network layer by layer, and how it is trained."""

from .workspace import BuildWorkspace

__all__ = ["BuildWorkspace"]

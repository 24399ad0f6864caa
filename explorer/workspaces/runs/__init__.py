"""The Runs page: every run in a table, to be compared, noted, tried otherwise and taken elsewhere."""

from .workspace import RunsWorkspace

__all__ = ["RunsWorkspace"]

"""Another run, shown over the present one in every chart."""

from __future__ import annotations

from dataclasses import dataclass

from .history import History


@dataclass(frozen=True, eq=False)
class OverlayRun:
    """A run that the charts draw beside the present one.

    Attributes
    ----------
    key : str
        What tells it from the others.
    name : str
        What it is called in tooltips and at the end of its curves.
    colour : str
        The name of a colour token.
    history : History
        Its record, which may still grow.
    """

    key: str
    name: str
    colour: str
    history: History

"""Which map or unit is selected, and where the arrow keys take the selection. Pure arithmetic."""

from __future__ import annotations

from explorer.workbench import Focus

from .stages import Stages

Selection = tuple[int, int]
"""A layer (-1 is the input image) and a map or unit of it."""


def selection_of(focus: Focus, stages: Stages) -> Selection | None:
    """Return what a focus selects here; None where it names no map or unit of this network."""
    if focus.layer is None or focus.channel is None or not -1 <= focus.layer < len(stages) - 1:
        return None
    if not 0 <= focus.channel < stages.at(focus.layer).count:
        return None
    return focus.layer, focus.channel


def focus_of(selection: Selection, stages: Stages, y: int | None = None, x: int | None = None) -> Focus:
    """Return the focus on a map, at its middle unless a cell is given, or on a unit."""
    layer, channel = selection
    stage = stages.at(layer)
    if not stage.is_maps:
        return Focus(layer, channel)
    _, height, width = stage.shape
    row = height // 2 if y is None else min(y, height - 1)
    return Focus(layer, channel, row, width // 2 if x is None else min(x, width - 1))


def step_selection(stages: Stages, selection: Selection | None, layers: int, maps: int) -> Selection:
    """Move a selection by whole layers or maps, stopping at the ends.

    From layer to layer the number of the map is kept where there are as many maps, else the place among them.
    Without a selection, the first map after the input image is taken.
    """
    if selection is None:
        return 0, 0
    layer, channel = selection
    target = min(max(layer + layers, -1), len(stages) - 2)
    before, after = stages.at(layer).count, stages.at(target).count
    if before != after:
        channel = round((channel + 0.5) / before * after - 0.5)
    return target, min(max(channel + maps, 0), after - 1)

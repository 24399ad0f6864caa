"""Where the maps of two runs stand beside one another. Pure arithmetic, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.widgets.rectangle import Rectangle

from .sizes import whole_factor
from .stages import Stage, Stages

MARGIN, TOP = 14.0, 44.0
BETWEEN, AFTER, MOST_AFTER, ROW_GAP = 3.0, 22.0, 96.0, 7.0
"""Between the two maps of a pair, after a layer (at least, at most), between two rows."""
LEAST, STILL_LARGE, MOST = 24.0, 48.0, 96.0


@dataclass(frozen=True)
class PairPlace:
    """A cell under a point: the layer, the map, its row and column, and whose it is: 0 for A, 1 for B."""

    layer: int
    channel: int
    y: int
    x: int
    run: int


@dataclass(frozen=True)
class PairColumn:
    """The maps of one layer, two a row; `factor` pixels a cell."""

    stage: Stage
    left: float
    factor: float

    @property
    def map_size(self) -> tuple[float, float]:
        """Width and height of one map."""
        _, height, width = self.stage.shape
        return width * self.factor, height * self.factor

    @property
    def width(self) -> float:
        """What a pair takes."""
        return 2 * self.map_size[0] + BETWEEN

    @property
    def height(self) -> float:
        """What all rows take."""
        return self.stage.count * (self.map_size[1] + ROW_GAP) - ROW_GAP

    def box(self, channel: int, run: int) -> Rectangle:
        """Return where a map stands: that of A (0) or of B (1)."""
        width, height = self.map_size
        left = self.left + run * (width + BETWEEN)
        return Rectangle(round(left), round(TOP + channel * (height + ROW_GAP)), width, height)

    def pair(self, channel: int) -> Rectangle:
        """Return the box round both maps."""
        box = self.box(channel, 0)
        return Rectangle(box.x, box.y, self.width, box.h)


class PairLayout:
    """All layers with maps from left to right, as large as the page allows and at most `MOST` a map.

    Where the maps would become small for the height, the world is higher than the page.
    """

    def __init__(self, stages: Stages, width: float, height: float) -> None:
        found = [stage for stage in stages[1:] if stage.is_maps]
        room = width - 2 * MARGIN - len(found) * BETWEEN - max(len(found) - 1, 0) * AFTER
        edge = min(max(room / (2 * max(len(found), 1)), LEAST), MOST)
        rows = max((stage.count for stage in found), default=1)
        low = (height - TOP - MARGIN) / rows - ROW_GAP
        if low >= STILL_LARGE:
            edge = min(edge, low)
        columns = [PairColumn(stage, 0.0, whole_factor(max(stage.shape[1:]), edge)) for stage in found]
        gaps = max(len(found) - 1, 1)
        spare = width - 2 * MARGIN - sum(column.width for column in columns)
        after = min(max(spare / gaps, AFTER), MOST_AFTER)
        self.columns: list[PairColumn] = []
        left = MARGIN
        for column in columns:
            self.columns.append(replace(column, left=round(left)))
            left += column.width + after
        self.width = left - after + MARGIN if found else width
        self.height = TOP + max((column.height for column in self.columns), default=0.0) + MARGIN

    def column(self, layer: int) -> PairColumn | None:
        """Return a layer's column; None where it has no maps."""
        return next((column for column in self.columns if column.stage.index == layer), None)

    def place_at(self, x: float, y: float) -> PairPlace | None:
        """Return the cell under a point."""
        for column in self.columns:
            width, height = column.map_size
            channel = int((y - TOP) // (height + ROW_GAP))
            if not (column.left <= x <= column.left + column.width and 0 <= channel < column.stage.count):
                continue
            run = int(x > column.left + width + BETWEEN / 2)
            box = column.box(channel, run)
            if not box.contains(x, y):
                return None
            rows, columns = column.stage.shape[1:]
            row, cell = int((y - box.y) / column.factor), int((x - box.x) / column.factor)
            return PairPlace(column.stage.index, channel, min(row, rows - 1), min(cell, columns - 1), run)
        return None

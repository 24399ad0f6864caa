"""The plan of the picture: how large every column is drawn and where it stands. Pure arithmetic, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from explorer.numbers import format_shape
from explorer.widgets.rectangle import Rectangle

from .geometry import Column, Grid, KernelColumn, Kind, Place
from .sizes import LEAST_TILE_PITCH, MAP_GAP, TILE, kernel_sizes, map_sizes, strip_sizes
from .stages import Link, Stage, Stages

Measure = Callable[[str, bool], float]
"""Width in pixels of a header's text, which may be bold."""

MARGIN_X, TIGHT_MARGIN_X = 10.0, 8.0
MARGIN_Y = 2.0
HEADER_GAP, TIGHT_HEADER_GAP = 7.0, 4.0
COMFORTABLE = range(112, 47, -4)
"""Most that a map may measure where headers are in full and gaps wide; the first that fits is used."""
TIGHT = range(60, 19, -4)
"""The same with narrow gaps and headers that may share their lines."""
UNFITTING = 56
HIGHER = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.4, 2.8)
"""How much higher than the page a world may be that is wider than it, too."""
MOST_STRETCH = 60.0
MARGIN_SHARE = 0.3

_LEADS = {
    Link.NONE: (0.0, 0.0),
    Link.CONVOLUTION: (12.0, 1.8),
    Link.POINTWISE: (10.0, 1.0),
    Link.FLATTEN: (12.0, 1.3),
    Link.DENSE: (12.0, 1.3),
}
"""Least gap before a column, and its share of the width that is left over."""


def approximate_width(text: str, bold: bool) -> float:
    """Measure text where there is no font: Inter at 12 pixels, semibold, or at 11 pixels."""
    return len(text) * (7.2 if bold else 6.9)


@dataclass(frozen=True)
class Layout:
    """All columns from left to right, in a world of `width` by `height` pixels that starts at (0, 0).

    In a `tight` one, shapes in neighbouring headers may need two lines; in a `crowded` one, which is wider
    than the page, so may names.
    """

    stages: Stages
    columns: tuple[Column, ...]
    width: float
    height: float
    tight: bool = False
    crowded: bool = False

    @property
    def turns(self) -> int:
        """How many lines of the headers take turns: none, the shapes, or names and shapes."""
        return 2 if self.crowded else int(self.tight)

    def column(self, layer: int) -> Column:
        """Return the column of a stage's values; the number of layers gives the softmax column."""
        return next(c for c in self.columns if c.layer == layer and c.kind is not Kind.KERNELS)

    def kernels(self, layer: int) -> KernelColumn | None:
        """Return the column of a convolution's kernels."""
        found = (c for c in self.columns if c.layer == layer and isinstance(c, KernelColumn))
        return next(found, None)

    @property
    def softmax(self) -> Column | None:
        """Return the column of probabilities, None for a network that does not end in a vector."""
        return self.columns[-1] if self.columns[-1].kind is Kind.SOFTMAX else None

    def place_at(self, x: float, y: float, layer: int | None, channel: int | None) -> Place | None:
        """Return what lies at a point, while `channel` of `layer` is selected."""
        for column in self.columns:
            if column.box.x - 1 <= x <= column.box.right + 1:
                if isinstance(column, KernelColumn):
                    chosen = channel if column.layer == layer and column.inputs > 1 else None
                    return column.kernel_at(x, y, chosen)
                return column.place_at(x, y)
        return None


@dataclass(frozen=True)
class _Draft:
    """A column before it has a place: made at x = 0."""

    column: Column
    header: float
    lead: tuple[float, float]

    @property
    def width(self) -> float:
        return self.column.box.w


def make_layout(stages: Stages, width: float, height: float, measure: Measure = approximate_width) -> Layout:
    """Place every column of a network on a page.

    Images are as large as whole factors allow. Where even small ones do not fit side by side, the world
    becomes wider than the page, with images of a comfortable size, and is to be zoomed or panned.

    Parameters
    ----------
    stages : Stages
        The network, input image first.
    width, height : float
        The page below the header, in pixels.
    measure : callable
        Width of header texts, which keep clear of each other at 100 %.
    """
    fitting = _fitting(stages, width, height, measure)
    if fitting is None:
        return _wider(stages, width, height, measure)
    tight, drafts, gaps = fitting
    margin = TIGHT_MARGIN_X if tight else MARGIN_X
    room = width - 2 * margin
    spare = room - sum(d.width for d in drafts) - sum(gaps)
    shares = [d.lead[1] for d in drafts]
    stretch = min(max(spare, 0.0) / (sum(shares) + 2 * MARGIN_SHARE), MOST_STRETCH)
    gaps = [gap + stretch * share for gap, share in zip(gaps, shares, strict=True)]
    used = _width_of(drafts, gaps)
    columns = _side_by_side(drafts, gaps, max(margin, (width - used) / 2))
    return Layout(stages, columns, max(width, used + 2 * margin), height, tight)


def _side_by_side(drafts: list[_Draft], gaps: list[float], x: float) -> tuple[Column, ...]:
    columns = []
    for draft, gap in zip(drafts, gaps, strict=True):
        x += gap
        columns.append(_moved(draft.column, round(x)))
        x += draft.width
    return tuple(columns)


def _width_of(drafts: list[_Draft], gaps: list[float]) -> float:
    return sum(d.width for d in drafts) + sum(gaps)


def _wider(stages: Stages, width: float, height: float, measure: Measure) -> Layout:
    """Plan a world that is wider than the page, and as high as shows it largest when it is fitted."""
    found: list[Layout] = []
    for share in HIGHER:
        drafts = _drafts(stages, share * height, UNFITTING, measure, True)
        gaps = _least_gaps(drafts, True)
        used = max(_width_of(drafts, gaps) + 2 * TIGHT_MARGIN_X, width)
        columns = _side_by_side(drafts, gaps, TIGHT_MARGIN_X)
        found.append(Layout(stages, columns, used, share * height, True, True))
    return max(found, key=lambda layout: min(width / layout.width, height / layout.height))


def _fitting(
    stages: Stages, width: float, height: float, measure: Measure
) -> tuple[bool, list[_Draft], list[float]] | None:
    for tight, limits in ((False, COMFORTABLE), (True, TIGHT)):
        for limit in limits:
            drafts = _drafts(stages, height, limit, measure, tight)
            gaps = _least_gaps(drafts, tight)
            margin = TIGHT_MARGIN_X if tight else MARGIN_X
            if _width_of(drafts, gaps) + 2 * margin <= width:
                return tight, drafts, gaps
    return None


def _least_gaps(drafts: list[_Draft], tight: bool) -> list[float]:
    """Return the gap before each column: its lead, or what the two headers need."""
    clearance = TIGHT_HEADER_GAP if tight else HEADER_GAP
    gaps = [max(0.0, (drafts[0].header - drafts[0].width) / 2 - TIGHT_MARGIN_X + 4)]
    for left, right in pairwise(drafts):
        headers = (left.header + right.header - left.width - right.width) / 2 + clearance
        gaps.append(max(right.lead[0], headers))
    return gaps


def _moved(column: Column, x: float) -> Column:
    def moved(grid: Grid) -> Grid:
        return replace(grid, first=(grid.first[0] + x, grid.first[1]))

    box = column.box._replace(x=x)
    if isinstance(column, KernelColumn):
        return replace(column, box=box, grid=moved(column.grid), edges=moved(column.edges))
    return replace(column, box=box, grid=moved(column.grid))


def _drafts(stages: Stages, height: float, limit: float, measure: Measure, tight: bool) -> list[_Draft]:
    drafts: list[_Draft] = []
    last = stages.last
    minor = 0.8 * limit if tight else limit  # kernels and bars make room for the maps

    def add(column: Column, lead: tuple[float, float], *header: float) -> None:
        least = 0.6 * lead[0] if tight else lead[0]
        drafts.append(_Draft(column, max(header), (least, lead[1])))

    for stage in stages:
        # Shapes of a tight page take turns on two lines, each with the width of two columns.
        texts = measure(stage.name, True), measure(format_shape(stage.shape), False) * (0.5 if tight else 1.0)
        before = drafts[-1].column if drafts else None
        if stage.is_maps:
            column = _maps(stage, stages, before, height, limit)
        elif stage is last and height / stage.count >= LEAST_TILE_PITCH:
            column = _tiles(stage, height)
        else:
            column = _strip(stage, stages, height)
        if stage.kernels is not None and before is not None:
            kernels = _kernels(stage, before, column, minor)
            add(kernels, (11.0, 1.2), 0.0 if tight else measure("kernels", False))
        add(column, (18.0, 1.8) if column.kind is Kind.TILES else _LEADS[stage.link], *texts)
    if not last.is_maps:
        add(_softmax(last, height, minor), (10.0, 1.0), measure("softmax", True))
    return drafts


def _maps(stage: Stage, stages: Stages, before: Column | None, height: float, limit: float) -> Column:
    h, w = stage.shape[1:]
    inner = height - 2 * MARGIN_Y
    crowd_limit = None
    if stage.index < 0:  # a network without feature maps can afford a large input image
        has_maps = any(s.is_maps for s in stages[1:])
        limit = min(max(1.15 * limit, 56.0), 96.0) if has_maps else 2 * limit
    elif stage.link is Link.POINTWISE and before is not None and before.cells != (h, w):
        # Pooling is seen to make the map smaller.
        limit = crowd_limit = max(0.8 * before.grid.size[0], 12.0)
    sizes = map_sizes(stage.count, (h, w), inner, limit, crowd_limit)
    first = (sizes.size[0] / 2, MARGIN_Y + sizes.pitch[1] / 2)
    grid = Grid(stage.count, sizes.columns, first, sizes.pitch, sizes.size)
    box = Rectangle(0.0, MARGIN_Y, sizes.width, inner)
    return Column(Kind.MAPS, stage.index, box, grid, (h, w), stage.count)


def _strip(stage: Stage, stages: Stages, height: float) -> Column:
    before = stages.before(stage.index)
    segment = before.shape[1] * before.shape[2] if before.is_maps else stage.count
    alone = not any(s.is_maps for s in stages[1:])
    sizes = strip_sizes(stage.count, segment, height - 2 * MARGIN_Y, 1.5 if alone else 1.0)
    w, h = sizes.size
    grid = Grid(1, 1, (w / 2, height / 2), (w, h), (w, h))
    box = Rectangle(0.0, (height - h) / 2, w, h)
    return Column(Kind.STRIP, stage.index, box, grid, (sizes.rows, sizes.fold), stage.count)


def _tiles(stage: Stage, height: float) -> Column:
    pitch = min(TILE[1] + 8, (height - 2 * MARGIN_Y) / stage.count)
    size = (TILE[0], min(TILE[1], pitch - 3))
    return Column(Kind.TILES, stage.index, *_rows(stage.count, pitch, size, height), units=stage.count)


def _softmax(last: Stage, height: float, limit: float) -> Column:
    pitch = min(TILE[1] + 8, (height - 2 * MARGIN_Y) / last.count)
    size = (min(max(1.7 * limit, 86.0), 132.0), min(20.0, pitch))
    return Column(Kind.SOFTMAX, last.index + 1, *_rows(last.count, pitch, size, height), units=last.count)


def _rows(count: int, pitch: float, size: tuple[float, float], height: float) -> tuple[Rectangle, Grid]:
    top = height / 2 - pitch * (count - 1) / 2
    grid = Grid(count, 1, (size[0] / 2, top), (size[0], pitch), size)
    return Rectangle(0.0, top - pitch / 2, size[0], count * pitch), grid


def _kernels(stage: Stage, before: Column, after: Column, limit: float) -> KernelColumn:
    _, inputs, kh, kw = stage.kernels or (0, 0, 0, 0)
    sizes = kernel_sizes(inputs, (kh, kw), before.grid.pitch[1], after.grid.pitch[1], limit)
    rows, columns = sizes.block_shape
    block = ((columns * (kw + 1) - 1) * sizes.block, (rows * (kh + 1) - 1) * sizes.block)
    edge = (kw * sizes.edge, kh * sizes.edge)
    block_width = (after.grid.columns - 1) * (block[0] + MAP_GAP) + block[0]
    edge_width = (before.grid.columns - 1) * (edge[0] + MAP_GAP) + edge[0] if inputs > 1 else 0.0
    width = max(block_width, edge_width)

    def grid(like: Grid, count: int, size: tuple[float, float], span: float) -> Grid:
        first = ((width - span + size[0]) / 2, like.first[1])
        return Grid(count, like.columns, first, (size[0] + MAP_GAP, like.pitch[1]), size)

    return KernelColumn(
        Kind.KERNELS,
        stage.index,
        Rectangle(0.0, after.box.y, width, after.box.h),
        grid(after.grid, after.grid.count, block, block_width),
        (kh, kw),
        edges=grid(before.grid, before.grid.count, edge, edge_width),
        block=(rows, columns),
        inputs=inputs,
    )

"""What stands above the columns, and where, so that no two texts ever overlap. Pure arithmetic, no Qt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.numbers import format_count, format_shape

from .geometry import Column, Kind
from .layout import Layout, Measure
from .stages import Stage

CLEARANCE = 3.0
LEAST_ELIDED = 26.0


@dataclass(frozen=True)
class Header:
    """The text above one column: a line may have several wordings, the longest first.

    `keep` holds a header whose texts stay when others have to go.
    """

    x: float
    lines: tuple[tuple[str, ...], ...]
    role: str = ""
    keep: bool = False

    def at(self, x: float) -> Header:
        """Return the same texts above another place."""
        return replace(self, x=x)


@dataclass(frozen=True)
class Label:
    """One placed text. `width` is what it may take; it is elided where its own width is more."""

    text: str
    line: int
    x: float
    width: float
    role: str = ""


def headers_of(layout: Layout, selected: tuple[int, int] | None) -> list[Header]:
    """Write the headers, with x in the layout's world. `selected` is the layer and map in focus."""
    found = []
    for column in layout.columns:
        if column.kind is Kind.KERNELS:
            found.append(_kernels(column, layout, selected))
        elif column.kind is Kind.SOFTMAX:
            found.append(Header(column.box.cx, (("softmax",), (format_shape(layout.stages.last.shape),), ())))
        else:
            stage = layout.stages.at(column.layer)
            chosen = selected is not None and selected[0] == column.layer
            count = format_count(stage.parameters)
            parameters = (f"{count} params", count) if stage.parameters else ()
            lines = ((header_name(stage),), (format_shape(stage.shape),), parameters)
            found.append(Header(column.box.cx, lines, "selected" if chosen else "", chosen))
    return found


def header_name(stage: Stage) -> str:
    """Return what stands above a stage: the layer's name as it is, "Input" for the image."""
    return "Input" if stage.index < 0 else stage.name


def _kernels(column: Column, layout: Layout, selected: tuple[int, int] | None) -> Header:
    maps, inputs, kh, kw = layout.stages.at(column.layer).kernels or (0, 0, 0, 0)
    chosen = selected is not None and selected[0] == column.layer
    count = inputs if chosen else maps * inputs
    words = (f"{count} kernels", f"{count}") if count != 1 else ("1 kernel", "1")
    return Header(column.box.cx, ((), words, (f"{kh}×{kw}",)), "kernel", chosen)


def place_headers(headers: Sequence[Header], width: float, measure: Measure, stagger: bool) -> list[Label]:
    """Place all texts on a page `width` wide, line by line.

    Texts are centred on their column. Where two would touch, both take a shorter wording; where that does not
    help they are elided at the middle between them, and where too little is left one of them goes.

    Parameters
    ----------
    headers : sequence of Header
        From left to right, x on the page.
    stagger : bool
        Shapes take two lines in turns, so that each has the room of two columns; parameters come below.
    """
    visible = [h for h in headers if -40 < h.x < width + 40]
    rows: list[list[tuple[Header, tuple[str, ...]]]] = [[] for _ in range(4 if stagger else 3)]
    turn = itertools.count()
    for header in visible:
        name, shape, parameters = header.lines
        rows[0].append((header, name))
        rows[1 + (next(turn) % 2 if stagger and shape else 0)].append((header, shape))
        rows[-1].append((header, parameters))
    labels: list[Label] = []
    for line, row in enumerate(rows):
        labels += _place_line([(h, words) for h, words in row if words], line, width, measure)
    return labels


def _place_line(
    row: list[tuple[Header, tuple[str, ...]]], line: int, width: float, measure: Measure
) -> list[Label]:
    bold = line == 0
    chosen = [0] * len(row)

    def spans() -> list[tuple[float, float]]:
        found = []
        for (header, words), wording in zip(row, chosen, strict=True):
            size = measure(words[wording], bold)
            # A column at the edge keeps its text on the page as long as the column itself is there.
            left = header.x - size / 2
            if 0 <= header.x <= width:
                left = min(max(left, 3.0), width - size - 3.0)
            found.append((left, left + size))
        return found

    changed = True
    while changed:
        changed = False
        placed = spans()
        for i, (left, right) in enumerate(itertools.pairwise(placed)):
            if left[1] + CLEARANCE <= right[0]:
                continue
            for j in (i, i + 1):
                if chosen[j] + 1 < len(row[j][1]):
                    chosen[j] += 1
                    changed = True
    return _without_overlap(row, chosen, spans(), line)


def _without_overlap(
    row: list[tuple[Header, tuple[str, ...]]], chosen: list[int], spans: list[tuple[float, float]], line: int
) -> list[Label]:
    labels: list[Label] = []
    kept: list[Header] = []

    def touches(left: float) -> bool:
        return bool(labels) and labels[-1].x + labels[-1].width + CLEARANCE > left

    for (header, words), wording, (wanted, right) in zip(row, chosen, spans, strict=True):
        left = wanted
        if touches(left):
            last, middle = labels[-1], (kept[-1].x + header.x) / 2
            end, start = middle - CLEARANCE / 2, middle + CLEARANCE / 2
            if min(end - last.x, right - start) >= LEAST_ELIDED:
                labels[-1] = replace(last, width=min(last.width, end - last.x))
                left = max(left, start)
            elif header.keep:
                while touches(left):
                    labels.pop()
                    kept.pop()
            else:
                continue
        labels.append(Label(words[wording], line, left, right - left, header.role))
        kept.append(header)
    return labels

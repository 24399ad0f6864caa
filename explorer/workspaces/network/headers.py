"""What stands above the columns, and where, so that no two texts ever overlap. Pure arithmetic, no Qt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.numbers import format_count, format_shape

from .geometry import Column, Kind
from .layout import Layout, Measure
from .stages import Stage

KERNEL = "kernel"
CLEARANCE = 3.0
LEAST_ELIDED = 26.0
MOST_ASIDE = 6.0
"""A text steps aside by so many pixels before it, or its neighbour, is elided."""


@dataclass(frozen=True)
class Header:
    """The text above one column: a line may have several wordings, the longest first.

    `keep` holds a header whose texts stay when others have to go. That of kernels is there in full or not at
    all: a number alone would not say what it counts.
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
    bold: bool = False


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
            parameters = (f"{count} params", count) if stage.parameters else ()  # all in the same wording
            lines = ((header_name(stage),), (format_shape(stage.shape),), parameters)
            found.append(Header(column.box.cx, lines, "selected" if chosen else "", chosen))
    return found


def header_name(stage: Stage) -> str:
    """Return what stands above a stage: the layer's name as it is, "Input" for the image."""
    return "Input" if stage.index < 0 else stage.name


def _kernels(column: Column, layout: Layout, selected: tuple[int, int] | None) -> Header:
    maps, inputs, *size = layout.stages.at(column.layer).kernels or (0, 0, 0, 0)
    chosen = selected is not None and selected[0] == column.layer
    count = inputs if chosen else maps * inputs
    lines = ((kernels_name(count),), (format_count(count),), (format_shape(size),))
    return Header(column.box.cx, lines, KERNEL, chosen)


def kernels_name(count: int) -> str:
    """Return the word above a column of kernels."""
    return "kernel" if count == 1 else "kernels"


def place_headers(headers: Sequence[Header], width: float, measure: Measure, turns: int) -> list[Label]:
    """Place all texts on a page `width` wide, line by line.

    Texts are centred on their column. Where two in a line would touch, the whole line takes its shorter
    wordings; where that does not help they are elided at the middle between them, and where too little is
    left one of them goes.

    Parameters
    ----------
    headers : sequence of Header
        From left to right, x on the page.
    turns : int
        With 1, shapes take two lines in turns, so that each has the room of two columns; parameters come
        below. The number of kernels, which is short, stays beneath their name. With 2, names take turns as
        well, and there are no headers of kernels.
    """
    visible = [h for h in headers if -40 < h.x < width + 40]
    if turns < 2:
        visible = _without_crowded_kernels(visible, width, measure)
    else:
        visible = [header for header in visible if header.role != KERNEL]
    names = 2 if turns == 2 else 1
    rows: list[list[tuple[Header, tuple[str, ...]]]] = [[] for _ in range(names + (2 if turns else 1) + 1)]
    taken = _turns(visible, turns, width, measure)
    for header, second in zip(visible, taken, strict=True):
        name, shape, parameters = header.lines
        rows[second if turns == 2 else 0].append((header, name))
        rows[names + second].append((header, shape))
        rows[-1].append((header, parameters))
    labels: list[Label] = []
    for line, row in enumerate(rows):
        texts = [(h, words) for h, words in row if words]
        labels += _place_line(texts, line, width, measure, line < names)
    return labels


def _turns(headers: list[Header], turns: int, width: float, measure: Measure) -> list[int]:
    """Choose the first or the second line for each header: in turns, and with names where both have room."""
    found: list[int] = []
    turn = itertools.count()
    ends = [[-100.0, -100.0], [-100.0, -100.0]]  # how far name and shape reach, on each line
    for header in headers:
        if not turns or not header.lines[1] or header.role == KERNEL:
            found.append(0)
            continue
        line = next(turn) % 2
        if turns == 2:
            spans = [
                _span(header, words[0], named, width, measure)
                for words, named in zip(header.lines[:2], (True, False), strict=True)
            ]
            over = [
                max(0.0, *(end + CLEARANCE - span[0] for end, span in zip(reached, spans, strict=True)))
                for reached in ends
            ]
            line = line if over[line] <= over[1 - line] else 1 - line
            ends[line] = [span[1] for span in spans]
        found.append(line)
    return found


def _span(header: Header, text: str, named: bool, width: float, measure: Measure) -> tuple[float, float]:
    size = measure(text, named and header.role != KERNEL)
    left = header.x - size / 2
    # A column at the edge keeps its text on the page as long as the column itself is there.
    if 0 <= header.x <= width:
        left = min(max(left, 3.0), width - size - 3.0)
    return left, left + size


def _touch(left: tuple[float, float], right: tuple[float, float]) -> bool:
    return left[1] + CLEARANCE > right[0]


def _without_crowded_kernels(headers: list[Header], width: float, measure: Measure) -> list[Header]:
    """Return the headers without those of kernels that have no room between the names beside them."""
    spans = [_span(h, h.lines[0][0], True, width, measure) for h in headers]

    def fits(i: int) -> bool:
        free_left = i == 0 or not _touch(spans[i - 1], spans[i])
        return free_left and (i + 1 == len(spans) or not _touch(spans[i], spans[i + 1]))

    return [header for i, header in enumerate(headers) if header.role != KERNEL or fits(i)]


def _place_line(
    row: list[tuple[Header, tuple[str, ...]]], line: int, width: float, measure: Measure, named: bool
) -> list[Label]:
    """Place one line of texts; those of a line of names are bold, but for the word above kernels."""
    for wording in range(max((len(words) for _, words in row), default=0)):
        texts = [words[min(wording, len(words) - 1)] for _, words in row]
        spans = [_span(h, text, named, width, measure) for (h, _), text in zip(row, texts, strict=True)]
        if not any(itertools.starmap(_touch, itertools.pairwise(spans))):
            break
    if not row:
        return []
    labels = _without_overlap([header for header, _ in row], texts, spans, line, width)
    return [replace(label, bold=named and label.role != KERNEL) for label in labels]


def _without_overlap(
    headers: list[Header], texts: list[str], spans: list[tuple[float, float]], line: int, page: float
) -> list[Label]:
    labels: list[Label] = []
    kept: list[Header] = []

    def touches(left: float) -> bool:
        return bool(labels) and labels[-1].x + labels[-1].width + CLEARANCE > left

    for header, text, span in zip(headers, texts, spans, strict=True):
        left, right = span
        aside = labels[-1].x + labels[-1].width + CLEARANCE - left if touches(left) else 0.0
        if 0 < aside <= MOST_ASIDE and right + aside <= page:
            left, right = left + aside, right + aside
        elif touches(left):
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
        labels.append(Label(text, line, left, right - left, header.role))
        kept.append(header)
    return labels

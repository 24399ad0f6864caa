"""A place of a convolution's window or sum, as the box for what is hovered names it. Pure: no widget."""

from __future__ import annotations

import numpy as np

from cnncore.explain_field import readers
from cnncore.explain_window import ConvTerms
from explorer.workbench import Hover

from .inspection import Inspection, Link
from .wording import number, plural


def link_of(
    inspection: Inspection, terms: ConvTerms, tap: tuple[int, int, int], what: str
) -> tuple[Link, Hover]:
    """Return the partners of a place (channel, row, column) of the window, and its numbers in words."""
    source, i, j = tap
    window, channel = terms.window, int(terms.channels[source])
    y, x = int(window.source_rows[i]), int(window.source_columns[j])
    inside = y >= 0 and x >= 0
    name = f"X[{channel}, {y}, {x}]" if inside else "X (padding)"
    rows = (
        (name, number(float(terms.patch[tap]), sign=False)),
        (f"W[{inspection.channel}, {source}, {i}, {j}]", number(float(terms.kernel[tap]))),
        ("product", number(float(terms.products[tap]))),
    )
    where = f"{inspection.stop.name} · {what}, channel {channel} · row {i}, column {j}"
    link = Link(tap, (channel, y, x) if inside else None)
    return link, Hover(f"{what}, channel {channel}", rows, where)


def link_of_input(inspection: Inspection, terms: ConvTerms, place: int, y: int, x: int) -> tuple[Link, Hover]:
    """Return the partners of an input cell: the windows that read it, and its place in the present one."""
    channel = int(terms.channels[place])
    stop, window = inspection.stop, terms.window
    rows, columns = np.flatnonzero(window.rows == y), np.flatnonzero(window.columns == x)
    tap = (place, int(rows[0]), int(columns[0])) if rows.size and columns.size else None
    count = int(readers(inspection.network.layers[stop.index], stop.source, stop.shape, y, x).sum())
    words = (
        (f"X[{channel}, {y}, {x}]", number(float(inspection.input_of_stop[channel, y, x]), sign=False)),
        ("read by", plural(count, "window")),
    )
    where = f"{stop.name} · input map {channel} · y {y}, x {x}"
    return Link(tap, (channel, y, x), place), Hover(f"input map {channel}", words, where)


def link_of_sum(inspection: Inspection, terms: ConvTerms, place: int) -> tuple[Link, Hover]:
    """Return the partners of a term of the sum, a channel that is read or the bias, and what it adds."""
    name = inspection.stop.name
    total = ("z", number(terms.total))
    if place >= len(terms.channels):
        rows = (("bias", number(float(terms.bias or 0.0))), total)
        return Link(term=place), Hover("bias", rows, f"{name} · bias of map {inspection.channel}")
    channel = int(terms.channels[place])
    rows = (
        ("products", str(terms.products[place].size)),
        ("their sum", number(float(terms.partial_sums[place]))),
        total,
    )
    return Link(term=place), Hover(f"sum of channel {channel}", rows, f"{name} · sum of channel {channel}")

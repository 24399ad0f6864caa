"""A place of a convolution's window, as the box for what is under the mouse names it. Pure: no widget."""

from __future__ import annotations

from cnncore.explain_window import ConvTerms
from explorer.workbench import Hover

from .inspection import Inspection, Link
from .wording import number


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

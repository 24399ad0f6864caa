"""A place of a convolution's window or sum, as the box for what is hovered names it. Pure: no widget."""

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

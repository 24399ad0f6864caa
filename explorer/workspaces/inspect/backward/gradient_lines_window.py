"""The numbers of a convolution's gradients as lines of arithmetic, equations (10) and (11). Pure."""

from __future__ import annotations

import numpy as np

from cnncore.explain_gradient import ConvInputTerms, ConvWeightTerms

from ..lines import Line
from .arithmetic import by_sign, gradient, note, plain, product_line, total_line
from .model import Backward
from .scale import Scale


def conv_weight(backward: Backward, terms: ConvWeightTerms, scale: Scale, most: int) -> list[Line]:
    """One position of the window, and the sum over all."""
    f, _, _, _ = terms.cell
    output = backward.link.output
    rows, columns = terms.products.shape
    hovered = output is not None and len(output) == 3 and output[1] < rows and output[2] < columns
    if hovered:
        y, x = output[1:]
    else:
        y, x = (int(p) for p in np.unravel_index(np.abs(terms.products).argmax(), terms.products.shape))
    place = f"X[{terms.channel}, {int(terms.rows[y])}, {int(terms.columns[x])}]"
    factors = (
        gradient(scale, float(terms.upstream[y, x]), "text", f"dZ[{f}, {y}, {x}]"),
        plain(float(terms.inputs[y, x]), "window_text", place if terms.inside[y, x] else "padding"),
    )
    label = "hovered" if hovered else "largest"
    return [
        product_line(label, factors, float(terms.products[y, x]), scale),
        by_sign(f"dW[{', '.join(map(str, terms.cell))}]", terms.products, terms.total, scale, "kernel_text"),
    ]


def conv_input(backward: Backward, terms: ConvInputTerms, scale: Scale, most: int) -> list[Line]:
    """One tap of one map, that map's sum, and the sum over the maps."""
    if not terms.products.size:
        return [Line("windows", (note("no window reads this number, so its gradient is 0"),))]
    focused = int(np.flatnonzero(terms.maps == backward.map)[0]) if backward.map in terms.maps else 0
    t = _tap(backward, terms, focused)
    f, (i, j), (y, x) = int(terms.maps[focused]), terms.taps[t], terms.places[t]
    channel = terms.cell[0] % backward.step.gradients["weight"].shape[1]
    factors = (
        plain(float(terms.weights[focused, t]), "kernel_text", f"W[{f}, {channel}, {i}, {j}]"),
        gradient(scale, float(terms.upstream[focused, t]), "text", f"dZ[{f}, {y}, {x}]"),
    )
    label = "hovered" if backward.link.weight is not None or backward.link.output is not None else "largest"
    products = terms.products[focused]
    sums, names = terms.partial_sums, [str(int(map_)) for map_ in terms.maps]
    return [
        product_line(label, factors, float(products[t]), scale),
        by_sign(f"map {f}", products, float(sums[focused]), scale, "accent_ink", role="pill"),
        total_line("all maps", sums, names, terms.total, scale, most, focused),
    ]


def _tap(backward: Backward, terms: ConvInputTerms, focused: int) -> int:
    """Return the term under the mouse, or the largest of the map in view."""
    link = backward.link
    wanted = [
        (terms.places, link.output[1:]) if link.output is not None and len(link.output) == 3 else None,
        (terms.taps, link.weight[2:]) if link.weight is not None and len(link.weight) == 4 else None,
    ]
    for found in wanted:
        if found is not None:
            places = np.flatnonzero((found[0] == np.array(found[1])).all(axis=1))
            if len(places):
                return int(places[0])
    return int(np.abs(terms.products[focused]).argmax())

"""One product of a convolution's gradients as a line of arithmetic, equations (10) and (11). Pure."""

from __future__ import annotations

import numpy as np

from cnncore.explain_gradient import ConvInputTerms, ConvWeightTerms

from ..lines import Line
from .arithmetic import gradient, plain, product_line
from .model import Link
from .scale import Scale


def weight_product(terms: ConvWeightTerms, link: Link, scale: Scale) -> Line | None:
    """Write the product at the position under the mouse; None where the mouse is on none of them."""
    if link.output is None or link.output[0] != terms.cell[0]:
        return None
    f, y, x = link.output
    scale = scale.finer(np.array([terms.products[y, x]]))
    factors = (
        gradient(scale, float(terms.upstream[y, x])),
        plain(float(terms.inputs[y, x]), "window_text"),
    )
    return product_line(f"dZ[{f}, {y}, {x}] · X", factors, float(terms.products[y, x]), scale)


def input_product(terms: ConvInputTerms, f: int, link: Link, scale: Scale) -> Line | None:
    """Write the product of output map f at the weight or position under the mouse, if there is one."""
    place, tap = link.output, link.weight
    if link.pixel is not None or f not in terms.maps or (place is None) == (tap is None):
        return None
    wanted, of = (terms.places, place[1:]) if place is not None else (terms.taps, tap[2:])
    found = np.flatnonzero((wanted == np.array(of)).all(axis=1))
    if not len(found):
        return None
    t, row = int(found[0]), int(np.flatnonzero(terms.maps == f)[0])
    (i, j), (y, x) = terms.taps[t], terms.places[t]
    scale = scale.finer(np.array([terms.products[row, t]]))
    factors = (
        plain(float(terms.weights[row, t]), "kernel_text"),
        gradient(scale, float(terms.upstream[row, t])),
    )
    return product_line(f"W[{i}, {j}] · dZ[{y}, {x}]", factors, float(terms.products[row, t]), scale)


def product_texts(line: Line, scale: Scale) -> tuple:
    """Write a product's line in its units: the text, nothing beside it, and shorter pairs."""
    short = f"{line.text}{scale.brief}"
    shorter = (f"{line.label} = {short}", short, f"product {line.terms[-1].text}{scale.brief}")
    return f"{line.label} = {line.text}{scale.note}", "", *((text, "") for text in shorter)

"""The numbers of the gradients of a dense layer, of softmax and of the loss as lines of arithmetic. Pure."""

from __future__ import annotations

import numpy as np

from cnncore.explain_gradient import LinearInputTerms, LinearWeightTerms, SoftmaxInputTerms
from explorer.numbers import MINUS, format_rate

from ..lines import Line, Term
from ..wording import DIGITS, number
from .arithmetic import by_sign, gradient, note, plain, product_line, result, total_line
from .model import INPUT, Backward
from .scale import Scale


def linear_weight(backward: Backward, terms: LinearWeightTerms, scale: Scale, most: int) -> list[Line]:
    """One cell of the outer product."""
    k, j = terms.cell
    factors = (
        gradient(scale, terms.upstream, "text", f"dy[{k}]"),
        plain(terms.input, "window_text", f"x[{j}]"),
    )
    return [product_line(f"dW[{k}, {j}]", factors, terms.total, scale, "kernel_text")]


def linear_input(backward: Backward, terms: LinearInputTerms, scale: Scale, most: int) -> list[Line]:
    """One unit's term, the sum by sign and the sum by size."""
    order = np.argsort(-np.abs(terms.products), kind="stable")
    hovered = backward.link.term
    known = hovered is not None and hovered < len(order)
    k, (j,) = hovered if known else int(order[0]), terms.cell
    factors = (
        plain(float(terms.weights[k]), "kernel_text", f"W[{k}, {j}]"),
        gradient(scale, float(terms.upstream[k]), "text", f"dy[{k}]"),
    )
    first = product_line("hovered" if known else "largest", factors, float(terms.products[k]), scale)
    shown = max(1, min(most - 2, len(order)))
    values = [float(terms.products[i]) for i in order[:shown]]
    names = [str(int(i)) for i in order[:shown]]
    if shown < len(order):
        values.append(float(terms.products[order[shown:]].sum()))
        names.append(f"{len(order) - shown} more")
    return [
        first,
        by_sign("by sign", terms.products, terms.total, scale, "output_text"),
        total_line("by size", values, names, terms.total, scale, most + 1),
    ]


def softmax(backward: Backward, terms: SoftmaxInputTerms, scale: Scale, most: int) -> list[Line]:
    """One cell of the Jacobian, its product, and the sum of all."""
    hovered, j = backward.link.term, terms.cell[0]
    k = hovered if hovered is not None and hovered < len(terms.products) else j
    p_k, p_j = float(terms.probabilities[k]), float(terms.probabilities[j])
    delta = int(k == j)
    found = round(p_k, 3) * (delta - round(p_j, 3))
    same = abs(found - round(float(terms.jacobian[k]), 3)) < 0.0005
    jacobian = Line(
        f"∂p[{k}]/∂z[{j}]",
        (
            plain(p_k, "window_text", f"p[{k}]"),
            Term("× (", "text2"),
            Term(str(delta), "text", "δ"),
            Term(MINUS, "text2"),
            plain(p_j, "window_text", f"p[{j}]"),
            Term(")", "text2"),
            Term("=" if same else "≈", "text2"),
            Term(number(float(terms.jacobian[k])), "kernel_text"),
        ),
    )
    factors = (
        plain(float(terms.jacobian[k]), "kernel_text", "Jacobian"),
        gradient(scale, float(terms.upstream[k]), "text", f"dp[{k}]"),
    )
    names = [str(n) for n in range(len(terms.products))]
    return [
        jacobian,
        product_line("this term", factors, float(terms.products[k]), scale),
        total_line("all terms", terms.products, names, terms.total, scale, most, k),
    ]


def loss_lines(backward: Backward, scale: Scale, most: int) -> list[Line]:
    """Probability less target, the same by the chain rule, and the sum over the classes."""
    klass = backward.cell(INPUT)[0]
    found = backward.trace
    names = backward.inspection.workbench.spec.class_names
    count = len(found.logits)
    names = tuple(names) if len(names) == count else tuple(map(str, range(count)))
    terms = backward.loss_terms(klass)
    p = gradient(scale, terms.probability, "window_text", f"p of {names[klass]}")
    same = (
        abs(p.shown - terms.target - round(scale.shown(terms.total), scale.digits)) < 0.5 * 10**-scale.digits
    )
    here = Line(
        "this class",
        (
            p,
            Term(MINUS, "text2"),
            Term(str(terms.target), "text", "y"),
            Term("=" if same else "≈", "text2"),
            result(scale, terms.total, "output_text"),
            note("∂L/∂z"),
        ),
    )
    # The true class and that in view come first: they are never among those that are drawn together.
    order = sorted(range(count), key=lambda k: (k != found.label, k != klass))
    totals = [float(backward.loss_terms(k).total) for k in order]
    of = tuple(names[k] for k in order)
    place = order.index(klass)
    lines = [here, _chain(backward, klass, names, scale)]
    lines.append(total_line("all classes", totals, of, float(np.sum(totals)), scale, most, place, "text"))
    return lines


def _chain(backward: Backward, klass: int, names: tuple[str, ...], scale: Scale) -> Line:
    """Loss and softmax one after the other: the probability of the true class cancels."""
    found, terms = backward.trace, backward.loss_terms(klass)
    true = float(found.probabilities[found.label])
    if true == 0:
        return Line(
            "one by one", (note("p of the true class is 0 by rounding: only p − y can be worked out"),)
        )
    # A small p is written in powers of ten: as 0.000 it could not be divided by.
    shown = round(true, DIGITS) if true >= 10**-DIGITS else float(f"{true:.2e}")
    written = number(true, sign=False) if true >= 10**-DIGITS else format_rate(true)
    of = f"p of {names[found.label]}"
    p = gradient(scale, terms.probability, "window_text", f"p of {names[klass]}")
    result_shown = round(scale.shown(terms.total), scale.digits)
    same = abs(-1 / shown * shown * (terms.target - p.shown) - result_shown) < 0.5 * 10**-scale.digits
    return Line(
        "one by one",
        (
            Term(f"({MINUS}1 /", "text2"),
            Term(written, "text", of),
            Term(") ×", "text2"),
            Term(written, "text", of),
            Term("× (", "text2"),
            Term(str(terms.target), "text", "y"),
            Term(MINUS, "text2"),
            p,
            Term(")", "text2"),
            Term("=" if same else "≈", "text2"),
            result(scale, terms.total, "output_text"),
        ),
    )

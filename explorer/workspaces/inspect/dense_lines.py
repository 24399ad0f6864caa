"""The numbers of a dense unit, a probability and a loss as lines of arithmetic. Pure: no widget."""

from __future__ import annotations

import numpy as np

from cnncore.explain_dense import LinearTerms, LossTerms, SoftmaxTerms
from explorer.numbers import format_count, format_number, format_rate

from .inspection import Inspection
from .lines import Line, Term, sum_line
from .wording import equals, number


def linear_lines(inspection: Inspection, terms: LinearTerms, most: int) -> list[Line]:
    term = inspection.link.term
    unit = term if term is not None and term < len(terms.inputs) else int(terms.order[0])
    x, w, product = float(terms.inputs[unit]), float(terms.weights[unit]), float(terms.contributions[unit])
    hovered = Line(
        "hovered" if term is not None else "largest",
        (
            Term(number(x, sign=False), "window_text", f"x[{unit}]"),
            Term("×", "text2"),
            Term(number(w, sign=False), "kernel_text", f"W[{terms.cell[0]}, {unit}]"),
            Term(equals((round(x, 3) * round(w, 3),), product), "text2"),
            Term(number(product)),
        ),
    )
    bias, bias_name = ((), ()) if terms.bias is None else ((terms.bias,), ("bias",))
    counts = int((terms.contributions > 0).sum()), int((terms.contributions < 0).sum())
    parts = [terms.positive, terms.negative, *bias]
    names = [f"{format_count(counts[0])} positive", f"{format_count(counts[1])} negative", *bias_name]
    by_sign = sum_line("by sign", parts, names, terms.total, most=most)
    shown = max(1, min(most - 3, len(terms.inputs)))
    values = [float(terms.contributions[i]) for i in terms.order[:shown]]
    captions = [str(int(i)) for i in terms.order[:shown]]
    if shown < len(terms.inputs):
        values.append(terms.rest(shown))
        captions.append(f"{format_count(len(terms.inputs) - shown)} more")
    largest = sum_line("by size", [*values, *bias], [*captions, *bias_name], terms.total, most=most + 1)
    return [hovered, by_sign, largest]


def names_of(inspection: Inspection, terms: SoftmaxTerms) -> tuple[str, ...]:
    """Return the names of what a softmax is over: the classes at the end, else units or maps by number."""
    if noun_of(inspection) == "class":
        return inspection.workbench.spec.class_names
    return tuple(map(str, range(len(terms.logits))))


def noun_of(inspection: Inspection) -> str:
    """Return what a softmax gives shares to: each class at the end, else each unit or map."""
    if inspection.stop.is_maps:
        return "map"
    return "class" if inspection.index >= inspection.stops.softmax - 1 else "unit"


def softmax_lines(inspection: Inspection, terms: SoftmaxTerms, most: int) -> list[Line]:
    k = terms.cell[0]
    names = names_of(inspection, terms)
    shifted, exponential = float(terms.shifted[k]), float(terms.exponentials[k])
    first = Line(
        "shift",
        (
            Term(number(float(terms.logits[k])), "window_text", f"z of {names[k]}"),
            Term("−", "text2"),
            Term(
                f"({number(terms.shift)})" if terms.shift < 0 else number(terms.shift, sign=False),
                "text",
                "largest z",
            ),
            Term(equals((round(float(terms.logits[k]), 3), -round(terms.shift, 3)), shifted), "text2"),
            Term(number(shifted)),
            Term("the largest exponent is now 0: nothing overflows", "text2", "", "note"),
        ),
    )
    order = np.argsort(-terms.exponentials, kind="stable")
    values = [float(terms.exponentials[i]) for i in order]
    second = sum_line(
        "sum of exp", values, [names[i] for i in order], terms.divisor, most=most, token="text", sign=False
    )
    quotient = round(exponential, 3) / round(terms.divisor, 3)
    third = Line(
        "divide",
        (
            Term(number(exponential, sign=False), "text", f"exp({number(shifted)})"),
            Term("/", "text2"),
            Term(number(terms.divisor, sign=False), "text", "sum"),
            Term(equals((quotient,), terms.total), "text2"),
            Term(number(terms.total, sign=False), "output_text", "", "result"),
            Term(f"{format_number(100 * terms.total, 2)} %", "text2", "", "note"),
        ),
    )
    return [first, second, third]


def loss_lines(inspection: Inspection, terms: LossTerms, most: int) -> list[Line]:
    name = inspection.workbench.spec.class_names[terms.label]
    p = Term(
        format_rate(terms.probability)
        if 0 < terms.probability < 1e-3
        else number(terms.probability, sign=False),
        "window_text",
        f"p of {name}",
    )
    line = Line(
        "loss",
        (
            Term("−ln", "text2"),
            p,
            Term("=" if terms.total == 0 else "≈", "text2"),
            Term(number(terms.total), "output_text", "", "result"),
        ),
    )
    exact = Line(
        "as computed",
        (
            Term("−(", "text2"),
            Term(number(terms.log_probability, sign=False), "text", "z − max − ln(sum)"),
            Term(")", "text2"),
            Term("=", "text2"),
            Term(number(terms.total), "output_text", "", "result"),
        ),
    )
    sure = Line(
        "read as",
        (Term("0 means certain and right; ln of the number of classes means a guess", "text2", "", "note"),),
    )
    return [line, exact, sure]

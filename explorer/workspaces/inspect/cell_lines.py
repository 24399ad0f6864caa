"""The numbers of one cell as lines of arithmetic, for each kind of stop. Pure: no widget."""

from __future__ import annotations

from collections.abc import Callable

from cnncore.explain_cells import ActivationTerms, BatchNormTerms, DropoutTerms, FlattenTerms
from cnncore.explain_dense import LinearTerms, LossTerms, SoftmaxTerms
from cnncore.explain_window import AveragePoolTerms, ConvTerms, MaxPoolTerms

from .dense_lines import linear_lines, loss_lines, softmax_lines
from .elementwise_lines import activation_lines, batch_norm_lines, dropout_lines, flatten_lines
from .inspection import Inspection
from .lines import Line, Term, note, result
from .window_lines import average_pool_lines, conv_lines, max_pool_lines
from .wording import equals, number


def lines_of(inspection: Inspection, most: int) -> list[Line]:
    """Write the present cell in lines of at most `most` terms."""
    terms = inspection.terms
    if terms is None:
        return _without_terms(inspection)
    return _WRITERS[type(terms)](inspection, terms, most)


def _without_terms(inspection: Inspection) -> list[Line]:
    if inspection.index >= 0:
        return [Line("loss", (note("This sample has no label, so there is no loss."),))]
    found = inspection.trace
    cell = inspection.cell
    raw, seen = float(found.input[cell]), float(found.normalised[cell])
    lines = [Line("pixel", (Term(number(raw, sign=False), "window_text", f"y {cell[1]}, x {cell[2]}"),))]
    if found.normalised is not found.input:
        standard = inspection.workbench.spec.standardisation
        mean, std = standard.mean[cell[0]], standard.std[cell[0]]
        terms = (
            Term(f"({number(raw, sign=False)}", "window_text"),
            Term(f"− {number(mean, sign=False)})", "text", "mean"),
            Term(f"/ {number(std, sign=False)}", "text", "deviation"),
            Term(equals((round(raw, 3) - round(mean, 3),), seen * std), "text2"),
            result(seen),
        )
        lines.append(Line("standardised", terms))
    else:
        lines.append(Line("", (note("The first layer reads it as it is; 0 is paper, 1 is ink."),)))
    return lines


_WRITERS: dict[type, Callable[..., list[Line]]] = {
    ConvTerms: conv_lines,
    MaxPoolTerms: max_pool_lines,
    AveragePoolTerms: average_pool_lines,
    ActivationTerms: activation_lines,
    FlattenTerms: flatten_lines,
    LinearTerms: linear_lines,
    SoftmaxTerms: softmax_lines,
    LossTerms: loss_lines,
    BatchNormTerms: batch_norm_lines,
    DropoutTerms: dropout_lines,
}

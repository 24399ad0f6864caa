"""What the formulas say, as coloured pieces of text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from explorer.numbers import MINUS

from .lab_numbers import LabNumbers, Term
from .notes import axes_alike
from .wording import short, signed_text, sum_text

MOST_TERMS = 25


@dataclass(frozen=True)
class Piece:
    """A piece of a formula in one colour.

    Attributes
    ----------
    below : str
        A word under it.
    result : bool
        Whether it is what comes out, and is larger.
    hatched : bool
        Whether it belongs to padding.
    """

    text: str
    token: str = "text2"
    strong: bool = False
    italic: bool = False
    below: str = ""
    result: bool = False
    hatched: bool = False


@dataclass(frozen=True)
class Row:
    """A formula: its forms say the same, each shorter than the one before."""

    label: str
    forms: tuple[tuple[Piece, ...], ...]


_INPUT, _KERNEL, _OUTPUT, _STRIDE = "window_text", "kernel_text", "output_text", "accent_ink"


def rows_of(numbers: LabNumbers, index: int, channel: int) -> tuple[Row, ...]:
    """Return the formulas of the output's size, and last that of the present number."""
    return *size_rows(numbers), value_row(numbers, index, channel)


def _symbol(text: str, token: str, below: str) -> Piece:
    return Piece(text, token, strong=True, italic=True, below=below)


def _number(text: object, token: str = "text") -> Piece:
    return Piece(str(text), token, strong=True)


@lru_cache(maxsize=4)
def size_rows(numbers: LabNumbers) -> tuple[Row, ...]:
    """Return equation (7) with stride, padding and dilation, in symbols and in numbers.

    The width's numbers follow in a row of their own, unless they are the height's.
    """
    write = _transposed_size if numbers.transposed else _scan_size
    height = Row("output height", write(numbers, 0))
    if axes_alike(numbers.setup):
        return (height,)
    return height, Row("output width", write(numbers, 1)[-1:])


def _scan_size(numbers: LabNumbers, axis: int) -> tuple[tuple[Piece, ...], ...]:
    setup = numbers.setup
    before, after = setup.padding[2 * axis : 2 * axis + 2]
    size, kernel = setup.input_size[axis], setup.kernel_size[axis]
    gap, step = setup.dilation[axis], setup.stride[axis]
    symbols, values = [Piece("⌊(")], [Piece("⌊(")]
    for letter, number, token, word in (
        (" H ", size, _INPUT, "input"),
        (" p ", before, "text2", "top"),
        (" p ", after, "text2", "bottom"),
    ):
        between = [Piece(" + ")] if len(symbols) > 1 else []
        symbols += [*between, _symbol(letter, token, word)]
        values += [*between, _number(number, token if token != "text2" else "text")]
    if gap > 1:
        symbols += [Piece(" − "), _symbol("d", _KERNEL, "dilation"), Piece(" · (")]
        symbols += [_symbol("k", _KERNEL, "kernel"), Piece(" − 1) − 1")]
        values += [Piece(" − "), _number(gap, _KERNEL), Piece(" · ("), _number(kernel, _KERNEL)]
        values.append(Piece(" − 1) − 1"))
    else:
        symbols += [Piece(" − "), _symbol(" k ", _KERNEL, "kernel")]
        values += [Piece(" − "), _number(kernel, _KERNEL)]
    symbols += [Piece(") / "), _symbol(" s ", _STRIDE, "stride"), Piece("⌋ + 1 = ")]
    values += [Piece(") / "), _number(step, _STRIDE), Piece("⌋ + 1 = "), _size(numbers, axis)]
    return (*symbols, *values), tuple(values)


def _size(numbers: LabNumbers, axis: int) -> Piece:
    return Piece(str(numbers.setup.result_size[axis]), _OUTPUT, strong=True, result=True)


def _transposed_size(numbers: LabNumbers, axis: int) -> tuple[tuple[Piece, ...], ...]:
    setup = numbers.setup
    cut = sum(setup.padding[2 * axis : 2 * axis + 2])
    span = setup.dilation[axis] * (setup.kernel_size[axis] - 1) + 1
    parts = (
        (Piece("("), _symbol(" H ", _INPUT, "input"), _number(setup.input_size[axis], _INPUT)),
        (Piece(" − 1) · "), _symbol(" s ", _STRIDE, "stride"), _number(setup.stride[axis], _STRIDE)),
        (Piece(" + "), _symbol("d(k − 1) + 1", _KERNEL, "stamp"), _number(span, _KERNEL)),
        (Piece(" − "), _symbol(" p ", "text2", "cut off"), _number(cut)),
    )
    symbols = [piece for before, symbol, _ in parts for piece in (before, symbol)]
    values = [piece for before, _, number in parts for piece in (before, number)]
    values += [Piece(" = "), _size(numbers, axis)]
    return (*symbols, Piece(" = "), *values), tuple(values)


def value_row(numbers: LabNumbers, index: int, channel: int) -> Row:
    """Return the present number as a sum of products, or what takes the sum's place."""
    y, x = numbers.plan.cell(index)
    terms = numbers.terms(index, channel)
    if numbers.transposed:
        return Row(f"input y {y}, x {x}", _stamp_forms(numbers, index, channel))
    label = f"cell y {y}, x {x}"
    if numbers.setup.operation == "max_pool":
        return Row(label, _pool_forms("max(", terms, ")", numbers.value(index, channel)))
    if numbers.setup.operation == "average_pool":
        return Row(label, _pool_forms("(", terms, f") / {len(terms)}", numbers.value(index, channel), " + "))
    return Row(label, _sum_forms(numbers, terms, index, channel))


def _stamp_forms(numbers: LabNumbers, index: int, channel: int) -> tuple[tuple[Piece, ...], ...]:
    y, x = numbers.plan.cell(index)
    window = numbers.window(index)
    value = _number(short(float(numbers.x[channel, y, x])), _INPUT)
    rows, columns = (f"{p[0]} to {p[-1]}".replace("-", MINUS) for p in (window.rows, window.columns))
    where = Piece(f"  is added to output rows {rows}, columns {columns}")
    return (value, Piece(" · "), _number("kernel", _KERNEL), where), (
        value,
        Piece(" · "),
        _number("kernel", _KERNEL),
    )


def _pool_forms(
    before: str, terms: list[Term], after: str, value: float, between: str = ", "
) -> tuple[tuple[Piece, ...], ...]:
    result = Piece(sum_text(value), _OUTPUT, strong=True, result=True)
    inner: list[Piece] = []
    for place, term in enumerate(terms[:MOST_TERMS]):
        inner += [Piece(between)] if place else []
        inner.append(
            Piece(
                short(term.value),
                "text3" if term.padding else _INPUT,
                strong=not term.padding,
                hatched=term.padding,
            )
        )
    more = [Piece(f"{between}…")] if len(terms) > MOST_TERMS else []
    long = (Piece(before), *inner, *more, Piece(f"{after}  =  "), result)
    words = Piece(f"{before}{len(terms)} numbers{after}  =  ")
    return long, (words, result)


def _sum_forms(
    numbers: LabNumbers, terms: list[Term], index: int, channel: int
) -> tuple[tuple[Piece, ...], ...]:
    tail = _tail(numbers, index, channel)
    products: list[Piece] = []
    for place, term in enumerate(terms):
        products += [Piece(" + ")] if place else []
        products += _product(term)
    exact = all(float(v).is_integer() for term in terms for v in (term.weight, term.value))
    sign = Piece("  =  " if exact else "  ≈  ")
    forms = [(*products, sign, *tail)] if len(terms) <= MOST_TERMS else []
    live = [term for term in terms if term.product]
    nonzero: list[Piece] = []
    for place, term in enumerate(live):
        nonzero += [Piece(" + ")] if place else []
        nonzero += _product(term)
    left_out = len(terms) - len(live)
    if live and left_out and len(live) <= MOST_TERMS:
        zeros = Piece(f" + {left_out} × 0", "text3")
        forms.append((*nonzero, zeros, sign, *tail))
    return (*forms, (Piece(f"sum of {len(terms)} products  =  "), *tail))


def _product(term: Term) -> list[Piece]:
    weight = short(term.weight)
    weight = f"({weight})" if term.weight < 0 else weight
    value = short(term.value)
    value = f"({value})" if term.value < 0 else value
    hatched = term.padding
    return [
        Piece(weight, _KERNEL, strong=True, hatched=hatched),
        Piece("·", "text2", hatched=hatched),
        Piece(value, "text3" if hatched else _INPUT, strong=not hatched, hatched=hatched),
    ]


def _tail(numbers: LabNumbers, index: int, channel: int) -> tuple[Piece, ...]:
    """From the products' sum to the output: other channels, bias, activation."""
    state = numbers.state
    value = float(numbers.output_map(channel).flat[index])
    total = float(numbers.sum_map(channel).flat[index])
    result = Piece(sum_text(value), _OUTPUT, strong=True, result=True)
    own = numbers.channel_sum(index, channel)
    if state.channels == 1 and not state.bias and state.activation == "none":
        return (result,)
    pieces = [_number(sum_text(own))]
    if state.channels > 1:
        others = total - own - state.bias
        if abs(others) < 1e-9 * max(1.0, abs(total), abs(own)):
            others = 0.0  # what rounding leaves is no number of another channel
        pieces += [Piece(f" {signed_text(others)}", "text2"), Piece(" other channels", "text3")]
    if state.bias:
        pieces += [Piece(f" {signed_text(state.bias)} bias", "text2")]
    if state.activation != "none":
        pieces += [Piece(" = ", "text2"), _number(sum_text(total)), Piece(f", {state.activation} ", "text2")]
    return (*pieces, Piece(" = "), result)


def describe(numbers: LabNumbers, index: int, channel: int) -> str:
    """Say the formulas in words, for screen readers."""
    channel = min(channel, numbers.state.channels - 1)
    said = []
    for row in rows_of(numbers, index, channel):
        said.append(f"{row.label}: {''.join(piece.text for piece in row.forms[-1])}")
    return "; ".join(said)

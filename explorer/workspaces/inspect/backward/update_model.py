"""One weight's update as a row of boxes, from the gradient to the new weight. Pure: no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnncore.explain_update import UpdateTerms
from explorer.numbers import MINUS, format_number, format_rate

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FEWEST = 5
_SMALL = 1e-5


@dataclass(frozen=True)
class Box:
    """A quantity on the way: what it is, how it comes about, and its value; `symbol` stands in italics.

    `short` takes the place of `lines` in a small window; `brief`, by symbols alone, where all boxes together
    are wider than the row.
    """

    title: str
    symbol: str
    lines: tuple[str, ...]
    result: str
    token: str = "text"
    short: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()


def precise(x: float, sign: bool = False) -> str:
    """Write a number of any size with about four figures that count: "−0.01278", "0.0003544", "1.804e−7"."""
    size = abs(x)
    if size == 0 or not math.isfinite(size):
        return format_number(x, 1 if size else 0)
    if size < _SMALL:
        mantissa, exponent = f"{size:.3e}".split("e")
        return f"{MINUS if x < 0 else '+' if sign else ''}{mantissa}e{MINUS}{abs(int(exponent))}"
    digits = max(_FEWEST, 3 - math.floor(math.log10(size)))
    return format_number(x, digits, sign)


def letter(kind: str, target: str) -> str:
    """Return the symbol of a layer's "weight", "bias" or "input"."""
    norm = kind == "batch_norm"
    return {"weight": "γ" if norm else "W", "bias": "β" if norm else "b"}.get(target, "X")


def signed(x: float) -> str:
    """Write a factor: in brackets where it is negative."""
    text = precise(x)
    return f"({text})" if text.startswith(MINUS) else text


def formula_of(terms: UpdateTerms, symbol: str = "W") -> str:
    """Return the rule of the update of a parameter with that symbol, in one line."""
    options, before = terms.options, symbol
    if terms.optimizer in ("Adam", "AdamW"):
        step = "m̂ / (√v̂ + ε)"
        before = (
            f"(1 − lr·λ) · {symbol}" if options["weight_decay"] and terms.optimizer == "AdamW" else symbol
        )
    elif options.get("nesterov"):
        step = "(g + μ·m)"
    elif options.get("momentum"):
        step = "m"
    else:
        step = "g" if terms.optimizer == "SGD" else "g / (√s + ε)"
    return f"{symbol} ← {before} − lr · {step}"


def settings_of(terms: UpdateTerms) -> str:
    """Return the optimizer and its settings: "Adam · lr 0.001 · β 0.9 / 0.999"."""
    options = terms.options
    found = [terms.optimizer, f"lr {format_rate(terms.learning_rate)}"]
    if "beta1" in options:
        found.append(f"β {options['beta1']:g} / {options['beta2']:g}")
    if "alpha" in options:
        found.append(f"α {options['alpha']:g}")
    if options.get("momentum"):
        found.append(f"momentum {options['momentum']:g}")
    if options.get("weight_decay"):
        found.append(f"weight decay {format_rate(options['weight_decay'])}")
    return " · ".join(found)


def boxes_of(terms: UpdateTerms, whose: str, symbol: str = "W") -> tuple[Box, ...]:
    """Return the boxes of an update; `whose` says whose gradient it is, `symbol` stands for the parameter."""
    found = [Box("gradient", "g", (whose,), precise(terms.gradient), brief=(whose.partition(",")[0],))]
    options, numbers = terms.options, terms.quantities
    if "decayed_gradient" in numbers:
        rate = format_rate(options["weight_decay"])
        lines = (f"g + {rate} · {signed(terms.weight)}",)
        brief = (f"g + {rate}·{symbol}",)
        result = precise(numbers["decayed_gradient"])
        found.append(Box("with weight decay", "g", lines, result, brief=brief))
    gradient = numbers.get("decayed_gradient", terms.gradient)
    if "decayed_weight" in numbers:
        factor = f"(1 − lr · {format_rate(options['weight_decay'])})"
        lines = (f"{factor} · {signed(terms.weight)}",)
        result = precise(numbers["decayed_weight"])
        found.append(Box("weight decay", symbol, lines, result, brief=(f"{factor} · {symbol}",)))
    found.extend(_METHODS[terms.optimizer](terms, gradient))
    found.append(_new_value(terms, symbol))
    return tuple(found)


def _new_value(terms: UpdateTerms, symbol: str) -> Box:
    before = terms.quantities.get("decayed_weight", terms.weight)
    change = terms.change
    lines = [f"{precise(before)} − {signed(change)}"]
    if change < 0:
        lines.append(f"= {precise(before)} + {precise(-change)}")
    result = precise(terms.weight_after, sign=True)
    return Box("new value", symbol, tuple(lines), result, "kernel_text", brief=(f"{symbol} − step",))


def _velocity(terms: UpdateTerms, added: float, symbol: str) -> Box:
    mu, numbers = terms.options["momentum"], terms.quantities
    lines = (f"{mu:g} · {signed(numbers['velocity_before'])}", f"+ {signed(added)}")
    return Box("momentum", "m", lines, precise(numbers["velocity"]), brief=(f"{mu:g} · m", f"+ {symbol}"))


def _sgd(terms: UpdateTerms, gradient: float) -> list[Box]:
    numbers, found, moved, symbol = terms.quantities, [], gradient, "g"
    if "velocity" in numbers:
        found.append(_velocity(terms, gradient, "g"))
        moved, symbol = numbers["velocity"], "m"
    if "ahead" in numbers:
        lines = (f"{signed(gradient)}", f"+ {terms.options['momentum']:g} · {signed(moved)}")
        moved, symbol = numbers["ahead"], "(g + μ·m)"
        brief = (f"g + {terms.options['momentum']:g} · m",)
        found.append(Box("look ahead", "g + μ·m", lines, precise(moved), brief=brief))
    return [*found, _step(terms, f"lr · {symbol}", f"{format_rate(terms.learning_rate)} · {signed(moved)}")]


def _rmsprop(terms: UpdateTerms, gradient: float) -> list[Box]:
    numbers, alpha = terms.quantities, terms.options["alpha"]
    lines = (
        f"{alpha:g} · {precise(numbers['square_before'])}",
        f"+ {1 - alpha:.3g} · {precise(gradient * gradient)}",
    )
    found = [
        Box("mean square", "s", lines, precise(numbers["square"]), brief=_mean_brief(alpha, "s", "g²")),
        Box(
            "in its usual size",
            "g / (√s + ε)",
            (f"√s = {precise(numbers['root'])}", f"{signed(gradient)} / √s"),
            precise(numbers["quotient"]),
            brief=("g / √s",),
        ),
    ]
    moved = numbers["quotient"]
    if "velocity" in numbers:
        found.append(_velocity(terms, moved, "g / √s"))
        moved = numbers["velocity"]
    symbol = "m" if "velocity" in numbers else "g / (√s + ε)"
    return [*found, _step(terms, f"lr · {symbol}", f"{format_rate(terms.learning_rate)} · {signed(moved)}")]


def _adam(terms: UpdateTerms, gradient: float) -> list[Box]:
    numbers, options = terms.quantities, terms.options
    beta1, beta2 = options["beta1"], options["beta2"]
    power = str(terms.step).translate(_SUPERSCRIPTS)
    root = math.sqrt(numbers["v_hat"])
    return [
        Box(
            "momentum",
            "m",
            (f"{beta1:g} · {signed(numbers['m_before'])}", f"+ {1 - beta1:.3g} · {signed(gradient)}"),
            precise(numbers["m"]),
            brief=_mean_brief(beta1, "m", "g"),
        ),
        Box(
            "mean square",
            "v",
            (
                f"{beta2:g} · {precise(numbers['v_before'])}",
                f"+ {1 - beta2:.3g} · {precise(gradient * gradient)}",
            ),
            precise(numbers["v"]),
            brief=_mean_brief(beta2, "v", "g²"),
        ),
        Box(
            "bias correction",
            "",
            (
                f"m̂ = m / (1 − {beta1:g}{power}) = {precise(numbers['m_hat'])}",
                f"v̂ = v / (1 − {beta2:g}{power})",
            ),
            f"v̂ = {precise(numbers['v_hat'])}",
            short=(f"m̂ = {precise(numbers['m_hat'])}", f"step {terms.step:,}"),
        ),
        _step(
            terms,
            "lr · m̂ / (√v̂ + ε)",
            f"{format_rate(terms.learning_rate)} · {signed(numbers['m_hat'])} / {precise(root)}",
            (f"lr = {format_rate(terms.learning_rate)}", f"lr · m̂ / {precise(root)}"),
        ),
    ]


def _step(terms: UpdateTerms, rule: str, numbers: str, short: tuple[str, ...] = ()) -> Box:
    return Box("step", "", (rule, numbers), precise(terms.change), short=short, brief=(rule,))


def _mean_brief(decay: float, symbol: str, added: str) -> tuple[str, ...]:
    return f"{decay:g} · {symbol}", f"+ {1 - decay:.3g} · {added}"


_METHODS = {"SGD": _sgd, "RMSprop": _rmsprop, "Adam": _adam, "AdamW": _adam}

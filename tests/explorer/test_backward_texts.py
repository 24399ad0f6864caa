"""What the backward half of Inspect writes, read back: the engine's gradients, and terms that add up."""

import re

import numpy as np
import pytest

from cnncore import LayerSpec, ModelSpec
from cnncore.errors import SpecError
from explorer.workbench import Workbench
from explorer.workspaces.inspect.backward.conv_view import ConvBackwardView
from explorer.workspaces.inspect.backward.elementwise_view import ElementwiseBackwardView
from explorer.workspaces.inspect.backward.flatten_view import FlattenBackwardView
from explorer.workspaces.inspect.backward.formula_panel import FormulaPanel
from explorer.workspaces.inspect.backward.gradient_lines_window import input_product, weight_product
from explorer.workspaces.inspect.backward.linear_view import LinearBackwardView
from explorer.workspaces.inspect.backward.loss_view import LossBackwardView
from explorer.workspaces.inspect.backward.model import INPUT, WEIGHT, Backward, Link
from explorer.workspaces.inspect.backward.pool_view import PoolBackwardView
from explorer.workspaces.inspect.backward.scale import Scale
from explorer.workspaces.inspect.inspection import Inspection

NETWORKS, CASES = 10, 70
VIEWS = {
    "conv": ConvBackwardView,
    "flatten": FlattenBackwardView,
    "linear": LinearBackwardView,
    "max_pool": PoolBackwardView,
    "average_pool": PoolBackwardView,
}
ACTIVATIONS = ("relu", "tanh", "sigmoid", "arctan", "leakyrelu")
NUMBER = re.compile(r"[+\u2212]?\d+(?:\.\d+)?(?:e\u2212?\d+)?")
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SHOWN = {"seen": 0}


def random_layers(rng):
    """Two convolutions, two poolings and two dense layers with all sorts of options."""

    def pick(*options):
        return options[rng.integers(len(options))]

    def pool():
        k = int(rng.integers(2, 4))
        size = {
            "kernel_size": k,
            "stride": int(rng.integers(1, k + 1)),
            "padding": int(rng.integers(0, k // 2 + 1)),
        }
        choices = (
            ("maxpool2d", size),
            ("avgpool2d", {**size, "ceil_mode": bool(rng.integers(2))}),
            ("adaptiveavgpool2d", {"output_size": (int(rng.integers(2, 7)), int(rng.integers(2, 7)))}),
        )
        return pick(*choices)

    second = {
        "out_channels": 4,
        "kernel_size": (int(rng.integers(1, 4)), int(rng.integers(1, 4))),
        "stride": int(rng.integers(1, 3)),
        "padding": int(rng.integers(0, 3)),
        "dilation": int(rng.integers(1, 3)),
        "groups": pick(1, 2),
        "bias": bool(rng.integers(2)),
        "padding_mode": pick("zeros", "reflect"),
    }
    first = {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}
    found = [
        ("conv2d", first),
        pick(("batchnorm2d", {}), ("dropout", {"p": 0.3}), ("softmax", {})),
        (pick(*ACTIVATIONS), {}),
        pool(),
        ("conv2d", second),
        (pick(*ACTIVATIONS), {}),
        pick(pool(), ("softmax", {})),
        ("flatten", {}),
        ("linear", {"out_features": int(rng.integers(5, 40)), "bias": bool(rng.integers(2))}),
        (pick(*ACTIVATIONS, "softmax", "dropout"), {}),
        ("linear", {"out_features": 10}),
    ]
    return tuple(LayerSpec(kind, f"{kind[:4]}{n}", options) for n, (kind, options) in enumerate(found))


def random_spec(rng):
    """Draw until the layers fit together."""
    while True:
        try:
            return ModelSpec("odd", "Odd one", (1, 28, 28), random_layers(rng), tuple("abcdefghij"))
        except SpecError:
            continue


@pytest.fixture(scope="module")
def bench(qapp):
    bench = Workbench()
    yield bench
    assert bench.close()


def read(text):
    """Read a number as it is written, with its power of ten: "−0.0766", "+1.200 × 10⁻⁶"."""
    mantissa, _, power = text.partition(" × 10")
    value = float(mantissa.replace("\u2212", "-").replace(",", ""))
    return value * 10.0 ** int(power.translate(POWERS)) if power else value


def half_ulp(text):
    """Half of the last decimal that is written."""
    mantissa, _, power = text.partition(" × 10")
    _, _, decimals = mantissa.partition(".")
    return 0.5 * 10.0 ** (-len(decimals) + (int(power.translate(POWERS)) if power else 0))


def shows(text, value, unit=1.0):
    """Assert that a text, in units of `unit`, is a value to the decimals that it has."""
    SHOWN["seen"] += 1
    assert abs(read(text) * unit - value) <= half_ulp(text) * unit * (1 + 1e-6) + 1e-12 * abs(value), (
        text,
        value,
    )


def arithmetic(texts):
    """Work a written expression out, and bound how far rounding its numbers can have moved it."""

    def value(numbers):
        pieces = iter(numbers)
        filled = NUMBER.sub(lambda _: f"({next(pieces)!r})", source)
        filled = filled.replace("×", "*").replace("\u2212", "-")
        assert re.fullmatch(r"[-+*/(). \de]+", filled), filled
        return eval(filled, {"__builtins__": {}})

    source = " ".join(texts)
    found = NUMBER.findall(source)
    numbers = [read(text) for text in found]
    centre = value(numbers)
    slack = 0.0
    for place, text in enumerate(found):
        if "." in text:
            moved = [*numbers]
            moved[place] += half_ulp(text)
            slack += abs(value(moved) - centre)
    return centre, slack


def expected_of(backward):
    """Return the engine's gradients of the present cell, by the beginning of the line's label."""
    if not backward.is_layer:
        return {"": float(backward.trace.layers[-1].d_output[backward.cell(INPUT)])}
    step, target = backward.step, backward.target
    array = step.d_input if target == INPUT else step.gradients[target]
    found = {"": float(array[backward.cell(target)])}
    own = backward.map if backward.stop.is_maps else backward.unit
    for symbol, name in (("db", "bias"), ("dβ", "bias"), ("dγ", "weight")):
        if name in step.gradients and step.gradients[name].ndim == 1:
            found[symbol] = float(step.gradients[name][own])
    return found


def check_sum(texts):
    """What stands before the sign of equality gives what stands behind it, "=" where to the last decimal."""
    relation = next(place for place, text in enumerate(texts) if text in ("=", "≈"))
    value, slack = arithmetic(texts[:relation])
    result = texts[relation + 1]
    off, ulp = abs(value - read(result.partition(" × 10")[0])), half_ulp(result.partition(" × 10")[0])
    assert off <= slack + 2 * ulp, texts
    assert (texts[relation] == "=") == (off < ulp * (1 - 1e-9)) or abs(off - ulp) < 1e-9, texts


def check_lines(backward, panel):
    """Each line's result is the engine's number, and what stands before it gives the result."""
    expected = expected_of(backward)
    unit = 10.0**panel._scale.exponent
    results = 0
    for line in panel.lines.lines:
        texts = [term.text for term in line.terms if term.role != "note"]
        relation = next((place for place, text in enumerate(texts) if text in ("=", "≈")), None)
        if relation is None:
            continue
        result = texts[relation + 1]
        symbol = line.label[:2] if line.label[:2] in ("db", "dβ", "dγ") else ""
        if line.terms[relation + 1].role == "result" and line.label != "all classes":
            shows(result, expected[symbol], unit)
            results += symbol == ""
        check_sum(texts)
    nothing_read = any("no window reads" in line.text for line in panel.lines.lines)
    assert results >= 1 or nothing_read, panel.lines.lines
    if nothing_read:
        assert expected[""] == 0


def check_grid(grid, values, scale):
    """A grid holds the engine's numbers, in the units of the scale."""
    shown = grid.cells.values * 10.0**scale.exponent
    if grid.cells.computed is not None:
        shown = shown[grid.cells.computed]
    np.testing.assert_allclose(np.sort(shown.ravel()), np.sort(np.ravel(values)), rtol=1e-6, atol=0)


def check_bars(rows, columns, unit, rest="", total=None):
    """Each column of the bars is an array of the engine; the last one adds up to the total."""
    for row in rows:
        for place, (values, its_unit) in columns.items():
            shows(row.columns[place], float(values[row.key]), its_unit)
    if total is not None and rows:
        last = [row.columns[-1] for row in rows]
        others = NUMBER.findall(rest.rpartition("more ")[2]) if "more" in rest else []
        summed = sum(map(read, [*last, *others]))
        room = sum(map(half_ulp, [*last, *others])) + half_ulp(total)
        assert abs(summed - read(total)) <= room * (1 + 1e-6), (last, total)


def check_view(backward, view):
    """Bars, grids and totals of a view."""
    if isinstance(view, LossBackwardView):
        found = backward.trace
        columns = {1: (found.probabilities, 1.0), 3: (found.layers[-1].d_output, 1.0)}
        check_bars(view.list.rows, columns, 1.0)
        assert [row.columns[2] for row in view.list.rows].index("1") == found.label
        return
    step, unit = backward.step, 10.0**view.scale.exponent
    shows(view.result.cell_row.right, float(step.d_input[backward.cell(INPUT)]))
    here = step.d_input[backward.source] if step.d_input.ndim == 3 else step.d_input
    check_grid(view.result.map, here, view.scale)
    terms = backward.terms(INPUT)
    if isinstance(view, LinearBackwardView):
        k = backward.unit
        check_grid(view.weights.map, step.gradients["weight"][k], view.scale)
        check_grid(view.input.map, step.input, Scale())
        shows(view.weights.cell_row.right, float(step.gradients["weight"][backward.cell("weight")]))
        shows(view.factors.right, float(step.gradients["weight"][backward.cell("weight")]))
        check_bars(view.units.rows, {1: (step.d_output, unit)}, unit)
        columns = {1: (terms.weights, 1.0), 2: (step.d_output, unit), 3: (terms.products, unit)}
        check_bars(view.terms_list.rows, columns, unit, view.total.left, view.total.right)
        shows(view.total.right, float(step.d_input[backward.cell(INPUT)]), unit)
    elif isinstance(view, PoolBackwardView):
        check_grid(view.upstream.map, step.d_output[backward.source], view.scale)
        columns = {2: (terms.upstream, unit), 3: (terms.products, unit)}
        check_bars(view._list.rows, columns, unit, "", view.total.right)
        shows(view.total.right, float(step.d_input[terms.cell]), unit)
    elif isinstance(view, FlattenBackwardView):
        check_grid(view.vector.map, step.d_output, view.scale)
        shows(view.vector.foot.right, float(step.d_input[terms.cell]))
    else:
        check_part(backward, view, terms, unit)


def check_conv(backward, view, rng):
    """Both gradients of a convolution: grids, sums, what is read where, and products under the mouse."""
    step, kernel, source = backward.step, view.kernel, view.input
    f, c, channel = backward.map, backward.source, backward.channel_read
    weights, terms = backward.terms(WEIGHT), backward.terms(INPUT)
    power = kernel.subtitle.right.partition("dW in 10")[2].translate(POWERS)
    check_grid(kernel.grid, step.gradients["weight"][f, c], Scale(exponent=int(power or 0)))
    parts = [text for text, _ in kernel.sum.parts]
    unit = 10.0**view._scale.exponent
    shows(parts[-1], float(step.gradients["weight"][weights.cell]), unit)
    assert ("10" in kernel.sum.parts[-1][1]) == (unit != 1.0)
    shows(parts[0], weights.positive, unit)
    shows(parts[2], -weights.negative, unit)
    check_sum(parts)
    np.testing.assert_array_equal(kernel.dz.cells.values, step.d_output[f])
    top, left = kernel.padding
    if kernel.input.frames:
        read_there = kernel.input.cells.values[weights.rows[:, np.newaxis] + top, weights.columns + left]
        np.testing.assert_allclose(kernel.products.cells.values, read_there * step.d_output[f], rtol=1e-5)
    bias = backward.bias_terms()
    if bias is not None:
        shows(view.upstream.bias_row.right, float(step.gradients["bias"][f]))
    np.testing.assert_array_equal(source.dx.cells.values, step.d_input[channel])
    assert source.dx.selected == terms.cell[1:]
    shows(source.total.right.removeprefix("≈ "), float(step.d_input[terms.cell]))
    if not source.spread_shown.folded[terms.cell[1:]]:
        rows, columns = source.spread_shown.window(*terms.cell[1:])
        covered = source.spread.cells.values[rows[:, np.newaxis], columns].astype(np.float64)
        summed = float((covered * step.layer.parameters["weight"][f, c, ::-1, ::-1]).sum())
        own = float(terms.partial_sums[int(np.flatnonzero(terms.maps == f)[0])])
        assert summed == pytest.approx(own, rel=1e-5, abs=1e-6 * float(np.abs(covered).sum()) + 1e-30)
    check_products(backward, view, rng)


def check_products(backward, view, rng):
    """The lines that appear while the mouse is over a position of dZ, or a weight of the flipped kernel."""
    weights, terms = backward.terms(WEIGHT), backward.terms(INPUT)
    y, x = (int(rng.integers(size)) for size in weights.products.shape)
    line = weight_product(weights, Link(output=(backward.map, y, x)), view._scale)
    check_sum([term.text for term in line.terms])
    shows(line.terms[-1].text, float(weights.products[y, x]), 10.0**view._scale.exponent)
    if len(terms.taps):
        t = int(rng.integers(len(terms.taps)))
        tap = (backward.map, backward.source, *map(int, terms.taps[t]))
        line = input_product(terms, backward.map, Link(weight=tap), view._scale)
        first = int(np.flatnonzero((terms.taps == terms.taps[t]).all(axis=1))[0])
        row = int(np.flatnonzero(terms.maps == backward.map)[0])
        check_sum([term.text for term in line.terms])
        shows(line.terms[-1].text, float(terms.products[row, first]), 10.0**view._scale.exponent)


def check_part(backward, view, terms, unit):
    """What stands in the middle of an elementwise layer."""
    kind, part, step = backward.stop.kind, view.part, backward.step
    shows(view.upstream.foot.right, float(step.d_output[terms.cell]))
    if kind == "activation":
        slopes = backward.slopes(backward.stop.index)
        shows(part.grid.foot.right, float(slopes[terms.cell]))
        assert terms.slope == pytest.approx(float(slopes[terms.cell]), rel=1e-6)
    elif kind == "batch_norm":
        for line, name in ((part.gamma, "weight"), (part.beta, "bias")):
            shows(line.right, float(step.gradients[name][backward.map]))
    elif kind == "softmax":
        columns = {1: (terms.probabilities, 1.0), 3: (terms.upstream, unit), 4: (terms.products, unit)}
        check_bars(part.list.rows, columns, unit, "", part.total.right)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_everything_displayed_is_the_engines_gradient_and_adds_up(qtbot, bench, theme, seed):
    rng = np.random.default_rng(seed)
    bench.set_spec(random_spec(rng))
    inspection = Inspection(bench)
    inspection.set_active(True)
    strength = rng.choice([0.02, 0.2, 0.6])
    for array in inspection.network.parameters().values():
        array[...] = rng.normal(0, strength, array.shape)
    inspection.retrace()
    backward = Backward(inspection)
    backward.set_active(True)
    panel = FormulaPanel(backward, theme)
    qtbot.addWidget(panel)
    panel.resize(int(rng.integers(660, 1100)), 142)
    views = {}
    SHOWN["seen"] = 0
    for case in range(CASES):
        stop = inspection.stops.at(case % (inspection.stops.loss + 1))
        inspection.go_to(stop.index)
        inspection.set_channel(int(rng.integers(stop.channels)))
        backward.set_source(int(rng.integers(backward.source_count)))
        if stop.kind == "linear":
            backward.set_unit(int(rng.integers(stop.shape[0])))
        target = backward.targets[rng.integers(len(backward.targets))]
        backward.go_to(target, int(rng.integers(backward.count(target))))
        if stop.kind != "conv":
            panel.refresh()
            check_lines(backward, panel)
        kind = LossBackwardView if not backward.is_layer else VIEWS.get(stop.kind, ElementwiseBackwardView)
        if kind not in views:
            views[kind] = kind(backward, theme)
            qtbot.addWidget(views[kind])
        views[kind].refresh()
        if stop.kind == "conv":
            check_conv(backward, views[kind], rng)
        else:
            check_view(backward, views[kind])
    assert SHOWN["seen"] > 10 * CASES
    inspection.set_active(False)


def test_there_are_five_hundred_cases():
    assert NETWORKS * CASES >= 500

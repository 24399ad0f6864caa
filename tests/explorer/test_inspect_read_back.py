"""What the Inspect page paints into grids, bars, lists and formulas, read back: the engine's numbers."""

import math
import re

import numpy as np
import pytest

from cnncore import LayerSpec, ModelSpec
from cnncore.layer_spec import KINDS
from explorer.widgets.cells import SMALLEST_WITH_NUMBERS
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace

NETWORKS = 7
CELLS = 6
"""Cells of each stop of each network."""
ACTIVATIONS = ("relu", "leakyrelu", "sigmoid", "tanh", "arctan")
MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""The engine's padding modes, and NumPy's names for them."""


def read(text):
    return float(text.rstrip(",").translate(str.maketrans("\u2212", "-", "()+")).replace("∞", "inf"))


def decimals(text):
    return len(text.rstrip(",)").partition(".")[2])


def assert_reads(text, value):
    """The text is the value, rounded to as many decimals as it has."""
    if np.isinf(value):
        assert read(text) == value
        return
    assert abs(read(text) - float(value)) <= 0.5 * 10.0 ** -decimals(text) + 1e-6, (text, value)


def random_layers(rng, number):
    """Return layers of every kind, with windows at random."""

    def window(most):
        return {"kernel_size": tuple(int(k) for k in rng.integers(1, most + 1, 2))}

    def conv(mode, groups=1):
        sides = [int(p) for p in rng.integers(0, 3, 4)]
        return {
            "out_channels": 4,
            **window(4),
            "stride": tuple(int(s) for s in rng.integers(1, 3, 2)),
            "padding": sides if number % 2 else sides[0],
            "padding_mode": mode,
            "dilation": int(rng.integers(1, 3)),
            "groups": groups,
            "bias": bool(rng.integers(2)),
        }

    mean = {"kernel_size": 2, "stride": 1, "padding": number % 2, "count_include_pad": number % 4 == 1}
    kinds = [
        ("conv2d", conv("zeros")),
        ("batchnorm2d", {"affine": bool(number % 3)}),
        (ACTIVATIONS[number % 5], {}),
        ("conv2d", conv(list(MODES)[number % 4], groups=2)),
        ("maxpool2d", {"kernel_size": 3, "stride": int(rng.integers(1, 3)), "padding": 1, "ceil_mode": True}),
        ("avgpool2d", mean),
        ("softmax", {}),
        ("dropout", {}),
        ("adaptiveavgpool2d", {"output_size": (3, 2)}),
        ("flatten", {}),
        ("linear", {"out_features": 7, "bias": bool(rng.integers(2))}),
        (ACTIVATIONS[(number + 2) % 5], {}),
        ("softmax", {}),
        ("linear", {"out_features": 10, "bias": bool(rng.integers(2))}),
    ]
    return tuple(LayerSpec(kind, f"{kind}{place}", options) for place, (kind, options) in enumerate(kinds))


def chosen_cells(rng, stop):
    """Return the first and the last cell of the scan, where borders are, and others at random."""
    places = {0, stop.count - 1, stop.row - 1, *(int(n) for n in rng.integers(0, stop.count, CELLS))}
    for place in sorted(places & set(range(stop.count)))[:CELLS]:
        yield stop.cell(int(rng.integers(stop.channels)), place)


@pytest.fixture
def bench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def page(qtbot, bench, theme):
    page = InspectWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_everything_painted_is_the_engines_number(qtbot, page, bench):
    rng = np.random.default_rng(20)
    cases, kinds, layers = 0, set(), set()
    for number in range(NETWORKS):
        names = tuple("abcdefghij")
        spec = ModelSpec(f"random{number}", "Random", (1, 28, 28), random_layers(rng, number), names)
        bench.set_spec(spec)
        inspection = page.inspection
        for array in inspection.network.parameters().values():
            array[...] = rng.normal(0, 0.5, array.shape)
        norm = inspection.network.layers[1]
        norm.running_mean[...] = rng.normal(0, 0.5, 4)
        norm.running_var[...] = rng.uniform(0.2, 2.0, 4)
        inspection.retrace()
        for stop in inspection.stops:
            for cell in chosen_cells(rng, stop):
                inspection.go_to(stop.index, cell or None)
                assert inspection.cell == cell
                inspection.set_source(int(rng.integers(max(inspection.source_count, 1))))
                CHECKS[stop.kind](page.views.view, inspection, cell)
                if 0 <= stop.index < inspection.stops.softmax:
                    assert_output_reads(page.views.view, inspection, cell)
                    layers.add(spec.layers[stop.index].kind)
                assert_sums_add_up(page.formula.lines.lines)
                LINES.get(stop.kind, lambda *_: None)(lines_of(page), inspection, cell)
                cases += 1
                kinds.add(stop.kind)
    assert cases >= 500
    assert kinds == set(CHECKS)
    assert layers == set(KINDS)


def assert_output_reads(view, inspection, cell):
    """The large number beside the output map, and those in its cells where they have room."""
    output = inspection.output_of(inspection.index)
    if inspection.stop.kind == "softmax" and not inspection.stop.is_maps:
        return
    assert_reads(view.output.cell_row.right, output[cell])
    picture = view.output.map.cells.values
    texts = view.output.map.texts()
    assert len(texts) in (0, inspection.stop.count)
    for place, text in texts.items():
        assert_reads(text, picture[place])


# The lines of arithmetic below the view


def lines_of(page):
    return {line.label: line for line in page.formula.lines.lines}


def sum_of(line):
    """Add up a written sum, and return it with the sign before its result; None for a line that is no sum."""
    total, sign, numbers = 0.0, 1, 0
    for term in line.terms:
        if term.text in ("=", "≈"):
            return (total, term.text) if numbers > 1 else None
        if term.text in ("+", "\u2212", "−"):
            sign = 1 if term.text == "+" else -1
        elif re.fullmatch(r"[+\u2212]?\d+\.\d+", term.text):
            total, sign, numbers = total + sign * read(term.text), 1, numbers + 1
        else:
            return None
    return None


def assert_sums_add_up(lines):
    """A sum that is followed by "=" adds up as it is written; one followed by "≈" does but for rounding."""
    for line in lines:
        found = sum_of(line)
        if found is None:
            continue
        place = next(n for n, term in enumerate(line.terms) if term.text in ("=", "≈"))
        result = read(line.terms[place + 1].text)
        terms = sum(bool(re.search(r"\d", term.text)) for term in line.terms[:place])
        assert (found[1] == "=") == (abs(found[0] - result) < 5e-4), line.text
        assert abs(found[0] - result) <= 5.1e-4 * (terms + 1), line.text


def count_of(line):
    """Count the terms of a sum by their captions; those put together say how many they are."""
    captions = [term.caption or term.text for term in line.terms if term.caption or term.role == "note"]
    more = [re.fullmatch(r"(?:… )?([\d,]+) more", caption) for caption in captions]
    return sum(1 if match is None else int(match[1].replace(",", "")) for match in more)


def lines_of_conv(lines, inspection, cell):
    layer, terms = inspection.network.layers[inspection.index], inspection.terms
    weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
    total = (
        next(line for label, line in lines.items() if label in ("all channels", "its group"))
        if weight.shape[1] > 1
        else lines["no bias" if bias is None else "with bias"]
    )
    assert count_of(total) == weight.shape[1] + (bias is not None)
    assert_reads(total.terms[-1].text, inspection.output_of(inspection.index)[cell])
    window, inside = engine_window(layer, inspection.input_of_stop, cell)
    channel = int(terms.channels[inspection.source])
    products = window[channel].astype(float) * weight[cell[0], inspection.source]
    line = lines[f"channel {channel}"]
    captions = [term.caption for term in line.terms if term.caption]
    assert captions == [f"{(products > 0).sum()} positive", f"{(products < 0).sum()} negative"]
    assert line.terms[-1].text.startswith(f"{products.size} products")
    if layer.padding_mode == "zeros":
        assert (products == 0).sum() >= (~inside).sum()


def lines_of_pool(lines, inspection, cell):
    layer, terms = inspection.network.layers[inspection.index], inspection.terms
    inside = terms.window.inside
    if hasattr(layer, "kernel_size"):
        _, inside = engine_window(layer, inspection.input_of_stop, cell)
    line = lines["largest" if inspection.stop.kind == "max_pool" else "sum"]
    assert count_of(line) == inside.sum()
    if inspection.stop.kind == "max_pool":
        assert terms.total in [
            pytest.approx(read(t.text), abs=5.1e-4) for t in line.terms if t.role == "pill"
        ]


def lines_of_linear(lines, inspection, cell):
    weight, bias = (inspection.network.layers[inspection.index].parameters.get(n) for n in ("weight", "bias"))
    assert count_of(lines["by size"]) == weight.shape[1] + (bias is not None)
    for label in ("by sign", "by size"):
        assert_reads(lines[label].terms[-1].text, inspection.output_of(inspection.index)[cell])


def lines_of_softmax(lines, inspection, cell):
    assert count_of(lines["sum of exp"]) == len(inspection.terms.logits)
    assert_reads(lines["divide"].terms[-2].text, inspection.output_of(inspection.index)[cell])


def lines_of_one(lines, inspection, cell):
    """Layers that treat each number by itself come to the engine's number, from the number before."""
    last = [term.text for line in lines.values() for term in line.terms if term.role == "result"][-1]
    assert_reads(last, inspection.output_of(inspection.index)[cell])
    before = next(term.text for line in lines.values() for term in line.terms if term.caption == "before")
    assert_reads(before, inspection.input_of_stop[cell])


def lines_of_input(lines, inspection, cell):
    assert_reads(lines["pixel"].terms[0].text, inspection.trace.input[cell])


def lines_of_norm(lines, inspection, cell):
    lines_of_one(lines, inspection, cell)
    layer, channel = inspection.network.layers[inspection.index], cell[0]
    shown = {term.caption: term.text for line in lines.values() for term in line.terms if term.caption}
    learned = layer.parameters
    assert_reads(shown["gamma"], learned["weight"][channel] if layer.affine else 1.0)
    assert_reads(shown["beta"], learned["bias"][channel] if layer.affine else 0.0)
    assert_reads(shown["mean"], layer.running_mean[channel])
    assert_reads(shown["√(variance + ε)"], math.sqrt(layer.running_var[channel] + layer.eps))


def lines_of_activation(lines, inspection, cell):
    lines_of_one(lines, inspection, cell)
    layer, x = inspection.network.layers[inspection.index], inspection.input_of_stop[cell]
    around = np.array([x - 1e-3, x + 1e-3], np.float64).reshape(2, 1)
    low, high = layer.forward(around)[0].reshape(-1)
    if abs(x) > 2e-3:  # ReLU has no slope at zero
        assert read(lines["slope"].terms[0].text) == pytest.approx((high - low) / 2e-3, abs=2e-3)
    output = inspection.output_of(inspection.index)
    here = output[cell[0]] if output.ndim == 3 else output
    assert lines["zeros"].terms[1].text.startswith(f"{(here == 0).sum()} of {here.size} cells")


LINES = {
    "input": lines_of_input,
    "conv": lines_of_conv,
    "max_pool": lines_of_pool,
    "average_pool": lines_of_pool,
    "linear": lines_of_linear,
    "softmax": lines_of_softmax,
    "activation": lines_of_activation,
    "batch_norm": lines_of_norm,
    "dropout": lines_of_one,
}


# The views


def engine_window(layer, source, cell):
    """Cut a window out of the padded input, by the definition: (C, kh, kw), and which places are input.

    The padding of a pooling layer is NaN, also beyond it where the last window is rounded up.
    """
    (kh, kw), (sh, sw), (top, bottom, left, right) = layer.kernel_size, layer.stride, layer.padding
    dh, dw = getattr(layer, "dilation", (1, 1))
    conv = hasattr(layer, "padding_mode")
    sides = ((0, 0), (top, bottom + (0 if conv else kh)), (left, right + (0 if conv else kw)))
    options = {"mode": MODES[layer.padding_mode]} if conv else {"constant_values": np.nan}
    places = np.ix_(range(len(source)), cell[1] * sh + dh * np.arange(kh), cell[2] * sw + dw * np.arange(kw))
    inside = np.pad(np.ones(source.shape, bool), sides)[places][0]
    return np.pad(source, sides, **options)[places], inside


def check_input(view, inspection, cell):
    value = inspection.trace.input[cell]
    assert_reads(view._framed.foot.left.rsplit(" ", 1)[1], value)
    layer, stop = inspection.network.layers[0], inspection.stops.at(0)
    reads = [
        sum(
            any(
                place * layer.stride[k] - layer.padding[2 * k] + layer.dilation[k] * tap == cell[1 + k]
                for tap in range(layer.kernel_size[k])
            )
            for place in range(stop.shape[1 + k])
        )
        for k in (0, 1)
    ]
    windows = reads[0] * reads[1]
    assert view.words.text.split()[0] == (str(windows) if windows else "No")
    texts = view.reach.texts()
    assert len(texts) >= (windows > 0)
    assert not windows or texts[0].split(": ")[1].split()[0] == str(windows * stop.shape[0])


def check_conv(view, inspection, cell):
    layer = inspection.network.layers[inspection.index]
    weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
    group = cell[0] // (len(weight) // layer.groups)
    channels = np.arange(weight.shape[1]) + group * weight.shape[1]
    patch, inside = engine_window(layer, inspection.input_of_stop[channels], cell)
    products = patch * weight[cell[0]].astype(float)
    source = inspection.source
    for grid, values in ((view.patch, patch), (view.kernel, weight[cell[0]]), (view.product, products)):
        texts = grid.texts()
        assert len(texts) == weight[0, 0].size
        for (i, j), text in texts.items():
            assert_reads(text, values[source, i, j])
    padding = view.patch.cells.padding
    hatched = np.zeros(inside.shape, bool) if padding is None else padding
    assert np.array_equal(hatched, ~inside)
    sums = products.sum(axis=(1, 2))
    for shown, value in zip(view.channels.rows.sums, sums, strict=True):
        assert shown == pytest.approx(value)
    assert_reads(view._boxes[2].foot.right, sums[source])
    terms = [*sums, *(() if bias is None else (bias[cell[0]],))]
    assert_waterfall(view.waterfall, terms, inspection)


def assert_waterfall(waterfall, terms, inspection):
    """A bar for each term and one for the total, and they add up as far as their decimals tell."""
    texts = waterfall.texts()
    assert len(waterfall.sum.terms) == len(terms)
    assert set(texts) == set(range(len(terms) + 1))
    for place, value in enumerate((*terms, inspection.terms.total)):
        assert abs(read(texts[place]) - value) <= 0.5 * 10.0 ** -decimals(texts[place]) + 1e-5
    shown = [read(text) for text in texts.values()]
    digits = decimals(texts[0])
    assert abs(math.fsum(shown[:-1]) - shown[-1]) <= 0.5 * 10.0**-digits * (len(shown) + 1)


def check_pool(view, inspection, cell):
    layer = inspection.network.layers[inspection.index]
    source = inspection.input_of_stop[cell[0]]
    texts, window = view.window_grid.texts(), inspection.terms.window
    if hasattr(layer, "kernel_size"):
        values = engine_window(layer, source[np.newaxis], cell)[0][0]
    else:
        values = source[np.ix_(window.rows, window.columns)]
    inside = ~np.isnan(values)
    counted = getattr(layer, "count_include_pad", False)
    highest = inspection.stop.kind == "max_pool"
    # Padding is below all numbers to a maximum; to a mean it is 0 or nothing.
    beyond = -np.inf if highest else 0.0 if counted else None
    too_small = view.window_grid.cell_size < SMALLEST_WITH_NUMBERS  # regions of an adaptive layer
    assert len(texts) == (0 if too_small else inside.sum() if beyond is None else values.size)
    for place, text in texts.items():
        assert_reads(text, values[place] if inside[place] else beyond)
    padding = view.window_grid.cells.padding
    assert np.array_equal(np.zeros(inside.shape, bool) if padding is None else padding, ~inside)
    assert view._window.foot.left.split()[0] == str(inside.sum())
    total = read(view.verdict.left.split()[1])
    if highest:
        assert total == pytest.approx(np.nanmax(values), abs=5.1e-4)
        assert view.window_grid.selected == np.unravel_index(np.nanargmax(values), values.shape)
    else:
        divisor = values.size if counted else inside.sum()
        assert total == pytest.approx(np.nansum(values) / divisor, abs=5.1e-4)


def check_elementwise(view, inspection, cell):
    before = inspection.input_of_stop
    assert_reads(view._framed.foot.left.rsplit(" ", 1)[1], before[cell])
    assert view.plot.point == (pytest.approx(before[cell]), pytest.approx(inspection.terms.total))
    picture = before[cell[0]] if before.ndim == 3 else before.reshape(-1)
    for place, (_, text) in enumerate(sorted(view.before.texts().items())):
        assert_reads(text, picture.reshape(-1)[place])


def check_flatten(view, inspection, cell):
    source = inspection.input_of_stop
    channel, rest = divmod(cell[0], source[0].size)
    y, x = divmod(rest, source.shape[2])
    words = view.place.left
    assert words == f"map {channel}, y {y}, x {x}  →  number {cell[0]} of the vector"
    assert inspection.terms.total == source[channel, y, x]


def check_linear(view, inspection, cell):
    layer = inspection.network.layers[inspection.index]
    x, w = inspection.input_of_stop.astype(float), layer.parameters["weight"][cell[0]].astype(float)
    bias = layer.parameters.get("bias")
    assert len(view.list.rows) == min(32, len(x))
    order = np.argsort(-np.abs(x * w), kind="stable")
    for row, unit in zip(view.list.rows, order, strict=False):
        assert abs(x * w)[row.key] == pytest.approx(abs(x * w)[unit])
        assert row.columns[0] == str(row.key)
        for text, value in zip(row.columns[1:], (x, w, x * w), strict=True):
            assert_reads(text, value[row.key])
    products = x * w
    parts = [products[products > 0].sum(), products[products < 0].sum()]
    assert_waterfall(view.waterfall, [*parts, *(() if bias is None else (bias[cell[0]],))], inspection)
    assert ("bias" in view._sum_heading.text()) == (bias is not None)


def check_softmax(view, inspection, cell):
    if inspection.index == inspection.stops.softmax:
        check_steps(view, inspection.trace.logits)
    elif inspection.stop.is_maps:
        check_steps(view, inspection.input_of_stop[:, cell[1], cell[2]], "map")
    else:
        check_steps(view, inspection.input_of_stop, "unit")


def check_steps(view, logits, noun="class"):
    """The steps from these numbers to probabilities, one row for each."""
    z = logits.astype(float)
    exponentials = np.exp(z - z.max())
    steps = (z, z - z.max(), exponentials, exponentials / exponentials.sum())
    assert view.list.body.heads[0] == noun
    assert [row.key for row in view.list.rows] == list(range(len(z)))
    for row in view.list.rows:
        for text, step in zip(row.columns[1:], steps, strict=True):
            assert_reads(text, step[row.key])
    shares = [read(row.columns[-1]) for row in view.list.rows]
    assert math.fsum(shares) == pytest.approx(1.0, abs=0.5e-3 * len(shares))


def check_loss(view, inspection, cell):
    loss = -math.log(inspection.trace.probabilities[inspection.trace.label])
    assert read(view.result.left.split()[1]) == pytest.approx(loss, abs=6e-4)
    assert view.plot.point == (pytest.approx(math.exp(-loss)), pytest.approx(loss))


CHECKS = {
    "input": check_input,
    "conv": check_conv,
    "max_pool": check_pool,
    "average_pool": check_pool,
    "activation": check_elementwise,
    "batch_norm": check_elementwise,
    "dropout": check_elementwise,
    "flatten": check_flatten,
    "linear": check_linear,
    "softmax": check_softmax,
    "loss": check_loss,
}


def test_a_second_softmax_is_shown_where_the_loss_takes_one(page, bench):
    layers = (
        LayerSpec("flatten", "f"),
        LayerSpec("linear", "l", {"out_features": 10}),
        LayerSpec("softmax", "s"),
    )
    bench.set_spec(ModelSpec("twice", "Twice", (1, 28, 28), layers, tuple("abcdefghij")))
    inspection = page.inspection
    inspection.go_to(inspection.stops.softmax - 1)
    assert "second" not in page.views.view.reason.text
    check_steps(page.views.view, inspection.trace.layers[1].output)
    inspection.go_to(inspection.stops.softmax)
    assert inspection.stop.name == "softmax again"
    assert "second" in page.views.view.reason.text
    check_steps(page.views.view, inspection.trace.layers[2].output)
    shown = read(page.views.view.list.rows[bench.sample.label].columns[-1])
    assert -math.log(shown) == pytest.approx(inspection.trace.loss, abs=0.01)

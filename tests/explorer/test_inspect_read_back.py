"""What the Inspect page paints into grids, bars and lists, read back: the engine's numbers."""

import math

import numpy as np
import pytest

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace

NETWORKS = 8
CELLS = 6
"""Cells of each stop of each network."""


def read(text):
    return float(text.replace("\u2212", "-").replace("+", "").replace("∞", "inf"))


def decimals(text):
    return len(text.partition(".")[2])


def assert_reads(text, value):
    """The text is the value, rounded to as many decimals as it has."""
    assert abs(read(text) - float(value)) <= 0.5 * 10.0 ** -decimals(text) + 1e-6, (text, value)


def random_layers(rng):
    """Return layers of every kind, with windows at random."""

    def window(most):
        return {"kernel_size": tuple(int(k) for k in rng.integers(1, most + 1, 2))}

    def conv(groups=1):
        return {
            "out_channels": 4,
            **window(4),
            "stride": tuple(int(s) for s in rng.integers(1, 3, 2)),
            "padding": int(rng.integers(0, 3)),
            "dilation": int(rng.integers(1, 3)),
            "groups": groups,
            "bias": bool(rng.integers(2)),
        }

    kinds = [
        ("conv2d", conv()),
        ("batchnorm2d", {}),
        (str(rng.choice(["relu", "leakyrelu", "tanh"])), {}),
        ("conv2d", conv(groups=2)),
        ("maxpool2d", {"kernel_size": 3, "stride": int(rng.integers(1, 3)), "padding": 1}),
        ("avgpool2d", {"kernel_size": 2, "stride": 1, "padding": int(rng.integers(0, 2))}),
        ("dropout", {}),
        ("adaptiveavgpool2d", {"output_size": (3, 2)}),
        ("flatten", {}),
        ("linear", {"out_features": 7, "bias": bool(rng.integers(2))}),
        (str(rng.choice(["sigmoid", "arctan", "relu"])), {}),
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
    cases, kinds = 0, set()
    for number in range(NETWORKS):
        names = tuple("abcdefghij")
        bench.set_spec(ModelSpec(f"random{number}", "Random", (1, 28, 28), random_layers(rng), names))
        inspection = page.inspection
        for array in inspection.network.parameters().values():
            array[...] = rng.normal(0, 0.5, array.shape)
        inspection.retrace()
        for stop in inspection.stops[1:-1]:
            for cell in chosen_cells(rng, stop):
                inspection.go_to(stop.index, cell)
                assert inspection.cell == cell
                CHECKS[stop.kind](page.views.view, inspection, cell)
                assert_output_reads(page.views.view, inspection, cell)
                cases += 1
                kinds.add(stop.kind)
    assert cases >= 500
    assert kinds == set(CHECKS)


def assert_output_reads(view, inspection, cell):
    """The large number beside the output map, and those in its cells where they have room."""
    if inspection.stop.kind == "softmax":
        return
    output = inspection.output_of(inspection.index)
    assert_reads(view.output.cell_row.right, output[cell])
    picture = view.output.map.cells.values
    texts = view.output.map.texts()
    assert len(texts) in (0, inspection.stop.count)
    for place, text in texts.items():
        assert_reads(text, picture[place])


def engine_window(layer, source, cell):
    """Cut a window out of the engine's input by the definition: (channels, kh, kw), NaN in the padding."""
    (kh, kw), (sh, sw), (top, _, left, _) = layer.kernel_size, layer.stride, layer.padding
    dh, dw = getattr(layer, "dilation", (1, 1))
    rows = cell[1] * sh - top + dh * np.arange(kh)
    columns = cell[2] * sw - left + dw * np.arange(kw)
    found = np.full((len(source), kh, kw), np.nan)
    for i, y in enumerate(rows):
        for j, x in enumerate(columns):
            if 0 <= y < source.shape[1] and 0 <= x < source.shape[2]:
                found[:, i, j] = source[:, y, x]
    return found


def check_conv(view, inspection, cell):
    layer = inspection.network.layers[inspection.index]
    weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
    group = cell[0] // (len(weight) // layer.groups)
    channels = np.arange(weight.shape[1]) + group * weight.shape[1]
    window = engine_window(layer, inspection.input_of_stop[channels], cell)
    patch = np.nan_to_num(window)
    products = patch * weight[cell[0]].astype(float)
    source = inspection.source
    for grid, values in ((view.patch, patch), (view.kernel, weight[cell[0]]), (view.product, products)):
        texts = grid.texts()
        assert len(texts) == weight[0, 0].size
        for (i, j), text in texts.items():
            assert_reads(text, values[source, i, j])
    padding = view.patch.cells.padding
    hatched = np.zeros(window.shape[1:], bool) if padding is None else padding
    assert np.array_equal(hatched, np.isnan(window[source]))
    sums = products.sum(axis=(1, 2))
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
        values = engine_window(layer, source[np.newaxis], cell)[0]
    else:
        values = source[np.ix_(window.rows, window.columns)]
    assert len(texts) == values.size
    inside = ~np.isnan(values)
    for place, text in texts.items():
        assert_reads(text, values[place] if inside[place] else 0.0)
    assert view._window.foot.left.split()[0] == str(inside.sum())
    total = read(view.verdict.left.split()[1])
    if inspection.stop.kind == "max_pool":
        assert total == pytest.approx(np.nanmax(values), abs=5.1e-4)
        assert view.window_grid.selected == np.unravel_index(np.nanargmax(values), values.shape)
    else:
        counted = values.size if getattr(layer, "count_include_pad", False) else inside.sum()
        assert total == pytest.approx(np.nansum(values) / counted, abs=5.1e-4)


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
    check_steps(view, inspection.trace.logits)


def check_steps(view, logits):
    """The steps from these numbers to probabilities, one row for each."""
    z = logits.astype(float)
    exponentials = np.exp(z - z.max())
    steps = (z, z - z.max(), exponentials, exponentials / exponentials.sum())
    assert [row.key for row in view.list.rows] == list(range(len(z)))
    for row in view.list.rows:
        for text, step in zip(row.columns[1:], steps, strict=True):
            assert_reads(text, step[row.key])
    shares = [read(row.columns[-1]) for row in view.list.rows]
    assert math.fsum(shares) == pytest.approx(1.0, abs=0.5e-3 * len(shares))


CHECKS = {
    "conv": check_conv,
    "max_pool": check_pool,
    "average_pool": check_pool,
    "activation": check_elementwise,
    "batch_norm": check_elementwise,
    "dropout": check_elementwise,
    "flatten": check_flatten,
    "linear": check_linear,
    "softmax": check_softmax,
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

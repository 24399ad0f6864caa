"""The samples' own derivatives of one weight, as the histogram shows them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from cnncore import LayerSpec, ModelSpec
from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workspaces.inspect.backward.batch_histogram import bins_of
from explorer.workspaces.inspect.backward.batch_panel import BatchPanel
from explorer.workspaces.inspect.backward.model import Backward
from explorer.workspaces.inspect.inspection import Inspection

NET = ModelSpec(
    "small",
    "Small",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 5, "stride": 2}),
        LayerSpec("batchnorm2d", "norm", {}),
        LayerSpec("relu", "relu", {}),
        LayerSpec("maxpool2d", "pool", {"kernel_size": 2}),
        LayerSpec("flatten", "flatten", {}),
        LayerSpec("linear", "fc", {"out_features": 10}),
    ),
    tuple("0123456789"),
)


@pytest.fixture
def panel(qtbot):
    bench = Workbench()
    bench.set_spec(NET)
    inspection = Inspection(bench)
    backward = Backward(inspection)
    made = BatchPanel(backward, Theme())
    qtbot.addWidget(made)
    made.resize(240, 260)
    inspection.set_active(True)
    backward.set_active(True)
    made.show()
    yield made, backward
    assert bench.close()


def _of(backward):
    name, place = backward.parameter
    return backward.batch.per_sample(name, place)


def _settle(qtbot, panel, backward):
    def shows_the_weight():
        assert backward.batch is not None
        assert panel.values is not None
        assert np.array_equal(panel.values, _of(backward))

    qtbot.waitUntil(shows_the_weight, timeout=10_000)


@pytest.mark.parametrize("layer", [0, 1, 5])
def test_every_sample_is_counted_and_the_mean_is_the_engines(qtbot, panel, layer):
    panel, backward = panel
    backward.inspection.go_to(layer)
    backward.set_scope("batch")
    _settle(qtbot, panel, backward)
    own = _of(backward)
    name, place = backward.parameter
    mean = float(backward.batch.gradients[name][place])
    assert own.mean() == pytest.approx(mean, abs=1e-6)
    assert panel.mean.left == f"mean of {len(own)} ="
    assert panel.mean.right == panel.scale.with_unit(mean)
    assert panel.histogram.mean == mean
    assert panel.histogram.counts.sum() == len(own)
    assert panel.span.left.startswith(f"from {panel.scale.write(own.min())} to ")
    assert panel.signs.left.startswith(f"{(own > 0).sum()} positive, {(own < 0).sum()} negative")
    assert panel.mean.right in panel.accessibleDescription()


def test_another_weight_is_another_histogram(qtbot, panel):
    panel, backward = panel
    backward.inspection.go_to(0)
    backward.set_scope("batch")
    _settle(qtbot, panel, backward)
    before = panel.values
    backward.transport.seek(3)
    assert panel.values is before  # not in the middle of a step, but right after it
    _settle(qtbot, panel, backward)
    assert not np.array_equal(panel.values, before)
    assert panel.title.left == "W[0, 0, 0, 3]"


def test_what_only_a_step_does_is_said(qtbot, panel):
    made, backward = panel
    backward.set_scope("batch")
    _settle(qtbot, made, backward)
    assert "In a step, batch norm makes g another number." in made.words.text
    bench = backward.inspection.workbench
    bench.set_hyperparameters(replace(bench.hyperparameters, label_smoothing=0.1, clip_norm=1.0))
    made.refresh()
    qtbot.waitUntil(lambda: "label smoothing" in made.words.text, timeout=10_000)
    assert "In a step, batch norm, label smoothing and clipping make g another number." in made.words.text


def test_nothing_is_worked_out_for_one_sample(qtbot, panel):
    panel, backward = panel
    backward.inspection.go_to(0)
    backward.transport.seek(4)
    panel.refresh()
    assert panel.values is None
    assert panel.histogram.counts.size == 0


def test_without_gradients_the_panel_says_what_it_waits_for(qtbot, panel):
    panel, backward = panel
    backward.inspection.go_to(0)
    backward.set_scope("batch")
    panel.refresh()
    assert "Working out" in panel.words.text
    _settle(qtbot, panel, backward)
    assert "Working out" not in panel.words.text


def test_a_bar_tells_how_many_samples_it_holds(qtbot, panel):
    panel, backward = panel
    backward.inspection.go_to(0)
    backward.set_scope("batch")
    _settle(qtbot, panel, backward)
    histogram = panel.histogram
    tallest = int(histogram.counts.argmax())
    at = histogram.bar_rect(tallest).center()
    with qtbot.waitSignal(histogram.hovered) as told:
        qtbot.mouseMove(histogram, QPoint(round(at.x()), round(at.y())))
    assert told.args[0].startswith(f"{histogram.counts[tallest]} sample")
    assert histogram.under == tallest


@pytest.mark.parametrize("kind", ["both", "positive", "negative", "zero", "one", "tiny"])
def test_bars_hold_every_number_and_part_the_signs(kind):
    rng = np.random.default_rng(4)
    values = {
        "both": rng.normal(size=400),
        "positive": rng.uniform(1, 2, size=50),
        "negative": -rng.uniform(0, 3, size=50),
        "zero": np.zeros(32),
        "one": np.array([-0.7]),
        "tiny": rng.normal(size=32) * 1e-12,
    }[kind]
    edges, counts = bins_of(values)
    assert counts.sum() == len(values)
    assert np.allclose(np.diff(edges), edges[1] - edges[0])
    expected = [((values >= low) & (values < high)).sum() for low, high in pairwise(edges)]
    assert counts.tolist() == expected
    astride = [(low < 0 < high) for low, high in pairwise(edges)]
    assert sum(astride) == 1


def test_numbers_that_overflowed_are_left_out():
    _, counts = bins_of(np.array([1.0, np.inf, np.nan, -1.0]))
    assert counts.sum() == 2

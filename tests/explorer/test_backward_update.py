"""The update of one weight: the boxes, the step, and what it changed."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import MODELS, SGD, Adam, AdamW, RMSprop
from cnncore.explain_update import explain_update
from explorer.theme import Theme
from explorer.workbench import Hyperparameters, RunState, Workbench
from explorer.workbench.state import OPTIMIZERS
from explorer.workspaces.inspect.backward.box_row import BoxRow
from explorer.workspaces.inspect.backward.model import Backward
from explorer.workspaces.inspect.backward.update_model import boxes_of, formula_of, precise
from explorer.workspaces.inspect.backward.update_panel import UpdatePanel
from explorer.workspaces.inspect.editing import Editing
from explorer.workspaces.inspect.inspection import Inspection


class _Page:
    """A panel with all that it hangs on."""

    def __init__(self, qtbot, **hyper):
        self.qtbot = qtbot
        self.bench = Workbench()
        self.bench.set_spec(MODELS["tiny"]())
        self.bench.train_set = self.bench.train_set.subset(np.arange(96), "train")
        self.bench.set_hyperparameters(Hyperparameters(epochs=2, seed=6, **hyper))
        self.inspection = Inspection(self.bench)
        self.editing = Editing(self.inspection)
        self.backward = Backward(self.inspection)
        self.panel = UpdatePanel(self.backward, Theme(), self.editing)
        qtbot.addWidget(self.panel)
        self.panel.resize(1080, 150)
        self.inspection.set_active(True)
        self.backward.set_active(True)
        self.backward.set_target("weight")
        self.panel.show()
        self.panel.refresh()
        self.wait_for_terms()

    def wait_for_terms(self):
        self.qtbot.waitUntil(lambda: self.panel.terms is not None, timeout=20_000)

    def click(self, button):
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def step(self):
        step = self.bench.snapshot_step + 1
        self.bench.step_batch()
        self.qtbot.waitUntil(
            lambda: self.bench.snapshot_step == step and self.bench.preview is not None, timeout=20_000
        )
        self.wait_for_terms()


@pytest.fixture(params=OPTIMIZERS)
def page(qtbot, request):
    made = _Page(qtbot, optimizer=request.param)
    yield made
    assert made.bench.close()


def _weights(inspection):
    return {name: array.copy() for name, array in inspection.network.parameters().items()}


def _expected(page, gradients):
    name, place = page.backward.parameter
    preview = page.bench.preview
    gradient = float(gradients[name][place])
    return explain_update(preview.optimizer, name, place, gradient, lr_scale=preview.lr_scale)


@pytest.mark.parametrize("scope", ["sample", "batch"])
def test_the_boxes_hold_the_engines_numbers(page, scope):
    page.backward.set_scope(scope)
    page.step()
    preview = page.bench.preview
    gradients = preview.gradients if scope == "batch" else page.panel.sample_gradients()
    for place in (0, 7, 24):
        page.backward.go_to("weight", place)
        page.panel.show_cell()
        expected = _expected(page, gradients)
        shown = page.panel.boxes.boxes
        assert [box.result for box in shown] == [box.result for box in boxes_of(expected, "")]
        assert shown[0].result == precise(expected.gradient)
        assert shown[-1].result == precise(expected.weight_after, sign=True)
        assert expected.weight_after == np.float32(expected.weight_after)


def test_the_batchs_step_is_the_runs_and_shows_what_changed(page):
    page.backward.set_scope("batch")
    page.panel.refresh()
    name, place = page.backward.parameter
    page.wait_for_terms()
    foretold = page.panel.terms.weight_after
    preview = page.bench.preview
    loss = page.backward.inspection.trace.loss
    page.click(page.panel.step_button)
    page.qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is page.panel.effect, timeout=20_000)
    assert len(page.bench.history) == 1
    now = page.inspection.network.parameters()
    assert float(now[name][place]) == foretold
    for key, array in preview.after.items():
        np.testing.assert_array_equal(now[key], array)
    kernel = preview.after[name][place[:2]] - preview.before[name][place[:2]]
    np.testing.assert_array_equal(page.panel.effect.maps["difference"].cells.values, kernel)
    before = float(preview.before[name][place])
    lines = [(line.left, line.right) for line in page.panel.effect.lines]
    assert lines[0] == (f"W[{', '.join(map(str, place))}]", f"{precise(before)} → {precise(foretold)}")
    after = page.backward.inspection.trace.loss
    assert lines[2] == ("loss of this sample", f"{precise(loss)} → {precise(after)}")
    page.click(page.panel.back_button)
    page.wait_for_terms()
    assert page.panel.stack.currentWidget() is page.panel.boxes


def test_the_samples_step_is_tried_on_a_copy_and_undone(page):
    before = _weights(page.inspection)
    name, place = page.backward.parameter
    foretold = page.panel.terms.weight_after
    page.click(page.panel.step_button)
    assert page.panel.stack.currentWidget() is page.panel.effect
    assert float(page.inspection.network.parameters()[name][place]) == foretold
    assert len(page.bench.history) == 0
    assert page.panel.undo_button.isVisible()
    assert page.panel.apply_button.isVisible()
    page.click(page.panel.undo_button)
    for key, array in page.inspection.network.parameters().items():
        np.testing.assert_array_equal(array, before[key])
    assert page.panel.stack.currentWidget() is page.panel.boxes


def test_a_bias_is_updated_as_a_weight_is(page):
    page.step()
    page.panel.choice.set_value("bias")
    page.panel.refresh()
    name, place = page.panel.parameter
    assert (name, place) == ("0.bias", (page.backward.map,))
    assert page.panel.title.text().endswith(f"b[{place[0]}]")
    foretold = page.panel.terms.weight_after
    gradient = page.panel.sample_gradients()[name][place]
    assert page.panel.boxes.boxes[0].result == precise(float(gradient))
    page.click(page.panel.step_button)
    assert float(page.inspection.network.parameters()[name][place]) == foretold


_ADAM = ["m", "v", ""]
RULES = {
    "SGD": (lambda p: SGD(p, 0.1), "W ← W − lr · g", []),
    "momentum": (lambda p: SGD(p, 0.1, momentum=0.9), "W ← W − lr · m", ["m"]),
    "Nesterov": (
        lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
        "W ← W − lr · (g + μ·m)",
        ["m", "g + μ·m"],
    ),
    "RMSprop": (lambda p: RMSprop(p, 0.1), "W ← W − lr · g / (√s + ε)", ["s", "g / (√s + ε)"]),
    "RMSprop with momentum": (
        lambda p: RMSprop(p, 0.1, momentum=0.9),
        "W ← W − lr · m",
        ["s", "g / (√s + ε)", "m"],
    ),
    "Adam": (Adam, "W ← W − lr · m̂ / (√v̂ + ε)", _ADAM),
    "AdamW": (AdamW, "W ← (1 − lr·λ) · W − lr · m̂ / (√v̂ + ε)", ["γ", *_ADAM]),
    "AdamW without decay": (lambda p: AdamW(p, weight_decay=0.0), "W ← W − lr · m̂ / (√v̂ + ε)", _ADAM),
}


@pytest.mark.parametrize(("make", "rule", "symbols"), RULES.values(), ids=RULES)
def test_the_rule_and_the_boxes_name_what_is_updated(make, rule, symbols):
    optimizer = make({"w": np.array([2.0], np.float32)})
    terms = explain_update(optimizer, "w", (0,), -3.0)
    assert formula_of(terms) == rule
    assert formula_of(terms, "γ") == rule.replace("W", "γ")
    boxes = boxes_of(terms, "this sample", "γ")
    assert (boxes[-1].title, boxes[-1].symbol) == ("new value", "γ")
    written = " ".join(f"{box.symbol} {' '.join(box.lines)} {box.result}" for box in boxes)
    assert "W" not in written
    assert [box.symbol for box in boxes] == ["g", *symbols, "", "γ"]


@pytest.mark.parametrize("width", [1048, 664])
@pytest.mark.parametrize(("make", "rule", "symbols"), RULES.values(), ids=RULES)
def test_no_box_is_cut(qtbot, theme, make, rule, symbols, width):
    """In the room that a window of 1440 by 900 and of 1024 by 700 leaves, with weight decay on top."""
    optimizer = make({"w": np.array([-0.0123456], np.float32)})
    optimizer.weight_decay = 0.0125
    optimizer.step({"w": np.array([-0.0034567], np.float32)}, 0.0123)
    row = BoxRow(theme)
    qtbot.addWidget(row)
    row.resize(width, 104)
    row.set_compact(width < 900)
    row.set_boxes(
        boxes_of(explain_update(optimizer, "w", (0,), -0.0012345, lr_scale=0.0123), "mean of 128, clipped")
    )
    assert row.fits
    assert len(row.boxes) >= 4


LEAVE = {
    "another sample": lambda page: page.bench.select_sample(5),
    "the other scope": lambda page: page.backward.set_scope("sample"),
    "another layer": lambda page: page.inspection.go_to(2),
    "one more step": lambda page: page.bench.step_batch(),
    "training": lambda page: page.bench.start(),
    "reset": lambda page: page.bench.reset(),
    "another model": lambda page: page.bench.set_spec(MODELS["lenet5"]()),
}


@pytest.mark.parametrize("what", LEAVE)
def test_what_a_step_changed_stays_only_as_long_as_it_is_true(qtbot, what):
    page = _Page(qtbot)
    page.backward.trace_changed.connect(page.panel.refresh)  # as the page does
    page.backward.set_scope("batch")
    page.wait_for_terms()
    page.click(page.panel.step_button)
    page.qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is page.panel.effect, timeout=20_000)
    LEAVE[what](page)
    page.qtbot.waitUntil(lambda: page.panel.stack.currentWidget() is not page.panel.effect, timeout=20_000)
    assert page.bench.close()


def test_undoing_the_copys_step_elsewhere_ends_its_effect(page):
    page.click(page.panel.step_button)
    assert page.panel.stack.currentWidget() is page.panel.effect
    page.editing.restore()
    assert page.panel.stack.currentWidget() is not page.panel.effect
    assert not page.panel.undo_button.isVisible()
    assert not page.panel.apply_button.isVisible()


def test_the_samples_step_can_be_applied_to_the_run(page):
    name, place = page.backward.parameter
    foretold = page.panel.terms.weight_after
    page.click(page.panel.step_button)
    page.click(page.panel.apply_button)
    page.qtbot.waitUntil(
        lambda: float(page.bench.network.parameters()[name][place]) == foretold, timeout=20_000
    )
    assert not page.inspection.frozen


def test_while_training_runs_it_asks_to_pause(qtbot):
    page = _Page(qtbot)
    page.bench.start()
    page.panel.refresh()
    assert page.panel.stack.currentWidget() is page.panel.message
    assert "Pause" in page.panel.message.text()
    assert not page.panel.step_button.isEnabled()
    qtbot.waitUntil(lambda: page.bench.state is RunState.FINISHED, timeout=20_000)
    page.wait_for_terms()
    assert page.panel.stack.currentWidget() is page.panel.boxes
    assert page.bench.close()


def test_numbers_of_any_size_have_figures_that_count():
    assert precise(-0.0127812345) == "−0.01278"
    assert precise(0.00035435) == "0.0003544"
    assert precise(0.0) == "0"
    assert precise(-3.5e-9) == "−3.500e−9"
    assert precise(float("nan")) == "nan"
    assert precise(0.21355, sign=True) == "+0.21355"


def test_a_clipped_batch_and_an_unclipped_sample_are_told_apart(qtbot):
    page = _Page(qtbot, clip_norm=0.1, label_smoothing=0.1)
    page.backward.set_scope("batch")
    page.panel.show_cell()
    name, place = page.backward.parameter
    assert page.panel.terms.gradient == float(page.bench.preview.gradients[name][place])
    assert page.panel.boxes.boxes[0].lines == ("mean of 32, clipped",)
    page.backward.set_scope("sample")
    page.panel.show_cell()
    assert page.panel.note.whole.endswith("this sample alone, neither smoothed nor clipped")
    assert page.bench.close()


def test_while_a_past_moment_is_shown_no_step_is_offered(qtbot):
    page = _Page(qtbot)
    page.step()
    page.bench.show_moment(0)
    assert page.panel.terms is None
    assert not page.panel.step_button.isEnabled()
    assert "past moment, that of step 0" in page.panel.message.text()
    page.panel.do_step()
    assert len(page.bench.history) == 1
    page.bench.show_moment(None)
    page.wait_for_terms()
    assert page.panel.step_button.isEnabled()
    assert page.bench.close()

"""The line at the bottom tells the run's state, where the cursor is, and the page's keys."""

import itertools

import pytest

from cnncore import MODELS
from explorer.frame.status_bar import KeyHints, StatusBar, engine_text
from explorer.workbench import Hover, RunState, Workbench

HINTS = [(("Space",), "train / pause"), (("N",), "next batch"), (("Shift", "N"), "next epoch")]


@pytest.fixture
def workbench(qapp):
    workbench = Workbench()
    workbench.set_spec(MODELS["tiny"]())
    yield workbench
    workbench.close()


@pytest.fixture
def bar(qtbot, workbench, theme):
    bar = StatusBar(workbench, theme)
    bar.set_hints(HINTS)
    bar.resize(1440, bar.height())
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_before_the_first_step_it_says_ready(bar):
    assert bar.state_label.text() == "Ready"


def test_a_step_is_told_with_its_loss(bar, workbench, qtbot):
    with qtbot.waitSignal(workbench.state_changed, timeout=10_000):
        workbench.step_batch()
    assert workbench.state is RunState.PAUSED
    assert bar.state_label.text() == f"Paused · step 1 · train loss {workbench.history.losses[-1]:.3f}"


def test_while_training_it_says_so(bar, workbench, qtbot):
    workbench.start()
    qtbot.waitUntil(lambda: bar.state_label.text().startswith("Training · step "), timeout=10_000)


def test_the_middle_holds_the_hint_or_the_place_under_the_cursor(bar, workbench):
    workbench.set_hint("Click a map to trace its inputs")
    assert bar.hint_label.whole_text == "Click a map to trace its inputs"
    workbench.set_hover(Hover("conv2 map 5", (("value", "+1.717"),), "conv2 map 5 · y 7, x 9"))
    assert bar.hint_label.whole_text == "conv2 map 5 · y 7, x 9"
    workbench.set_hover(None)
    assert bar.hint_label.whole_text == "Click a map to trace its inputs"


def test_a_hint_that_is_too_long_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(bar, workbench):
    words = "very long help " * 30
    workbench.set_hint(words)
    bar.layout().activate()
    assert bar.hint_label.text().endswith("…")
    assert bar.hint_label.toolTip() == words
    assert bar.hint_label.geometry().right() < bar.keys.geometry().left()


def test_keys_that_do_not_fit_are_left_out_from_the_end(bar):
    keys = bar.keys
    assert keys._visible(keys.sizeHint().width()) == HINTS
    assert len(keys._visible(keys.sizeHint().width() - 40)) == 2
    assert keys._visible(10) == []


def test_key_hints_are_read_out_as_text(theme, qtbot):
    keys = KeyHints(theme)
    qtbot.addWidget(keys)
    keys.set_hints(HINTS)
    assert keys.accessibleName() == "Space: train / pause, N: next batch, Shift+N: next epoch"
    keys.resize(keys.sizeHint())
    assert not keys.grab().toImage().isNull()


def test_at_the_smallest_window_nothing_overlaps(bar, workbench):
    workbench.set_hint("Hover a chart to read every run at that step")
    bar.resize(1024, bar.height())
    bar.layout().activate()
    parts = [bar.state_label, bar.hint_label, bar.keys, bar.engine_label]
    for left, right in itertools.pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert bar.engine_label.text() == engine_text(workbench.threads)


def test_the_engine_and_its_threads_are_told():
    assert engine_text(1) == "NumPy · 1 thread"
    assert engine_text(2) == "NumPy · 2 threads"

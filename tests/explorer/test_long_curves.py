"""A run of 100,000 steps: what the charts show is what was told, whatever the person does meanwhile."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import StepDone
from explorer.app import build_window
from explorer.workbench.state import RunState

STEPS, BATCHES = 100_000, 125
LAYERS = (0.1, 0.2, 0.3, 0.4)


def steps(first, count, rng):
    """The events of so many steps, as the training thread posts them."""
    losses = 2.3 * np.exp(-np.arange(first, first + count) / 9000) * rng.lognormal(0, 0.5, count)
    rights = rng.integers(0, 33, count) / 32
    return [
        StepDone(
            step,
            1 + (step - 1) // BATCHES,
            1 + (step - 1) % BATCHES,
            BATCHES,
            loss,
            right,
            1e-3,
            32,
            2e-3,
            1.0,
            LAYERS,
            LAYERS,
        )
        for step, loss, right in zip(
            range(first, first + count), losses.tolist(), rights.tolist(), strict=True
        )
    ]


def smoothed(values, weight):
    """Equation by equation: the exponential mean, corrected for its start."""
    mean, result = 0.0, []
    for t, value in enumerate(values, start=1):
        mean = weight * mean + (1 - weight) * value
        result.append(mean / (1 - weight**t))
    return result


@pytest.fixture
def window(qtbot):
    window = build_window()
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.workbench.evaluation is not None, timeout=20_000)
    window.show()
    window.populate()
    yield window
    window.close()


def test_no_step_is_lost_in_a_long_run_with_a_restless_person(qtbot, window):
    bench, rng = window.workbench, np.random.default_rng(7)
    run = bench._run
    page = window.workspaces["train"]
    charts = (page.loss_panel.chart, page.accuracy_panel.chart)
    told = []
    run._set_state(RunState.RUNNING)  # the thread itself rests: its events come from here
    run._timer.stop()

    def keys(*choice):
        chart = charts[int(rng.integers(2))]
        qtbot.keyClick(chart, choice[int(rng.integers(len(choice)))])

    actions = (
        lambda: window.show_workspace(str(rng.choice(["train", "network", "scan", "build", "runs"]))),
        lambda: window.show_workspace("train"),
        lambda: keys(Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home),
        page.loss_panel.log_switch.toggle,
        window.grab,
        lambda: None,  # the run pauses: nothing comes
    )
    while len(told) < STEPS:
        act = actions[int(rng.integers(len(actions)))]
        act()
        if act is not actions[-1]:
            events = steps(len(told) + 1, min(int(rng.integers(1, 4000)), STEPS - len(told)), rng)
            told += events
            for event in events:
                run._trainer._outbox.post(run.run_id, event)
        run._tick()
    window.show_workspace("train")
    for chart in charts:
        chart.fit()
    window.grab()
    losses = np.array([event.loss for event in told])
    assert len(bench.history) == STEPS
    assert np.array_equal(bench.history.steps, np.arange(1, STEPS + 1))
    assert np.array_equal(bench.history.losses, losses)
    assert np.array_equal(bench.history.accuracies, [event.accuracy for event in told])
    curves = charts[0].curves
    assert np.array_equal(curves["batch"].x, np.arange(1, STEPS + 1))
    assert np.array_equal(curves["batch"].y, losses)
    expected = smoothed(losses.tolist(), page.link.smoothing)
    assert np.allclose(curves["smoothed"].y, expected, rtol=1e-9, atol=0)
    assert STEPS <= charts[0].x_range[1] <= 1.05 * STEPS
    run._set_state(RunState.PAUSED)

"""How fluid the charts of a very long run are, and how much memory such a run takes."""

from __future__ import annotations

import time

import numpy as np

from tests.benchmarks.app_measures import open_window, resident_megabytes

STEPS, BATCHES = 1_000_000, 125
LAYERS = (0.1, 0.2, 0.3, 0.4)
MARKS = (200_000, 400_000)
"""After so many steps the memory is looked at."""
FRAMES = 120


def _events(first: int, count: int, rng: np.random.Generator):
    from cnncore import StepDone

    losses = 2.3 * np.exp(-np.arange(first, first + count) / 9000) * rng.lognormal(0, 0.5, count)
    for step, loss in zip(range(first, first + count), losses.tolist(), strict=True):
        epoch, batch = divmod(step - 1, BATCHES)
        yield StepDone(step, epoch + 1, batch + 1, BATCHES, loss, 0.5, 1e-3, 32, 2e-3, 1.0, LAYERS, LAYERS)


def measure_charts() -> dict:
    """Frames a second while both charts zoom and pan over a million points; memory of a long run.

    The points are given to the charts as they are; the run's record folds those of older steps. Its events
    come through the queue of the training thread, which rests.
    """
    application, window = open_window("train")
    window.populate()
    application.processEvents()
    page, run, rng = window.workspaces["train"], window.workbench._run, np.random.default_rng(0)
    result = {}
    for first in range(1, MARKS[-1], 2000):
        for event in _events(first, 2000, rng):
            run._trainer._outbox.post(run.run_id, event)
        run._tick()
        application.processEvents()
        if first == 1:  # all is painted once
            window.grab()
            result["memory_before_mb"] = resident_megabytes()
        if first + 1999 in MARKS:
            window.grab()
            result[f"memory_after_{first + 1999}_mb"] = resident_megabytes()
    charts = (page.loss_panel.chart, page.accuracy_panel.chart)
    x = np.arange(1, STEPS + 1, dtype=float)
    noise = rng.lognormal(0, 0.5, STEPS)
    for chart in charts:
        for name in chart.curves:
            if not chart.curves[name].marks:
                chart.set_data(name, x, noise)
        chart.set_extent(0, STEPS, 100)
    spans = np.geomspace(STEPS, 2000, FRAMES // 2)
    ranges = [(STEPS / 3 - span / 3, STEPS / 3 + 2 * span / 3) for span in spans]
    ranges += [(at, at + STEPS / 2) for at in np.linspace(0, STEPS / 2, FRAMES // 2)]
    frames = []
    for low, high in ranges:
        began = time.perf_counter()
        for chart in charts:
            chart.set_x_range(low, high)
            chart.viewport().repaint()
        frames.append((time.perf_counter() - began) * 1000)
    result["frame_p50_ms"], result["frame_p95_ms"] = (float(np.percentile(frames, q)) for q in (50, 95))
    result["frames_per_second"] = 1000 / float(np.mean(frames))
    window.close()
    return result

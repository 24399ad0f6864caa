"""A few approved pictures: what is drawn stays as it was looked at and found good.

After an intended change, look at the new pictures and approve them:

    CNN_EXPLORER_APPROVE=1 python -m pytest tests/explorer/test_pictures.py
"""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from PySide6.QtCore import QSize

from cnncore import StepDone
from explorer.frame.input_panel import InputPanel
from explorer.workbench import Focus, Workbench
from explorer.workspaces.network import NetworkWorkspace
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.loss_panel import LossPanel

APPROVED = Path(__file__).parent / "approved"
LEAST_SIMILARITY = 0.97  # the same picture by another version of Qt or FreeType
WINDOW = 8


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    """Structural similarity of two grey images, mean over windows (Wang et al. 2004, equation 13)."""
    pairs = [sliding_window_view(image.astype(float), (WINDOW, WINDOW))[::4, ::4] for image in (a, b)]
    (mean_a, mean_b), (var_a, var_b) = ([f(p, axis=(2, 3)) for p in pairs] for f in (np.mean, np.var))
    covariance = np.mean(pairs[0] * pairs[1], axis=(2, 3)) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    structure = (2 * covariance + c2) / (var_a + var_b + c2)
    return float(np.mean((2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1) * structure))


def check(widget, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.png"
    assert widget.grab().save(str(path))
    approved = APPROVED / path.name
    if os.environ.get("CNN_EXPLORER_APPROVE"):
        APPROVED.mkdir(exist_ok=True)
        Image.open(path).convert("RGB").quantize(128).save(approved, optimize=True)
    with Image.open(path) as new, Image.open(approved) as old:
        assert new.size == old.size
        found = similarity(*(np.asarray(image.convert("L")) for image in (new, old)))
    assert found >= LEAST_SIMILARITY, f"{path} differs from {approved}: similarity {found:.3f}"


@pytest.fixture
def workbench(qtbot):
    """Return a workbench whose network is untrained and whose first evaluation is over."""
    bench = Workbench()
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)
    yield bench
    bench.close()


def shown(qtbot, widget, width, height):
    qtbot.addWidget(widget)
    widget.resize(QSize(width, height))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_networks_picture(qtbot, workbench, theme, mode, tmp_path):
    theme.set_mode(mode)
    page = shown(qtbot, NetworkWorkspace(workbench, theme), 1108, 828)
    workbench.set_focus(Focus(2, 5, 7, 9))
    check(page.canvas, f"network-{mode}", tmp_path)


def test_the_input_panel(qtbot, workbench, theme, tmp_path):
    workbench.select_sample(495)
    check(shown(qtbot, InputPanel(workbench, theme), 264, 828), "input-panel", tmp_path)


def test_the_loss_chart(qtbot, workbench, theme, tmp_path):
    panel = shown(qtbot, LossPanel(workbench, theme, ChartLink(workbench)), 764, 306)
    panel.populate()
    qtbot.waitUntil(panel.chart.isVisible)
    rng = np.random.default_rng(0)
    for step in range(1, 301):
        loss = 2.3 * np.exp(-step / 60) + 0.1 + 0.08 * rng.random()
        workbench.history.append(StepDone(step, 1 + (step - 1) // 125, 1, 125, loss, 0.9, 1e-3, 32, 0.01))
    workbench.history_changed.emit()
    check(panel, "loss-chart", tmp_path)


def test_another_picture_is_not_similar():
    rng = np.random.default_rng(0)
    image = np.asarray(Image.open(APPROVED / "loss-chart.png").convert("L"))
    assert similarity(image, image) == pytest.approx(1.0)
    assert similarity(image, np.roll(image, 3, axis=0)) < LEAST_SIMILARITY
    assert similarity(image, rng.permutation(image)) < LEAST_SIMILARITY

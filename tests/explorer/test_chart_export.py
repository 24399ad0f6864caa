"""A chart on the clipboard, as PNG and as SVG."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from explorer.workbench import OverlayRun
from explorer.workspaces.train.accuracy_panel import AccuracyPanel
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.chart_picture import picture_size, render, to_svg
from explorer.workspaces.train.loss_panel import LossPanel
from tests.explorer.test_overlays import record


@pytest.fixture
def loss(qtbot, theme, tiny_bench):
    return shown(qtbot, LossPanel(tiny_bench, theme, ChartLink(tiny_bench)), tiny_bench)


def shown(qtbot, panel, bench):
    qtbot.addWidget(panel)
    panel.resize(760, 300)
    panel.show()
    qtbot.waitExposed(panel)
    panel.populate()
    bench.set_overlays((OverlayRun("a", "adam 3e-4", "run_a", record(600, batches=100)),))
    qtbot.waitUntil(lambda: panel.chart.height() < panel.height())  # it has been laid out
    panel.chart.viewport().repaint()
    return panel


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return data[:, : image.width(), :3].astype(int)


def test_a_png_has_twice_the_pixels(qtbot, loss, tiny_bench, tmp_path):
    with qtbot.waitSignal(tiny_bench.succeeded) as told:
        loss.export_button.write(tmp_path / "chart")
    assert told.args == ["The picture was saved as chart.png."]
    image = QImage(str(tmp_path / "chart.png"))
    assert image.size() == picture_size(loss.chart) * 2
    run = loss.theme.color("run_a")
    near = np.abs(pixels(image) - [run.blue(), run.green(), run.red()]).max(axis=2) < 8
    assert near.sum() > 500, "the other run is in it"


def test_an_svg_has_lines_and_text_and_looks_the_same(qtbot, loss, tiny_bench, tmp_path):
    path = tmp_path / "chart.svg"
    with qtbot.waitSignal(tiny_bench.succeeded):
        loss.export_button.write(path)
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    texts = {"".join(text.itertext()).strip() for text in root.iter(f"{space}text")}
    assert {"Loss", "adam 3e-4", "mean loss", "step", "200"} <= texts
    assert not list(root.iter(f"{space}image")), "no picture within the drawing"
    longest = max(len(line.get("points").split()) for line in root.iter(f"{space}polyline"))
    assert longest == 600, "the run is one line"
    size = picture_size(loss.chart)
    drawn = QImage(size * 2, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(path.read_bytes())).render(painter)
    painter.end()
    difference = np.abs(pixels(drawn) - pixels(render(loss.chart, loss.view, loss.theme))).max(axis=2)
    assert (difference > 60).mean() < 0.01


def test_what_lies_outside_the_axes_is_clipped(loss):
    loss.chart.set_x_range(200, 260)
    text = to_svg(loss.chart, loss.view, loss.theme).decode("utf-8")
    assert re.search(r'clip-path="url', text)


def test_the_clipboard_gets_the_picture(loss, tiny_bench, qtbot):
    with qtbot.waitSignal(tiny_bench.succeeded) as told:
        loss.export_button.copy()
    assert told.args == ["The picture of the loss chart was copied."]
    assert QGuiApplication.clipboard().image().size() == picture_size(loss.chart) * 2
    QGuiApplication.clipboard().clear()


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_left(qtbot, loss, tiny_bench, tmp_path):
    with qtbot.waitSignal(tiny_bench.failed) as told:
        loss.export_button.write(tmp_path / "nowhere" / "chart.png")
    assert told.args[0] == "The picture could not be saved as chart.png."
    (tmp_path / "chart.svg").mkdir()
    with qtbot.waitSignal(tiny_bench.failed):
        loss.export_button.write(tmp_path / "chart.svg")
    assert [file.name for file in tmp_path.iterdir()] == ["chart.svg"]


def test_the_person_is_asked_for_a_file(qtbot, theme, tiny_bench, tmp_path, monkeypatch):
    panel = shown(qtbot, AccuracyPanel(tiny_bench, theme, ChartLink(tiny_bench)), tiny_bench)
    panel.choice.set_value("rate")
    asked = []

    def answer(_parent, _title, suggestion, _kinds):
        asked.append(suggestion)
        return str(tmp_path / suggestion), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    with qtbot.waitSignal(tiny_bench.succeeded):
        panel.export_button.ask()
    assert asked == ["learning-rate.png"]
    assert QSize(QImage(str(tmp_path / "learning-rate.png")).size()) == picture_size(panel.chart) * 2


def test_the_menu_names_what_can_be_done(qtbot, loss):
    button = loss.export_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.menu.isVisible()
    assert [action.text() for action in button.menu.actions()] == ["Copy the picture", "Save the picture…"]
    assert all(action.isEnabled() and action.objectName() for action in button.menu.actions())
    button.menu.close()

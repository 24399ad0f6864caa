"""The whole panel, worked with mouse and keys."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLabel

from explorer.frame.image_loader import PASTED
from explorer.frame.input_panel import InputPanel
from explorer.workbench import Hover, Workbench

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def panel(qtbot, workbench, theme):
    widget = InputPanel(workbench, theme)
    qtbot.addWidget(widget)
    widget.resize(264, 828)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    return widget


@pytest.fixture
def picture(tmp_path):
    pixels = np.full((80, 60, 3), 255, dtype=np.uint8)
    pixels[15:65, 25:33] = (40, 20, 120)
    path = tmp_path / "one.png"
    Image.fromarray(pixels).save(path)
    return path


def draw_seven(qtbot, panel):
    points = [(60, 60), (110, 58), (160, 60), (140, 100), (120, 150), (110, 190)]
    qtbot.mousePress(panel.pad, LEFT, pos=QPoint(*points[0]))
    for point in points[1:]:
        qtbot.mouseMove(panel.pad, QPoint(*point))
    qtbot.mouseRelease(panel.pad, LEFT, pos=QPoint(*points[-1]))


def test_a_sample_with_its_prediction_from_the_start(workbench, panel):
    assert panel.name.text() == "validation #0"
    assert np.array_equal(panel.view.array, workbench.sample.image[0])
    assert panel.results.predicted.text() == str(workbench.trace.predicted)
    assert panel.loss.value.text() == f"{workbench.trace.loss:.3f}"


def test_random(qtbot, workbench, panel):
    before = workbench.sample.index
    qtbot.mouseClick(panel.buttons.random, LEFT)
    assert workbench.sample.index != before
    assert panel.name.text() == f"validation #{workbench.sample.index}"


def test_drawing_with_the_mouse(qtbot, workbench, panel):
    qtbot.mouseClick(panel.buttons.draw, LEFT)
    assert panel.pad.isVisible()
    assert panel.pad.hasFocus()
    draw_seven(qtbot, panel)
    qtbot.waitUntil(panel.buttons.undo.isEnabled)
    assert panel.name.text() == "your drawing"
    assert panel.loss.value.text() == "—"
    assert np.array_equal(panel.preview.array, workbench.sample.image[0])
    panel.results.label_choice.activated.emit(8)
    assert workbench.sample.label == 7
    assert panel.loss.value.text() == f"{workbench.trace.loss:.3f}"
    qtbot.mouseClick(panel.buttons.draw, LEFT)
    assert panel.view.isVisible()
    assert np.array_equal(panel.view.array, workbench.sample.image[0])
    assert panel.view.array.any()


def test_undo_clear_and_leave(qtbot, workbench, panel):
    qtbot.mouseClick(panel.buttons.draw, LEFT)
    draw_seven(qtbot, panel)
    draw_seven(qtbot, panel)
    qtbot.waitUntil(panel.buttons.undo.isEnabled)
    qtbot.mouseClick(panel.buttons.undo, LEFT)
    assert len(panel.pad.strokes) == 1
    qtbot.waitUntil(panel.buttons.clear.isEnabled)
    qtbot.mouseClick(panel.buttons.clear, LEFT)
    qtbot.waitUntil(lambda: not panel.buttons.clear.isEnabled())
    qtbot.keyClick(panel.pad, Qt.Key.Key_Escape)
    assert panel.buttons.draw.text() == "Draw"
    assert workbench.sample.index == 0


def test_opening_a_file(qtbot, workbench, panel, picture, monkeypatch):
    asked = []

    def choose(parent, title, folder, kinds):
        asked.append(folder)
        return str(picture), kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    with qtbot.waitSignal(workbench.sample_changed):
        qtbot.mouseClick(panel.buttons.open, LEFT)
    assert panel.name.text() == "one.png"
    assert workbench.sample.image[0, 14, 14] > 0.9
    assert panel.results.label_choice.isVisible()
    panel.choose_file()
    assert asked == ["", str(picture.parent)]
    qtbot.waitUntil(lambda: not panel.loader.busy)


def test_nothing_chosen_in_the_dialog(workbench, panel, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    before = workbench.sample
    panel.choose_file()
    assert not panel.loader.busy
    assert workbench.sample is before


def bad_files(folder):
    (folder / "letter.png").write_text("Dear reader")
    Image.new("L", (1, 1)).save(folder / "dot.png")
    Image.new("1", (20_000, 20_000)).save(folder / "huge.png")
    Image.new("L", (50, 50), 90).save(folder / "blank.png")
    whole = folder / "whole.png"
    Image.effect_noise((90, 90), 80).save(whole)
    (folder / "cut.png").write_bytes(whole.read_bytes()[:900])
    return {
        "letter.png": "not an image",
        "dot.png": "1 × 1 pixel",
        "huge.png": "too many pixels",
        "blank.png": "blank",
        "cut.png": "cut short",
        "none.png": "There is no file",
    }


def test_bad_files_are_explained_and_change_nothing(qtbot, workbench, panel, picture, tmp_path):
    before = workbench.sample
    for name, words in bad_files(tmp_path).items():
        with qtbot.waitSignal(panel.loader.failed):
            panel.open_file(tmp_path / name)
        assert words in panel.notice.text
        assert panel.notice.isVisible()
        assert workbench.sample is before
    with qtbot.waitSignal(workbench.sample_changed):
        panel.open_file(picture)
    assert panel.notice.isHidden()


def test_a_newer_choice_wins_over_a_slow_file(qtbot, workbench, panel, picture):
    panel.open_file(picture)
    workbench.next_sample()
    assert not panel.loader.busy
    with qtbot.waitSignal(panel.loader.failed):  # the file's digit has come by then, and is not wanted
        panel.loader.load_file(picture.with_name("none.png"))
    assert workbench.sample.index == 1


def test_paste(qtbot, workbench, panel, picture):
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    qtbot.mouseClick(panel.paste_button, LEFT)
    assert panel.notice.text == "There is no image on the clipboard. Copy one first."
    clipboard.setImage(QImage(str(picture)))
    with qtbot.waitSignal(workbench.sample_changed):
        qtbot.keyClick(panel, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert panel.name.text() == PASTED
    assert panel.notice.isHidden()


def test_dropping_a_file(qtbot, workbench, panel, picture):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    arguments = (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(100, 100), *arguments)
    QGuiApplication.sendEvent(panel, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(workbench.sample_changed):
        QGuiApplication.sendEvent(panel, QDropEvent(QPointF(100, 100), *arguments))
    assert panel.name.text() == "one.png"


def test_text_is_not_welcome(panel):
    mime = QMimeData()
    mime.setText("seven")
    enter = QDragEnterEvent(
        QPoint(100, 100), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QGuiApplication.sendEvent(panel, enter)
    assert not enter.isAccepted()


@pytest.mark.parametrize(("key", "moves"), [(Qt.Key.Key_Period, 1), (Qt.Key.Key_Comma, -1)])
def test_keys_walk_through_the_samples(qtbot, workbench, panel, key, moves):
    workbench.select_sample(50)
    qtbot.keyClick(panel, key)
    assert workbench.sample.index == 50 + moves


def test_keys_for_random_and_drawing(qtbot, workbench, panel):
    qtbot.keyClick(panel, Qt.Key.Key_R)
    assert workbench.sample.index != 0
    qtbot.keyClick(panel, Qt.Key.Key_D)
    assert panel.drawing.active
    qtbot.keyClick(panel, Qt.Key.Key_D)
    assert not panel.drawing.active


def test_an_empty_filter_is_told_until_it_is_not_empty(qtbot, workbench, panel):
    workbench.select_sample(12)
    panel.picker.nothing_found.emit("There are no misclassified images of class 3.")
    assert "class 3" in panel.notice.text
    assert not panel.buttons.random.isEnabled()
    assert workbench.sample.index == 12
    workbench.set_filter(2, False)
    assert panel.notice.isHidden()
    assert panel.buttons.random.isEnabled()


def test_an_error_stays_when_the_filter_changes_to_some(qtbot, workbench, panel, tmp_path):
    panel.say("The file is damaged.")
    workbench.filter_changed.emit()
    assert panel.notice.text == "The file is damaged."


@pytest.mark.parametrize("height", [828, 800, 760, 700, 628])
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("drawing", [False, True])
def test_nothing_is_clipped(workbench, panel, theme, height, mode, drawing):
    theme.set_mode(mode)
    workbench.set_hover(Hover("conv2 map 5", tuple((f"row {k}", "1.000") for k in range(4))))
    panel.drawing.set_active(drawing)
    panel.resize(264, height)
    panel.grab()
    area = panel.rect()
    for label in panel.findChildren(QLabel):
        if label.isVisible():
            corner = label.mapTo(panel, QPoint(0, 0))
            assert area.contains(corner)
            assert area.contains(corner + QPoint(label.width() - 1, label.height() - 1))
            if not label.wordWrap() and label is not panel.loss.formula:
                assert label.width() >= label.minimumSizeHint().width(), label.text()
            assert label.height() >= label.fontMetrics().height() - 2, label.text()


def test_a_very_low_panel_can_be_scrolled(panel):
    panel.resize(264, 400)
    assert panel._scroll.verticalScrollBar().maximum() > 0
    assert (
        panel._scroll.horizontalScrollBar().maximum() == 0
        or not panel._scroll.horizontalScrollBar().isVisible()
    )


def test_every_control_can_be_found_and_reached(panel):
    for control in (*panel.findChildren(QAbstractButton), *panel.findChildren(QComboBox)):
        if control.parent() is panel.notice or control.objectName().startswith("qt_"):
            continue
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.objectName()

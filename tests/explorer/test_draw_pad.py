"""The drawing pad, drawn on with the mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from explorer.frame.draw_pad import DrawPad

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pad(qtbot, theme):
    widget = DrawPad(theme)
    qtbot.addWidget(widget)
    widget.resize(226, 226)
    widget.show()
    widget.setFocus()
    return widget


def draw(qtbot, pad, *points):
    places = [QPoint(*point) for point in points]
    qtbot.mousePress(pad, LEFT, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(pad, place)
    qtbot.mouseRelease(pad, LEFT, pos=places[-1])


def test_a_stroke_is_kept_in_shares_of_the_side(qtbot, pad):
    draw(qtbot, pad, (1, 113), (113, 113), (225, 113))
    (stroke,) = pad.strokes
    np.testing.assert_allclose(stroke, [[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]], atol=0.01)


def test_what_leaves_the_pad_stays_at_its_edge(qtbot, pad):
    draw(qtbot, pad, (100, 100), (400, -50))
    assert pad.strokes[0].min() >= 0.0
    assert pad.strokes[0].max() <= 1.0


def test_another_button_does_not_draw(qtbot, pad):
    qtbot.mousePress(pad, Qt.MouseButton.RightButton, pos=QPoint(50, 50))
    qtbot.mouseMove(pad, QPoint(90, 90))
    assert pad.is_empty


def test_moving_without_a_button_does_not_draw(qtbot, pad):
    draw(qtbot, pad, (50, 50), (60, 60))
    qtbot.mouseMove(pad, QPoint(150, 150))
    assert len(pad.strokes[0]) == 2


def test_the_ink_is_seen_and_has_the_themes_colour(qtbot, pad, theme):
    draw(qtbot, pad, (30, 113), (113, 113), (200, 113))
    ink = QColor.fromRgb(int(theme.pixels[255]))
    assert pad.grab().toImage().pixelColor(113, 113) == ink
    theme.set_mode("dark")
    assert pad.grab().toImage().pixelColor(113, 113) == QColor.fromRgb(int(theme.pixels[255]))


def test_a_click_is_a_dot(qtbot, pad, theme):
    draw(qtbot, pad, (113, 113))
    assert pad.grab().toImage().pixelColor(113, 113) == QColor.fromRgb(int(theme.pixels[255]))


def test_it_tells_of_the_last_state_however_fast_it_is_drawn(qtbot, pad):
    told = []
    pad.changed.connect(lambda: told.append(sum(map(len, pad.strokes))))
    draw(qtbot, pad, (20, 20), *((20 + 3 * k, 30) for k in range(60)))
    points = sum(map(len, pad.strokes))
    qtbot.waitUntil(lambda: told[-1] == points)
    assert len(told) < points


def test_the_keys_of_the_pad(qtbot, pad):
    draw(qtbot, pad, (20, 20), (60, 60))
    draw(qtbot, pad, (80, 20), (90, 60))
    qtbot.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(pad.strokes) == 1
    draw(qtbot, pad, (80, 20), (90, 60))
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty
    with qtbot.waitSignal(pad.left):
        qtbot.keyClick(pad, Qt.Key.Key_Escape)


def test_undo_and_clear_of_nothing_tell_nothing(qtbot, pad):
    with qtbot.assertNotEmitted(pad.changed):
        pad.undo()
        pad.clear()


def test_undo_in_the_middle_of_a_stroke_ends_it(qtbot, pad):
    qtbot.mousePress(pad, LEFT, pos=QPoint(50, 50))
    pad.undo()
    qtbot.mouseMove(pad, QPoint(90, 90))
    qtbot.mouseRelease(pad, LEFT, pos=QPoint(90, 90))
    assert pad.is_empty

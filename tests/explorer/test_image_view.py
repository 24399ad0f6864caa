import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from explorer.widgets.image_view import ImageView


@pytest.fixture
def view(qtbot, theme):
    view = ImageView(theme)
    qtbot.addWidget(view)
    view.resize(232, 228)
    array = np.zeros((28, 28), dtype=np.float32)
    array[3, 5] = 1.0
    view.set_array(array, "a dot")
    view.show()
    return view


def test_pixels_are_whole_and_centred(view):
    area = view.image_rect()
    assert (area.width(), area.height()) == (224, 224)
    assert (area.left(), area.top()) == (4, 2)


@pytest.mark.parametrize(
    ("width", "height", "factor"), [(60, 60, 2), (100, 400, 3), (31, 200, 1), (12, 12, 1)]
)
def test_the_factor_is_the_largest_that_fits(view, width, height, factor):
    view.resize(width, height)
    assert view.image_rect().width() == 28 * factor


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_each_value_is_one_square_of_one_colour(view, theme, mode):
    theme.set_mode(mode)
    image = view.grab().toImage()
    cell = view.cell_rect(3, 5).toRect()
    corners = (cell.topLeft(), cell.topRight(), cell.bottomLeft(), cell.bottomRight(), cell.center())
    assert {image.pixelColor(p).rgb() for p in corners} == {int(theme.pixels[255])}
    assert image.pixelColor(cell.right() + 1, cell.top()).rgb() == int(theme.pixels[0])
    area = view.image_rect()
    assert image.pixelColor(area.left() - 1, area.center().y()) == theme.color("line2")


def test_hover_names_row_and_column_once_a_cell(qtbot, view):
    seen = []
    view.hovered.connect(lambda y, x: seen.append((y, x)))
    centre = view.cell_rect(3, 5).center().toPoint()
    qtbot.mouseMove(view, centre)
    qtbot.mouseMove(view, centre + QPoint(1, 1))
    qtbot.mouseMove(view, view.cell_rect(4, 5).center().toPoint())
    assert seen == [(3, 5), (4, 5)]
    with qtbot.waitSignal(view.left, timeout=1000):
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def test_every_cell_is_found_at_its_own_place(view):
    for y, x in ((0, 0), (0, 27), (27, 0), (27, 27)):
        area = view.cell_rect(y, x)
        assert view.cell_at(area.topLeft()) == (y, x)
        assert view.cell_at(area.bottomRight() - QPointF(0.5, 0.5)) == (y, x)
    assert view.cell_at(QPointF(0, 0)) is None
    assert view.cell_at(QPointF(view.image_rect().right() + 2, 50)) is None


def test_click(qtbot, view):
    with qtbot.waitSignal(view.clicked, timeout=1000) as signal:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(7, 9).center().toPoint())
    assert signal.args == [7, 9]


def test_other_shapes(view, theme):
    view.set_array(np.ones((1, 4, 6)))
    assert (view.image.width(), view.image.height()) == (6, 4)
    colours = np.zeros((3, 2, 2))
    colours[1] = 1.0
    view.set_array(colours)
    assert view.image.pixelColor(0, 0).name() == "#00ff00"
    view.set_argb(np.full((2, 5), 0xFF102030, dtype=np.uint32))
    assert view.image.pixelColor(4, 1).name() == "#102030"
    assert view.array is None
    with pytest.raises(ValueError, match="not \\(2, 4, 4\\)"):
        view.set_array(np.zeros((2, 4, 4)))


def test_empty_view(view):
    view.set_array(None)
    assert view.cell_at(QPointF(50, 50)) is None
    assert not view.grab().isNull()


def test_it_can_be_read_aloud(view):
    assert view.accessibleName() == "Input image"
    assert view.accessibleDescription() == "a dot"

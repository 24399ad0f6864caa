"""The number grid finds its cells under the mouse and keeps the picture between changes."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from explorer.widgets.number_grid import NumberGrid


@pytest.fixture
def grid(qtbot, theme):
    grid = NumberGrid(theme, name="kernel", frame="kernel")
    grid.set_values(np.arange(6.0).reshape(2, 3))
    grid.set_cell_size(30)
    qtbot.addWidget(grid)
    grid.resize(200, 100)
    grid.show()
    return grid


def middle(grid, y, x):
    return grid.cell_rect(y, x).center().toPoint()


def test_cells_are_whole_pixels_and_centred(grid):
    assert grid.cell_size == 30
    area = grid.grid_rect()
    assert (area.left(), area.top(), area.width(), area.height()) == (55, 20, 90, 60)
    grid.resize(80, 100)
    assert grid.cell_size == 24


def test_hovering_tells_each_cell_once(qtbot, grid):
    told = []
    grid.cell_hovered.connect(lambda y, x: told.append((y, x)))
    grid.left.connect(lambda: told.append(None))
    for place in (middle(grid, 0, 0), middle(grid, 0, 0) + QPoint(2, 2), middle(grid, 1, 2), QPoint(1, 1)):
        qtbot.mouseMove(grid, place)
    assert told == [(0, 0), (1, 2), None]


def test_a_click_tells_its_cell(qtbot, grid):
    with qtbot.waitSignal(grid.clicked, timeout=1000) as signal:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=middle(grid, 1, 1))
    assert signal.args == [1, 1]
    with qtbot.assertNotEmitted(grid.clicked):
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))


def test_edges_of_the_grid(grid):
    area = grid.grid_rect()
    assert grid.cell_at(area.topLeft()) == (0, 0)
    assert grid.cell_at(area.bottomRight()) is None
    assert grid.cell_at(area.bottomRight() - QPointF(0.5, 0.5)) == (1, 2)
    assert grid.cell_at(area.topLeft() - QPointF(0.5, 0)) is None


def test_partners_and_selection_are_drawn_and_kept_inside(grid):
    plain = grid.grab().toImage()
    grid.set_partners([(0, 1), (5, 5)])
    assert grid.partners == {(0, 1)}
    ringed = grid.grab().toImage()
    grid.set_selected((1, 1))
    assert len({bytes(image.constBits()) for image in (plain, ringed, grid.grab().toImage())}) == 3
    grid.set_partners([])
    grid.set_selected((9, 9))
    assert grid.selected is None
    assert grid.grab().toImage() == plain


def test_another_shape_forgets_rings(grid):
    grid.set_partners([(0, 1)])
    grid.set_values(np.zeros((4, 4)))
    assert grid.partners == frozenset()


def test_it_is_described_in_words(grid):
    assert grid.accessibleDescription() == "2 by 3 cells"
    grid.set_values(np.array([[1.0, -2.0]]), computed=np.array([[True, False]]))
    grid.set_selected((0, 1))
    assert grid.accessibleDescription() == "1 by 2 cells; 1 of 2 computed; row 0, column 1 is −2.000"


def test_the_theme_recolours_it(grid, theme):
    before = grid.grab().toImage()
    theme.set_mode("dark" if not theme.dark else "light")
    assert grid.grab().toImage() != before


def test_numbers_can_be_hidden(grid):
    before = grid.grab().toImage()
    grid.set_numbers_shown(False)
    assert grid.grab().toImage() != before
    grid.set_numbers_shown(True)
    assert grid.grab().toImage() == before


def test_what_cannot_be_shown(grid):
    with pytest.raises(ValueError, match="at least one cell"):
        grid.set_values(np.zeros(3))
    with pytest.raises(ValueError, match="no frame"):
        grid.set_frame("golden")

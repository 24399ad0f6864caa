"""A rectangle's edges, middle and cells."""

from explorer.widgets.rectangle import Rectangle

BOX = Rectangle(10, 20, 30, 40)


def test_edges_and_middle():
    assert (BOX.right, BOX.bottom) == (40, 60)
    assert (BOX.cx, BOX.cy) == (25, 40)
    assert BOX.grown(2) == (8, 18, 34, 44)


def test_the_far_edges_lie_outside():
    assert BOX.contains(10, 20)
    assert BOX.contains(39.9, 59.9)
    assert not BOX.contains(40, 30)
    assert not BOX.contains(20, 60)


def test_cells_fill_it():
    assert BOX.cell(0, 0, 4, 3) == (10, 20, 10, 10)
    assert BOX.cell(2, 1, 4, 3, high=2, wide=2) == (20, 40, 20, 20)

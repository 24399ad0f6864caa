"""Cells take the colours of their values, and numbers only where they fit."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from explorer.widgets.cells import Cells, fitting, font_px, ink_on, paint_cells, text_of


def drawn(cells, theme, edge=40, **options):
    rows, columns = cells.shape
    image = QImage(columns * edge, rows * edge, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    painter = QPainter(image)
    paint_cells(painter, QRectF(0, 0, columns * edge, rows * edge), cells, theme, **options)
    painter.end()
    return image


def test_zero_is_paper_and_ends_are_the_ends_of_the_map(theme):
    packed = Cells(np.array([[-2.0, 0.0, 2.0]])).argb(theme)
    assert packed.tolist() == [[int(theme.signed[1]), int(theme.signed[128]), int(theme.signed[255])]]


def test_pixels_use_less_than_half_of_their_map(theme):
    packed = Cells(np.array([[0.0, 9.0]]), "pixels", r=9.0).argb(theme)
    assert packed[0, 0] == theme.pixels[0]
    assert packed[0, 1] == theme.pixels[round(256 * 0.46 - 0.5)]


def test_padding_and_cells_to_come_are_blank(theme):
    mask = np.array([[True, False]])
    blank = theme.color("panel2").rgb()
    assert Cells(np.ones((1, 2)), padding=mask).argb(theme)[0, 0] == blank
    assert Cells(np.ones((1, 2)), computed=mask).argb(theme)[0, 1] == blank


@pytest.mark.parametrize(
    ("values", "digits"), [([[1, 2]], 0), ([[1.0, -3.0]], 0), ([[0.5, 1.0]], 2), ([[np.nan, 4.0]], 0)]
)
def test_whole_numbers_have_no_decimals(values, digits):
    assert Cells(np.array(values)).decimals == digits


def test_text_of_a_cell():
    assert text_of(0.0, 2) == "0"
    assert text_of(-0.256, 2) == "−0.26"
    assert text_of(1.5, 1, sign=True) == "+1.5"


def test_numbers_shrink_then_lose_decimals_then_go(theme):
    cells = Cells(np.array([[-0.123, 0.5]]), digits=3)
    assert fitting(cells, 60) == (14, 3)
    px, digits = fitting(cells, 30)
    assert (px, digits) < (14, 3)
    assert digits >= 1
    assert fitting(cells, 23.9) is None
    assert fitting(Cells(np.array([[1e9]])), 26) is None
    assert font_px(23.0) == 0
    assert font_px(32) == 10


def test_ink_has_the_better_contrast():
    assert ink_on(0xFFFFFFFF) == "#16181C"
    assert ink_on(0xFF000000) == "#FFFFFF"


def test_without_numbers_cells_are_plain(theme):
    plain = drawn(Cells(np.full((1, 1), 3.0), numbers=False), theme)
    written = drawn(Cells(np.full((1, 1), 3.0)), theme)
    assert QColor(plain.pixel(20, 20)) == QColor(int(theme.signed[255]))
    assert plain != written
    assert drawn(Cells(np.full((1, 1), 3.0)), theme, skip=lambda y, x: True) == plain


def test_hatching_runs_one_way_for_padding_and_the_other_for_unvisited(theme):
    mask = np.ones((1, 1), bool)
    none = drawn(Cells(np.zeros((1, 1)), numbers=False), theme)
    padding = drawn(Cells(np.zeros((1, 1)), numbers=False, padding=mask), theme)
    unvisited = drawn(Cells(np.zeros((1, 1)), numbers=False, unvisited=mask), theme)
    assert len({bytes(image.constBits()) for image in (none, padding, unvisited)}) == 3


@pytest.mark.parametrize("edge", [1, 3, 5, 8, 13, 24, 64])
def test_any_size_of_cell_and_odd_values_can_be_drawn(theme, edge):
    values = np.array([[np.nan, np.inf, -np.inf], [0.0, 1e-30, -1e30]])
    image = drawn(Cells(values, computed=values == values), theme, edge)
    assert image.pixelColor(0, 0) != QColor(Qt.GlobalColor.red)

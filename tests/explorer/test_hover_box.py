"""Under the cursor."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from explorer.frame.hover_box import HoverBox
from explorer.workbench import Hover, Workbench


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def box(qtbot, workbench, theme):
    widget = HoverBox(workbench, theme)
    qtbot.addWidget(widget)
    widget.resize(240, 104)
    widget.show()
    return widget


def test_it_shows_the_workbenchs_hover(workbench, box):
    hover = Hover("conv2 map 5", (("position", "y 7, x 9"), ("value", "+1.717")), "conv2 map 5")
    empty = box.grab().toImage()
    workbench.set_hover(hover)
    assert box.rows == hover.rows
    assert box.accessibleDescription() == "conv2 map 5: position y 7, x 9, value +1.717"
    assert box.grab().toImage() != empty
    workbench.set_hover(None)
    assert box.rows == ()
    assert box.grab().toImage() == empty


def test_no_more_rows_than_fit(workbench, box):
    workbench.set_hover(Hover("many", tuple((f"row {k}", str(k)) for k in range(9))))
    assert len(box.rows) == 4


def pixels(box):
    image = box.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


def test_long_texts_are_cut_not_overlaid(workbench, box):
    """The stronger text of a line looks the same beside a long one, which ends before it with a gap."""
    workbench.set_hover(Hover("", (("", "1.234"),)))
    alone = pixels(box)
    workbench.set_hover(
        Hover("a title that is far too long for its place in the box", (("n" * 80, "1.234"),))
    )
    crowded = pixels(box)
    changed = np.flatnonzero((crowded != alone)[27:45].any(axis=0))
    inked = np.flatnonzero((alone[27:45] != alone[30, box.width() // 2]).any(axis=0)[8:-8]) + 8
    assert changed.size
    assert inked.size
    assert changed.max() <= inked.min() - 4
    heading = np.flatnonzero((crowded != alone)[7:25].any(axis=0))
    assert heading.size
    assert heading.min() > 11
    assert heading.max() <= box.width() - 11


def test_it_follows_the_theme(box, theme):
    light = box.grab().toImage()
    theme.set_mode("dark")
    assert box.grab().toImage() != light

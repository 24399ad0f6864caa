"""Under the cursor."""

import pytest

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


def test_long_texts_are_cut_not_overlaid(workbench, box):
    workbench.set_hover(
        Hover("a title that is far too long for its place in the box", (("n" * 80, "1.234"),))
    )
    box.grab()


def test_it_follows_the_theme(box, theme):
    light = box.grab().toImage()
    theme.set_mode("dark")
    assert box.grab().toImage() != light

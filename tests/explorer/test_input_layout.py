"""The panel's arithmetic: every part has its place, and no two share one."""

import itertools

import pytest

from explorer.frame.input_layout import CONTENT_WIDTH, LAYOUTS, MARGIN, PANEL_WIDTH, choose_layout


def overlap(a, b):
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_parts_lie_inside_and_apart(layout):
    boxes, height = layout.boxes()
    for x, y, width, part_height in boxes.values():
        assert x >= 0
        assert y >= 0
        assert x + width <= PANEL_WIDTH
        assert y + part_height <= height
    for a, b in itertools.combinations(boxes.values(), 2):
        assert not overlap(a, b)


def test_at_the_reference_height_it_is_as_designed():
    layout = choose_layout(828)
    assert (layout.factor, layout.row, layout.beside) == (8, 20, False)
    assert layout.boxes()[0]["image"][2:] == (226, 226)


def test_at_the_smallest_window_nothing_has_to_be_scrolled():
    layout = choose_layout(628)
    assert layout.beside
    assert layout.boxes()[1] <= 628


def test_layouts_go_from_roomy_to_tight():
    heights = [layout.boxes()[1] for layout in LAYOUTS]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("height", [828, 800, 760, 750, 700, 650, 620])
def test_what_is_chosen_fits(height):
    assert choose_layout(height).boxes()[1] <= height


def test_more_classes_take_more_room():
    layout = choose_layout(300, classes=26)
    assert layout is LAYOUTS[-1]
    boxes, _ = layout.boxes(26)
    assert boxes["bars"][3] == 26 * layout.row
    assert boxes["loss"][0] == MARGIN
    assert boxes["loss"][2] == CONTENT_WIDTH

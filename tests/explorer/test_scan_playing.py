"""Playing, scrubbing and stepping on the page show the same pictures, and draw no more than what moves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from cnncore.scan_setup import OPERATIONS
from explorer.workspaces.scan import ScanWorkspace
from explorer.workspaces.scan.lab_state import DEFAULTS
from explorer.workspaces.scan.stage_layout import TITLE

PLACES = 20


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    page = ScanWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    page.show()
    page.setFocus()
    page.holder.set_state(replace(DEFAULTS, source="numbers").with_setup(stride=(1, 1)))
    return page


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)[..., :3]


def seen(page):
    return pixels(page.canvas), pixels(page.formula)


def same(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("speed", [1, 2, 8, 60, 61, 500])
@pytest.mark.parametrize("operation", ["correlation", "transposed"])
def test_a_full_play_through_visits_each_cell_once_and_in_order(page, speed, operation):
    page.holder.set_state(page.holder.state.with_setup(operation=operation))
    visited = []
    page.transport.index_changed.connect(visited.append)
    page.transport.set_speed(speed)
    while not page.transport.at_end:
        page.transport.advance(0.016)
    assert visited == list(range(1, page.holder.numbers.count))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_scrubbing_and_stepping_back_show_what_playing_showed(qtbot, page, operation):
    page.holder.set_state(page.holder.state.with_setup(operation=operation))
    transport, count = page.transport, page.holder.numbers.count
    transport.set_speed(10)
    played = [seen(page)]
    while not transport.at_end:
        transport.advance(0.1)
        played.append(seen(page))
    assert len(played) == count
    assert not any(same(one, other) for one, other in pairwise(played))
    for index in np.random.default_rng(2).permutation(count)[:PLACES]:
        page.bar.scrubber.setValue(int(index))
        assert same(seen(page), played[index])
    transport.seek(PLACES)
    for index in range(PLACES - 1, -1, -1):
        qtbot.keyClick(page.canvas, Qt.Key.Key_Left)
        assert same(seen(page), played[index])


@pytest.mark.parametrize("size", [(692, 628), (1108, 828)])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_changes_lies_in_the_part_that_is_drawn_anew(page, size, operation):
    page.resize(*size)
    page.holder.set_state(page.holder.state.with_channels(2).with_setup(operation=operation))
    tops = (int(TITLE), page.formula.top_of_value)
    before = seen(page)
    while not page.transport.at_end:
        page.transport.step(5)
        after = seen(page)
        for old, new, top in zip(before, after, tops, strict=True):
            assert np.array_equal(old[:top], new[:top])
            assert not np.array_equal(old[top:], new[top:])
        before = after


def test_the_position_is_told_when_playing_pauses(page):
    page.transport.set_speed(100)
    page.transport.play()
    page.transport.advance(0.08)
    page.transport.pause()
    place = page.transport.index
    assert place >= 8
    y, x = page.holder.numbers.plan.cell(place)
    assert page.canvas.accessibleDescription().startswith(f"position {place + 1} of ")
    assert f"cell y {y}, x {x}" in page.formula.accessibleDescription()

"""Messages lie over the page, never block, and leave when asked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cnncore import MODELS
from explorer.frame.messages import MARGIN, WIDEST, MessageBanner
from explorer.workbench import Workbench


@pytest.fixture
def workbench(qapp):
    workbench = Workbench()
    workbench.set_spec(MODELS["tiny"]())
    yield workbench
    workbench.close()


@pytest.fixture
def banner(qtbot, workbench, theme):
    area = QWidget()
    area.resize(1108, 828)
    qtbot.addWidget(area)
    banner = MessageBanner(workbench, theme, area)
    area.show()
    qtbot.waitExposed(area)
    banner.test_area = area
    return banner


def test_a_failure_is_shown_with_its_details_one_click_away(banner, workbench, qtbot):
    assert not banner.isVisible()
    workbench.failed.emit("The folder could not be opened.", "There are no IDX files in it.")
    assert banner.isVisible()
    assert banner.title_label.text() == "The folder could not be opened."
    assert not banner.details_label.isVisible()
    low = banner.height()
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    assert banner.details_label.isVisible()
    assert banner.details_label.text() == "There are no IDX files in it."
    assert banner.height() > low
    qtbot.mouseClick(banner.dismiss_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_a_failure_without_details_has_no_details_button(banner, workbench):
    workbench.failed.emit("It failed.", "")
    assert not banner.details_button.isVisible()


def test_the_same_failure_again_leaves_the_open_details_open(banner, workbench, qtbot):
    workbench.failed.emit("It failed.", "why")
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    workbench.failed.emit("It failed.", "why")
    assert banner.details_label.isVisible()
    workbench.failed.emit("Another one failed.", "why")
    assert not banner.details_label.isVisible()


def test_it_lies_in_the_middle_of_the_upper_edge_at_every_size(banner, workbench):
    workbench.failed.emit("It failed.", "why")
    for width in (1108, 692, 300):
        banner.test_area.resize(width, 628)
        assert banner.width() == min(WIDEST, width - 2 * MARGIN)
        assert banner.y() == MARGIN
        assert abs(banner.geometry().center().x() - width // 2) <= 1


def test_long_details_scroll_and_a_long_title_wraps(banner, workbench, qtbot):
    workbench.failed.emit("word " * 60, "line\n" * 200)
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    assert banner.height() < 320
    assert banner.title_label.height() > 2 * banner.title_label.fontMetrics().height()


def test_markup_in_a_message_is_shown_as_text(banner, workbench):
    workbench.failed.emit("<b>no</b>", "<img src='x'>")
    assert banner.title_label.textFormat() is Qt.TextFormat.PlainText
    assert banner.details_label.textFormat() is Qt.TextFormat.PlainText


def test_success_leaves_by_itself_and_failure_stays(banner, workbench):
    workbench.succeeded.emit("The checkpoint was saved.")
    assert banner.isVisible()
    assert banner._leave.isActive()
    workbench.failed.emit("It failed.", "")
    assert not banner._leave.isActive()


def test_training_on_takes_a_failure_away(banner, workbench):
    workbench.failed.emit("It failed.", "")
    workbench.start()
    assert not banner.isVisible()


def test_escape_takes_it_away(banner, workbench, qtbot):
    workbench.failed.emit("It failed.", "")
    qtbot.keyClick(banner, Qt.Key.Key_Escape)
    assert not banner.isVisible()

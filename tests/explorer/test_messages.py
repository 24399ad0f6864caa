"""Messages lie over the page, never block, and leave when asked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cnncore import MODELS
from explorer.frame.messages import LONGEST_REASON, MARGIN, WIDEST, MessageBanner
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


TRACEBACK = "Traceback (most recent call last):\n  File …\nValueError: no"


def test_a_failure_says_why_at_once(banner, workbench):
    assert not banner.isVisible()
    workbench.failed.emit("The folder could not be opened.", "There are no IDX files in it.")
    assert banner.isVisible()
    assert banner.title_label.text() == "The folder could not be opened."
    assert banner.reason_label.isVisible()
    assert banner.reason_label.text() == "There are no IDX files in it."
    assert not banner.details_button.isVisible()


@pytest.mark.parametrize("detail", [TRACEBACK, "word " * (LONGEST_REASON // 4)])
def test_tracebacks_and_long_texts_are_one_click_away(banner, workbench, qtbot, detail):
    workbench.failed.emit("The folder could not be opened.", detail)
    assert not banner.reason_label.isVisible()
    assert not banner.details_label.isVisible()
    low = banner.height()
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    assert banner.details_label.isVisible()
    assert banner.details_label.text() == detail
    assert banner.height() > low
    qtbot.mouseClick(banner.dismiss_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_a_failure_without_details_has_no_details_button(banner, workbench):
    workbench.failed.emit("It failed.", "")
    assert not banner.details_button.isVisible()


def test_the_same_failure_again_leaves_the_open_details_open(banner, workbench, qtbot):
    workbench.failed.emit("It failed.", TRACEBACK)
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    workbench.failed.emit("It failed.", TRACEBACK)
    assert banner.details_label.isVisible()
    workbench.failed.emit("Another one failed.", TRACEBACK)
    assert not banner.details_label.isVisible()


def test_it_lies_in_the_middle_of_the_lower_edge_at_every_size(banner, workbench):
    workbench.failed.emit("It failed.", "why " * 60)
    for width in (1108, 692, 300):
        banner.test_area.resize(width, 628)
        assert banner.width() == min(WIDEST, width - 2 * MARGIN)
        assert banner.geometry().bottom() == 628 - MARGIN - 1
        assert abs(banner.geometry().center().x() - width // 2) <= 1


def test_it_is_no_wider_than_its_text_needs(banner, workbench):
    workbench.failed.emit("It failed.", "why")
    assert banner.width() < 300
    workbench.failed.emit("The data in mnist could not be opened.", "There are no IDX files in it.")
    one_line = 1.5 * banner.title_label.fontMetrics().height()
    assert 280 <= banner.width() < 400
    assert banner.title_label.height() < one_line
    assert banner.reason_label.height() < one_line


def test_long_details_scroll_and_a_long_title_wraps(banner, workbench, qtbot):
    workbench.failed.emit("word " * 60, "line\n" * 200)
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    assert banner.height() < 320
    assert banner.title_label.height() > 2 * banner.title_label.fontMetrics().height()


def test_markup_in_a_message_is_shown_as_text(banner, workbench):
    workbench.failed.emit("<b>no</b>", "<img src='x'>")
    assert banner.title_label.textFormat() is Qt.TextFormat.PlainText
    assert banner.reason_label.textFormat() is Qt.TextFormat.PlainText
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


@pytest.mark.parametrize(
    "begin",
    [
        Workbench.reset,
        Workbench.use_built_in_data,
        lambda workbench: workbench.set_spec(MODELS["mlp"]()),
    ],
)
def test_a_run_that_begins_takes_a_failure_away(banner, workbench, begin):
    workbench.failed.emit("It failed.", "")
    begin(workbench)
    assert not banner.isVisible()


def test_reading_other_data_takes_a_failure_away(banner, workbench, qtbot, tmp_path):
    with qtbot.waitSignal(workbench.failed, timeout=10_000):
        workbench.open_data_folder(tmp_path)
    assert banner.isVisible()
    with qtbot.waitSignal(workbench.failed, timeout=10_000):
        workbench.open_data_folder(tmp_path)
        assert not banner.isVisible()
    assert banner.isVisible()


def test_escape_takes_it_away(banner, workbench, qtbot):
    workbench.failed.emit("It failed.", "")
    qtbot.keyClick(banner, Qt.Key.Key_Escape)
    assert not banner.isVisible()

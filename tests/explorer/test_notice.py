"""Messages in place."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from explorer.frame.notice import Notice

LONG = "“photo.png” has too many pixels (20,000 × 20,000). Up to 64 million can be opened: make it smaller."


@pytest.fixture
def notice(qtbot, theme):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(264, 300)
    parent.show()
    yield Notice(theme, parent)
    parent.close()


def test_it_says_and_clears(notice):
    assert notice.isHidden()
    notice.say("Something is wrong.")
    assert notice.isVisible()
    assert notice.text == "Something is wrong."
    assert notice.accessibleDescription() == "Something is wrong."
    notice.clear()
    assert notice.isHidden()
    assert notice.text == ""


def test_the_button_dismisses_it(notice, qtbot):
    notice.say("Something is wrong.")
    notice.lie_over(QRect(10, 10, 200, 200))
    qtbot.mouseClick(notice.close_button, Qt.MouseButton.LeftButton)
    assert notice.isHidden()


@pytest.mark.parametrize("text", ["Short.", LONG])
def test_the_whole_text_is_seen(notice, text):
    notice.say(text)
    notice.lie_over(QRect(10, 10, 214, 200))
    notice.grab()
    label = notice._text
    assert label.height() >= label.heightForWidth(label.width())
    assert notice.geometry().bottom() == 209

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.widgets.scroll_column import ScrollColumn


def test_it_scrolls_down_and_never_sideways(qtbot):
    content = QWidget()
    content.setObjectName("things")
    column = QVBoxLayout(content)
    for number in range(40):
        column.addWidget(QLabel(f"a rather long line of text, number {number}"))
    scroll = ScrollColumn(content, "thingsScroll", "Things")
    qtbot.addWidget(scroll)
    scroll.resize(120, 200)
    scroll.show()
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert not scroll.horizontalScrollBar().isVisible()
    assert (scroll.objectName(), scroll.accessibleName()) == ("thingsScroll", "Things")
    assert scroll.focusPolicy() == Qt.FocusPolicy.NoFocus  # the controls in it have the keyboard

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.stylesheet import stylesheet
from explorer.tokens import DARK, LIGHT

TOKENS = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@TOKENS
def test_nothing_is_left_open_and_every_file_exists(tokens):
    sheet = stylesheet(tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    paths = re.findall(r"url\(([^)]+)\)", sheet)
    assert len(paths) > 10
    assert all(Path(path).is_file() for path in paths)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", [QPushButton, QComboBox, QLineEdit, QDoubleSpinBox])
def test_controls_are_24_high_in_panels_and_28_in_bars(qtbot, theme, mode, kind):
    theme.set_mode(mode)
    for role, height in (("panel", 24), ("bar", 28)):
        frame = QFrame()
        frame.setProperty("role", role)
        qtbot.addWidget(frame)
        column = QVBoxLayout(frame)
        control = kind()
        column.addWidget(control)
        column.addStretch()
        frame.resize(300, 100)
        frame.show()
        assert control.height() == height


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_widget_keeps_the_default_grey(qtbot, theme, mode):
    theme.set_mode(mode)
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    grounds = {QLineEdit: "ctl", QComboBox: "ctl", QPushButton: "ctl", QListWidget: "panel"}
    widgets = {kind: kind() for kind in grounds}
    for widget in widgets.values():
        widget.setFixedSize(120, 40)
        column.addWidget(widget)
    column.addWidget(QCheckBox("check"))
    page.show()
    image = page.grab().toImage()
    assert image.pixelColor(1, 1) == theme.color("app")
    for kind, token in grounds.items():
        place = widgets[kind].geometry().topLeft()
        assert image.pixelColor(place.x() + 60, place.y() + 8) == theme.color(token), kind

"""Lines between parts are drawn in the line colour, one pixel thin."""

from PySide6.QtWidgets import QWidget

from explorer.widgets.rules import rule, upright_rule


def test_a_rule_is_thin_and_has_its_role(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    assert rule(parent).property("role") == "rule"
    line = upright_rule(20, parent)
    assert line.property("role") == "vrule"
    assert line.height() == 20
    assert line.parentWidget() is parent

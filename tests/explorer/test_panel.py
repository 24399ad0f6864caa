from PySide6.QtWidgets import QLabel

from explorer.widgets.panel import Panel


def test_header_keeps_its_height_and_the_body_takes_the_rest(qtbot, theme):
    panel = Panel("Loss", theme)
    qtbot.addWidget(panel)
    note, content = QLabel("right"), QLabel("content")
    panel.header.addWidget(note)
    panel.body.addWidget(content)
    panel.resize(400, 300)
    panel.show()
    assert note.parentWidget().height() == 24
    assert content.height() > 200
    assert note.mapTo(panel, note.rect().topRight()).x() > 370
    assert panel.property("role") == "panel"


def test_title_is_read_aloud_and_can_change(qtbot, theme):
    panel = Panel("Loss", theme)
    qtbot.addWidget(panel)
    assert (panel.title, panel.accessibleName()) == ("Loss", "Loss")
    panel.set_title("Accuracy")
    assert (panel.title, panel.accessibleName()) == ("Accuracy", "Accuracy")


def test_panel_is_drawn_in_the_theme(qtbot, theme):
    panel = Panel("Loss", theme)
    qtbot.addWidget(panel)
    panel.resize(200, 100)
    panel.show()
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        image = panel.grab().toImage()
        assert image.pixelColor(100, 70) == theme.color("panel")
        assert image.pixelColor(100, 0) == theme.color("line")

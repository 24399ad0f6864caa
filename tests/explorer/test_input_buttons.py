"""The buttons below the image."""

from explorer.frame.input_buttons import InputButtons


def test_other_buttons_while_drawing(qtbot, theme):
    buttons = InputButtons(theme)
    qtbot.addWidget(buttons)
    buttons.resize(232, 24)
    buttons.show()
    assert [b.text() for b in (buttons.draw, buttons.open, buttons.random) if b.isVisible()] == [
        "Draw",
        "Open…",
        "Random",
    ]
    buttons.set_drawing(True)
    assert buttons.draw.text() == "Done"
    assert buttons.undo.isVisible()
    assert buttons.clear.isVisible()
    assert not buttons.open.isVisible()
    buttons.set_strokes(False)
    assert not buttons.undo.isEnabled()


def test_every_word_has_room(qtbot, theme):
    buttons = InputButtons(theme)
    qtbot.addWidget(buttons)
    assert buttons.sizeHint().width() <= 232
    buttons.set_drawing(True)
    assert buttons.sizeHint().width() <= 232

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.widgets.controls import IconButton, Segmented, Switch, object_name

OPTIONS = [("step", "Step"), ("epoch", "Epoch"), ("time", "Time")]


@pytest.fixture
def axis(qtbot, theme):
    segmented = Segmented(OPTIONS, "Horizontal axis")
    qtbot.addWidget(segmented)
    segmented.show()
    segmented.activateWindow()
    return segmented


def test_segmented_starts_with_its_first_option(axis):
    assert axis.value == "step"
    assert axis.button("step").isChecked()
    assert (axis.objectName(), axis.accessibleName()) == ("horizontalAxis", "Horizontal axis")
    assert axis.button("epoch").accessibleName() == "Horizontal axis: Epoch"


def test_click_chooses(qtbot, axis):
    with qtbot.waitSignal(axis.changed, timeout=1000) as signal:
        qtbot.mouseClick(axis.button("time"), Qt.MouseButton.LeftButton)
    assert signal.args == ["time"]
    assert axis.value == "time"
    with qtbot.assertNotEmitted(axis.changed):
        qtbot.mouseClick(axis.button("time"), Qt.MouseButton.LeftButton)
    assert axis.button("time").isChecked()


def test_arrow_keys_move_the_choice_and_stop_at_the_ends(qtbot, axis):
    axis.button("step").setFocus()
    qtbot.keyClick(axis.button("step"), Qt.Key.Key_Left)
    assert axis.value == "step"
    qtbot.keyClick(axis.button("step"), Qt.Key.Key_Right)
    qtbot.keyClick(axis.button("epoch"), Qt.Key.Key_Down)
    qtbot.keyClick(axis.button("time"), Qt.Key.Key_Right)
    assert axis.value == "time"
    qtbot.keyClick(axis.button("time"), Qt.Key.Key_Up)
    assert axis.value == "epoch"


def test_tab_reaches_only_the_chosen_option(axis):
    axis.set_value("epoch")
    reachable = [key for key, _ in OPTIONS if axis.button(key).focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert reachable == ["epoch"]


def test_choosing_moves_nothing(axis):
    before = [axis.button(key).geometry() for key, _ in OPTIONS]
    axis.set_value("time")
    axis.layout().activate()
    assert [axis.button(key).geometry() for key, _ in OPTIONS] == before


def test_segmented_refuses_what_it_does_not_offer(axis, theme):
    with pytest.raises(KeyError):
        axis.set_value("century")
    with pytest.raises(ValueError, match="at least one"):
        Segmented([], "Nothing")


def test_segments_have_tooltips(qtbot, theme):
    segmented = Segmented([("a", "A", "The first one"), ("b", "B")], "Letter")
    qtbot.addWidget(segmented)
    assert segmented.button("a").toolTip() == "The first one"
    assert segmented.button("b").toolTip() == "Letter: B"


def test_switch_is_turned_by_click_and_by_space(qtbot, theme):
    switch = Switch("Log y")
    qtbot.addWidget(switch)
    switch.show()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert switch.isChecked()
    with qtbot.waitSignal(switch.toggled, timeout=1000):
        qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert not switch.isChecked()
    assert switch.accessibleName() == "Log y"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_switch_shows_its_state(qtbot, theme, mode):
    theme.set_mode(mode)
    switch = Switch()
    qtbot.addWidget(switch)
    switch.show()
    left = switch.width() - 2 - 22
    middle = switch.height() // 2
    switch.setChecked(True)
    assert switch.grab().toImage().pixelColor(left, middle) == theme.color("accent")
    switch.setChecked(False)
    assert switch.grab().toImage().pixelColor(left, middle).name() == "#ffffff"


def test_icon_button_follows_the_theme(qtbot, theme):
    button = IconButton("play", theme, "Train", role="primary")
    qtbot.addWidget(button)
    colors = set()
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        image = button.icon().pixmap(button.iconSize()).toImage()
        colors.add(image.pixelColor(7, 8).name())
        assert image.pixelColor(7, 8) == theme.color("accent_text")
    assert len(colors) == 2


def test_icon_button_changes_its_icon_and_role(qtbot, theme):
    button = IconButton("play", theme, "Train")
    qtbot.addWidget(button)
    before = button.icon().pixmap(button.iconSize()).toImage()
    button.set_icon("pause")
    assert button.icon_name == "pause"
    assert button.icon().pixmap(button.iconSize()).toImage() != before
    button.set_role("primary")
    assert button.icon().pixmap(button.iconSize()).toImage().pixelColor(5, 8) == theme.color("accent_text")


def test_icon_button_without_text_is_a_square(qtbot, theme):
    for role in ("", "flat"):
        button = IconButton("moon", theme, role=role)
        qtbot.addWidget(button)
        button.show()
        assert (button.width(), button.height()) == (24, 24)


def test_icon_button_loses_and_regains_its_text(qtbot, theme):
    button = IconButton("reset", theme, "Reset")
    qtbot.addWidget(button)
    button.show()
    wide = button.sizeHint()
    button.setText("")
    assert button.sizeHint().width() == button.sizeHint().height() == 24
    assert button.iconSize().width() == button.iconSize().height()
    button.setText("Reset")
    assert button.sizeHint() == wide
    assert wide.width() > 60


def test_click_leaves_the_keyboard_where_it_was(qtbot, theme):
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    button, switch = IconButton("play", theme, "Train"), Switch("Log y")
    row.addWidget(button)
    row.addWidget(switch)
    page.show()
    for control in (button, switch):
        assert control.focusPolicy() == Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("frame", ["panel", "bar"])
@pytest.mark.parametrize("role", ["", "primary", "flat"])
@pytest.mark.parametrize("text", ["Train", ""])
def test_focus_ring_changes_no_size(qtbot, theme, frame, role, text):
    page = QFrame()
    page.setProperty("role", frame)
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    button, other = IconButton("play", theme, text, role=role), IconButton("pause", theme)
    row.addWidget(button)
    row.addWidget(other)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    other.setFocus()
    plain, size = button.grab().toImage(), button.sizeHint()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.sizeHint() == size
    assert button.grab().toImage() != plain


@pytest.mark.parametrize(
    ("words", "name"), [("Colour range", "colourRange"), ("logY", "logY"), ("x-axis", "xAxis")]
)
def test_object_name(words, name):
    assert object_name(words) == name

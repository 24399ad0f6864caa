import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QPalette, QRawFont
from PySide6.QtWidgets import QLabel, QPushButton

from explorer.theme import DARK, LIGHT, Theme, load_fonts, make_palette


def test_mode_chooses_tokens_and_maps_together(qtbot, theme):
    assert (theme.mode, theme.dark, theme.tokens) == ("light", False, LIGHT)
    light = theme.signed
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.set_mode("dark")
    assert (theme.mode, theme.dark, theme.tokens) == ("dark", True, DARK)
    assert (theme.signed != light).any()
    assert theme.color("panel").name().upper() == DARK.panel


def test_changed_is_emitted_only_on_a_real_change(qtbot, theme):
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("light")


@pytest.mark.parametrize("make", [lambda: Theme("pink"), lambda: Theme("light").set_mode("pink")])
def test_unknown_mode_is_refused(qapp, make):
    with pytest.raises(ValueError, match="no theme 'pink'"):
        make()


def test_system_mode_follows_the_system(qapp, monkeypatch):
    theme = Theme("system")
    assert theme.dark == (qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    seen = []
    theme.changed.connect(lambda: seen.append(theme.dark))
    before = theme.dark
    monkeypatch.setattr(theme, "_wanted_dark", lambda: not before)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert seen == [not before]


def test_chosen_mode_ignores_the_system(qapp, theme, qtbot):
    with qtbot.assertNotEmitted(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)


def test_install_dresses_the_application_now_and_later(qapp, theme):
    for mode, tokens in (("dark", DARK), ("light", LIGHT)):
        theme.set_mode(mode)
        assert tokens.panel in qapp.styleSheet()
        assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == tokens.app


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_palette_leaves_no_role_to_the_platform(qapp, tokens):
    palette = make_palette(tokens)
    roles = set(QPalette.ColorRole) - {QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles}
    for role in roles:
        assert palette.isBrushSet(QPalette.ColorGroup.Active, role), role
    text, ground = QPalette.ColorRole.Text, QPalette.ColorRole.ToolTipBase
    disabled = palette.color(QPalette.ColorGroup.Disabled, text)
    assert disabled != palette.color(QPalette.ColorGroup.Active, text)
    assert palette.color(ground).name().upper() == tokens.tooltip


@pytest.mark.parametrize(
    ("weight", "italic", "style"),
    [
        (400, False, "Regular"),
        (500, False, "Medium"),
        (600, False, "Semi Bold"),
        (400, True, "Italic"),
        (600, True, "Semi Bold Italic"),
    ],
)
def test_each_weight_has_its_own_face(theme, weight, italic, style):
    face = QRawFont.fromFont(theme.font(12, weight, italic))
    assert (face.familyName(), face.styleName()) == ("Inter", style)


@pytest.mark.parametrize("weight", [400, 500, 600])
def test_figures_have_equal_width(theme, weight):
    metrics = QFontMetricsF(theme.font(12, weight))
    widths = [metrics.horizontalAdvance(digit * 8) for digit in "0123456789"]
    # Advances are kept in 64ths of a pixel, so that one figure may miss by that much.
    assert max(widths) - min(widths) <= 8 / 64


def test_figures_keep_their_width_under_the_style_sheet(theme, qtbot):
    label = QLabel("0")
    label.setProperty("role", "result")
    qtbot.addWidget(label)
    label.ensurePolished()
    metrics = QFontMetricsF(label.font())
    assert label.font().pixelSize() == 15
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    assert QRawFont.fromFont(label.font()).styleName() == "Semi Bold"


def test_sizes_between_pixels_go_down(theme):
    assert [theme.font(size).pixelSize() for size in (10, 10.5, 11, 14.5)] == [10, 10, 11, 14]


def test_font_is_a_copy(theme):
    theme.font(12).setPixelSize(40)
    assert theme.font(12).pixelSize() == 12


def test_fonts_load_once(theme, monkeypatch):
    def fail(*parts):
        raise AssertionError("loaded twice")

    monkeypatch.setattr("explorer.theme.asset", fail)
    load_fonts()


def test_roles_of_buttons_differ(theme, qtbot):
    shown = {}
    for role in ("", "primary", "flat"):
        button = QPushButton("Train")
        button.setProperty("role", role)
        qtbot.addWidget(button)
        button.resize(90, 28)
        button.show()
        shown[role] = button.grab().toImage().pixelColor(8, 14).name().upper()
    assert shown["primary"] == LIGHT.accent
    assert shown[""] == LIGHT.ctl
    assert shown["flat"] not in (LIGHT.accent, LIGHT.ctl)

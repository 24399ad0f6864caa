import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from explorer.assets import asset
from explorer.stylesheet import CONTROL_ICONS
from explorer.tokens import DARK, LIGHT
from explorer.widgets.icons import icon, icon_pixmap, recolour

NAMES = sorted(path.stem for path in asset("icons").glob("*.svg"))
PROMISED = """
logo play pause step-batch step-epoch reset train network moon sun help more pencil folder dice paste
download upload chevron-left chevron-right chevron-up chevron-down plus minus fit check cross eraser undo
close
"""


def pixels(pixmap):
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def test_every_promised_icon_is_there():
    assert set(PROMISED.split()) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_icon_is_drawn_in_its_colour_within_its_box(qapp, name):
    shown = pixels(icon_pixmap(name, "#4A50C8", 20, 2.0))
    assert shown.shape == (40, 40)
    alpha = shown >> 24
    assert (alpha > 200).sum() > 15
    assert "#4a50c8" in recolour(name, "#4A50C8")
    solid = shown[alpha == 255] & 0xFFFFFF
    assert (solid == 0x4A50C8).any()
    if name != "logo":
        assert not alpha[0].any()
        assert not alpha[:, -1].any()


def test_pixels_follow_the_density_of_the_screen(qapp):
    for dpr, edge in ((1.0, 16), (1.5, 24), (3.0, 48)):
        pixmap = icon_pixmap("play", "#000000", 16, dpr)
        assert (pixmap.width(), pixmap.devicePixelRatio()) == (edge, dpr)


def test_disabled_icon_is_fainter(qapp):
    drawn = icon("check", QColor("#123456"), 16)
    normal = pixels(drawn.pixmap(QSize(16, 16), QIcon.Mode.Normal)) >> 24
    disabled = pixels(drawn.pixmap(QSize(16, 16), QIcon.Mode.Disabled)) >> 24
    assert 0.3 < disabled.max() / normal.max() < 0.6


def test_unknown_icon_is_an_error(qapp):
    with pytest.raises(FileNotFoundError, match="no-such-icon"):
        icon("no-such-icon", "#000000")


@pytest.mark.parametrize("name", CONTROL_ICONS)
@pytest.mark.parametrize(("theme", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_files_for_the_style_sheet_are_the_icons_in_the_colours_of_the_tokens(name, theme, tokens):
    master, token, stroke = CONTROL_ICONS[name]
    shipped = asset("icons", "controls", f"{name}-{theme}.svg").read_text(encoding="utf-8")
    assert shipped == recolour(master, getattr(tokens, token), stroke)

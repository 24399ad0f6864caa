import pytest

from explorer.widgets.colour_scale import ColourScale, digits_for


@pytest.fixture
def scale(qtbot, theme):
    scale = ColourScale(theme)
    qtbot.addWidget(scale)
    scale.resize(256, 32)
    scale.show()
    return scale


def test_labels(scale):
    scale.set_range(5.0)
    assert scale.labels == ("−5.0", "0", "+5.0")
    scale.set_range(0.0123, "non_negative")
    assert scale.labels == ("0", "0.012")
    scale.set_range(0.5, digits=3)
    assert scale.labels == ("−0.500", "0", "+0.500")
    assert scale.accessibleDescription() == "−0.500 to +0.500"


@pytest.mark.parametrize(
    ("r", "text"),
    [(999.94, "999.9"), (1234.5, "1,234"), (54321.0, "54,321"), (1273890.1, "1.27e6"), (3e38, "3e38")],
)
def test_large_labels_can_be_read(scale, r, text):
    scale.set_range(r)
    assert scale.labels == (f"−{text}", "0", f"+{text}")


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", ["signed", "non_negative"])
def test_bar_shows_the_map_of_the_theme(scale, theme, mode, kind):
    theme.set_mode(mode)
    scale.set_range(1.0, kind)
    image = scale.grab().toImage()
    lut = getattr(theme, kind)
    for x, expected in ((3, lut[4]), (251, lut[251])):
        shown, wanted = image.pixel(x, 6), int(expected)
        assert all(abs((shown >> s & 255) - (wanted >> s & 255)) <= 6 for s in (0, 8, 16))


def test_zero_is_in_the_middle(scale, theme):
    image = scale.grab().toImage()
    shown, paper = image.pixel(128, 6), int(theme.signed[128])
    assert all(abs((shown >> s & 255) - (paper >> s & 255)) <= 3 for s in (0, 8, 16))


@pytest.mark.parametrize(
    ("r", "digits"), [(0.0, 1), (float("nan"), 1), (250.0, 1), (5.0, 1), (0.5, 2), (0.0123, 3), (1e-9, 6)]
)
def test_digits_show_two_that_count(r, digits):
    assert digits_for(r) == digits


def test_unknown_map_is_refused(scale):
    with pytest.raises(ValueError, match="no colour map"):
        scale.set_range(1.0, "rainbow")

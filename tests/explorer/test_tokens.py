from dataclasses import asdict

import pytest

from explorer.imaging import luminance
from explorer.tokens import DARK, LIGHT

TOKENS = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@TOKENS
def test_every_token_is_a_full_colour(tokens):
    for name, value in asdict(tokens).items():
        assert len(value) == 7, name
        assert value[0] == "#", name
        int(value[1:], 16)


@TOKENS
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "panel"),
        ("text2", "panel"),
        ("text3", "panel"),
        ("text2", "panel2"),
        ("accent_text", "accent"),
        ("accent_ink", "accent_soft"),
        ("tooltip_text", "tooltip"),
        ("ok", "panel"),
        ("warn", "panel"),
        ("window_text", "window_soft"),
        ("kernel_text", "kernel_soft"),
        ("output_text", "output_soft"),
    ],
)
def test_text_can_be_read_on_its_ground(tokens, text, ground):
    first, second = (luminance(int(getattr(tokens, name)[1:], 16)) + 0.05 for name in (text, ground))
    assert max(first, second) / min(first, second) >= 4.5

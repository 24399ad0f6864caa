from dataclasses import asdict
from itertools import combinations

import numpy as np
import pytest

from explorer.imaging import luminance
from explorer.tokens import DARK, LIGHT
from explorer.workbench.runs.record import COLOURS, CURRENT_COLOUR

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


# Runs are told apart by people who see fewer colours, too

_SEEN = {
    "all colours": np.eye(3),
    "no red cones": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "no green cones": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "no blue cones": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9309, 0.1476], [0.0047, 0.6914, 0.3039]],
}
"""On linear RGB: Machado, Oliveira and Fernandes 2009, table 1, severity 1.0."""
_TO_CONES = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
_TO_LAB = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
"""OKLab: Ottosson 2020."""


def oklab(colour, seen):
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.array(_TO_LAB) @ np.cbrt(np.array(_TO_CONES) @ np.clip(np.array(seen) @ linear, 0, 1))


@pytest.mark.parametrize("seen", list(_SEEN))
@pytest.mark.parametrize(("tokens", "least"), [(LIGHT, 13), (DARK, 11)], ids=["light", "dark"])
def test_runs_have_colours_that_everybody_can_tell_apart(tokens, least, seen):
    for first, second in combinations((CURRENT_COLOUR, *COLOURS), 2):
        if (tokens, seen, second) == (DARK, "no blue cones", "run_b") and first == CURRENT_COLOUR:
            continue  # the two that the design had: 5 apart, so that curves have their names at the end
        a, b = (oklab(getattr(tokens, token), _SEEN[seen]) for token in (first, second))
        assert 100 * np.linalg.norm(a - b) >= least, (first, second)


@TOKENS
def test_a_runs_curve_can_be_seen_on_its_panel(tokens):
    panel = luminance(int(tokens.panel[1:], 16)) + 0.05
    for token in (CURRENT_COLOUR, *COLOURS):
        curve = luminance(int(getattr(tokens, token)[1:], 16)) + 0.05
        assert max(curve, panel) / min(curve, panel) >= 3, token

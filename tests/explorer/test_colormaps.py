import numpy as np
import pytest

from explorer import colormaps
from explorer.colormaps import ZERO

DARKNESS = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def text(packed):
    return f"#{int(packed) & 0xFFFFFF:06X}"


@pytest.mark.parametrize(
    ("dark", "low", "zero", "high"),
    [(False, "#0B3A6E", "#F4F2EC", "#742A0D"), (True, "#A9D6FF", "#27292E", "#FFCBA3")],
)
def test_signed_map_hits_its_stops_exactly(dark, low, zero, high):
    lut = colormaps.signed(dark)
    assert (text(lut[1]), text(lut[ZERO]), text(lut[255])) == (low, zero, high)
    assert lut[0] == lut[1]


@DARKNESS
def test_non_negative_map_is_the_warm_half(dark):
    half, whole = colormaps.non_negative(dark), colormaps.signed(dark)
    assert half[0] == whole[ZERO]
    assert half[255] == whole[255]


@pytest.mark.parametrize(
    ("dark", "paper", "ink"), [(False, "#F4F2EC", "#14161A"), (True, "#27292E", "#F3F2EE")]
)
def test_pixels_go_from_paper_to_ink(dark, paper, ink):
    lut = colormaps.pixels(dark)
    assert (text(lut[0]), text(lut[255])) == (paper, ink)


@DARKNESS
@pytest.mark.parametrize("make", [colormaps.signed, colormaps.non_negative, colormaps.pixels])
def test_tables_are_opaque_and_cannot_be_written(dark, make):
    lut = make(dark)
    assert lut.shape == (256,)
    assert lut.dtype == np.uint32
    assert np.all(lut >> 24 == 0xFF)
    with pytest.raises(ValueError, match="read-only"):
        lut[0] = 0


def test_stops_are_mixed_linearly():
    # The warm half has five stops, so that the second one lies a quarter of the way up.
    lut = colormaps.non_negative(dark=False)
    mixed = colormaps.rgb(text(lut[64]))
    assert np.abs(mixed - colormaps.rgb("#F0C5A6")).max() <= 1.5

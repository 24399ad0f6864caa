import pytest

from explorer.assets import asset


def test_assets_are_found():
    assert asset("icons", "play.svg").is_file()
    assert asset("fonts").is_dir()


def test_a_missing_asset_is_named_in_plain_words():
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg is missing"):
        asset("icons", "nothing.svg")


def test_fonts_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in asset("fonts", "OFL.txt").read_text(encoding="utf-8").upper()

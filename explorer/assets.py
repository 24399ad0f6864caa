"""Where the program's files are: beside the packages in a checkout, inside `explorer` in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "assets", _PACKAGE.parent / "assets")


def asset(*parts: str) -> Path:
    """Return the path of an asset, for example ``asset("icons", "play.svg")``.

    Raises
    ------
    FileNotFoundError
        When no installed place holds it.
    """
    for place in _PLACES:
        path = place.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"The program file {'/'.join(parts)} is missing. Install CNN Explorer again.")

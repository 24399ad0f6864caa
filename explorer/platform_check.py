"""Can a window be shown here? Asked before Qt is loaded, because Qt itself only aborts.

Nothing in this module imports Qt. `choose` answers with the platform to use, or with the sentence to print.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Library:
    """A shared library and the packages that bring it."""

    soname: str
    debian: str
    fedora: str


# QtGui is linked against these, so even a program without a screen cannot do without them.
CORE = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libX11.so.6", "libx11-6", "libX11"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
)

# Qt's X11 plugin. libxcb itself comes with libX11.
XCB = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)

WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)

PLUGINS = {"xcb": XCB, "wayland": WAYLAND}


@dataclass(frozen=True)
class Choice:
    """What the platform allows.

    Attributes
    ----------
    platform : str or None
        Value for ``QT_QPA_PLATFORM``; None leaves the choice to Qt.
    no_display : str
        Why no window can be shown, as a sentence; empty when one can.
    missing : str
        What to install before Qt can be loaded at all, with the install lines; empty when nothing is missing.
    """

    platform: str | None = None
    no_display: str = ""
    missing: str = ""


def loadable(soname: str) -> bool:
    """Tell whether the dynamic loader finds and accepts a library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(
    platform: str, can_load: Callable[[str], bool] = loadable, system: str = sys.platform
) -> list[Library]:
    """List what Qt needs for `platform` ("xcb", "wayland", "offscreen", ...) and does not find."""
    if not system.startswith("linux"):
        return []
    return [library for library in CORE + PLUGINS.get(platform, ()) if not can_load(library.soname)]


def install_message(missing: Iterable[Library]) -> str:
    """Name the missing libraries and the exact lines that install them."""
    missing = list(missing)
    debian = " ".join(dict.fromkeys(library.debian for library in missing))
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    names = ", ".join(library.soname for library in missing)
    return (
        f"CNN Explorer cannot start: the system lacks {names}.\n"
        f"  Debian, Ubuntu:  sudo apt install {debian}\n"
        f"  Fedora:          sudo dnf install {fedora}"
    )


def x_server_answers() -> bool:
    """Connect to the X server named by ``DISPLAY`` and hang up again."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # nothing to ask with; the missing library is reported by name instead
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return error == 0


def wayland_socket_exists(environ: Mapping[str, str]) -> bool:
    """Tell whether the Wayland compositor's socket is there."""
    socket = Path(environ.get("XDG_RUNTIME_DIR", ""), environ["WAYLAND_DISPLAY"])
    return socket.exists()


def displays(
    environ: Mapping[str, str], x_answers: Callable[[], bool] = x_server_answers
) -> tuple[list[str], str]:
    """Find the screens that answer.

    Returns
    -------
    platforms : list of str
        Qt's names of the usable platforms, best first.
    reason : str
        Why there is none.
    """
    platforms = []
    dead = []
    if environ.get("WAYLAND_DISPLAY"):
        if wayland_socket_exists(environ):
            platforms.append("wayland")
        else:
            dead.append(environ["WAYLAND_DISPLAY"])
    if environ.get("DISPLAY"):
        if x_answers():
            platforms.append("xcb")
        else:
            dead.append(environ["DISPLAY"])
    if platforms:
        return platforms, ""
    if dead:
        return [], f"The display {' or '.join(dead)} does not answer"
    return [], "There is no display"


def choose(
    environ: Mapping[str, str] | None = None,
    can_load: Callable[[str], bool] = loadable,
    x_answers: Callable[[], bool] = x_server_answers,
    system: str = sys.platform,
) -> Choice:
    """Decide how the program can be shown on this machine.

    A platform that the person named in ``QT_QPA_PLATFORM`` is taken at its word. Where two screens answer,
    one whose libraries are all there is preferred to one that would make Qt abort.
    """
    environ = os.environ if environ is None else environ
    if not system.startswith("linux"):
        return Choice()
    named = environ.get("QT_QPA_PLATFORM", "")
    if named:
        missing = missing_libraries(named.split(";")[0].split(":")[0], can_load, system)
        return Choice(missing=install_message(missing) if missing else "")
    platforms, reason = displays(environ, x_answers)
    if not platforms:
        missing = missing_libraries("offscreen", can_load, system)
        return Choice("offscreen", reason, install_message(missing) if missing else "")
    lacks = {platform: missing_libraries(platform, can_load, system) for platform in platforms}
    complete = [platform for platform in platforms if not lacks[platform]]
    if not complete:
        return Choice(missing=install_message(min(lacks.values(), key=len)))
    return Choice(platform=None if len(complete) == len(platforms) else complete[0])

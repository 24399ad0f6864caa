"""What the program says where a window cannot be shown."""

import subprocess
import sys

import pytest

from explorer import platform_check


def everything(_soname):
    return True


def lacking(*sonames):
    return lambda soname: soname not in sonames


def choose(environ, can_load=everything, x_answers=lambda: True, system="linux"):
    return platform_check.choose(environ, can_load, x_answers, system)


def test_a_machine_with_an_x_display_and_all_libraries_leaves_the_choice_to_qt():
    assert choose({"DISPLAY": ":0"}) == platform_check.Choice()


def test_without_a_display_the_program_goes_off_screen_and_says_why():
    choice = choose({})
    assert choice.platform == "offscreen"
    assert choice.no_display == "There is no display"
    assert not choice.missing


def test_an_empty_variable_is_no_display():
    assert choose({"DISPLAY": "", "WAYLAND_DISPLAY": ""}).no_display == "There is no display"


def test_a_display_that_does_not_answer_is_no_display():
    choice = choose({"DISPLAY": ":77"}, x_answers=lambda: False)
    assert choice.no_display == "The display :77 does not answer"


def test_a_wayland_socket_that_is_gone_is_no_display(tmp_path):
    choice = choose({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert choice.no_display == "The display wayland-9 does not answer"


def test_a_missing_library_is_named_with_both_install_lines():
    choice = choose({"DISPLAY": ":0"}, lacking("libxcb-cursor.so.0", "libEGL.so.1"))
    assert choice.missing.splitlines() == [
        "CNN Explorer cannot start: the system lacks libEGL.so.1, libxcb-cursor.so.0.",
        "  Debian, Ubuntu:  sudo apt install libegl1 libxcb-cursor0",
        "  Fedora:          sudo dnf install libglvnd-egl xcb-util-cursor",
    ]


def test_packages_that_bring_two_libraries_are_named_once():
    message = platform_check.install_message(
        library for library in platform_check.XCB if library.fedora == "libxcb"
    )
    assert message.count("dnf install libxcb\n") + message.endswith("dnf install libxcb") == 1


def test_off_screen_needs_no_x11_plugin_libraries():
    assert not choose({}, lacking("libxcb-cursor.so.0")).missing
    assert "libegl1" in choose({}, lacking("libEGL.so.1")).missing


def test_of_two_displays_the_one_with_its_libraries_is_taken(tmp_path):
    (tmp_path / "wayland-0").touch()
    environ = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert choose(environ).platform is None
    assert choose(environ, lacking("libxcb-cursor.so.0")).platform == "wayland"
    assert choose(environ, lacking("libwayland-cursor.so.0")).platform == "xcb"


def test_a_platform_named_by_the_person_is_taken_at_its_word():
    assert choose({"QT_QPA_PLATFORM": "offscreen"}) == platform_check.Choice()
    assert "libxcb-icccm4" in choose({"QT_QPA_PLATFORM": "xcb:opt"}, lacking("libxcb-icccm.so.4")).missing


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_always_have_a_display(system):
    assert choose({}, lacking("libEGL.so.1"), system=system) == platform_check.Choice()


def test_loadable_asks_the_dynamic_loader():
    assert not platform_check.loadable("libno-such-library.so.9")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is asked on Linux only")
def test_a_display_number_that_nobody_serves_does_not_answer(monkeypatch):
    if not platform_check.loadable("libxcb.so.1"):
        pytest.skip("libxcb is not installed")
    monkeypatch.setenv("DISPLAY", ":987")
    assert not platform_check.x_server_answers()


def test_the_check_loads_no_qt():
    code = (
        "import sys, explorer.platform_check as p; p.choose();"
        "assert not [m for m in sys.modules if m.startswith('PySide6')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

"""The command line, as a person types it."""

import os
import subprocess
import sys

import pytest

from explorer import __main__ as command
from explorer import __version__, platform_check


def run(*arguments, **environ):
    """Run the program in a process of its own, away from any display of the machine."""
    env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "explorer", *arguments],
        env=env | environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_version_answers_without_loading_qt(capsys):
    code = (
        "import sys\nfrom explorer.__main__ import main\n"
        "try: main(['--version'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not [m for m in sys.modules if m.startswith(('PySide6', 'numpy'))]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"CNN Explorer {__version__}"


@pytest.mark.parametrize("name", ["", "  "])
def test_the_tour_needs_a_folder_with_a_name(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        command.main(["--tour", name])
    assert end.value.code == 2
    assert "the folder for the tour needs a name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_help_says_what_the_tour_does():
    done = run("--help")
    assert done.returncode == 0
    assert "--tour DIR" in done.stdout
    assert "Without a display" in done.stdout


def test_an_unknown_argument_is_refused_with_code_2():
    done = run("--no-such-thing")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_tour_folder_that_is_a_file_gives_one_line(tmp_path):
    (tmp_path / "taken").write_text("")
    done = run("--tour", str(tmp_path / "taken"))
    assert done.returncode == 2
    assert done.stderr == f"cnn-explorer: The tour folder {tmp_path / 'taken'} is a file, not a folder.\n"


def test_a_tour_folder_below_a_file_gives_one_line(tmp_path):
    (tmp_path / "taken").write_text("")
    done = run("--tour", str(tmp_path / "taken" / "tour"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be made" in done.stderr


def test_a_tour_folder_without_write_permission_gives_one_line(tmp_path, monkeypatch):
    def refuse(path, data):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    assert command.folder_problem(tmp_path) == (
        f"The tour folder {tmp_path} cannot be written: Permission denied."
    )


def test_a_folder_name_with_a_null_character_is_refused(tmp_path):
    assert command.folder_problem(tmp_path / "a\0b")


def test_a_usable_folder_is_made_and_left_empty(tmp_path):
    folder = tmp_path / "new" / "tour"
    assert command.folder_problem(folder) == ""
    assert list(folder.iterdir()) == []


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.setenv(name, "")


@pytest.mark.usefixtures("no_display")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_without_a_display_one_line_says_so_and_the_tour_runs(monkeypatch, capsys):
    folders = []
    monkeypatch.setattr(command, "run_tour", lambda folder: folders.append(folder) or 0)
    assert command.main([]) == 0
    assert [str(folder) for folder in folders] == ["cnn-explorer-tour"]
    assert capsys.readouterr().out == (
        "There is no display: running the guided tour off screen into ./cnn-explorer-tour\n"
    )


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("arguments", [[], ["--tour", "here"]])
def test_missing_libraries_are_named_and_nothing_is_started(monkeypatch, capsys, tmp_path, arguments):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platform_check, "missing_libraries", lambda *_args: [platform_check.CORE[0]])
    monkeypatch.setattr(
        platform_check, "choose", lambda: platform_check.Choice(missing="the system lacks libEGL.so.1")
    )
    assert command.main(arguments) == 1
    assert "libEGL.so.1" in capsys.readouterr().err

"""The guided tour, made for real in a process of its own."""

import csv
import os
import struct
import subprocess
import sys

import pytest
from PySide6.QtCore import QObject, QTimer, Signal

from cnncore.layer_spec import KINDS
from explorer import tour
from explorer.main_window import WORKSPACES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make the tour once: the folder and what was printed."""
    folder = tmp_path_factory.mktemp("tour") / "new"
    env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "--tour", str(folder)],
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder, done.stdout


def size_of(path):
    """Read width and height from a PNG's header."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


@pytest.mark.timeout(180)
def test_every_workspace_is_pictured_in_both_themes_and_sizes(made):
    pictures = sorted(path.name for path in made[0].glob("*.png"))
    assert [name[:2] for name in pictures] == [f"{n:02d}" for n in range(1, len(pictures) + 1)]
    for workspace in WORKSPACES:
        assert any(name.endswith(f"-{workspace.key}-start.png") for name in pictures)
        for theme in tour.THEMES:
            for width, height in tour.SIZES:
                name = f"{workspace.key}-{theme}-{width}x{height}.png"
                (picture,) = [made[0] / picture for picture in pictures if picture.endswith(name)]
                assert size_of(picture) == (width, height)


@pytest.mark.timeout(180)
def test_a_past_moment_is_pictured(made):
    for key in ("train", "network"):
        (past,) = made[0].glob(f"*-{key}-past-moment.png")
        (now,) = made[0].glob(f"*-{key}-light-1440x900.png")
        assert past.read_bytes() != now.read_bytes()


@pytest.mark.timeout(180)
def test_every_layer_view_is_pictured_each_way(made):
    for kind in ("input", *KINDS, "loss"):
        for way in ("", "backward_"):
            (picture,) = made[0].glob(f"*-inspect-view-{way}{kind}.png")
            assert size_of(picture) == tour.SIZES[0]


@pytest.mark.timeout(180)
def test_the_runs_numbers_are_those_of_two_epochs_that_learned(made):
    with (made[0] / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 250
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert float(rows[-1]["validation_accuracy"]) > 0.85


@pytest.mark.timeout(180)
def test_the_summary_is_written_and_printed(made):
    summary = (made[0] / "summary.txt").read_text(encoding="utf-8")
    assert made[1].endswith(summary)
    for word in ("validation accuracy", "steps/s", "NumPy", "Qt"):
        assert word in summary


class Bell(QObject):
    rung = Signal()


def test_waiting_ends_when_the_condition_holds(qapp):
    bell, rings = Bell(), []
    bell.rung.connect(lambda: rings.append(1))
    timer = QTimer(interval=0)
    timer.timeout.connect(bell.rung)
    timer.start()
    tour.wait_until(lambda: len(rings) >= 3, bell.rung, seconds=20)
    timer.stop()
    assert len(rings) >= 3


def test_waiting_in_vain_is_an_error_in_words(qapp):
    bell = Bell()
    with pytest.raises(tour.TourError, match="did not get on"):
        tour.wait_until(lambda: False, bell.rung, seconds=0.01)


def test_a_condition_that_holds_already_waits_for_nothing():
    tour.wait_until(lambda: True)


def test_the_drawn_digit_is_a_picture_the_network_takes():
    pixels = tour.drawn_two()
    assert pixels.shape == (28, 28)
    assert 0.0 <= pixels.min() < pixels.max() <= 1.0

"""An animation has one frame a cell, lasts as long as it should, and leaves nothing behind when cancelled."""

import threading

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import Qt

from explorer.widgets.animation import job as animation
from explorer.widgets.animation.apng import write_apng
from explorer.widgets.animation.dialog import ExportDialog
from explorer.widgets.animation.film import to_pillow
from explorer.widgets.animation.job import HOLD_MS, AnimationJob, AnimationPlan
from explorer.workspaces.scan.lab_numbers import compute
from explorer.workspaces.scan.lab_state import DEFAULTS
from explorer.workspaces.scan.picture import film_of, render


def numbers_of(state):
    x = np.random.default_rng(0).integers(0, 10, (state.channels, *state.setup.input_size))
    return compute(state, x.astype(float))


@pytest.mark.parametrize(
    ("kind", "speed", "frame"), [("GIF", 4, 250), ("WEBP", 8, 125), ("PNG", 8, 125), ("GIF", 500, 20)]
)
def test_one_frame_a_cell_with_the_right_durations(qtbot, theme, tmp_path, kind, speed, frame):
    numbers = numbers_of(DEFAULTS)
    path = tmp_path / "scan.out"
    job = AnimationJob(path, AnimationPlan(kind, speed, 0.5), film_of(numbers, 0, theme), theme)
    seen = []
    job.progressed.connect(seen.append)
    with qtbot.waitSignal(job.finished, timeout=30_000):
        job.start()
    assert seen == list(range(1, 17))
    with Image.open(path) as image:
        assert image.format == kind
        assert image.n_frames == numbers.count == 16
        assert image.size == (420, 290)
        durations = []
        for picture in ImageSequence.Iterator(image):
            picture.load()
            durations.append(picture.info["duration"])
    assert durations == [frame] * 15 + [frame + HOLD_MS]
    assert [child.name for child in tmp_path.iterdir()] == ["scan.out"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_gif_keeps_the_colours_of_the_theme(qtbot, theme, tmp_path, mode):
    theme.set_mode(mode)
    numbers, path = numbers_of(DEFAULTS), tmp_path / "scan.gif"
    job = AnimationJob(path, AnimationPlan("GIF", 8, 1.0), film_of(numbers, 0, theme), theme)
    with qtbot.waitSignal(job.finished, timeout=30_000):
        job.start()
    with Image.open(path) as image:
        for index, frame in enumerate(ImageSequence.Iterator(image)):
            shown = np.asarray(frame.convert("RGB")).astype(int)
            drawn = np.asarray(to_pillow(render(numbers, index, 0, theme))).astype(int)
            for token in ("panel", "window", "kernel", "output", "output_text"):
                colour = theme.color(token).getRgb()[:3]
                places = (drawn == colour).all(axis=-1)
                assert places.sum() > 20
                assert np.abs(shown[places] - colour).max() == 0
            assert np.abs(shown - drawn).max(axis=-1).mean() < 2


def test_cancelling_leaves_no_file(qtbot, theme, tmp_path):
    numbers = numbers_of(DEFAULTS.with_setup(input_size=(20, 20), stride=(1, 1)))
    job = AnimationJob(tmp_path / "scan.gif", AnimationPlan("GIF", 8, 0.5), film_of(numbers, 0, theme), theme)
    job.progressed.connect(lambda drawn: job.cancel() if drawn == 3 else None)
    with qtbot.waitSignal(job.cancelled, timeout=30_000):
        job.start()
    assert not job.running
    assert list(tmp_path.iterdir()) == []


def test_cancelling_at_the_very_end_neither_waits_nor_leaves_a_file(qtbot, theme, tmp_path, monkeypatch):
    written, go_on = threading.Event(), threading.Event()

    def write_and_wait(file, frames, durations):
        write_apng(file, frames, durations)
        written.set()
        go_on.wait(30)

    monkeypatch.setattr(animation, "write_apng", write_and_wait)
    path = tmp_path / "scan.png"
    job = AnimationJob(path, AnimationPlan("PNG", 8, 0.5), film_of(numbers_of(DEFAULTS), 0, theme), theme)
    job.start()
    qtbot.waitUntil(written.is_set, timeout=30_000)
    assert job.cancel()
    assert job.running
    with qtbot.waitSignal(job.cancelled, timeout=30_000):
        go_on.set()
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_already_is_not_cancelled(qtbot, theme, tmp_path):
    path = tmp_path / "scan.png"
    job = AnimationJob(path, AnimationPlan("PNG", 8, 0.5), film_of(numbers_of(DEFAULTS), 0, theme), theme)
    with qtbot.waitSignal(job.finished, timeout=30_000):
        job.start()
    assert not job.cancel()
    assert path.exists()


def test_an_existing_file_stays_when_cancelled(qtbot, theme, tmp_path):
    path = tmp_path / "scan.gif"
    path.write_bytes(b"before")
    job = AnimationJob(path, AnimationPlan("GIF", 8, 0.5), film_of(numbers_of(DEFAULTS), 0, theme), theme)
    job.progressed.connect(lambda drawn: job.cancel())
    with qtbot.waitSignal(job.cancelled, timeout=30_000):
        job.start()
    assert path.read_bytes() == b"before"


def test_a_folder_that_is_not_there_is_told(qtbot, theme, tmp_path):
    job = AnimationJob(
        tmp_path / "no" / "scan.gif",
        AnimationPlan("GIF", 8, 0.5),
        film_of(numbers_of(DEFAULTS), 0, theme),
        theme,
    )
    with qtbot.waitSignal(job.failed, timeout=30_000) as signal:
        job.start()
    assert signal.args[0] == "scan.gif could not be written: No such file or directory."


@pytest.fixture
def dialog(qtbot, theme):
    dialog = ExportDialog(film_of(numbers_of(DEFAULTS), 0, theme), 4.0, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_dialog_says_what_there_will_be(qtbot, dialog):
    assert dialog.text.text() == "16 frames, 5.0 s."
    dialog.speed.setValue(80)
    assert "at most 50" in dialog.text.text()
    dialog.format.setCurrentIndex(1)
    assert dialog.text.text() == "16 frames, 1.2 s."
    assert dialog.plan.format == "WEBP"


def test_the_dialog_writes_and_closes(qtbot, dialog, tmp_path):
    dialog.size_choice.setCurrentIndex(0)
    with qtbot.waitSignal(dialog.saved, timeout=30_000) as signal:
        dialog.start(tmp_path / "scan")
    assert signal.args == ["scan.gif"]
    assert not dialog.isVisible()
    assert (tmp_path / "scan.gif").exists()


def test_escape_stops_the_writing(qtbot, dialog, tmp_path):
    dialog.start(tmp_path / "scan.gif")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.job is None
    qtbot.waitUntil(lambda: not animation._RUNNING, timeout=30_000)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_shown_and_can_be_tried_again(qtbot, dialog, tmp_path):
    dialog.start(tmp_path / "no" / "scan.gif")
    qtbot.waitUntil(lambda: dialog.job is None, timeout=30_000)
    assert "could not be written" in dialog.text.text()
    assert dialog.save_button.isEnabled()

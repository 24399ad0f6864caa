"""The training as a film to take away: what is in it, and the way from the button to the file."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, Qt

from cnncore import MODELS
from explorer.app import build_window
from explorer.widgets.animation.dialog import ExportDialog
from explorer.workbench import RunState
from explorer.workbench.goal import Goal
from explorer.workspaces.network import NetworkWorkspace
from explorer.workspaces.network.film import FOOT, HEIGHT, MOST_FRAMES, WIDTH, Curve, Frames, chosen, film_of


def _pixels(image):
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :, :3]


@pytest.mark.parametrize("count", [1, 2, 7, 300, 301, 2000])
def test_a_film_has_the_first_and_the_last_moment_and_not_too_many(count):
    places = chosen(count)
    assert len(places) == min(count, MOST_FRAMES)
    assert places[0] == 0
    assert places[-1] == count - 1
    assert np.ptp(np.diff(places)) <= 1 if count > 1 else True


def test_the_curve_names_the_loss_and_fills_its_place():
    curve = Curve(np.array([1, 2, 3, 10]), np.array([4.0, 3.0, 2.0, 0.5]))
    assert [curve.loss_at(step) for step in (0, 1, 3, 7, 10, 99)] == [None, 4.0, 2.0, 2.0, 0.5, 0.5]
    points = curve.points(QRectF(10, 20, 100, 30))
    assert points[0].y() == 20
    assert points[-1].y() == 50
    assert points[-1].x() == 110
    assert Curve(np.zeros(0), np.zeros(0)).points(QRectF(0, 0, 10, 10)) == []


@pytest.fixture
def bench(qtbot, tiny_bench):
    tiny_bench.run_until(Goal(step=6))
    qtbot.waitUntil(
        lambda: tiny_bench.state is RunState.PAUSED and tiny_bench.timeline.steps[-1] == 6, timeout=20_000
    )
    return tiny_bench


def test_each_frame_is_of_its_moment_whatever_happens_meanwhile(qtbot, bench, theme):
    frames = Frames(bench, theme, "layer", None, True)
    film = film_of(frames)
    assert film.count == 7
    assert film.size_at(0.5) == (WIDTH // 2, HEIGHT // 2)
    first, last = (_pixels(frames.draw(index, 1.0)).copy() for index in (0, 6))
    assert first.shape == (HEIGHT, WIDTH, 3)
    maps, foot = np.s_[: HEIGHT - FOOT], np.s_[HEIGHT - FOOT + 2 :]
    for part in (maps, foot):
        assert (first[part] != last[part]).any()
    bench.reset()
    np.testing.assert_array_equal(_pixels(frames.draw(0, 1.0)), first)
    np.testing.assert_array_equal(_pixels(frames.draw(6, 1.0)), last)


@pytest.fixture
def dialog(qtbot):
    window = build_window()
    qtbot.addWidget(window)
    bench = window.workbench
    bench.set_spec(MODELS["tiny"]())
    bench.run_until(Goal(step=5))
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED and bench.timeline.steps[-1] == 5, timeout=20_000)
    window.stack.currentWidget().timeline_bar.film_button.click()
    found = window.findChild(ExportDialog)
    found.size_choice.setCurrentIndex(0)
    yield found
    window.close()


def test_the_button_leads_to_a_file_with_a_frame_for_each_moment(qtbot, dialog, tmp_path):
    assert dialog.text.text().startswith("6 frames, ")
    assert dialog.speed.suffix() == " moments/s"
    assert dialog.speed.value() == 8
    window = dialog.parent()
    path = tmp_path / "training.gif"
    with qtbot.waitSignal(window.workbench.succeeded, timeout=30_000) as told:
        dialog.start(path)
    assert told.args == ["The film was saved as training.gif."]
    with Image.open(path) as image:
        assert image.n_frames == 6
        assert image.size == (WIDTH * 3 // 4, HEIGHT * 3 // 4)


def test_a_cancelled_film_leaves_no_file(qtbot, bench, theme, tmp_path):
    page = NetworkWorkspace(bench, theme)
    qtbot.addWidget(page)
    dialog = page.save_film(8.0)
    dialog.start(tmp_path / "training.gif")
    job = dialog.job
    with qtbot.waitSignal(job.cancelled, timeout=30_000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert list(tmp_path.iterdir()) == []

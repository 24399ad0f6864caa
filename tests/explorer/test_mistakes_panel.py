"""The gallery of mistakes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.workspaces.train.mistake_list import worst_mistakes
from explorer.workspaces.train.mistakes_panel import MOST_SHOWN, MistakesPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = MistakesPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(480, 252)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def mistakes_of(bench, cell=None):
    return worst_mistakes(bench.evaluation, bench.validation_set.labels, bench.spec.class_names, cell)


def perfect(bench):
    """Return an evaluation without a mistake."""
    labels = bench.validation_set.labels
    confusion = np.diag(np.bincount(labels, minlength=10))
    return replace(bench.evaluation, accuracy=1.0, predictions=labels, confusion=confusion)


def evaluate_as(bench, evaluation):
    bench._run.evaluation = evaluation
    bench.evaluation_changed.emit()


def test_the_largest_loss_comes_first(tiny_bench):
    evaluation, labels = tiny_bench.evaluation, tiny_bench.validation_set.labels
    mistakes = mistakes_of(tiny_bench)
    assert len(mistakes) == int((evaluation.predictions != labels).sum())
    losses = [m.loss for m in mistakes]
    assert losses == sorted(losses, reverse=True)
    first = mistakes[0]
    assert first.caption == f"{labels[first.index]} → {evaluation.predictions[first.index]}"


def test_a_cell_has_as_many_mistakes_as_the_matrix_says(tiny_bench):
    confusion = tiny_bench.evaluation.confusion
    for cell in ((0, 5), (7, 5), (5, 7)):
        assert len(mistakes_of(tiny_bench, cell)) == confusion[cell]


def test_the_worst_are_shown_and_counted(panel, tiny_bench):
    expected = mistakes_of(tiny_bench)
    assert panel.model.mistakes == expected[:MOST_SHOWN]
    assert panel.count.text() == f"60 of {len(expected)}"
    image = panel.model.images[0]
    assert (image.width(), image.height()) == (28, 28)


def test_the_images_are_those_of_the_mistakes(panel, tiny_bench, theme):
    pixels = tiny_bench.validation_set.pixels(np.array([panel.model.mistakes[3].index]))[0, 0]
    y, x = np.unravel_index(pixels.argmax(), pixels.shape)
    assert panel.model.images[3].pixel(int(x), int(y)) == int(theme.pixels[round(255 * pixels.max())])


def test_a_click_shows_the_image_on_the_right(panel, tiny_bench, qtbot):
    qtbot.waitUntil(lambda: panel.gallery.visualRect(panel.model.index(2)).isValid())
    place = panel.gallery.visualRect(panel.model.index(2)).center()
    qtbot.mouseClick(panel.gallery.viewport(), LEFT, pos=place)
    assert tiny_bench.sample.index == panel.model.mistakes[2].index


def test_the_shown_sample_is_marked(panel, tiny_bench):
    tiny_bench.select_sample(panel.model.mistakes[4].index)
    assert panel.gallery.currentIndex().row() == 4
    right = int(np.flatnonzero(tiny_bench.evaluation.predictions == tiny_bench.validation_set.labels)[0])
    tiny_bench.select_sample(right)
    assert not panel.gallery.currentIndex().isValid()


def test_pointing_at_a_mistake_tells_of_it(panel, tiny_bench):
    panel.gallery.entered.emit(panel.model.index(0))
    mistake = panel.model.mistakes[0]
    assert tiny_bench.hover.title == f"validation #{mistake.index}"
    assert tiny_bench.hover.rows[:2] == (("true label", mistake.true), ("predicted", mistake.predicted))
    assert panel.model.data(panel.model.index(0), Qt.ItemDataRole.ToolTipRole).startswith(
        f"#{mistake.index}: "
    )


def test_a_cell_of_the_matrix_narrows_the_list(panel, tiny_bench):
    confusion = tiny_bench.evaluation.confusion.copy()
    np.fill_diagonal(confusion, 0)
    cell = tuple(int(i) for i in np.unravel_index(confusion.argmax(), confusion.shape))
    panel.set_cell(cell)
    assert {m.caption for m in panel.model.mistakes} == {f"{cell[0]} → {cell[1]}"}
    assert panel.count.text().startswith(f"{cell[0]} → {cell[1]}, ")
    panel.set_cell(None)
    assert len(panel.model.mistakes) == MOST_SHOWN


def test_without_mistakes_it_says_so(panel, tiny_bench):
    evaluate_as(tiny_bench, perfect(tiny_bench))
    assert panel.message.isVisible()
    assert panel.message.text() == "No mistake: all 1,000 validation images are read rightly."
    panel.set_cell((8, 2))
    assert panel.message.text().startswith("No 8 is read as 2.")
    assert panel.count.text() == ""


def test_before_the_first_look_it_says_so(panel, tiny_bench):
    evaluate_as(tiny_bench, None)
    assert panel.message.text() == "Mistakes are listed after the first look at the validation images."
    assert panel.model.rowCount() == 0


@pytest.mark.parametrize("width", [196, 212, 215, 480, 700])
def test_columns_fill_the_width(panel, qtbot, width):
    panel.resize(width, 252)
    viewport = panel.gallery.viewport()
    columns = max((viewport.width() - 1) // 60, 1)

    def rows():
        return [panel.gallery.visualRect(panel.model.index(i)).top() for i in range(columns + 1)]

    qtbot.waitUntil(lambda: len(set(rows()[:columns])) == 1 and rows()[columns] > rows()[0])
    last = panel.gallery.visualRect(panel.model.index(columns - 1))
    assert last.left() + 58 <= viewport.width()


@pytest.mark.parametrize("height", [180, 252, 275, 330, 420])
def test_whole_rows_are_seen(panel, qtbot, height):
    panel.resize(480, height)
    viewport = panel.gallery.viewport()
    least = panel.gallery.itemDelegate().item_size(panel.model).height()

    def rows():
        boxes = (panel.gallery.visualRect(panel.model.index(i)) for i in range(len(panel.model.mistakes)))
        return sorted({(box.top(), box.bottom()) for box in boxes if 0 <= box.top() < viewport.height()})

    qtbot.waitUntil(lambda: len(rows()) == viewport.height() // least)
    assert abs(viewport.height() - 1 - rows()[-1][1]) < len(rows()), "no more than rounding is cut or left"


def test_scrolling_stops_at_whole_rows(panel, qtbot):
    bar = panel.gallery.verticalScrollBar()
    assert bar.singleStep() == panel.gallery.gridSize().height()
    bar.setValue(2 * bar.singleStep())
    panel.resize(480, 270)
    qtbot.waitUntil(lambda: bar.value() == 2 * panel.gallery.gridSize().height())


def test_the_theme_recolours_the_images(panel, theme):
    before = panel.model.images[0].copy()
    theme.set_mode("dark")
    assert panel.model.images[0] != before

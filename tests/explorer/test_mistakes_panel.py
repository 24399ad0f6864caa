"""The gallery of mistakes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.workspaces.train.mistake_list import least_certain, worst_mistakes
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


def best_digit(bench):
    """Return a digit that is read rightly now and then."""
    return int(np.diag(bench.evaluation.confusion).argmax())


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
    assert panel.choice.currentText() == f"{cell[0]} → {cell[1]}"
    assert panel.count.text().endswith(f"{confusion[cell]}")
    panel.set_cell(None)
    assert panel.choice.currentText() == "Most wrong"
    assert panel.choice.count() == 2
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
    assert panel.message.text() == "Images are listed after the first look at the validation images."
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


def test_the_least_certain_come_first_right_or_wrong(panel, tiny_bench, qtbot):
    panel.choice.setFocus()
    qtbot.keyClick(panel.choice, Qt.Key.Key_Down)
    evaluation, labels = tiny_bench.evaluation, tiny_bench.validation_set.labels
    shown = panel.model.mistakes
    assert panel.choice.value == "uncertain"
    assert panel.count.text() == "60 of 1,000"
    surest = evaluation.probabilities.max(axis=1)
    assert [m.confidence for m in shown] == sorted(surest.astype(float).tolist())[:MOST_SHOWN]
    rights = [m.true == m.predicted for m in shown]
    assert rights == [bool(evaluation.predictions[m.index] == labels[m.index]) for m in shown]
    assert panel.gallery.accessibleName() == "Images, the least certain first"
    qtbot.keyClick(panel.choice, Qt.Key.Key_Up)
    assert panel.model.mistakes == mistakes_of(tiny_bench)[:MOST_SHOWN]


def test_a_network_that_has_diverged_still_has_a_list(tiny_bench):
    evaluation = replace(tiny_bench.evaluation, probabilities=np.full((1000, 10), np.nan, np.float32))
    names, labels = tiny_bench.spec.class_names, tiny_bench.validation_set.labels
    assert [m.index for m in least_certain(evaluation, labels, names, 3)] == [0, 1, 2]


def test_the_diagonal_lists_what_is_read_rightly(panel, tiny_bench):
    digit = best_digit(tiny_bench)
    panel.set_cell((digit, digit))
    assert {m.caption for m in panel.model.mistakes} == {f"{digit} → {digit}"}
    assert panel.count.text().endswith(str(tiny_bench.evaluation.confusion[digit, digit]))


@pytest.mark.parametrize("order", ["wrong", "uncertain"])
def test_another_list_leaves_the_cell(panel, qtbot, order):
    panel.choice.set_value("uncertain")
    panel.set_cell((0, 8))
    with qtbot.waitSignal(panel.cell_left):
        panel.choice.set_value(order)
    assert panel.choice.count() == 2
    assert panel.choice.value == order
    with qtbot.assertNotEmitted(panel.cell_left):
        panel.set_cell(None)


def test_enter_shows_the_image_on_every_page(panel, tiny_bench, qtbot):
    panel.gallery.setFocus()
    panel.gallery.setCurrentIndex(panel.model.index(0))
    qtbot.keyClick(panel.gallery, Qt.Key.Key_Right)
    qtbot.keyClick(panel.gallery, Qt.Key.Key_Return)
    assert tiny_bench.sample.index == panel.model.mistakes[1].index


def test_a_right_image_is_not_in_the_colour_of_a_mistake(panel, tiny_bench, theme):
    def colors():
        image = panel.gallery.viewport().grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(0, image.width()) for y in range(image.height())}

    digit = best_digit(tiny_bench)
    panel.set_cell((digit, digit))
    assert panel.model.mistakes
    warn, ok = theme.color("warn").name(), theme.color("ok").name()
    assert ok in colors()
    assert warn not in colors()
    panel.set_cell(None)
    assert warn in colors()

"""The layers of the Build page, driven by mouse and keyboard."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMessageBox, QScrollArea

from cnncore import MODELS, ModelSpec
from explorer.workbench import Focus, Hyperparameters, RunState, Workbench
from explorer.workbench.building import KIND_TITLES
from explorer.workspaces.build import BuildWorkspace
from tests.builder_fuzz import settle_until

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture(scope="module")
def shared(qapp):
    """Return a workbench for the whole file: to make one takes longer than most tests."""
    bench = Workbench(spec=MODELS["tiny"]())
    bench.train_set = bench.train_set.subset(np.arange(320), "train")
    bench.step_batch()
    settle_until(lambda: bench.progress.step == 1)  # all of its threads are there now
    yield bench
    assert bench.close()


@pytest.fixture
def bench(shared):
    """Return it as at the start: ten batches an epoch, two epochs."""
    shared.pause()
    shared.set_spec(MODELS["tiny"]())
    shared.set_hyperparameters(Hyperparameters(epochs=2, seed=11))
    shared.reset()
    shared.own_models = ()
    return shared


@pytest.fixture
def page(qtbot, theme, bench):
    page = BuildWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()
    return page


def names(page):
    return [layer.name for layer in page.model.draft.layers]


def stack(page):
    return page.layers.stack


def key(qtbot, page, what, held=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(stack(page), what, held)


def click(qtbot, widget):
    qtbot.mouseClick(widget, LEFT)


def type_in(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, KEY.Key_Return)


def menu_action(page, name):
    return page.findChild(QAction, name)


def drag(page, place, to_y):
    """Drag a row by its handle to a height among the layers; the button is still held."""
    row = stack(page).rows[place]
    start = QPoint(16, row.height() // 2)
    QTest.mousePress(row, LEFT, Qt.KeyboardModifier.NoModifier, start)
    end = row.mapFrom(stack(page), QPoint(16, to_y))
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(row, start + (end - start) * share)
    return row, end


def learn(qtbot, bench):
    bench.step_batch()
    qtbot.waitUntil(lambda: bench.progress.step == 1 and bench.state is RunState.PAUSED, timeout=20_000)


# What is shown


def test_the_rows_show_the_network_in_use(page):
    rows = [row.text for row in stack(page).rows]
    assert [(row.name, row.kind, row.output, row.parameters, row.multiply_adds) for row in rows] == [
        ("conv", "Conv2d 3×3, stride 2", "4×13×13", "40", "6,084"),
        ("relu", "ReLU", "4×13×13", "–", "–"),
        ("flatten", "Flatten", "676", "–", "–"),
        ("fc", "Linear", "10", "6,770", "6,760"),
    ]
    assert page.layers.totals.text().startswith("4 layers · 6,810 parameters")
    assert page.layers.status.text() == "in use"
    assert not page.layers.use_button.isEnabled()
    assert stack(page).rows[0].accessibleName().startswith("conv, Conv2d")


def test_a_click_looks_at_a_layer_and_its_fields_come_beneath_it(qtbot, page):
    for place in (3, 1, 0):
        click(qtbot, stack(page).rows[place])
        assert page.model.place == place
        row, editor = stack(page).rows[place], stack(page).editor
        stack(page).layout().activate()
        assert editor.isVisible()
        assert editor.y() == row.geometry().bottom() + 1
        assert editor.name.text() == names(page)[place]
    click(qtbot, stack(page).image_row)
    assert not stack(page).editor.isVisible()


# Editing by keys


def test_arrows_choose_and_with_alt_move(qtbot, page):
    key(qtbot, page, KEY.Key_Down)
    key(qtbot, page, KEY.Key_Down)
    assert page.model.place == 2
    key(qtbot, page, KEY.Key_Up, ALT)
    assert names(page) == ["conv", "flatten", "relu", "fc"]
    assert page.model.place == 1
    key(qtbot, page, KEY.Key_Down, ALT)
    key(qtbot, page, KEY.Key_Down, ALT)
    assert names(page) == ["conv", "relu", "fc", "flatten"]
    key(qtbot, page, KEY.Key_Down, ALT)
    assert names(page) == ["conv", "relu", "fc", "flatten"], "the last one stays"
    key(qtbot, page, KEY.Key_Home)
    assert page.model.place == -1
    key(qtbot, page, KEY.Key_Delete)
    assert len(names(page)) == 4, "the image is no layer"
    key(qtbot, page, KEY.Key_End)
    assert page.model.place == 3


def test_layers_are_copied_removed_and_all_of_it_is_taken_back(qtbot, page):
    key(qtbot, page, KEY.Key_D, CONTROL)
    assert names(page) == ["conv", "conv1", "relu", "flatten", "fc"]
    assert page.model.place == 1
    key(qtbot, page, KEY.Key_Delete)
    key(qtbot, page, KEY.Key_Backspace)
    assert names(page) == ["conv", "flatten", "fc"]
    key(qtbot, page, KEY.Key_Z, CONTROL)
    assert names(page) == ["conv", "relu", "flatten", "fc"]
    click(qtbot, page.layers.undo_button)
    click(qtbot, page.layers.undo_button)
    assert names(page) == ["conv", "relu", "flatten", "fc"]
    assert not page.layers.undo_button.isEnabled()
    key(qtbot, page, KEY.Key_Z, CONTROL | SHIFT)
    assert names(page) == ["conv", "conv1", "relu", "flatten", "fc"]
    click(qtbot, page.layers.redo_button)
    click(qtbot, page.layers.redo_button)
    assert names(page) == ["conv", "flatten", "fc"]
    assert not page.layers.redo_button.isEnabled()


def test_the_buttons_below_do_the_same(qtbot, page):
    assert not page.layers.up_button.isEnabled()
    click(qtbot, page.layers.down_button)
    assert names(page) == ["relu", "conv", "flatten", "fc"]
    click(qtbot, page.layers.up_button)
    click(qtbot, page.layers.copy_button)
    assert names(page) == ["conv", "conv1", "relu", "flatten", "fc"]
    click(qtbot, page.layers.remove_button)
    assert names(page) == ["conv", "relu", "flatten", "fc"]


def test_every_kind_can_be_added_behind_the_chosen_layer(page):
    editor = stack(page).editor
    for kind, title in KIND_TITLES.items():
        action = menu_action(page, f"add_{kind}")
        assert action.text() == title
        page.model.select(0)
        action.trigger()
        assert page.model.draft.layers[1].kind == kind
        assert page.model.place == 1
        assert editor.isVisible()
        assert {*editor.fields, *editor.choices, *editor.switches} == set(page.model.layer.options)


def test_insert_opens_the_menu(qtbot, page):
    seen = []
    stack(page).menu_requested.disconnect()
    stack(page).menu_requested.connect(lambda: seen.append(1))
    key(qtbot, page, KEY.Key_Insert)
    assert seen == [1]


def test_the_65th_layer_is_refused_with_a_message(qtbot, page, bench):
    said = []
    bench.failed.connect(lambda *words: said.append(words))
    for _ in range(61):
        page.model.insert("relu")
    assert len(names(page)) == 64
    assert said == [("The network stays as it is.", "A network has at most 64 layers.")]


# Editing by mouse


def test_a_row_is_dragged_to_another_place(qtbot, page):
    row, end = drag(page, 3, stack(page).rows[1].geometry().center().y() - 2)
    line = stack(page)._line
    assert line.isVisible()
    QTest.mouseRelease(row, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert names(page) == ["conv", "fc", "relu", "flatten"]
    assert page.model.place == 1
    assert not line.isVisible()
    row, end = drag(page, 1, stack(page).height() - 1)
    QTest.mouseRelease(row, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert names(page) == ["conv", "relu", "flatten", "fc"]


def test_escape_ends_a_drag_and_a_small_move_is_a_click(qtbot, page):
    row, end = drag(page, 3, 5)
    key(qtbot, page, KEY.Key_Escape)
    assert not stack(page)._line.isVisible()
    QTest.mouseRelease(row, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert names(page) == ["conv", "relu", "flatten", "fc"]
    row = stack(page).rows[1]
    QTest.mousePress(row, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(16, 10))
    QTest.mouseMove(row, QPoint(18, 11))
    QTest.mouseRelease(row, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(18, 11))
    assert names(page) == ["conv", "relu", "flatten", "fc"]
    assert page.model.place == 1


# Fields


def test_options_are_changed_in_their_fields(qtbot, page):
    editor = stack(page).editor
    type_in(qtbot, editor.fields["kernel_size"], "3×5")
    type_in(qtbot, editor.fields["padding"], "1, 2, 3, 4")
    type_in(qtbot, editor.fields["stride"], "1")
    click(qtbot, editor.switches["bias"])
    editor.choices["padding_mode"].setFocus()
    qtbot.keyClick(editor.choices["padding_mode"], KEY.Key_Down)
    options = page.model.layer.options
    assert (options["kernel_size"], options["padding"], options["stride"]) == ((3, 5), (1, 2, 3, 4), 1)
    assert (options["bias"], options["padding_mode"]) == (False, "reflect")
    assert stack(page).rows[0].text.output == "4×29×31"
    assert "rows &nbsp;⌊(28 + 1 + 2 − 3) / 1⌋ + 1 = <b>29</b>" in editor.working.text()
    assert "columns &nbsp;⌊(28 + 3 + 4 − 5) / 1⌋ + 1 = <b>31</b>" in editor.working.text()
    assert "4 maps × 1 channel × 3×5 = <b>60</b>" in editor.working.text()
    type_in(qtbot, editor.fields["padding"], "same")
    assert page.model.layer.options["padding"] == "same"
    assert stack(page).rows[0].text.output == "4×28×28"
    type_in(qtbot, editor.fields["padding"], "valid")
    assert editor.fields["padding"].text() == "0"
    qtbot.keyClick(editor.fields["padding"], KEY.Key_Up)
    assert page.model.layer.options["padding"] == 1


def test_a_wrong_value_is_marked_explained_and_not_used(qtbot, page):
    editor = stack(page).editor
    field = editor.fields["kernel_size"]
    before = page.model.draft
    for text, sentence in (
        ("many", "Kernel takes one whole number, or two: rows × columns, not “many”."),
        ("0", "Kernel must be a whole number from 1 to 1,024, not 0."),
    ):
        type_in(qtbot, field, text)
        assert field.invalid
        assert field.text() == text
        assert (editor.error.text(), editor.error.isVisible()) == (sentence, True)
        assert page.model.draft is before
    type_in(qtbot, field, "7")
    assert not field.invalid
    assert not editor.error.isVisible()
    assert page.model.layer.options["kernel_size"] == 7


def test_a_layer_gets_another_name_or_hears_why_not(qtbot, page):
    editor = stack(page).editor
    type_in(qtbot, editor.name, "fc")
    assert editor.name.property("invalid")
    assert editor.error.text() == "Another layer has the name fc already."
    type_in(qtbot, editor.name, "1st")
    assert "cannot name a layer" in editor.error.text()
    type_in(qtbot, editor.name, "first")
    assert names(page)[0] == "first"
    assert not editor.name.property("invalid")
    assert stack(page).rows[0].text.name == "first"


def test_what_was_typed_is_used_when_another_layer_is_clicked(qtbot, page):
    field = stack(page).editor.fields["out_channels"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "6")
    click(qtbot, stack(page).rows[3])
    assert page.model.draft.layers[0].options["out_channels"] == 6
    assert page.model.place == 3
    assert stack(page).editor.fields["out_features"].text() == "10"


def test_enter_goes_to_the_first_field(qtbot, page):
    key(qtbot, page, KEY.Key_Return)
    assert page.focusWidget() is stack(page).editor.fields["out_channels"]


# What cannot be


def test_an_impossible_layer_is_marked_in_place_with_a_reason_and_ways_out(qtbot, page):
    type_in(qtbot, stack(page).editor.fields["kernel_size"], "40")
    row, note = stack(page).rows[0], stack(page).note
    assert (row.text.state, row.text.output) == ("problem", "does not fit")
    assert [other.text.output for other in stack(page).rows[1:]] == ["waits for conv"] * 3
    assert note.isVisible()
    assert note.reason.text() == "The window of 40×40 is larger than the image, which is 28×28."
    assert page.layers.status.text() == "does not fit"
    assert not page.layers.use_button.isEnabled()
    assert "−5" in stack(page).editor.working.text()
    for button in list(note.buttons):
        assert button.isVisible()
    click(qtbot, note.buttons[0])
    assert page.model.report.valid
    assert not note.isVisible()
    assert page.layers.use_button.isEnabled() != page.model.is_in_use


def test_the_tour_stops_at_a_layer_that_cannot_be_and_at_a_way_out(page):
    (broken, break_it), (helped, help_it) = page.tour_stops()
    assert (broken, helped) == ("impossible", "helped")
    break_it()
    assert stack(page).note.isVisible()
    assert stack(page).rows[page.model.place].text.state == "problem"
    help_it()
    assert page.model.report.valid
    page.actions_of_draft.take(MODELS["mlp"]())
    assert page.tour_stops() == []


def test_no_layers_is_a_problem_too(qtbot, page):
    menu_action(page, "preset_empty").trigger()
    assert names(page) == []
    assert stack(page).note.isVisible()
    assert stack(page).note.reason.text() == "A network needs at least one layer."
    click(qtbot, stack(page).note.buttons[0])
    assert page.model.report.valid
    assert names(page) == ["flatten", "fc"]


def test_an_impossible_network_is_never_used_or_saved(qtbot, page, bench, tmp_path):
    page.model.edit(lambda: page.model.draft.removed(2))
    said = []
    bench.failed.connect(lambda title, why: said.append((title, why)))
    page.actions_of_draft.use()
    page.actions_of_draft.copy()
    page.actions_of_draft.save_file(tmp_path / "no.json")
    why = "It takes a list of numbers, but it gets maps of 4×13×13. Flatten makes a list of them."
    assert said == [
        ("This is no network yet.", why),
        ("Only a network that fits can be copied.", why),
        ("Only a network that fits can be saved.", why),
    ]
    assert bench.spec == MODELS["tiny"]()
    assert list(tmp_path.iterdir()) == []


# Using it


def test_before_training_a_network_is_used_without_a_question(qtbot, page, bench):
    page.model.insert("batchnorm2d")
    assert page.layers.status.text() == "not in use yet"
    click(qtbot, page.layers.use_button)
    assert bench.spec.layers[1].kind == "batchnorm2d"
    assert page.layers.status.text() == "in use"
    assert not page.layers.use_button.isEnabled()
    assert bench.own_models == (bench.spec,)


@pytest.mark.parametrize("keep", [True, False, None])
def test_after_training_one_is_asked_what_to_keep(qtbot, page, bench, keep):
    learn(qtbot, bench)
    trained = bench.network.parameters()["0.weight"].copy()
    page.model.insert("batchnorm2d")
    qtbot.keyClick(stack(page), KEY.Key_Return, CONTROL)
    box = page.actions_of_draft.question
    assert "Steps of training that will be lost: 1." in box.informativeText()
    assert "conv, fc" in box.informativeText()
    assert bench.progress.step == 1, "nothing has happened yet"
    if keep is None:
        qtbot.keyClick(box, KEY.Key_Escape)
        assert bench.progress.step == 1
        assert bench.spec == MODELS["tiny"]()
        return
    click(qtbot, box.findChild(QAbstractButton, "keepWeights" if keep else "freshWeights"))
    assert bench.progress.step == 0
    assert len(bench.spec.layers) == 5
    same = (bench.network.parameters()["0.weight"] == trained).all()
    assert same == keep


def test_where_nothing_can_be_kept_the_question_says_so(qtbot, page, bench):
    learn(qtbot, bench)
    page.actions_of_draft.take(MODELS["mlp"]())
    page.actions_of_draft.use()
    box = page.actions_of_draft.question
    assert box.informativeText().endswith("No layer can keep its weights.")
    buttons = [button.text() for button in box.buttons()]
    assert any("Use and begin anew" in text for text in buttons)
    click(qtbot, box.findChild(QAbstractButton, "freshWeights"))
    assert bench.spec == MODELS["mlp"]()
    assert isinstance(box, QMessageBox)


# The network in use changes elsewhere


def test_the_draft_follows_the_network_unless_it_is_work_of_its_own(page, bench):
    bench.set_spec(MODELS["lenet5"]())
    assert page.model.draft.layers == MODELS["lenet5"]().layers
    page.model.undo()
    assert page.model.draft.layers == MODELS["tiny"]().layers
    page.model.insert("relu")
    bench.set_spec(MODELS["mlp"]())
    assert len(names(page)) == 5, "work that is not in use stays"
    assert page.layers.status.text() == "not in use yet"


def test_the_layer_that_is_looked_at_is_that_of_the_other_pages(qtbot, page, bench):
    click(qtbot, stack(page).rows[2])
    assert bench.focus == Focus(2)
    bench.set_focus(Focus(3, 5))
    assert page.model.place == 3
    assert bench.focus == Focus(3, 5)
    key(qtbot, page, KEY.Key_Up, ALT)
    bench.set_focus(Focus(0))
    assert page.model.place == 2, "the draft is another network now"


def test_presets_hold_own_networks_by_their_names(qtbot, page, bench):
    type_in(qtbot, page.layers.name, "Twice normed")
    page.model.insert("batchnorm2d")
    page.actions_of_draft.use()
    assert bench.spec.title == "Twice normed"
    page.model.insert("batchnorm2d")
    type_in(qtbot, page.layers.name, "Thrice")
    page.actions_of_draft.use()
    assert [spec.title for spec in bench.own_models] == ["Twice normed", "Thrice"]
    menu_action(page, "preset_Twice normed").trigger()
    assert len(names(page)) == 5
    assert page.layers.name.text() == "Twice normed"


def test_a_name_that_cannot_be_is_refused(qtbot, page, bench):
    said = []
    bench.failed.connect(lambda title, why: said.append(why))
    page.layers.name.selectAll()
    qtbot.keyClick(page.layers.name, KEY.Key_Delete)
    qtbot.keyClick(page.layers.name, KEY.Key_Return)
    assert page.layers.name.text() == "Tiny network"
    assert "text of 1 to 80" in said[0]


# JSON


def test_json_is_copied_and_pasted_by_keys(qtbot, page):
    key(qtbot, page, KEY.Key_C, CONTROL)
    text = QGuiApplication.clipboard().text()
    assert ModelSpec.from_json(text) == MODELS["tiny"]()
    QGuiApplication.clipboard().setText(MODELS["lenet5"]().to_json())
    key(qtbot, page, KEY.Key_V, CONTROL)
    assert page.model.draft.layers == MODELS["lenet5"]().layers
    page.model.undo()
    assert page.model.draft.layers == MODELS["tiny"]().layers


def test_what_is_no_network_changes_nothing(page, bench):
    said = []
    bench.failed.connect(lambda title, why: said.append((title, why)))
    before = page.model.draft
    texts = ("", "{", "[]", "null", '{"format": "cnn-explorer-model"}', "x" * 300_000, "[" * 100_000)
    for text in texts:
        QGuiApplication.clipboard().setText(text)
        page.actions_of_draft.paste()
    assert page.model.draft is before
    assert [title for title, _ in said] == ["There is no network to paste."] * len(texts)
    assert all(why.endswith(".") for _, why in said)


def test_a_network_for_other_images_is_fitted_to_the_present_ones(page, bench):
    content = json.loads(MODELS["lenet5"]().to_json())
    content |= {"input_shape": [3, 40, 40], "class_names": ["a", "b", "c"]}
    content["layers"][-1]["out_features"] = 3
    QGuiApplication.clipboard().setText(json.dumps(content))
    page.actions_of_draft.paste()
    assert page.model.draft.input_shape == (1, 28, 28)
    assert page.model.spec.shapes()[-1] == (10,)


def test_a_network_is_saved_and_opened_as_a_file(qtbot, page, bench, tmp_path):
    page.model.insert("tanh")
    saved = page.model.spec
    with qtbot.waitSignal(bench.succeeded, timeout=10_000):
        page.actions_of_draft.save_file(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    menu_action(page, "preset_empty").trigger()
    page.actions_of_draft.open_file(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: page.model.spec == saved, timeout=10_000)


def test_files_that_are_no_network_or_cannot_be_written_are_named(qtbot, page, bench, tmp_path):
    path = tmp_path / "bad.json"
    before = page.model.draft
    for content in (b"\xff\xfe\x00", b"{}", b"1" * 900_000, b""):
        path.write_bytes(content)
        with qtbot.waitSignal(bench.failed, timeout=10_000) as failed:
            page.actions_of_draft.open_file(path)
        assert failed.args[0] == "The network in bad.json could not be opened."
        assert failed.args[1].endswith(".")
    assert page.model.draft is before
    with qtbot.waitSignal(bench.failed, timeout=10_000) as failed:
        page.actions_of_draft.save_file(tmp_path / "none" / "mine.json")
    assert failed.args[0] == "The network could not be saved as mine.json."


# Controls


def test_every_control_is_named_and_explained_and_reached_by_keyboard(qtbot, page):
    page.populate()
    qtbot.waitUntil(page.settings.isVisible)
    kinds = (QAbstractButton, QLineEdit)
    controls = [control for kind in kinds for control in page.findChildren(kind) if control.isVisible()]
    assert len(controls) > 30
    unnamed = [
        control.objectName() or type(control).__name__
        for control in controls
        if not (control.objectName() and control.accessibleName() and control.toolTip())
    ]
    assert not unnamed
    assert all(control.focusPolicy() & Qt.FocusPolicy.TabFocus for control in controls if control.isEnabled())
    named = [control.objectName() for control in controls]
    assert len(set(named)) == len(named)


def test_nothing_is_wider_than_its_column_in_a_small_window(page):
    page.populate()
    page.resize(692, 628)
    page.layout().activate()
    for scroll in (
        page.layers.scroll,
        page.findChild(QScrollArea, "buildSettingsScroll"),
    ):
        content = scroll.widget()
        assert content.minimumSizeHint().width() <= scroll.viewport().width()

"""The training settings of the Build page, and own networks from one start to the next."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMainWindow

from cnncore import MODELS, Standardisation
from explorer.app import build_window
from explorer.settings import Settings
from explorer.workbench import Augmentation, Hyperparameters, RunState, Workbench
from explorer.workbench.building import Draft
from explorer.workspaces.build import BuildWorkspace
from tests.builder_fuzz import BuilderFuzz, settle_until, small_page

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


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
    page.populate()
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


def form(page, key):
    return next(form for form in page.settings.forms if key in form._rows)


def type_in(qtbot, page, key, text):
    field = form(page, key).field(key)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, KEY.Key_Return)


def choose(page, name, value):
    combo = page.findChild(QComboBox, name)
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


# Settings


def test_each_optimizer_brings_its_own_parameters(qtbot, page, bench):
    own = {"SGD": {"momentum", "nesterov"}, "Adam": {"beta1", "beta2"}, "RMSprop": {"alpha"}}
    for name, keys in (own | {"AdamW": {"beta1", "beta2"}}).items():
        choose(page, "buildOptimizer", name)
        rows = form(page, "optimizer")._rows
        assert {key for key in rows if rows[key][1].isVisible()} == keys | {"optimizer"}
    choose(page, "buildOptimizer", "SGD")
    click(qtbot, page.findChild(QAbstractButton, "buildNesterov"))
    type_in(qtbot, page, "momentum", "0.8")
    used = bench.hyperparameters
    assert (used.optimizer, used.nesterov, used.momentum) == ("SGD", True, 0.8)


def test_regularisation_and_patience_are_used_at_once_before_training(qtbot, page, bench):
    for key, text in (
        ("weight_decay", "1e-4"),
        ("label_smoothing", "0.1"),
        ("clip_norm", "2"),
        ("patience", "3"),
    ):
        type_in(qtbot, page, key, text)
    used = bench.hyperparameters
    assert (used.weight_decay, used.label_smoothing, used.clip_norm, used.patience) == (1e-4, 0.1, 2.0, 3)
    assert not page.settings.apply_button.isEnabled()


def test_after_a_step_changes_wait_and_both_pages_show_the_same(qtbot, page, bench):
    bench.step_batch()
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED and bench.progress.step == 1, timeout=20_000)
    type_in(qtbot, page, "weight_decay", "0.01")
    type_in(qtbot, page, "label_smoothing", "2")
    assert bench.hyperparameters.weight_decay == 0
    assert bench.pending.wanted.weight_decay == 0.01
    assert (
        form(page, "label_smoothing").error("label_smoothing") == "The label smoothing must be from 0 to 0.9."
    )
    assert not page.settings.apply_button.isEnabled(), "a field is wrong"
    type_in(qtbot, page, "label_smoothing", "0")
    click(qtbot, page.settings.apply_button)
    assert bench.hyperparameters.weight_decay == 0.01
    assert bench.progress.step == 0


def test_the_curve_shows_the_planned_rates(qtbot, page, bench):
    chart = page.settings.rate_chart
    for schedule, highest in (("constant", 0.001), ("one-cycle", 0.001), ("cosine", 0.001)):
        choose(page, "buildSchedule", schedule)
        curve = chart.chart.curves["rate"]
        assert curve.x.tolist() == list(range(1, 21))
        assert curve.y.max() == pytest.approx(highest)
        np.testing.assert_array_equal(curve.y, chart.rates)
    assert chart.words.text() == "20 steps: begins at 0.001, highest 0.001, ends at 1e−5"
    type_in(qtbot, page, "epochs", "4")
    assert chart.chart.curves["rate"].x[-1] == 40
    chart.chart.pointed.emit(7.2)
    assert chart.chart.crosshair_x == 7
    assert chart.chart.tooltip.title == "step 7"
    chart.chart.pointed.emit(None)
    assert chart.chart.crosshair_x is None


def test_augmentation_is_seen_at_once_and_again_with_other_chances(qtbot, page, bench):
    section = page.settings.augmentation
    qtbot.waitUntil(lambda: section.shown is not None, timeout=10_000)
    np.testing.assert_array_equal(section.shown.changed, section.shown.originals)
    slider = section.form._sliders["augmentation.shift"]
    slider.setFocus()
    qtbot.keyClick(slider, KEY.Key_PageUp)
    assert bench.pending.wanted.augmentation == Augmentation(shift=0.8)
    assert not page.settings.apply_button.isEnabled(), "it is used by itself, a moment later"
    qtbot.waitUntil(lambda: bench.hyperparameters.augmentation == Augmentation(shift=0.8), timeout=5_000)
    qtbot.waitUntil(
        lambda: not np.array_equal(section.shown.changed, section.shown.originals), timeout=10_000
    )
    first = section.shown
    assert section.view.array.shape == (58, 118)
    np.testing.assert_array_equal(section.view.array[:28, :28], first.originals[0, 0])
    np.testing.assert_array_equal(section.view.array[30:, :28], first.changed[0, 0])
    click(qtbot, section.again_button)
    qtbot.waitUntil(lambda: section.shown is not first, timeout=10_000)
    assert not np.array_equal(section.shown.originals, first.originals)
    type_in(qtbot, page, "augmentation.shift", "0")
    assert bench.hyperparameters.augmentation.is_none


def test_dropout_is_put_before_the_last_dense_layer(qtbot, page):
    click(qtbot, page.settings.dropout_button)
    assert [layer.kind for layer in page.model.draft.layers] == [
        "conv2d",
        "relu",
        "flatten",
        "dropout",
        "linear",
    ]
    assert page.model.place == 3
    assert not page.settings.dropout_button.isEnabled()
    page.model.undo()
    assert page.settings.dropout_button.isEnabled()


def test_initialiser_and_standardisation_belong_to_the_network(qtbot, page, bench):
    start = page.settings.start
    choose(page, "initialiser", "glorot")
    assert page.model.draft.initialiser == "glorot"
    assert start.initialiser_words.text().startswith("Variance 2 / (inputs + outputs)")
    click(qtbot, start.standardise)
    qtbot.waitUntil(lambda: page.model.draft.standardisation is not None, timeout=10_000)
    found = Standardisation.of(bench.train_set)
    assert page.model.draft.standardisation == found
    assert f"{found.mean[0]:.3f}" in start.standardise_words.text()
    page.actions_of_draft.use()
    assert (bench.spec.initialiser, bench.spec.standardisation) == ("glorot", found)
    click(qtbot, start.standardise)
    assert page.model.draft.standardisation is None
    page.model.undo()
    assert start.standardise.isChecked()


def test_text_in_a_field_that_goes_is_not_used_for_another_layer(qtbot, page):
    page.model.insert("dropout")
    field = page.layers.stack.editor.fields["p"]
    field.setFocus()
    field.setText("many")
    page.model.undo()
    page.model.select(0)
    assert page.model.layer.kind == "conv2d"
    assert not page.layers.stack.editor.error.isVisible()


def test_random_use_with_training_going_on_never_raises_nor_leaves_an_invalid_network_running(qtbot, theme):
    page = small_page(theme)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    fuzz = BuilderFuzz(page, 5)
    for _ in range(100):
        fuzz.act()
    assert fuzz.impossible > 5
    assert fuzz.used > 1
    assert page.model.workbench.close()


# Own networks


@pytest.fixture
def settings(tmp_path):
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


def _own(title, **options):
    return Draft.of(MODELS["tiny"]()).with_options(0, **options).titled(title).spec()


def test_own_networks_come_back_at_the_next_start_and_stand_in_the_choice(qtbot, settings):
    first = build_window(settings)
    qtbot.addWidget(first)
    mine, other = _own("Mine", out_channels=6), _own("Other", out_channels=7)
    first.workbench.set_spec(mine)
    first.workbench.set_spec(other)
    first.workbench.set_spec(mine)
    first.close()
    second = build_window(settings)
    qtbot.addWidget(second)
    assert second.workbench.spec == mine
    assert set(second.workbench.own_models) == {mine, other}
    panel = second.workspaces["train"].network_panel
    assert panel.model_choice.currentText() == "Mine"
    place = panel.model_choice.findText("Other")
    panel.model_choice.setCurrentIndex(place)
    panel.model_choice.activated.emit(place)
    assert second.workbench.spec == other
    click(qtbot, panel.edit_button)
    assert second.current_workspace == "build"
    assert second.workspaces["build"].layers.name.text() == "Other"
    second.close()


def test_a_model_for_other_images_does_not_keep_the_program_from_starting(qtbot, settings):
    digits = _own("Mine", out_channels=6)
    content = json.loads(digits.to_json()) | {"input_shape": [3, 32, 32]}
    settings._store.setValue("training/own_models", json.dumps([json.dumps(content)]))
    settings.set_model("own:Mine")
    window = build_window(settings)
    qtbot.addWidget(window)
    assert window.workbench.spec == MODELS["reference"]()
    assert len(window.workbench.own_models) == 1
    window.close()


@pytest.mark.parametrize(
    "text", ["{", "3", "[" * 100_000, "[1, null, {}]", '["{}"]', "x" * 500_000, '{"a": 1}', '[["deep"]]']
)
def test_damaged_own_networks_count_as_never_written(settings, text):
    settings._store.setValue("training/own_models", text)
    assert settings.own_models == ()


def test_one_damaged_own_network_does_not_take_the_others_along(settings):
    mine = _own("Mine", out_channels=6)
    settings._store.setValue("training/own_models", json.dumps(["{}", mine.to_json(), 7]))
    assert settings.own_models == (mine,)


def test_copy_and_paste_belong_to_the_page_while_the_keyboard_is_there(qtbot, theme, bench):
    window, elsewhere = QMainWindow(), []
    qtbot.addWidget(window)
    page = BuildWorkspace(bench, theme)
    window.setCentralWidget(page)
    QShortcut(QKeySequence.StandardKey.Paste, window).activated.connect(lambda: elsewhere.append(1))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    page.setFocus()
    QApplication.clipboard().setText(MODELS["lenet5"]().to_json())
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_V, CONTROL)
    assert page.model.draft.layers == MODELS["lenet5"]().layers
    assert elsewhere == []

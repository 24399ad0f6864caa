"""The training settings: what is used at once, what waits, what is wrong and never used."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from cnncore import MODELS
from explorer.widgets.number_field import number_from
from explorer.widgets.settings_fields import BATCH_SIZE, EPOCHS, FIELDS, LEARNING_RATE, MOMENTUM, SEED
from explorer.workbench import Augmentation, Hyperparameters, RunState
from explorer.workspaces.train.training_panel import TrainingPanel

BASE = Hyperparameters()


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = TrainingPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(288, 400)
    panel.show()
    return panel


@pytest.fixture
def bench(tiny_bench):
    return tiny_bench


def type_in(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def choose(qtbot, panel, name, text):
    combo = panel.findChild(QComboBox, name)
    combo.setCurrentText(text)
    combo.activated.emit(combo.currentIndex())


def one_step(qtbot, bench):
    bench.step_batch()
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED and len(bench.history) == 1, timeout=20_000)


# Reading numbers


@pytest.mark.parametrize(
    ("text", "number"), [("0.001", 1e-3), (" 3e-4 ", 3e-4), ("3e−4", 3e-4), ("0,01", 0.01), ("1 000", 1000)]
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert number_from(text) == number


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (LEARNING_RATE, "0", "The learning rate must be from 1e−6 to 10."),
        (LEARNING_RATE, "-0.1", "The learning rate must be from 1e−6 to 10."),
        (LEARNING_RATE, "1e9", "The learning rate must be from 1e−6 to 10."),
        (LEARNING_RATE, "nan", "The learning rate must be from 1e−6 to 10."),
        (LEARNING_RATE, "fast", "The learning rate must be a number, not “fast”."),
        (LEARNING_RATE, "", "The learning rate must be a number, not “”."),
        (BATCH_SIZE, "0", "The batch size must be a whole number from 1 to 1,024."),
        (BATCH_SIZE, "2.5", "The batch size must be a whole number from 1 to 1,024."),
        (BATCH_SIZE, "inf", "The batch size must be a whole number from 1 to 1,024."),
        (EPOCHS, "1e6", "The number of epochs must be a whole number from 1 to 1,000."),
        (MOMENTUM, "1", "The momentum must be at least 0 and below 1."),
        (EPOCHS, "1_0", "The number of epochs must be a number, not “1_0”."),
        (FIELDS["beta2"], "1", "The second beta must be at least 0 and below 1."),
        (FIELDS["weight_decay"], "-1", "The weight decay must be from 0 to 1."),
        (FIELDS["augmentation.shift"], "9", "The strength of shift must be from 0 to 8."),
        (FIELDS["patience"], "1.5", "The patience must be a whole number from 0 to 1,000."),
        (SEED, "-1", "The seed must be a whole number from 0 to 2,147,483,647."),
    ],
)
def test_a_wrong_number_is_named_in_a_sentence(kind, text, sentence):
    with pytest.raises(ValueError) as error:
        kind.read(text, BASE)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("kind", "text", "up", "down"),
    [
        (LEARNING_RATE, "0.001", "0.002", "5e−4"),
        (LEARNING_RATE, "0.0013", "0.002", "0.001"),
        (LEARNING_RATE, "10", None, "5"),
        (BATCH_SIZE, "32", "64", "16"),
        (BATCH_SIZE, "33", "64", "32"),
        (BATCH_SIZE, "1", "2", None),
        (EPOCHS, "5", "6", "4"),
        (SEED, "0", "1", None),
        (MOMENTUM, "0.9", "0.95", "0.85"),
        (EPOCHS, "many", None, None),
        (FIELDS["beta1"], "0.9", "0.95", "0.8"),
        (FIELDS["beta2"], "0.999", "0.9995", "0.998"),
        (FIELDS["alpha"], "0.5", "0.8", "0.4"),
        (FIELDS["alpha"], "0", "0.1", None),
        (FIELDS["alpha"], "0.99999999999", None, "0.999998"),
        (FIELDS["weight_decay"], "0", "1e−6", None),
        (FIELDS["weight_decay"], "1e-6", "2e−6", "0"),
        (FIELDS["weight_decay"], "1e-8", "1e−6", "0"),
        (FIELDS["weight_decay"], "1", None, "0.5"),
        (FIELDS["clip_norm"], "0", "0.1", None),
        (FIELDS["clip_norm"], "1", "2", "0.5"),
        (FIELDS["label_smoothing"], "0.02", "0.07", "0"),
        (FIELDS["patience"], "0", "1", None),
        (FIELDS["augmentation.rotate"], "45", None, "40"),
        (FIELDS["augmentation.flip"], "0", "0.1", None),
    ],
)
def test_arrows_go_to_the_next_sensible_value(kind, text, up, down):
    assert kind.stepped(text, 1, BASE) == up
    assert kind.stepped(text, -1, BASE) == down


# The panel


def test_it_shows_what_is_in_use(panel, bench):
    shown = {key: panel.form.field(key).text() for key in ("learning_rate", "batch_size", "epochs", "seed")}
    assert shown == {"learning_rate": "0.001", "batch_size": "32", "epochs": "2", "seed": "11"}
    assert panel.findChild(QComboBox, "optimizer").currentText() == "Adam"
    assert panel.findChild(QComboBox, "schedule").currentText() == "Cosine"
    assert panel.form.rate_slider.number == 0.001
    assert not panel.apply_button.isEnabled()


def test_before_the_first_step_a_change_is_used_at_once(qtbot, panel, bench):
    type_in(qtbot, panel.form.field("epochs"), "7")
    type_in(qtbot, panel.form.field("batch_size"), "64")
    choose(qtbot, panel, "schedule", "Constant")
    used = bench.hyperparameters
    assert (used.epochs, used.batch_size, used.schedule) == (7, 64, "constant")
    assert bench.progress.batches == 5
    assert not panel.apply_button.isEnabled()


def test_after_a_step_other_changes_wait_for_the_button(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("seed"), "12")
    choose(qtbot, panel, "optimizer", "SGD")
    assert (bench.hyperparameters.seed, bench.hyperparameters.optimizer) == (11, "Adam")
    assert len(bench.history) == 1
    assert panel.apply_button.isEnabled()
    qtbot.mouseClick(panel.apply_button, Qt.MouseButton.LeftButton)
    assert (bench.hyperparameters.seed, bench.hyperparameters.optimizer) == (12, "SGD")
    assert len(bench.history) == 0
    assert not panel.apply_button.isEnabled()


def test_a_change_taken_back_needs_no_restart(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "9")
    assert panel.apply_button.isEnabled()
    type_in(qtbot, panel.form.field("epochs"), "2")
    assert not panel.apply_button.isEnabled()


def test_the_learning_rate_is_live_and_other_changes_go_on_waiting(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "9")
    type_in(qtbot, panel.form.field("learning_rate"), "0.01")
    assert bench.hyperparameters.learning_rate == 0.01
    assert bench.hyperparameters.epochs == 2
    assert len(bench.history) == 1, "the run goes on"
    assert bench.pending.wanted.epochs == 9
    assert panel.form.field("epochs").text() == "9"
    assert panel.form.rate_slider.number == 0.01


def test_reset_uses_what_waits(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "7")
    bench.reset()
    assert bench.hyperparameters.epochs == 7
    assert bench.progress.epochs == 7
    assert panel.form.field("epochs").text() == "7"
    assert not panel.apply_button.isEnabled()


def test_reset_uses_what_was_typed_without_enter(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "7")
    field = panel.form.field("batch_size")
    field.selectAll()
    qtbot.keyClicks(field, "64")
    bench.reset()
    assert (bench.hyperparameters.epochs, bench.hyperparameters.batch_size) == (7, 64)
    assert (panel.form.field("epochs").text(), field.text()) == ("7", "64")


def test_another_model_uses_what_waits(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("seed"), "12")
    bench.set_spec(MODELS["mlp"]())
    assert bench.hyperparameters.seed == 12
    assert bench.spec == MODELS["mlp"]()
    assert panel.form.field("seed").text() == "12"
    assert not panel.apply_button.isEnabled()


def test_reset_leaves_a_wrong_field_marked_and_unused(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "7")
    type_in(qtbot, panel.form.field("seed"), "many")
    bench.reset()
    assert (bench.hyperparameters.epochs, bench.hyperparameters.seed) == (7, 11)
    assert panel.form.field("seed").invalid


def test_a_loaded_checkpoint_is_not_lost_to_what_waits(qtbot, panel, bench, tmp_path):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "7")
    with qtbot.waitSignal(bench.succeeded, timeout=20_000):
        bench.save_checkpoint(tmp_path / "one.npz")
    with qtbot.waitSignal(bench.succeeded, timeout=20_000):
        bench.load_checkpoint(tmp_path / "one.npz")
    loaded = bench.network.parameter_vector.copy()
    begun = bench.spec.build(bench.hyperparameters.rng("initialisation")).parameter_vector
    assert not np.array_equal(loaded, begun)
    assert bench.hyperparameters.epochs == 2
    assert panel.apply_button.isEnabled(), "what is shown and not in use can be applied"
    type_in(qtbot, panel.form.field("learning_rate"), "0.01")
    assert (bench.hyperparameters.learning_rate, bench.hyperparameters.epochs) == (0.01, 2)
    assert np.array_equal(bench.network.parameter_vector, loaded)
    qtbot.mouseClick(panel.apply_button, Qt.MouseButton.LeftButton)
    assert bench.hyperparameters.epochs == 7


def test_the_slider_moves_the_rate_and_the_field(qtbot, panel, bench):
    panel.form.rate_slider.setFocus()
    qtbot.keyClick(panel.form.rate_slider, Qt.Key.Key_PageUp)
    assert bench.hyperparameters.learning_rate > 0.001
    assert number_from(panel.form.field("learning_rate").text()) == bench.hyperparameters.learning_rate


@pytest.mark.parametrize("stepped", [False, True])
@pytest.mark.parametrize("text", ["0", "-1", "1e9", "fast"])
def test_a_wrong_rate_is_marked_in_place_and_never_used(qtbot, panel, bench, text, stepped):
    if stepped:
        one_step(qtbot, bench)
    before = bench.hyperparameters
    field = panel.form.field("learning_rate")
    type_in(qtbot, field, text)
    assert field.invalid
    assert field.text() == text, "what was typed stays to be mended"
    message = panel.findChild(QLabel, "learning_rateError")
    assert message.isVisible()
    assert message.text().startswith("The learning rate must be")
    assert bench.hyperparameters == before
    type_in(qtbot, field, "0.002")
    assert not field.invalid
    assert not message.isVisible()
    assert bench.hyperparameters.learning_rate == 0.002


def test_a_wrong_field_keeps_the_button_off(qtbot, panel, bench):
    one_step(qtbot, bench)
    type_in(qtbot, panel.form.field("epochs"), "9")
    type_in(qtbot, panel.form.field("batch_size"), "many")
    assert not panel.apply_button.isEnabled()
    type_in(qtbot, panel.form.field("batch_size"), "32")
    assert panel.apply_button.isEnabled()


def test_arrow_keys_and_arrow_clicks_change_a_number(qtbot, panel, bench):
    field = panel.form.field("epochs")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert bench.hyperparameters.epochs == 3
    qtbot.mouseClick(
        field, Qt.MouseButton.LeftButton, pos=field.rect().bottomRight() - field.rect().topLeft()
    )
    assert bench.hyperparameters.epochs == 2


def test_momentum_is_there_for_sgd_only(qtbot, panel, bench):
    assert not panel.form.field("momentum").isVisible()
    choose(qtbot, panel, "optimizer", "SGD")
    assert panel.form.field("momentum").isVisible()
    type_in(qtbot, panel.form.field("momentum"), "0.5")
    assert bench.hyperparameters.momentum == 0.5
    type_in(qtbot, panel.form.field("momentum"), "2")
    choose(qtbot, panel, "optimizer", "Adam")
    assert panel.form.error("momentum") == ""


def test_adamw_comes_with_its_weight_decay_and_the_other_settings_in_use_are_named(qtbot, panel, bench):
    choose(qtbot, panel, "optimizer", "AdamW")
    assert bench.hyperparameters.weight_decay == 0.01
    assert panel.note.text().endswith("Also set on the Build page: weight decay 0.01.")
    choose(qtbot, panel, "optimizer", "Adam")
    assert bench.hyperparameters.weight_decay == 0
    assert "Build page" not in panel.note.text()
    bench.set_hyperparameters(
        Hyperparameters(
            "AdamW", weight_decay=0.1, beta1=0.8, alpha=0.5, nesterov=True, augmentation=Augmentation(1.0)
        )
    )
    assert panel.note.text().endswith("page: first beta 0.8, weight decay 0.1, augmentation.")
    choose(qtbot, panel, "optimizer", "SGD")
    assert bench.hyperparameters.weight_decay == 0.1, "a decay of one's own stays"
    assert panel.note.text().endswith("page: weight decay 0.1, Nesterov’s step, augmentation.")


def test_the_dice_throw_a_seed(qtbot, panel, bench):
    seeds = {bench.hyperparameters.seed}
    for _ in range(5):
        qtbot.mouseClick(panel.form.dice_button, Qt.MouseButton.LeftButton)
        seeds.add(bench.hyperparameters.seed)
    assert len(seeds) > 1


def test_changes_from_elsewhere_are_shown(panel, bench):
    bench.set_learning_rate(0.05)
    assert panel.form.field("learning_rate").text() == "0.05"
    bench.set_hyperparameters(Hyperparameters(seed=99, optimizer="SGD"))
    assert panel.form.field("seed").text() == "99"
    assert panel.findChild(QComboBox, "optimizer").currentText() == "SGD"


def test_every_control_is_named_and_explained(panel):
    controls = [
        panel.form.rate_slider,
        panel.apply_button,
        panel.form.dice_button,
        *panel.findChildren(QComboBox),
        *(panel.form.field(key) for key in ("learning_rate", "momentum", "batch_size", "epochs", "seed")),
    ]
    assert all(c.objectName() and c.accessibleName() and c.toolTip() for c in controls)
    assert all(c.focusPolicy() & Qt.FocusPolicy.TabFocus for c in controls)


def test_no_text_is_cut_in_the_narrow_column(qtbot, panel):
    panel.resize(252, 420)
    labels = [label for label in panel.findChildren(QLabel) if label.isVisible() and not label.wordWrap()]
    assert labels
    assert all(label.width() >= label.sizeHint().width() for label in labels)

"""Runs without a window: their settings, their data, and how they are stopped and go on."""

import io
import json
import signal
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import (
    DIGITS,
    ArgumentError,
    CheckpointError,
    DataError,
    Dataset,
    EpochDone,
    SpecError,
    StandardisedNetwork,
    StepDone,
    load_checkpoint,
    load_shapes,
)
from cnncore.report import MetricsFile, Report
from cnncore.windowless import Settings, WindowlessRun, augmentation, load_data, make_model

SMALL = Settings(model="tiny", epochs=3, batch_size=30, train_images=90)


@pytest.fixture(scope="module")
def digits() -> tuple[Dataset, Dataset]:
    train_set, test_set = load_data("digits", 90)
    return train_set, test_set.subset(range(20), "few")


class Interrupting(Report):
    """Presses Ctrl+C once, after a number of events."""

    def __init__(self, after: int) -> None:
        super().__init__(io.StringIO(), SMALL.epochs)
        self.events: list[StepDone | EpochDone] = []
        self._after = after

    def tell(self, event: StepDone | EpochDone) -> None:
        self.events.append(event)
        if len(self.events) == self._after:
            signal.raise_signal(signal.SIGINT)


def numbers(path: Path) -> list[list[str]]:
    # Without the seconds, which differ.
    return [
        [cell for place, cell in enumerate(line.split(",")) if place != 6]
        for line in path.read_text().split()
    ]


@pytest.mark.parametrize(("stop", "augment"), [(2, False), (3, False), (4, False), (6, False), (4, True)])
def test_a_run_that_is_interrupted_goes_on_as_if_it_were_not(
    digits: tuple[Dataset, Dataset], tmp_path: Path, stop: int, augment: bool
) -> None:
    before = signal.getsignal(signal.SIGINT)
    settings = replace(SMALL, augment=augment)
    whole = WindowlessRun(settings, *digits)
    assert whole.follow(Interrupting(99), MetricsFile(tmp_path / "whole.csv"), None)
    path, figures = tmp_path / "run.npz", tmp_path / "run.csv"
    first, report = WindowlessRun(settings, *digits), Interrupting(stop)
    assert not first.follow(report, MetricsFile(figures), path)
    # The last step of an epoch brings its evaluation along.
    assert len(report.events) == (4 if stop == 3 else stop)
    checkpoint = load_checkpoint(path)
    second = WindowlessRun(Settings.of(checkpoint), *digits, checkpoint)
    assert second.follow(Interrupting(99), MetricsFile(figures, going_on=True), path)
    assert second.network.parameter_vector.tobytes() == whole.network.parameter_vector.tobytes()
    assert numbers(figures) == numbers(tmp_path / "whole.csv")
    assert signal.getsignal(signal.SIGINT) is before
    done = load_checkpoint(path)
    assert list(WindowlessRun(Settings.of(done), *digits, done).run) == []


def test_a_second_interruption_is_obeyed_at_once(digits: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    class Impatient(Interrupting):
        def tell(self, event: StepDone | EpochDone) -> None:
            super().tell(event)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        WindowlessRun(SMALL, *digits).follow(Impatient(1), None, tmp_path / "run.npz")
    assert not (tmp_path / "run.npz").exists()


def test_settings_survive_a_checkpoint(digits: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    settings = Settings(
        "tiny",
        epochs=1,
        batch_size=45,
        lr=0.01,
        schedule="one-cycle",
        seed=9,
        train_images=90,
        standardise=True,
        augment=True,
    )
    run = WindowlessRun(settings, *digits)
    assert isinstance(run.network, StandardisedNetwork)
    run.save(tmp_path / "run.npz")
    checkpoint = load_checkpoint(tmp_path / "run.npz")
    assert Settings.of(checkpoint) == settings
    assert checkpoint.spec == run.spec
    assert json.loads(json.dumps(asdict(settings))) == checkpoint.meta["settings"]


def test_other_data_than_the_runs_are_refused(digits: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    WindowlessRun(SMALL, *digits).save(tmp_path / "run.npz")
    checkpoint = load_checkpoint(tmp_path / "run.npz")
    train_set, test_set = digits
    changed = Dataset(255 - train_set.images, train_set.labels, DIGITS, "negative")
    relabelled = Dataset(train_set.images, (train_set.labels + 1) % 10, DIGITS, "relabelled")
    for other in (changed, relabelled, train_set.subset(range(80), "fewer")):
        with pytest.raises(DataError, match="not the data"):
            WindowlessRun(SMALL, other, test_set, checkpoint)


def test_a_run_from_before_there_was_augmentation_goes_on(
    digits: tuple[Dataset, Dataset], tmp_path: Path
) -> None:
    run = WindowlessRun(SMALL, *digits)
    settings = asdict(SMALL)
    del settings["augment"]
    run._meta = {**run._meta, "settings": settings}
    run.save(tmp_path / "run.npz")
    assert Settings.of(load_checkpoint(tmp_path / "run.npz")) == SMALL


def test_augmentation_changes_what_is_learned_from_and_nothing_else(digits: tuple[Dataset, Dataset]) -> None:
    plain, augmented = (WindowlessRun(replace(SMALL, augment=choice), *digits) for choice in (False, True))
    assert plain.network.parameter_vector.tobytes() == augmented.network.parameter_vector.tobytes()
    first = [next(run.run) for run in (plain, augmented)]
    assert all(isinstance(event, StepDone) for event in first)
    assert first[0].loss != first[1].loss


@pytest.mark.parametrize(("channels", "corner"), [(1, 0.0), (3, 1.0)])
def test_a_digit_moves_over_background_and_a_picture_over_its_own_edge(channels: int, corner: float) -> None:
    images = np.ones((40, channels, 8, 8), np.float32)
    moved = augmentation((channels, 8, 8))(images, np.random.default_rng(0))
    assert moved[..., 0, 0].min() == pytest.approx(corner)


@pytest.mark.parametrize("name", ["standardise", "augment"])
def test_a_setting_that_is_neither_true_nor_false_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match=f"{name} must be true or false"):
        Settings(**{name: "yes"})


@pytest.mark.parametrize("meta", [{}, {"settings": None}, {"settings": {"model": "tiny"}}])
def test_a_checkpoint_without_settings_is_refused(
    digits: tuple[Dataset, Dataset], tmp_path: Path, meta: dict[str, Any]
) -> None:
    run = WindowlessRun(SMALL, *digits)
    run._meta = meta
    run.save(tmp_path / "run.npz")
    with pytest.raises(CheckpointError, match="no run that can go on here"):
        Settings.of(load_checkpoint(tmp_path / "run.npz"))


def test_only_the_first_training_images_are_used_without_a_copy() -> None:
    train_set, test_set = load_data("digits", 100)
    whole, _ = load_data("digits", 50_000)
    assert (len(train_set), len(whole), len(test_set)) == (100, 4000, 1000)
    np.testing.assert_array_equal(train_set.images, whole.images[:100])
    assert not train_set.images.flags.owndata


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="built in are digits and shapes"):
        load_data(str(tmp_path / "mnist"), 10)
    with pytest.raises(DataError, match="has no file train-images"):
        load_data(str(tmp_path), 10)


def test_a_model_is_made_to_fit_the_data(digits: tuple[Dataset, Dataset]) -> None:
    shapes = load_shapes(16, 8)[0]
    assert make_model(SMALL, digits[0]).input_shape == (1, 28, 28)
    adapted = make_model(Settings(model="reference", standardise=True), shapes)
    assert (adapted.input_shape, adapted.class_names) == ((3, 32, 32), shapes.class_names)
    assert adapted.standardisation is not None
    assert len(adapted.standardisation.mean) == 3
    dots = Dataset(np.zeros((2, 1, 4, 4), np.uint8), [0, 1], ("a", "b"), "dots")
    with pytest.raises(SpecError, match="does not fit"):
        make_model(Settings(model="reference"), dots)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"model": "vgg"}, "one of reference, mlp, lenet5, tiny, colour, not 'vgg'"),
        ({"schedule": "linear"}, "one of constant, cosine, step"),
        ({"epochs": 0}, "number of epochs"),
        ({"batch_size": 0}, "batch size"),
        ({"lr": 0.0}, "learning rate"),
        ({"lr": float("nan")}, "learning rate"),
        ({"seed": -1}, "seed"),
        ({"train_images": 0}, "training images"),
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Settings(**wrong)

"""What is remembered, and what a damaged settings file does: nothing."""

import random

import pytest
from PySide6.QtCore import QByteArray, QSettings

from explorer.settings import Settings
from explorer.workbench import Augmentation, Hyperparameters


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.ini"


def opened(path):
    return Settings(QSettings(str(path), QSettings.Format.IniFormat))


def written(path, **values):
    store = QSettings(str(path), QSettings.Format.IniFormat)
    for key, value in values.items():
        store.setValue(key.replace("__", "/"), value)
    store.sync()
    return opened(path)


def test_a_first_start_finds_the_defaults(path):
    settings = opened(path)
    assert settings.theme_mode == "system"
    assert settings.geometry.isEmpty()
    assert settings.workspace(("train", "network")) is None
    assert settings.model(("reference",)) is None
    assert settings.hyperparameters == Hyperparameters()


def test_everything_comes_back_as_it_was(path):
    chosen = Hyperparameters(
        "SGD", 0.05, 0.5, "constant", 64, 7, 11, 1e-4, True, 0.8, 0.99, 0.95, 0.1, 2.5, 4,
        Augmentation(2.0, 15.0, 0.1, 0.7, 0.05, 0.5),
    )  # fmt: skip
    store = QSettings(str(path), QSettings.Format.IniFormat)
    settings = Settings(store)
    settings.theme_mode = "dark"
    settings.geometry = QByteArray(b"\x01\xd9\xd0\xcb\x00")
    settings.set_workspace("network")
    settings.set_model("tiny")
    settings.hyperparameters = chosen
    store.sync()
    again = opened(path)
    assert again.theme_mode == "dark"
    assert again.geometry == QByteArray(b"\x01\xd9\xd0\xcb\x00")
    assert again.workspace(("train", "network")) == "network"
    assert again.model(("reference", "tiny")) == "tiny"
    assert again.hyperparameters == chosen


def test_names_that_no_longer_exist_count_as_never_written(path):
    settings = written(path, window__workspace="gone", training__model="gone", window__theme="purple")
    assert settings.workspace(("train",)) is None
    assert settings.model(("reference",)) is None
    assert settings.theme_mode == "system"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("learning_rate", "0"),
        ("learning_rate", "-1"),
        ("learning_rate", "1e9"),
        ("learning_rate", "nan"),
        ("learning_rate", "fast"),
        ("batch_size", "0"),
        ("batch_size", "12.5"),
        ("batch_size", "9" * 5000),
        ("epochs", "-3"),
        ("seed", "99999999999999999999"),
        ("momentum", "inf"),
        ("optimizer", "Magic"),
        ("schedule", "a, list, of, texts"),
        ("nesterov", "yes"),
        ("patience", "1.5"),
        ("label_smoothing", "1"),
        ("weight_decay", "-1"),
        ("augmentation", "3"),
        ("augmentation", "{"),
        ("augmentation", "[" * 900),
        ("augmentation", "[" * 100_000),
        ("augmentation", '{"flip": NaN}'),
        ("augmentation", '{"twist": 1}'),
    ],
)
def test_one_damaged_hyperparameter_falls_back_alone(path, key, value):
    settings = written(path, **{"training__seed": "5", f"training__{key}": value})
    seed = Hyperparameters().seed if key == "seed" else 5
    assert settings.hyperparameters == Hyperparameters(seed=seed)


@pytest.mark.parametrize("value", ["no base64!", "ÄÖ", "A" * 100_000, ["a", "list"]])
def test_a_damaged_geometry_counts_as_never_written(path, value):
    assert written(path, window__geometry=value).geometry.isEmpty()


def read_all(settings):
    return (
        settings.theme_mode,
        settings.geometry,
        settings.workspace(("train", "network")),
        settings.model(("reference",)),
        settings.hyperparameters,
    )


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_does_no_harm(path, seed):
    store = QSettings(str(path), QSettings.Format.IniFormat)
    settings = Settings(store)
    settings.geometry = QByteArray(bytes(range(60)))
    settings.theme_mode = "dark"
    settings.hyperparameters = Hyperparameters(seed=8)
    store.sync()
    damage = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(damage.randint(1, 40)):
        content[damage.randrange(len(content))] = damage.randrange(256)
    path.write_bytes(content[: damage.randint(0, len(content))])
    read_all(opened(path))


def test_a_file_of_other_bytes_does_no_harm(path):
    path.write_bytes(random.Random(0).randbytes(10_000))
    read_all(opened(path))


def test_a_value_of_another_type_counts_as_never_written(path):
    path.write_text("[window]\ntheme=@Rect(0 0 1 1)\ngeometry=@ByteArray(abc)\nworkspace=@Size(3 4)\n")
    settings = opened(path)
    assert settings.theme_mode == "system"
    assert settings.geometry.isEmpty()
    assert settings.workspace(("train",)) is None

"""Choosing the data set."""

import gzip
import struct

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from explorer.frame.data_picker import OPEN_FOLDER, DataPicker, counts_text
from explorer.workbench import BUILT_IN, Workbench


@pytest.fixture
def workbench(qapp):
    workbench = Workbench()
    yield workbench
    workbench.close()


@pytest.fixture
def picker(qtbot, workbench, theme):
    picker = DataPicker(workbench)
    qtbot.addWidget(picker)
    picker.show()
    return picker


def write_idx(path, array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, n in (("train", 40), ("t10k", 20)):
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", rng.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", np.arange(n, dtype=np.uint8) % 10)
    return folder


def choose(picker, text):
    index = picker.findText(text)
    picker.setCurrentIndex(index)
    picker.activated.emit(index)


def test_the_built_in_data_has_the_workbenchs_name(picker):
    assert picker.currentText() == BUILT_IN


def test_a_folder_is_opened_shown_and_left_again(picker, workbench, qtbot, folder, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder))
    with qtbot.waitSignal(workbench.dataset_changed, timeout=10_000):
        choose(picker, OPEN_FOLDER)
    assert picker.isEnabled()
    assert picker.currentText() == "small"
    assert counts_text(workbench) == "40 train · 20 validation"
    with qtbot.waitSignal(workbench.dataset_changed, timeout=10_000):
        choose(picker, BUILT_IN)
    assert picker.currentText() == BUILT_IN
    assert picker.findText("small") == -1


def test_while_a_folder_is_read_no_other_can_be_chosen(picker, workbench, qtbot, monkeypatch, folder):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder))
    with qtbot.waitSignal(workbench.dataset_changed, timeout=10_000):
        choose(picker, OPEN_FOLDER)
        assert picker.currentText() == "Reading small…"
        assert not picker.isEnabled()


def test_another_failure_does_not_end_the_reading(picker, workbench, qtbot, monkeypatch, folder):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder))
    with qtbot.waitSignal(workbench.dataset_changed, timeout=10_000):
        choose(picker, OPEN_FOLDER)
        workbench.failed.emit("The checkpoint could not be saved.", "The disk is full.")
        assert picker.currentText() == "Reading small…"
        assert not picker.isEnabled()


def test_a_cancelled_choice_leaves_the_name_of_the_data_in_use(picker, workbench, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: "")
    with qtbot.assertNotEmitted(workbench.dataset_changed):
        choose(picker, OPEN_FOLDER)
    assert picker.currentText() == BUILT_IN


def test_a_folder_without_data_fails_in_words_and_changes_nothing(
    picker, workbench, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path))
    with qtbot.waitSignal(workbench.failed, timeout=10_000) as failed:
        choose(picker, OPEN_FOLDER)
    assert "could not be opened" in failed.args[0]
    assert failed.args[1]
    assert picker.isEnabled()
    assert picker.currentText() == BUILT_IN

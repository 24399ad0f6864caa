"""``python -m cnncore``: what it prints, writes and returns, and how it takes a wrong word."""

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cnncore
from cnncore.__main__ import main

FAST = ["--model", "tiny", "--epochs", "2", "--train-images", "200", "--batch-size", "50", "--threads", "1"]


def test_a_run_prints_its_epochs_and_writes_its_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint, figures = tmp_path / "run.npz", tmp_path / "run.csv"
    assert main([*FAST, "--checkpoint", str(checkpoint), "--csv", str(figures)]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "Tiny network: 6,810 parameters. MNIST 5k, training: 200 images. Tested on 1,000."
    assert lines[1].startswith("epoch 1/2  loss ")
    assert lines[2].startswith("epoch 2/2  loss ")
    assert lines[3].startswith("Trained 8 steps; this took 0:0")
    assert "Best: epoch 2, test accuracy" in lines[3]
    assert (len(lines), err) == (4, "")
    assert len(figures.read_text().splitlines()) == 9
    assert cnncore.load_checkpoint(checkpoint).training.step == 8


def test_augmentation_is_an_option(tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.npz"
    assert main([*FAST, "--augment", "--checkpoint", str(checkpoint)]) == 0
    assert cnncore.load_checkpoint(checkpoint).meta["settings"]["augment"] is True


def test_a_finished_run_is_at_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(tmp_path / "run.npz")
    main([*FAST, "--checkpoint", checkpoint])
    assert main(["--resume", checkpoint, "--threads", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Trained 8 steps")


def test_ctrl_c_ends_a_run_that_can_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cnncore", *FAST, "--epochs", "10000", "--checkpoint", "run.npz"]
    environment = os.environ | {"PYTHONPATH": str(Path(cnncore.__file__).parents[1]), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while "epoch 2/" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    assert out.splitlines()[-1].startswith("Stopped after step ")
    assert out.splitlines()[-1].endswith("Go on with --resume run.npz")
    state = cnncore.load_checkpoint(tmp_path / "run.npz").training
    assert state is not None
    assert f"step {state.step:,} " in out


def test_a_reader_that_goes_ends_the_run_quietly() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(cnncore.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-m", "cnncore", *FAST, "--epochs", "10000"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("Tiny network")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_ctrl_c_while_the_data_load_ends_cleanly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str, count: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnncore.__main__.load_data", interrupted)
    assert main(FAST) == 130
    assert capsys.readouterr().err == "\nStopped.\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            cnncore.NonFiniteLossError(7, math.inf),
            "The run failed: the loss became inf at step 7; a smaller learning rate usually helps.",
        ),
        (cnncore.CheckpointError("run.npz cannot be written."), "run.npz cannot be written."),
    ],
)
def test_a_run_that_fails_says_why(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("cnncore.__main__.WindowlessRun.follow", fail)
    assert main(FAST) == 1
    assert capsys.readouterr().err == f"python -m cnncore: {sentence}\n"


def test_a_folder_that_takes_no_files_is_found_before_any_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cnncore.__main__.TemporaryFile", refuse)
    assert main([*FAST, "--csv", str(tmp_path / "run.csv")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0].endswith("it is a folder, or in none that can be written.")) == (
        "",
        True,
    )
    assert list(tmp_path.iterdir()) == []


def test_a_single_step_is_counted_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FAST, "--epochs", "1", "--train-images", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Trained 1 step; this took")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "x"], "Argument --epochs: must be a whole number, not 'x'."),
        (["--epochs", "0"], "The number of epochs must be a whole number from 1 to 10,000, not 0."),
        (["--lr", "fast"], "Argument --lr: must be a number, not 'fast'."),
        (["--lr", "nan"], "The learning rate must be a number from 1e-09 to 10, not nan."),
        (["--model", "vgg"], "The model must be one of reference, mlp, lenet5, tiny, colour, not 'vgg'."),
        (
            ["--schedule", "x"],
            "The schedule must be one of constant, cosine, step, warm-up, one-cycle, not 'x'.",
        ),
        (["--seed", "-1"], "The seed must be a whole number of at least 0, not -1."),
        (["--data", "nowhere"], "There is no folder nowhere; built in are digits and shapes."),
        (["--resume", "none.npz"], "none.npz cannot be read: No such file or directory."),
        (["--resume", "a", "--lr", "1"], "--lr cannot be changed: a run goes on with the settings it has."),
        (["--checkpoint", "."], ". cannot be written: it is a folder, or in none that can be written."),
        (
            ["--csv", "no/run.csv"],
            "no/run.csv cannot be written: it is a folder, or in none that can be written.",
        ),
        (["--data", "a" * 5000], "File name too long."),
        (["--checkpoint", "a" * 5000], "File name too long."),
        (["--resume", "."], ". cannot be read: it is no ordinary file."),
        (["--resume", os.devnull], "null cannot be read: it is no ordinary file."),
        (["--threads", "0"], "The number of threads must be a whole number from 1 to 1,024, not 0."),
        (["--fast"], "Unrecognized arguments: --fast."),
    ],
)
def test_a_wrong_argument_gets_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status: object = main(arguments)
    except SystemExit as end:  # from argparse itself
        status = end.code
    assert status == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"python -m cnncore: {sentence}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--checkpoint", "run", "--csv", "run"], "run cannot take both the checkpoint and the figures."),
        (
            ["--checkpoint", "a/../run", "--csv", "run"],
            "run cannot take both the checkpoint and the figures.",
        ),
        (
            ["--checkpoint", "a/train-labels-idx1-ubyte"],
            "a/train-labels-idx1-ubyte cannot be written: it is one of the files with the data.",
        ),
        (["--csv", "link"], "link cannot be written: it is one of the files with the data."),
        (["--csv", "pipe"], "pipe cannot be written: it is a device or a pipe, no ordinary file."),
        (["--checkpoint", "pipe"], "pipe cannot be written: it is a device or a pipe, no ordinary file."),
    ],
    ids=[
        "both alike",
        "both alike by a detour",
        "data",
        "link to data",
        "figures to a pipe",
        "run to a pipe",
    ],
)
def test_nothing_else_is_overwritten(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    labels = tmp_path / "a" / "train-labels-idx1-ubyte"
    labels.parent.mkdir()
    labels.write_bytes(b"labels")
    (tmp_path / "link").symlink_to(labels)
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.rglob("*"))
    assert main(["--data", "a", *arguments]) == 2
    assert capsys.readouterr() == ("", f"python -m cnncore: {sentence}\n")
    assert sorted(tmp_path.rglob("*")) == before
    assert labels.read_bytes() == b"labels"
    assert (tmp_path / "pipe").is_fifo()

"""What a run tells: lines that can be read, and rows that fit together when a run goes on."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from cnncore import DataError, EpochDone, Evaluation, StepDone
from cnncore.report import COLUMNS, MetricsFile, Report, duration

NOTHING = np.empty(0)
EVALUATION = Evaluation(0.25, 0.975, NOTHING, NOTHING, NOTHING, NOTHING)


def step(number: int, epoch: int = 1) -> StepDone:
    batch = (number - 1) % 4 + 1
    return StepDone(number, epoch, batch, 4, 0.5 + number, 0.5, 0.01, 100, 0.5, 1.0)


def epoch(number: int = 1) -> EpochDone:
    return EpochDone(number, 4 * number, 0.5, 0.875, EVALUATION)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_epoch_is_a_line() -> None:
    stream = io.StringIO()
    report = Report(stream, 2)
    for event in (*(step(number) for number in range(1, 5)), epoch()):
        report.tell(event)
    assert stream.getvalue() == (
        "epoch 1/2  loss 0.5000  accuracy 87.50%  test loss 0.2500  test accuracy 97.50%  200 images/s\n"
    )


def test_a_terminal_shows_the_step_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([10.0, 10.1, 10.3, 10.4])
    monkeypatch.setattr("cnncore.report.time.monotonic", lambda: next(now))
    stream = Terminal()
    report = Report(stream, 2)
    for number in (1, 2, 3, 4):
        report.tell(step(number))
    first, second = stream.getvalue().split("\r")
    assert first == "epoch 1/2  batch 1/4  loss 1.5000  accuracy 50.00%  200 images/s  0:04 left"
    # No more than five times a second; the loss is the mean of the epoch so far.
    assert second == "epoch 1/2  batch 3/4  loss 2.5000  accuracy 50.00%  200 images/s  0:02 left"
    report.tell(epoch())
    lines = stream.getvalue().split("\r")
    assert lines[-1].startswith("epoch 1/2  loss 0.5000")
    assert lines[-1].endswith("\n")
    assert len(lines[-1].rstrip("\n")) >= len(second)


def test_the_line_is_cleared_before_something_else_is_printed() -> None:
    stream = Terminal()
    report = Report(stream, 2)
    report.end_line()
    assert stream.getvalue() == ""
    report.tell(step(1))
    line = stream.getvalue()
    report.end_line()
    assert stream.getvalue() == line + "\r" + " " * len(line) + "\r"
    report.end_line()
    assert stream.getvalue().endswith(" \r")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (67, "1:07"), (3723, "1:02:03"), (59.6, "1:00")]
)
def test_durations_are_read_as_on_a_clock(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_figures_are_written_when_they_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    metrics = MetricsFile(path)
    assert rows(path) == [list(COLUMNS)]
    for number in range(1, 5):
        metrics.add(step(number))
    metrics.add(epoch())
    assert len(rows(path)) == 1
    metrics.write()
    metrics.write()
    written = rows(path)
    assert written[1] == ["1", "1", "1", "1.5", "0.5", "0.01", "0.5", "", ""]
    assert written[4][-2:] == ["0.25", "0.975"]
    assert len(written) == 5


def test_a_run_that_goes_on_appends_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    for numbers, going_on in (((1, 2), False), ((3, 4), True)):
        metrics = MetricsFile(path, going_on)
        for number in numbers:
            metrics.add(step(number))
        metrics.write()
    assert [row[0] for row in rows(path)] == ["step", "1", "2", "3", "4"]
    MetricsFile(path)
    assert len(rows(path)) == 1
    MetricsFile(tmp_path / "new.csv", going_on=True).write()


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("a,b\n")
    with pytest.raises(DataError, match=r"letters\.csv holds something else"):
        MetricsFile(path, going_on=True)
    assert path.read_text() == "a,b\n"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00step", b"a" * 200_000], ids=["not text", "an endless field"]
)
def test_a_file_that_is_no_table_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"^picture\.csv holds something else than the figures of a run\.$"):
        MetricsFile(path, going_on=True)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        MetricsFile(tmp_path / "missing" / "run.csv")
    metrics = MetricsFile(tmp_path / "run.csv")
    (tmp_path / "run.csv").unlink()
    (tmp_path / "run.csv").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        metrics.write()

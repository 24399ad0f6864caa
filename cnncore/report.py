"""What a run without a window tells: a line on the terminal, and a file of figures."""

import csv
import io
import time
from pathlib import Path
from typing import TextIO

from cnncore.errors import DataError
from cnncore.events import EpochDone, StepDone

COLUMNS = (
    *("step", "epoch", "batch", "loss", "accuracy", "learning_rate", "seconds"),
    *("validation_loss", "validation_accuracy"),
)
REFRESH_SECONDS = 0.2


class Report:
    """Prints a line for each epoch, and on a terminal one that follows the steps.

    Parameters
    ----------
    stream : text file
        Where to.
    epochs : int
        Number of the last epoch.
    """

    def __init__(self, stream: TextIO, epochs: int) -> None:
        self._stream = stream
        self._epochs = epochs
        self._lively = stream.isatty()
        self._shown_at = 0.0
        self._width = 0
        self._start_epoch()

    def _start_epoch(self) -> None:
        self._images = 0
        self._loss_sum = self._right = self._seconds = 0.0

    def tell(self, event: StepDone | EpochDone) -> None:
        """Take in an event and print what is due."""
        if isinstance(event, EpochDone):
            self._print(self._epoch_line(event), "\n")
            self._start_epoch()
            return
        self._images += event.images
        self._loss_sum += event.loss * event.images
        self._right += event.accuracy * event.images
        self._seconds += event.seconds
        now = time.monotonic()
        if self._lively and now - self._shown_at >= REFRESH_SECONDS:
            self._shown_at = now
            self._print(self._step_line(event), "")

    def end_line(self) -> None:
        """Leave the line that follows the steps, so that something else can be printed."""
        if self._width:
            self._print("", "")

    def _step_line(self, event: StepDone) -> str:
        steps_left = (self._epochs - event.epoch + 1) * event.batches - event.batch
        per_step = self._seconds * event.images / max(self._images, 1)
        return (
            f"epoch {event.epoch}/{self._epochs}  batch {event.batch:,}/{event.batches:,}  "
            f"loss {self._loss_sum / self._images:.4f}  accuracy {self._right / self._images:.2%}  "
            f"{self._speed()}  {duration(steps_left * per_step)} left"
        )

    def _epoch_line(self, event: EpochDone) -> str:
        return (
            f"epoch {event.epoch}/{self._epochs}  "
            f"loss {event.train_loss:.4f}  accuracy {event.train_accuracy:.2%}  "
            f"test loss {event.evaluation.loss:.4f}  test accuracy {event.evaluation.accuracy:.2%}  "
            f"{self._speed()}"
        )

    def _speed(self) -> str:
        return f"{self._images / max(self._seconds, 1e-9):,.0f} images/s"

    def _print(self, text: str, end: str) -> None:
        start = "\r" if self._width else ""
        self._stream.write(start + text.ljust(self._width) + (end or ("" if text else "\r")))
        self._stream.flush()
        self._width = 0 if end or not text else len(text)


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, as in 0:07 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class MetricsFile:
    """A CSV file with a row for each step; the last one of an epoch has the figures of the test images too.

    Parameters
    ----------
    path : Path
        The file.
    going_on : bool
        Append to the rows of the run's first part, if the file exists. Else it begins anew.

    Raises
    ------
    DataError
        When the file cannot be written, or should be gone on with and holds something else.
    """

    def __init__(self, path: Path, going_on: bool = False) -> None:
        self._path = path
        self._rows: list[list[object]] = []
        try:
            if going_on and path.exists():
                with path.open(encoding="utf-8", newline="") as file:
                    if next(csv.reader(file), None) != list(COLUMNS):
                        raise DataError(f"{path.name} holds something else than the figures of a run.")
                return
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(COLUMNS)
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{path.name} holds something else than the figures of a run.") from error
        except OSError as error:
            raise DataError(f"{path.name} cannot be written: {error.strerror or error}.") from error

    def add(self, event: StepDone | EpochDone) -> None:
        """Take in an event."""
        if isinstance(event, StepDone):
            self._rows.append([*(getattr(event, name) for name in COLUMNS[:7]), "", ""])
        elif self._rows:
            self._rows[-1][7:] = [event.evaluation.loss, event.evaluation.accuracy]

    def write(self) -> None:
        """Append the rows since the last time to the file."""
        text = io.StringIO()
        csv.writer(text).writerows(self._rows)
        try:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                file.write(text.getvalue())
        except OSError as error:
            raise DataError(f"{self._path.name} cannot be written: {error.strerror or error}.") from error
        self._rows.clear()

"""Files that only grow: one line of JSON that names the columns, then rows of float64."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .reading import RunError, reason

MOST_ROWS = 3_000_000
"""More steps than most networks make in half a day; 270 MB."""

_FORMAT = "cnn-explorer-rows"
_NUMBER = np.dtype("<f8")


class RowFile:
    """Rows of numbers that are appended as they come.

    A process that is killed leaves at most a part of a row at the end, which counts as never written.

    Parameters
    ----------
    path : Path
        The file; it is made with the first row.
    columns : sequence of str
        What the numbers of a row are called.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._columns = len(columns)
        content = {"format": _FORMAT, "version": 1, "columns": list(columns)}
        self._header = json.dumps(content).encode() + b"\n"
        self._row_bytes = self._columns * _NUMBER.itemsize

    def count(self) -> int:
        """Return how many whole rows there are. Raises RunError for a file of another kind."""
        try:
            if self._path.exists() and not self._path.is_file():  # a pipe would never end
                raise RunError(f"{self._path.name} is no ordinary file.")
            with self._path.open("rb") as file:
                header = file.read(len(self._header))
                size = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise RunError(f"{self._path.name} cannot be read: {reason(error)}.") from error
        if header != self._header:
            if size < len(self._header) and self._header.startswith(header):
                return 0  # the process was killed before it had written the first line
            raise RunError(f"{self._path.name} is damaged, or was made by another version.")
        rows = (size - len(self._header)) // self._row_bytes
        if rows > MOST_ROWS:
            raise RunError(f"{self._path.name} is longer than any run.")
        return rows

    def read(self, first: int = 0) -> np.ndarray:
        """Return the rows from `first` on: (n, columns). Raises RunError."""
        count = self.count()
        if count <= first:
            return np.empty((0, self._columns))
        try:
            with self._path.open("rb") as file:
                file.seek(len(self._header) + first * self._row_bytes)
                numbers = np.fromfile(file, _NUMBER, (count - first) * self._columns)
        except OSError as error:
            raise RunError(f"{self._path.name} cannot be read: {reason(error)}.") from error
        whole = len(numbers) - len(numbers) % self._columns
        return numbers[:whole].astype(np.float64, copy=False).reshape(-1, self._columns)

    def last(self) -> np.ndarray | None:
        """Return the last row, None where there is none. Raises RunError."""
        rows = self.read(max(0, self.count() - 1))
        return rows[-1] if len(rows) else None

    def write(self, rows: np.ndarray, at: int) -> None:
        """Let `rows` follow the first `at` rows; what stood behind them is cut off. Raises RunError.

        They are on the disk when this returns.
        """
        if at + len(rows) > MOST_ROWS:
            raise RunError(f"A run is recorded up to {MOST_ROWS:,} steps; what follows is not kept.")
        try:
            self._path.touch()
            with self._path.open("r+b") as file:
                if at == 0:
                    file.write(self._header)
                end = len(self._header) + at * self._row_bytes
                file.truncate(end)
                file.seek(end)
                file.write(np.ascontiguousarray(rows, _NUMBER).tobytes())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RunError(f"{self._path.name} cannot be written: {reason(error)}.") from error

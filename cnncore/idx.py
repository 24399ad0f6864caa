"""IDX, the file format of MNIST: a short header with the sizes, then the bytes of one array."""

import gzip
import math
import os
import struct
import zlib
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnncore.checks import check_path
from cnncore.errors import DataError

MAX_IDX_BYTES = 1 << 30
MAX_IDX_DIMENSIONS = 4
_CHUNK = 1 << 20
_UBYTE = 0x08
_OTHER_TYPES = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}


def read_idx(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, plain or compressed with gzip.

    The content tells whether the file is compressed; its name does not matter. No more is ever read or
    allocated than the header announces, and that is limited to 1 GiB.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    array : array of uint8
        Read-only, in the shape that the header announces.

    Raises
    ------
    DataError
        When the file cannot be read, is no IDX file of unsigned bytes, is cut short or too long.
    """
    path = check_path(path)
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not compressed:
                return _read_stream(file, path.name)
            with gzip.GzipFile(fileobj=file) as stream:
                return _read_stream(stream, path.name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path.name} is damaged or cut short: its compressed data cannot be read."
        ) from error
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _read_stream(stream: BinaryIO | gzip.GzipFile, name: str) -> NDArray[np.uint8]:
    shape = _read_header(stream, name)
    expected = math.prod(shape)
    data = bytearray()
    # One byte more than announced tells a file that is too long; growing by chunks keeps a header that
    # promises more than the file holds from allocating it.
    while len(data) <= expected:
        chunk = stream.read(min(_CHUNK, expected + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    sizes = " × ".join(str(size) for size in shape)
    if len(data) < expected:
        raise DataError(
            f"{name} is cut short: its header announces {sizes} bytes, but it holds {len(data):,}."
        )
    if len(data) > expected:
        raise DataError(f"{name} holds more data than the {sizes} bytes that its header announces.")
    array = np.frombuffer(data, dtype=np.uint8).reshape(shape)
    array.flags.writeable = False
    return array


def _read_header(stream: BinaryIO | gzip.GzipFile, name: str) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4:
        raise DataError(f"{name} is cut short: it ends before the four bytes of an IDX magic number.")
    zeros, code, dimensions = magic[:2], magic[2], magic[3]
    if zeros != b"\0\0" or (code != _UBYTE and code not in _OTHER_TYPES):
        raise DataError(f"{name} is not an IDX file: its magic number is 0x{magic.hex()}.")
    if code != _UBYTE:
        raise DataError(f"{name} holds {_OTHER_TYPES[code]} values; only unsigned bytes (uint8) can be read.")
    if not 1 <= dimensions <= MAX_IDX_DIMENSIONS:
        raise DataError(f"{name} announces {dimensions} dimensions; 1 to {MAX_IDX_DIMENSIONS} can be read.")
    header = stream.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise DataError(f"{name} is cut short: it ends within its header.")
    shape: tuple[int, ...] = struct.unpack(f">{dimensions}I", header)
    if math.prod(shape) > MAX_IDX_BYTES:
        raise DataError(
            f"{name} announces {math.prod(shape):,} bytes; at most {MAX_IDX_BYTES:,} can be read."
        )
    return shape

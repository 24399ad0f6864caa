"""``.npz`` archives of plain arrays, written as they are and read with care.

A file may come from anywhere: each size is checked before memory is taken for it, and nothing is unpickled.
"""

import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from cnncore.errors import CheckpointError
from cnncore.windows import Array

MAX_MEMBERS = 1000
_HEADER_BYTES = 1000
# The format allows any Python literal here; NumPy writes exactly this for arrays of numbers.
_HEADER = re.compile(
    r"\{'descr': '([<>|][fiu][1248])', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \} *\n"
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def write_arrays(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Write arrays by name, without compression."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, version=(1, 0), allow_pickle=False)


def read_members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """List an archive's arrays by name.

    Parameters
    ----------
    archive : ZipFile
        The archive, open for reading.
    name : str
        The file's name, for error messages.

    Raises
    ------
    CheckpointError
        When there are too many members, two with one name, or one that is no array.
    """
    infos = archive.infolist()
    members = {info.filename.removesuffix(".npy"): info for info in infos if info.filename.endswith(".npy")}
    if len(infos) > MAX_MEMBERS or len(members) != len(infos):
        raise CheckpointError(f"{name} is not an archive of arrays, or is damaged.")
    return members


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limit: int) -> Array:
    """Read one array.

    Parameters
    ----------
    archive, member : ZipFile, ZipInfo
        Where it is.
    name : str
        The file's name, for error messages.
    limit : int
        Most bytes the array may have.

    Raises
    ------
    CheckpointError
        When it is larger than `limit`, is no array of plain numbers, or is damaged.
    """
    damaged = f"{name} is damaged: {member.filename} is no array of numbers."
    if member.compress_type not in _PACKED or member.flag_bits & 1:
        raise CheckpointError(f"{name} is packed in a way that cannot be read.")
    if member.file_size > limit + 2 * _HEADER_BYTES:
        raise CheckpointError(f"{name} holds more data than its model has.")
    try:
        with archive.open(member) as stream:
            shape, in_columns, dtype = _read_header(stream)
            if math.prod(shape) * dtype.itemsize > limit:
                raise CheckpointError(damaged)
            data = stream.read()
        array = np.frombuffer(data, dtype).reshape(shape, order="F" if in_columns else "C")
    except (ValueError, TypeError, EOFError, zlib.error, NotImplementedError) as error:
        raise CheckpointError(damaged) from error
    array.flags.writeable = False
    return array


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if npy.read_magic(stream) != (1, 0):
        raise ValueError("unknown version of the array format")
    length = int.from_bytes(stream.read(2), "little")
    match = _HEADER.fullmatch(stream.read(min(length, _HEADER_BYTES)).decode("latin-1"))
    if match is None:
        raise ValueError("no header of plain numbers")
    dtype, order, sizes = match.groups()
    return tuple(int(size) for size in re.findall(r"\d+", sizes)), order == "True", np.dtype(dtype)

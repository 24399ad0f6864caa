"""Reading IDX files: what is right comes back exactly, what is wrong gives one sentence."""

import gzip
import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnncore import DataError, read_idx
from cnncore.idx import MAX_IDX_BYTES

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
some_array = arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))


def encode(array: np.ndarray, code: int = 8) -> bytes:
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "train-images-idx3-ubyte"


@in_one_folder
@given(array=some_array, compressed=st.booleans())
def test_an_array_comes_back_as_it_was(file: Path, array: np.ndarray, compressed: bool) -> None:
    content = encode(array)
    file.write_bytes(gzip.compress(content) if compressed else content)
    result = read_idx(file)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, array)
    assert not result.flags.writeable


@in_one_folder
@given(data=st.data(), compressed=st.booleans())
def test_a_file_cut_short_anywhere_is_refused(file: Path, data: st.DataObject, compressed: bool) -> None:
    content = encode(data.draw(arrays(np.uint8, array_shapes(min_dims=1, max_dims=3, max_side=5))))
    content = gzip.compress(content) if compressed else content
    file.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte .*cut short"):
        read_idx(file)


@in_one_folder
@given(content=st.binary(max_size=64))
def test_any_bytes_are_either_an_array_or_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with suppress(DataError):
        assert read_idx(file).nbytes <= len(content)


@pytest.mark.parametrize("compressed", [False, True])
def test_too_much_data_is_refused(file: Path, compressed: bool) -> None:
    content = encode(np.zeros((2, 3), np.uint8)) + b"x"
    file.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(DataError, match="more data than the 2 × 3 bytes"):
        read_idx(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" * 4, "not an IDX file: its magic number is 0x89504e47"),
        (encode(np.zeros(4, np.uint8), code=0x0D), "float32 values; only unsigned bytes"),
        (encode(np.zeros(4, np.uint8), code=0x07), "magic number"),
        (b"\0\0\x08\0", "0 dimensions"),
        (b"\0\0\x08\xff" + b"\0" * 2000, "255 dimensions"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 60000, 28, 28), "holds 0"),
        (b"\0\0\x08\x04" + struct.pack(">4I", *[2**32 - 1] * 4), "at most 1,073,741,824"),
        (b"\x1f\x8b" + b"nonsense" * 4, "damaged or cut short"),
    ],
)
def test_a_wrong_file_is_named_and_explained(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(DataError, match=message) as info:
        read_idx(file)
    assert str(info.value).startswith(file.name)
    assert str(info.value).endswith(".")


def test_a_header_that_lies_allocates_nothing(file: Path) -> None:
    file.write_bytes(b"\0\0\x08\x01" + struct.pack(">I", MAX_IDX_BYTES) + b"x" * 100)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="holds 100"):
            read_idx(file)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_is_read_only_as_far_as_its_header_says(file: Path) -> None:
    file.write_bytes(gzip.compress(encode(np.zeros(10, np.uint8)) + bytes(64 * 2**20)))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="more data"):
            read_idx(file)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_what_is_no_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing cannot be read: No such file"):
        read_idx(tmp_path / "missing")
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(tmp_path)

"""Data sets, the built-in digits, folders of IDX files, and batches."""

import gzip
import hashlib
import os
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import ArgumentError, DataError, Dataset, batches, load_idx_folder, load_mnist_5k, split_by_class

FULL_SET = Path(
    os.environ.get("CNN_EXPLORER_MNIST") or Path(__file__).parents[2] / ".." / "shared" / "data" / "mnist"
)


@pytest.fixture(scope="module")
def digits() -> tuple[Dataset, Dataset]:
    return load_mnist_5k()


def some_data(count: int = 6, labels: list[int] | None = None) -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (count, 2, 4, 3), np.uint8)
    return Dataset(images, np.array(labels or [0] * count), ("a", "b", "c"), "some data")


def test_the_built_in_digits_are_balanced(digits: tuple[Dataset, Dataset]) -> None:
    for part, per_class in zip(digits, (400, 100), strict=True):
        assert part.images.shape == (10 * per_class, 1, 28, 28)
        assert np.bincount(part.labels).tolist() == [per_class] * 10
        assert part.class_names == tuple("0123456789")
        assert part.images.max() == 255


def test_the_built_in_digits_are_the_documented_ones(digits: tuple[Dataset, Dataset]) -> None:
    # In any order: the split mixes them.
    images = sorted(image.tobytes() for part in digits for image in part.images)
    assert len(images) == 5000
    digest = hashlib.sha256(b"".join(images)).hexdigest()
    assert digest == "7138eba63cd2f42acdc201244d25c8c6b06f1e102b2fb76e10b595514a6527e5"


@pytest.mark.parametrize("place", ["cnncore/assets", "assets"])
def test_the_digits_are_found_in_a_wheel_and_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    module = sys.modules["cnncore.data"]
    content = module._asset("mnist-5k.npz").read_bytes()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "cnncore" / "data.py"))
    with pytest.raises(DataError, match=r"mnist-5k\.npz is missing from this installation"):
        load_mnist_5k()
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "mnist-5k.npz").write_bytes(content[:1000])
    with pytest.raises(DataError, match=r"mnist-5k\.npz, cannot be read"):
        load_mnist_5k()
    (tmp_path / place / "mnist-5k.npz").write_bytes(content)
    assert len(load_mnist_5k()[0]) == 4000


def test_the_split_is_always_the_same(digits: tuple[Dataset, Dataset]) -> None:
    for first, second in zip(digits, load_mnist_5k(), strict=True):
        np.testing.assert_array_equal(first.images, second.images)
        np.testing.assert_array_equal(first.labels, second.labels)
    assert digits[1].labels[:8].tolist() == [0, 8, 3, 8, 8, 2, 5, 3]


def test_pixels_lie_between_0_and_1_in_the_fast_order(digits: tuple[Dataset, Dataset]) -> None:
    data = digits[0]
    pixels = data.pixels([5, 3, 5])
    assert pixels.dtype == np.float32
    assert pixels.shape == (3, 1, 28, 28)
    np.testing.assert_array_equal(pixels, data.images[[5, 3, 5]] / np.float32(255))
    assert pixels.max() <= 1
    assert pixels.transpose(2, 1, 3, 0).flags.c_contiguous


def test_pixels_take_slices_and_everything() -> None:
    data = some_data()
    np.testing.assert_array_equal(data.pixels(slice(2, 4)), data.pixels([2, 3]))
    np.testing.assert_array_equal(data.pixels(), data.pixels(range(6)))
    assert data.pixels([]).shape == (0, 2, 4, 3)
    assert data.image_shape == (2, 4, 3)


def test_a_data_set_cannot_be_written() -> None:
    data = some_data()
    for array in (data.images, data.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    data.pixels([0])[...] = 0.5


def test_a_subset_keeps_the_order_it_is_given() -> None:
    data = some_data(labels=[0, 1, 2, 0, 1, 2])
    part = data.subset([4, 0], "two")
    assert (len(part), part.labels.tolist(), part.name) == (2, [1, 0], "two")
    np.testing.assert_array_equal(part.images, data.images[[4, 0]])


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 4, 4), np.uint8), [0, 0], r"\(N, C, H, W\)"),
        (np.zeros((2, 1, 4, 4)), [0, 0], "not float64"),
        (np.zeros((2, 1, 0, 4), np.uint8), [0, 0], "shape"),
        (np.zeros((2, 1, 4, 4), np.uint8), [0], "2 images but 1 labels"),
        (np.zeros((2, 1, 4, 4), np.uint8), [0, 3], "between 0 and 2, but they reach from 0 to 3"),
        (np.zeros((2, 1, 4, 4), np.uint8), [-1, 0], "between 0 and 2"),
        (np.zeros((2, 1, 4, 4), np.uint8), [0.5, 0], "whole numbers"),
    ],
)
def test_what_does_not_fit_together_is_refused(images: np.ndarray, labels: list, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Dataset(images, np.array(labels), ("a", "b", "c"), "wrong")


@pytest.mark.parametrize(
    ("class_names", "name", "message"),
    [
        ((), "wrong", "wrong: there must be a list of names"),
        ("abc", "wrong", "there must be a list of names"),
        (("a", 2, "c"), "wrong", "the name of each class must be a text"),
        (("a", "b", "a"), "wrong", "wrong: no two classes can have the same name"),
        (("a", "b", "c"), None, "name of a data set"),
    ],
)
def test_names_that_are_none_are_refused(class_names: Any, name: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Dataset(np.zeros((2, 1, 4, 4), np.uint8), np.zeros(2, int), class_names, name)


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 6], "some data has the images 0 to 5, but no 6"),
        ([-1, 2], "but no -1"),
        ([1.0], "a list of whole numbers"),
        ([True], "a list of whole numbers"),
        ([[1]], "a list of whole numbers"),
        (3, "a list of whole numbers"),
        ("3", "a list of whole numbers"),
    ],
)
def test_images_that_do_not_exist_cannot_be_chosen(indices: Any, message: str) -> None:
    for choose in (some_data().pixels, lambda chosen: some_data().subset(chosen, "part")):
        with pytest.raises(ArgumentError, match=message):
            choose(indices)


@given(
    labels=st.lists(st.integers(0, 4), max_size=60).map(np.array),
    fraction=st.floats(0, 1),
    seed=st.integers(0, 9),
)
@settings(deadline=None)
def test_a_split_keeps_proportions_and_loses_nothing(labels: np.ndarray, fraction: float, seed: int) -> None:
    labels = labels.astype(np.int64)
    first, second = split_by_class(labels, fraction, np.random.default_rng(seed))
    assert sorted([*first, *second]) == list(range(len(labels)))
    for label in range(5):
        count = int((labels == label).sum())
        assert int((labels[second] == label).sum()) == round(fraction * count)


@given(n=st.integers(0, 50), batch_size=st.integers(1, 60), seed=st.integers(0, 9))
@settings(deadline=None)
def test_batches_hold_each_sample_once(n: int, batch_size: int, seed: int) -> None:
    result = batches(n, batch_size, np.random.default_rng(seed))
    assert sorted(np.concatenate([np.empty(0, int), *result])) == list(range(n))
    assert [len(batch) for batch in result[:-1]] == [batch_size] * (len(result) - 1)
    again = batches(n, batch_size, np.random.default_rng(seed))
    assert all((one == other).all() for one, other in zip(result, again, strict=True))


@pytest.mark.parametrize(("n", "batch_size"), [(4, 0), (4, -1), (-1, 2), (4, 1.5), ("4", 2)])
def test_impossible_batches_are_refused(n: Any, batch_size: Any) -> None:
    with pytest.raises(ArgumentError, match="must be a whole number"):
        batches(n, batch_size, np.random.default_rng(0))


def test_randomness_needs_a_generator() -> None:
    for rng in (None, 3, np.random):
        with pytest.raises(ArgumentError, match=r"a generator such as numpy\.random\.default_rng"):
            batches(4, 2, rng)
        with pytest.raises(ArgumentError, match="a generator"):
            split_by_class(np.zeros(3, int), 0.5, rng)


@pytest.mark.parametrize(
    ("labels", "fraction"), [([0.5], 0.5), ([[1]], 0.5), ([1], 1.5), ([1], float("nan"))]
)
def test_impossible_splits_are_refused(labels: Any, fraction: float) -> None:
    with pytest.raises(ArgumentError):
        split_by_class(labels, fraction, np.random.default_rng(0))


def encode(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    for prefix, count in (("train", 12), ("t10k", 5)):
        images = rng.integers(0, 256, (count, 6, 7), np.uint8)
        (tmp_path / f"{prefix}-images-idx3-ubyte").write_bytes(encode(images))
        labels = rng.integers(0, 10, count).astype(np.uint8)
        (tmp_path / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(encode(labels)))
    return tmp_path


def test_a_folder_of_idx_files_is_loaded(folder: Path) -> None:
    train, validation = load_idx_folder(folder)
    assert (train.images.shape, validation.images.shape) == ((12, 1, 6, 7), (5, 1, 6, 7))
    assert train.name == f"{folder.name}, training"
    assert validation.labels.dtype == np.int64


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "train-labels-idx1-ubyte",
            encode(np.zeros(11, np.uint8)),
            "holds 12 images, but .* holds 11 labels",
        ),
        ("train-labels-idx1-ubyte", encode(np.full(12, 10, np.uint8)), "the label 10; .* between 0 and 9"),
        ("train-labels-idx1-ubyte", encode(np.zeros((12, 1), np.uint8)), "has 2 dimensions where 1"),
        ("train-images-idx3-ubyte", encode(np.zeros((12, 6), np.uint8)), "has 2 dimensions where 3"),
        ("train-images-idx3-ubyte", encode(np.zeros((0, 6, 7), np.uint8)), "holds no images"),
        ("t10k-images-idx3-ubyte", encode(np.zeros((5, 8, 8), np.uint8)), "6 × 7 pixels, .* 8 × 8"),
    ],
)
def test_a_folder_that_does_not_fit_together_is_refused(
    folder: Path, name: str, content: bytes, message: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_idx_folder(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"no file t10k-labels-idx1-ubyte \(or t10k-labels-idx1-ubyte.gz\)"):
        load_idx_folder(folder)


@pytest.mark.skipif(not FULL_SET.is_dir(), reason="the full MNIST set is not here")
def test_the_full_set_is_loaded() -> None:
    train, validation = load_idx_folder(FULL_SET)
    assert (len(train), len(validation)) == (60_000, 10_000)
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert train.image_shape == (1, 28, 28)

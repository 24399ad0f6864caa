import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncore.buffers import ALIGNMENT, BufferPool


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


@given(shape=st.lists(st.integers(0, 20), max_size=4), dtype=st.sampled_from([np.float32, np.float64, bool]))
def test_an_array_as_numpy_makes_it(shape: list[int], dtype: type) -> None:
    array = BufferPool().empty(tuple(shape), dtype)
    assert array.shape == tuple(shape)
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert address(array) % ALIGNMENT == 0


def test_memory_serves_again_when_nobody_refers_to_it() -> None:
    pool = BufferPool()
    first = pool.empty((100, 100), np.float32)
    place = address(first)
    del first
    assert address(pool.empty((100, 100), np.float32)) == place
    assert address(pool.empty((50, 200), np.int32)) == place


def test_memory_in_use_is_never_handed_out() -> None:
    pool = BufferPool()
    views = []
    for number in range(4):
        array = pool.empty((64, 64), np.float32)
        array.fill(number)
        # A view of a view, the array itself is gone.
        views.append(array.T[3:].reshape(-1)[::2])
        del array
    assert [set(view.tolist()) for view in views] == [{0.0}, {1.0}, {2.0}, {3.0}]


def test_idle_memory_over_the_limit_is_given_back_longest_unused_first() -> None:
    pool = BufferPool(limit=3 * 2**20)
    kept = pool.empty((2**20 - 4096,), np.uint8)
    for size in (2**20 - 4096, 2**20, 2**20 + 4096):
        pool.empty((size,), np.uint8)
    assert pool.held <= pool.limit
    places = address(kept)
    assert address(pool.empty((2**20 - 4096,), np.uint8)) != places
    big = pool.empty((8 * 2**20,), np.uint8)
    del big
    pool.empty((100,), np.uint8)
    assert pool.held <= pool.limit


def test_each_thread_has_its_own() -> None:
    pool = BufferPool()
    mine = address(pool.empty((1000, 1000), np.float32))
    theirs = []
    held = pool.empty((1000, 1000), np.float32)
    thread = threading.Thread(target=lambda: theirs.append(pool.empty((1000, 1000), np.float32)))
    thread.start()
    thread.join()
    assert address(held) == mine
    assert not np.shares_memory(theirs[0], held)

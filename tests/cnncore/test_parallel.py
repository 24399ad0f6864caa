import threading

import numpy as np
import pytest

from cnncore.parallel import spread


@pytest.fixture(scope="module", autouse=True)
def _helpers() -> None:
    """Start the helper threads, which stay, before threads are counted."""
    spread(abs, [1, 2, 3], threads=3)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_results_come_in_order(count: int, threads: int) -> None:
    assert spread(lambda item: item**2, range(count), threads) == [item**2 for item in range(count)]


def test_an_item_always_goes_to_the_same_thread() -> None:
    def name(item: int) -> str:
        return threading.current_thread().name

    first = spread(name, range(5), 2)
    assert first == spread(name, range(5), 2)
    assert len(set(first)) == 2
    assert first[0] == first[2] == threading.current_thread().name


def test_errors_arrive_when_all_are_done() -> None:
    done = []

    def work(item: int) -> None:
        if item == 1:
            raise ValueError("one")
        done.append(item)

    with pytest.raises(ValueError, match="one"):
        spread(work, range(3), 2)
    assert sorted(done) == [0, 2]


def test_helpers_handle_floating_point_errors_alike() -> None:
    with np.errstate(divide="ignore"):
        assert spread(lambda item: np.ones(1) / item, [0, 0], 2) == [np.inf, np.inf]
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        spread(lambda item: np.ones(1) / item, [1, 0], 2)

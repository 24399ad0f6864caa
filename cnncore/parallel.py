"""Work on several processor cores: NumPy lets go of the interpreter while it computes, so threads do."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# One executor for each helper, so that an item goes to the same thread, and its buffers, in every pass.
_helpers: list[ThreadPoolExecutor] = []


def spread(function: Callable[[Item], Result], items: Sequence[Item], threads: int) -> list[Result]:
    """Apply a function to each item, on this thread and ``threads - 1`` helpers.

    Item i always goes to the same thread. The results come in the order of the items, whatever the number of
    threads, so it has no influence on what is made of them.
    """
    if threads == 1 or len(items) == 1:
        return [function(item) for item in items]
    shares = [items[first::threads] for first in range(min(threads, len(items)))]
    while len(_helpers) < len(shares) - 1:
        _helpers.append(ThreadPoolExecutor(1, f"cnncore-{len(_helpers) + 1}"))
    # The context carries NumPy's error handling over to the helpers.
    tasks = [
        helper.submit(copy_context().run, _apply, function, share)
        for helper, share in zip(_helpers, shares[1:], strict=False)
    ]
    try:
        done = [_apply(function, shares[0])]
    finally:
        wait(tasks)
    done += [task.result() for task in tasks]
    return [done[position % threads][position // threads] for position in range(len(items))]


def _apply(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]

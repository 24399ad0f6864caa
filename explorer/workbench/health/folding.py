"""A record that never grows beyond a size: when it is full, neighbours become one, pair by pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Folding(Generic[Item]):
    """Items in the order in which they came, at most `capacity` of them.

    Parameters
    ----------
    capacity : int
        An even number.
    merge : callable
        ``merge(earlier, later)`` returns the item that stands for both.

    Attributes
    ----------
    items : list
        Each of them stands for `size` that were appended, the last one perhaps for fewer.
    size : int
        1 at first; it doubles each time the record is full.
    """

    def __init__(self, capacity: int, merge: Callable[[Item, Item], Item]) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError("The capacity must be an even number of at least 2.")
        self.items: list[Item] = []
        self.size = 1
        self._capacity = capacity
        self._merge = merge
        self._in_last = 0

    def __len__(self) -> int:
        return len(self.items)

    def append(self, item: Item) -> None:
        """Add an item."""
        if self.items and self._in_last < self.size:
            self.items[-1] = self._merge(self.items[-1], item)
            self._in_last += 1
            return
        if len(self.items) == self._capacity:
            pairs = zip(self.items[::2], self.items[1::2], strict=True)
            self.items = [self._merge(*pair) for pair in pairs]
            self.size *= 2
        self.items.append(item)
        self._in_last = 1

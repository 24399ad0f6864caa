"""Memory for the results of one step, used again in the next.

A fresh array of some hundred kilobytes comes from the operating system page by page, and touching new pages
costs more than the arithmetic done in them. Every step of a training run needs the same sizes, so the arrays
of the last step serve again. No one has to give them back: an array may be handed out again as soon as nobody
refers to it any more, which Python's reference count tells. A view keeps the array that owns its memory
alive, so results, caches of a pass, and anything a caller holds on to are safe for as long as they are held.

Each thread has a pool of its own.
"""

import math
import sys
import threading
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.shapes import Shape

ALIGNMENT = 64
"""Bytes; a cache line, and the width of the widest vector registers."""

PAGE = 4096


class BufferPool(threading.local):
    """Arrays of unspecified content, taken from memory that is no longer in use.

    Parameters
    ----------
    limit : int
        Bytes to hold before idle memory is given back to the system, the longest unused first.
    """

    def __init__(self, limit: int = 96 * 2**20) -> None:
        self.limit = limit
        self.held = 0
        # Keyed by size, in the order of last use: a dict keeps the order of insertion.
        self._slots: dict[int, list[_Slot]] = {}

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """An array like ``numpy.empty(shape, dtype)``, in C order, aligned to 64 bytes."""
        dtype = np.dtype(dtype)
        size = -(-(math.prod(shape) * dtype.itemsize + ALIGNMENT) // PAGE) * PAGE
        slots = self._slots[size] = self._slots.pop(size, [])
        for slot in slots:
            if _references(slot) == _IDLE:
                break
        else:
            self._make_room(size)
            slot = _new_slot(size)
            self._slots.setdefault(size, slots).append(slot)
            self.held += size
        owner, start = slot
        return np.ndarray(shape, dtype, owner, start)

    def _make_room(self, size: int) -> None:
        for other, slots in list(self._slots.items()):
            if self.held + size <= self.limit:
                return
            kept = [slot for slot in slots if _references(slot) != _IDLE]
            self.held -= other * (len(slots) - len(kept))
            slots[:] = kept
            if not kept:
                del self._slots[other]


_Slot: TypeAlias = tuple[npt.NDArray[np.uint8], int]
"""An array that owns memory, and the offset of its first aligned byte."""


def _new_slot(size: int) -> _Slot:
    owner = np.empty(size, np.uint8)
    return owner, -owner.ctypes.data % ALIGNMENT


def _references(slot: _Slot) -> int:
    return sys.getrefcount(slot[0])


# What the count is for an array that only its slot refers to. It differs between versions of Python.
_IDLE = _references(_new_slot(1))

pool = BufferPool()
empty = pool.empty

"""How many threads NumPy's matrix products use.

The products of a small network are so short that handing them out to threads saves little, and costs many
times as much while other programs use the cores. A program that trains such networks does better with one
thread in each product, and with parts of a batch side by side; see `cnncore.parallel`.
"""

import ctypes
import os
from pathlib import Path

import numpy as np

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""With these a person decides, before NumPy is loaded."""

_FOLDERS = ("numpy.libs", "numpy/.dylibs")
_FUNCTIONS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")


def use_one_thread() -> bool:
    """Let NumPy's own OpenBLAS compute in the thread that calls it, unless a person has decided.

    Returns
    -------
    done : bool
        False when a variable decides, or NumPy was built with another library, which stays as it is.
    """
    if any(variable in os.environ for variable in VARIABLES):
        return False
    packages = Path(np.__file__).resolve().parents[1]
    done = False
    for path in (path for folder in _FOLDERS for path in (packages / folder).glob("*openblas*")):
        # NumPy has loaded it already: this is the same library, not another copy.
        library = ctypes.CDLL(str(path))
        for name in _FUNCTIONS:
            if hasattr(library, name):
                getattr(library, name)(ctypes.c_int(1))
                done = True
    return done

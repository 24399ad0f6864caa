"""Threads of matrix products: one, unless a person has decided."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cnncore
from cnncore.blas import VARIABLES, use_one_thread

CODE = """
import numpy, threadpoolctl
from cnncore.blas import use_one_thread
threadpoolctl.threadpool_limits(2, user_api="blas")
print(use_one_thread(), *(library["num_threads"] for library in threadpoolctl.threadpool_info()))
"""


def outcome(**variables: str) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment |= {"PYTHONPATH": str(Path(cnncore.__file__).parents[1])} | variables
    command = [sys.executable, "-c", CODE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.split()


def test_matrix_products_use_one_thread() -> None:
    done, *threads = outcome()
    if done == "False":
        pytest.skip("this NumPy was built with another library than OpenBLAS")
    assert set(threads) == {"1"}


def test_what_a_person_has_decided_stays() -> None:
    assert outcome(OPENBLAS_NUM_THREADS="2")[0] == "False"


def test_another_library_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("cnncore.blas.np.__file__", str(tmp_path / "numpy" / "__init__.py"))
    assert use_one_thread() is False

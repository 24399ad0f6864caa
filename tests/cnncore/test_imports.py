"""The engine stands on NumPy and the standard library alone, and never loads Qt."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cnncore

PACKAGE = Path(cnncore.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))


def imported_modules(source: Path) -> set[str]:
    """Return the top-level names of everything a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("cnncore" if node.level else (node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_imports_only_numpy_and_the_standard_library(source: Path) -> None:
    assert imported_modules(source) <= {"numpy", "cnncore"} | sys.stdlib_module_names - {"pickle", "shelve"}


def test_importing_the_engine_loads_nothing_else() -> None:
    code = (
        "import sys, numpy.random; before = {name.partition('.')[0] for name in sys.modules}; "
        "import cnncore; print(*{name.partition('.')[0] for name in sys.modules} - before)"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert set(result.stdout.split()) - sys.stdlib_module_names == {"cnncore"}


def test_everything_exported_exists() -> None:
    assert len(cnncore.__all__) == len(set(cnncore.__all__))
    assert [name for name in cnncore.__all__ if not hasattr(cnncore, name)] == []

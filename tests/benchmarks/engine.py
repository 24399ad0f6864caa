"""How long a training step and a forward pass take, beside PyTorch where it is installed.

    python -m tests.benchmarks.engine [--loops] [--json | --markdown] [--models NAME ...] [--batches N ...]

A step is forward, loss, backward and Adam. The engine and PyTorch take turns, a few steps each, so that a
machine whose speed drifts does not favour one of them. A figure is the lower quartile over all turns of the
median in a turn: what other programs cost, PyTorch's threads most of all, hardly counts. Both begin with the
same parameters and go through the same images; their outputs are compared first. Both get as many threads as
there are cores; BLAS gets one, as in the program: the engine's own threads and those of BLAS would be in each
other's way. ``--loops`` times the network written as loops, too.

The figures are meant for PyTorch 2.13: ``pip install torch==2.13.0``.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # is read when NumPy is loaded

import numpy as np

from tests.benchmarks.engine_loops import seconds_over_numbers, seconds_over_places
from tests.benchmarks.engine_steps import MODELS, Work, works

ROUNDS = 25
ROUND_SECONDS = 0.02
QUIET = 0.25
DEFAULT_MODELS = ("reference", "lenet5", "wide")
BATCHES = (1, 8, 32, 128, 256)
LOOPS_BATCH = 32
KINDS = {"step": "training step", "forward": "forward"}
HEADER = (
    "| network | batch | step, ms | PyTorch | ratio | forward, ms | PyTorch | ratio |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def interleaved(works_by_name: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Median seconds of each, in each of the rounds in which they take turns."""
    counts = {}
    for name, work in works_by_name.items():
        work()
        start = time.perf_counter()
        work()
        counts[name] = max(3, round(ROUND_SECONDS / (time.perf_counter() - start)))
    medians: dict[str, list[float]] = {name: [] for name in works_by_name}
    for _ in range(rounds):
        for name, work in works_by_name.items():
            # The first after the other's turn finds the caches cold; it is not counted.
            work()
            seconds = []
            for _ in range(counts[name]):
                start = time.perf_counter()
                work()
                seconds.append(time.perf_counter() - start)
            medians[name].append(statistics.median(seconds))
    return medians


def row_of(model: str, batch: int, threads: int, rounds: int, with_torch: bool) -> dict[str, Any]:
    """Measure one row of the table."""
    spec = MODELS[model]()
    row: dict[str, Any] = {"model": model, "title": spec.title, "batch": batch}
    for kind, works_by_name in zip(KINDS, works(spec, batch, threads, with_torch), strict=True):
        medians = interleaved(works_by_name, rounds)
        figures = {name: float(np.quantile(seconds, QUIET)) for name, seconds in medians.items()}
        for name, seconds in figures.items():
            row[f"{name}_{kind}_ms"] = round(1000 * seconds, 3)
        if with_torch:
            row[f"{kind}_ratio"] = round(figures["torch"] / figures["engine"], 2)
    return row


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Take every measurement that was asked for."""
    result: dict[str, Any] = {
        "machine": machine(),
        "threads": arguments.threads,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch_version(),
    }
    options = arguments.threads, arguments.rounds, result["torch"] is not None
    result["rows"] = [
        row_of(model, batch, *options) for model in arguments.models for batch in arguments.batches
    ]
    if arguments.loops:
        result["loops"] = measure_loops(result["rows"], arguments.threads, arguments.rounds)
    return result


def measure_loops(rows: list[dict[str, Any]], threads: int, rounds: int) -> dict[str, Any]:
    """Measure the reference network as loops, and how many steps of the engine fit into that time."""
    known = [row for row in rows if (row["model"], row["batch"]) == ("reference", LOOPS_BATCH)]
    step = (known or [row_of("reference", LOOPS_BATCH, threads, rounds, False)])[0]["engine_step_ms"]
    parameters = MODELS["reference"]().build(np.random.default_rng(0)).parameters()
    result: dict[str, Any] = {"batch": LOOPS_BATCH, "engine_step_ms": step}
    for name, seconds in (
        ("places", seconds_over_places(parameters, LOOPS_BATCH)),
        ("numbers", seconds_over_numbers(LOOPS_BATCH)),
    ):
        result[f"{name}_ms"] = round(1000 * seconds)
        result[f"{name}_ratio"] = round(1000 * seconds / step)
    return result


def machine() -> str:
    """Name the processor, and how many cores there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def torch_version() -> str | None:
    """Which PyTorch is installed, if any."""
    try:
        import torch
    except ImportError:
        return None
    return str(torch.__version__)


def report(result: dict[str, Any]) -> str:
    """The figures for a terminal, in milliseconds."""
    lines = [_setting(result), f"{'':20}{'training step, ms':>30}{'forward, ms':>30}"]
    titles = f"{'engine':>10}{'PyTorch':>10}{'ratio':>10}"
    lines.append(f"{'network':14}{'batch':>6}{titles}{titles}")
    for row in result["rows"]:
        lines.append(f"{row['model']:14}{row['batch']:6}" + "".join(f"{cell:>10}" for cell in _cells(row)))
    return "\n".join([*lines, *_loops(result)])


def markdown(result: dict[str, Any]) -> str:
    """The figures as the README has them."""
    lines = [HEADER]
    for row in result["rows"]:
        lines.append(f"| {row['title']} | {row['batch']} | {' | '.join(_cells(row))} |")
    return "\n".join([*lines, "", _setting(result), *_loops(result)])


def _cells(row: dict[str, Any]) -> list[str]:
    keys = [key for kind in KINDS for key in (f"engine_{kind}_ms", f"torch_{kind}_ms", f"{kind}_ratio")]
    return [f"{row[key]:.2f}" if key in row else "" for key in keys]


def _setting(result: dict[str, Any]) -> str:
    beside = f"PyTorch {result['torch']}" if result["torch"] else "without PyTorch, which is not installed"
    return (
        f"Measured on {result['machine']} with {result['threads']} threads, "
        f"Python {result['python']}, NumPy {result['numpy']}, {beside}."
    )


def _loops(result: dict[str, Any]) -> list[str]:
    if "loops" not in result:
        return []
    loops = result["loops"]
    return [
        f"A batch of {loops['batch']} through the reference network, forward and back, takes loops over the "
        f"places {loops['places_ms'] / 1000:.1f} s, {loops['places_ratio']:,} times as long as a step of the "
        f"engine takes; loops over single numbers {loops['numbers_ms'] / 1000:.0f} s, "
        f"{loops['numbers_ratio']:,} times."
    ]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.engine", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--models", nargs="+", default=DEFAULT_MODELS, choices=sorted(MODELS), metavar="NAME")
    parser.add_argument("--batches", nargs="+", type=int, default=BATCHES, metavar="N")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of the engine and of PyTorch")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often the two take turns")
    parser.add_argument("--loops", action="store_true", help="time the reference network as loops, too")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON instead of a table")
    form.add_argument("--markdown", action="store_true", help="print the table of the README")
    arguments = parser.parse_args(argv)
    result = measure(arguments)
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        print(markdown(result) if arguments.markdown else report(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How long a training step and a forward pass take, beside PyTorch where it is installed.

    python -m tests.benchmarks.engine [--json] [--models reference ...] [--batches 1 8 ...] [--threads 2]

A step is forward, loss, backward and Adam. The engine and PyTorch take turns, a few steps each, so that a
machine whose speed drifts does not favour one of them; the figures are medians. ``--loops`` times the layers
written as loops, too, which takes some seconds. BLAS gets one thread, as in the program: the engine's own
threads and those of BLAS would be in each other's way.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # is read when NumPy is loaded

import numpy as np

import cnncore

ROUNDS = 25
ROUND_SECONDS = 0.02
Step = Callable[[], object]


def engine_step(spec: cnncore.ModelSpec, batch: int, threads: int) -> tuple[Step, Step]:
    """A training step and a forward pass of the engine."""
    rng = np.random.default_rng(0)
    network = spec.build(rng)
    network.threads = threads
    optimizer = cnncore.Adam(network.parameters())
    channels, height, width = spec.input_shape
    # In the fast layout, as `Dataset.pixels` gives it.
    x = rng.random((height, channels, width, batch), dtype=np.float32).transpose(3, 1, 0, 2)
    labels = rng.integers(0, len(spec.class_names), batch)

    def step() -> None:
        logits, caches = network.forward(x, training=True)
        _, dlogits = cnncore.cross_entropy(logits, labels)
        optimizer.step(network.backward(dlogits, caches, need_dx=False)[1])

    return step, lambda: network(x)


def torch_step(spec: cnncore.ModelSpec, batch: int, threads: int) -> tuple[Step, Step]:
    """The same in PyTorch."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    network = nn.Sequential(
        *[_torch_layer(nn, layer) for layer in spec.build(np.random.default_rng(0)).layers]
    )
    optimizer = torch.optim.Adam(network.parameters())
    x, labels = torch.rand(batch, *spec.input_shape), torch.randint(0, len(spec.class_names), (batch,))

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), labels).backward()
        optimizer.step()

    def forward() -> None:
        with torch.inference_mode():
            network(x)

    return step, forward


def _torch_layer(nn: Any, layer: cnncore.Layer) -> Any:
    match layer:
        case cnncore.Conv2d():
            top, bottom, left, right = layer.padding
            assert (top, left) == (bottom, right)
            arguments = (layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, (top, left))
            return nn.Conv2d(*arguments, layer.dilation)
        case cnncore.MaxPool2d():
            return nn.MaxPool2d(layer.kernel_size, layer.stride)
        case cnncore.Linear():
            return nn.Linear(layer.in_features, layer.out_features)
        case _:
            return getattr(nn, type(layer).__name__)()


def loops_seconds(images: int) -> float:
    """Seconds for the reference network's convolutions and dense layers as loops, forward and backward."""
    from tests.cnncore import reference_loops as loops

    rng = np.random.default_rng(0)
    seconds = 0.0
    for channels, size, maps in ((1, 28, 8), (8, 24, 8)):
        x, weight = rng.random((1, channels, size, size)), rng.random((maps, channels, 5, 5))
        start = time.perf_counter()
        y, products = loops.conv2d(x, weight, np.zeros(maps), (1, 1), (0, 0, 0, 0), (1, 1))
        loops.conv2d_backward(x, weight, y, products)
        seconds += time.perf_counter() - start
    start = time.perf_counter()
    loops.max_pool2d(rng.random((1, 8, 20, 20)), None, (2, 2), (2, 2), (0, 0, 0, 0))
    for inputs, outputs in ((800, 128), (128, 10)):
        arrays = rng.random((1, inputs)), rng.random((outputs, inputs)), np.zeros(outputs)
        loops.linear(*arrays, np.ones((1, outputs)))
    return images * (seconds + time.perf_counter() - start)


def interleaved(steps: dict[str, Step]) -> dict[str, float]:
    """Median seconds of each, taking turns."""
    counts = {}
    for name, step in steps.items():
        step()
        start = time.perf_counter()
        step()
        counts[name] = max(3, round(ROUND_SECONDS / (time.perf_counter() - start)))
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            # The first step after the other's turn finds the caches cold; it is not counted.
            step()
            for _ in range(counts[name]):
                start = time.perf_counter()
                step()
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def measure(model: str, batch: int, threads: int) -> dict[str, Any]:
    """One row of the table."""
    spec = cnncore.ALL_MODELS[model]()
    makers = {"engine": engine_step}
    if _has_torch():
        makers["torch"] = torch_step
    pairs = {name: maker(spec, batch, threads) for name, maker in makers.items()}
    row: dict[str, Any] = {"model": model, "batch": batch}
    for index, what in enumerate(("step", "forward")):
        for name, seconds in interleaved({name: pair[index] for name, pair in pairs.items()}).items():
            row[f"{name}_{what}_ms"] = round(1000 * seconds, 3)
        if "torch" in pairs:
            row[f"{what}_ratio"] = round(row[f"torch_{what}_ms"] / row[f"engine_{what}_ms"], 2)
    return row


def _has_torch() -> bool:
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def report(rows: list[dict[str, Any]]) -> None:
    """Print the table, in milliseconds."""
    print(f"{'':22}{'training step, ms':>30}{'forward, ms':>32}")
    print(
        f"{'model':12}{'batch':>10}{'engine':>12}{'PyTorch':>10}{'ratio':>8}{'engine':>14}{'PyTorch':>10}{'ratio':>8}"
    )
    for row in rows:
        cells = "".join(
            f"{row.get(f'{name}_{what}_ms', float('nan')):{width}.2f}"
            if name != "ratio"
            else f"{row.get(f'{what}_ratio', float('nan')):{width}.2f}"
            for what, first in (("step", 12), ("forward", 14))
            for name, width in (("engine", first), ("torch", 10), ("ratio", 8))
        )
        print(f"{row['model']:12}{row['batch']:10}{cells}")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.engine", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--models", nargs="+", default=["reference"], choices=sorted(cnncore.ALL_MODELS))
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 8, 32, 128, 256])
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of the engine and of PyTorch")
    parser.add_argument("--loops", action="store_true", help="time the reference network as loops, too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    rows = [
        measure(model, batch, arguments.threads) for model in arguments.models for batch in arguments.batches
    ]
    result: dict[str, Any] = {
        "machine": platform.processor() or platform.machine(),
        "threads": arguments.threads,
        "numpy": np.__version__,
        "rows": rows,
    }
    if arguments.loops:
        result["loops_batch_32_ms"] = round(1000 * loops_seconds(32), 1)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return 0
    report(rows)
    if arguments.loops:
        print(f"reference, batch 32, as loops: {result['loops_batch_32_ms']} ms forward and backward")
    return 0


if __name__ == "__main__":
    sys.exit(main())

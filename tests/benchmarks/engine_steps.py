"""What `engine` times: training steps and forward passes of the engine and of PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import numpy as np

import cnncore
from cnncore import LayerSpec
from tests.benchmarks.engine_torch import torch_network

Work = Callable[[], object]
Batch = tuple[np.ndarray, np.ndarray]
"""Images and their labels."""

IMAGES = 512
"""What the steps go through in turn. A single batch would be known by heart after a few steps; its gradients
are then almost nothing, and processors compute many times slower with such numbers. No run is like that."""


def wide() -> cnncore.ModelSpec:
    """Colour images of 32 x 32 pixels through 32 and 64 maps, as a small network for photographs has them."""
    layers: list[LayerSpec] = []
    for number, maps in enumerate((32, 64), start=1):
        layers += [
            LayerSpec("conv2d", f"conv{number}", {"out_channels": maps, "kernel_size": 3, "padding": "same"}),
            LayerSpec("relu", f"relu{number}"),
            LayerSpec("maxpool2d", f"pool{number}", {"kernel_size": 2}),
        ]
    layers += [
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc1", {"out_features": 128}),
        LayerSpec("relu", "relu3"),
        LayerSpec("linear", "fc2", {"out_features": 10}),
    ]
    return cnncore.ModelSpec("wide", "32/64 channels", (3, 32, 32), tuple(layers), tuple("0123456789"))


MODELS = {**cnncore.ALL_MODELS, "wide": wide}
"""The built-in models, and one that is as wide as the engine is meant for."""


def works(
    spec: cnncore.ModelSpec, batch: int, threads: int, with_torch: bool
) -> tuple[dict[str, Work], dict[str, Work]]:
    """A training step (forward, loss, backward, Adam) and a forward pass, of each of the two.

    Both start from the same parameters and see the same images with random labels.

    Raises
    ------
    ValueError
        When PyTorch's network would be another one.
    """
    rng = np.random.default_rng(0)
    network = spec.build(rng)
    network.threads = threads
    batches = [_batch(spec, batch, rng) for _ in range(max(1, IMAGES // batch))]
    # First PyTorch's, which copies the parameters as they are before any step.
    torch_works = _torch_works(network, batches, threads) if with_torch else None
    works_by_name = {"engine": _engine_works(network, batches)}
    if torch_works is not None:
        works_by_name["torch"] = torch_works
    steps, passes = ({name: pair[index] for name, pair in works_by_name.items()} for index in (0, 1))
    return steps, passes


def _batch(spec: cnncore.ModelSpec, count: int, rng: np.random.Generator) -> Batch:
    channels, height, width = spec.input_shape
    # In the fast layout, as `Dataset.pixels` gives it.
    x = rng.random((height, channels, width, count), dtype=np.float32).transpose(3, 1, 0, 2)
    return x, rng.integers(0, len(spec.class_names), count)


def _engine_works(network: cnncore.Sequential, batches: list[Batch]) -> tuple[Work, Work]:
    optimizer = cnncore.Adam(network.parameters())
    turn: Iterator[Batch] = cycle(batches)

    def step() -> None:
        x, labels = next(turn)
        logits, caches = network.forward(x, training=True)
        _, dlogits = cnncore.cross_entropy(logits, labels)
        optimizer.step(network.backward(dlogits, caches, need_dx=False)[1])

    return step, lambda: network(next(turn)[0])


def _torch_works(network: cnncore.Sequential, batches: list[Batch], threads: int) -> tuple[Work, Work]:
    import torch

    torch.set_num_threads(threads)
    twin: Any = torch_network(network)
    tensors = [(torch.tensor(np.ascontiguousarray(x)), torch.tensor(labels)) for x, labels in batches]
    optimizer = torch.optim.Adam(twin.parameters())
    turn = cycle(tensors)

    def step() -> None:
        images, targets = next(turn)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(twin(images), targets).backward()
        optimizer.step()

    def forward() -> Any:
        with torch.inference_mode():
            return twin(next(turn)[0])

    twin.eval()
    with torch.inference_mode():
        np.testing.assert_allclose(twin(tensors[0][0]).numpy(), network(batches[0][0]), rtol=1e-3, atol=1e-4)
    twin.train()
    return step, forward

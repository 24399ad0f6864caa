"""Compare the engine with PyTorch: outputs, all gradients, and training steps, for random configurations.

``python -m tests.parity --write`` makes tests/data/parity.npz for tests/cnncore/test_torch_fixture.py.
``python -m tests.parity --live --cases 2000`` compares directly. Both need PyTorch, which nothing else does:
``pip install torch==2.13.0``.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cnncore

Array = NDArray[Any]
Arrays = dict[str, Array]

FIXTURE = Path(__file__).parent / "data" / "parity.npz"
FIXTURE_CASES = 300
LIMITS = {"float64": 1e-10, "float32": 1e-5}
STEPS = 20

ACTIVATIONS = {
    "relu": cnncore.ReLU,
    "sigmoid": cnncore.Sigmoid,
    "tanh": cnncore.Tanh,
    "arctan": cnncore.Arctan,
}


@dataclass(frozen=True)
class Case:
    """A configuration, and the numbers that go in: float32, so that both precisions start from the same."""

    kind: str
    options: dict[str, Any]
    inputs: Arrays

    def __str__(self) -> str:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.inputs.items())
        return f"{self.kind} {self.options} of {shapes}"


def cases(count: int, seed: int = 0) -> Iterator[Case]:
    """Draw configurations of all kinds in turn."""
    kinds = [_conv2d, _conv2d, _conv2d, _max_pool2d, _max_pool2d, _linear, _activation, _cross_entropy]
    kinds += [_conv2d, _conv2d, _max_pool2d, _optimizer, _optimizer]
    for index in range(count):
        yield kinds[index % len(kinds)](np.random.default_rng([seed, index]))


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(size=shape).astype(np.float32)


def _image_and_padding(
    rng: np.random.Generator, extent: list[int], limit: list[int]
) -> tuple[tuple[int, int], list[int]]:
    """Draw padding up to a limit along y and x, and an image at least as large as what a window covers."""
    padding = [int(rng.integers(0, limit[side // 2] + 1)) for side in range(4)]
    height, width = (
        max(1, extent[axis] - sum(padding[2 * axis : 2 * axis + 2])) + int(rng.integers(0, 4))
        for axis in (0, 1)
    )
    return (height, width), padding


def _conv2d(rng: np.random.Generator) -> Case:
    kernel, stride, dilation = (rng.integers(1, 4, 2).tolist() for _ in range(3))
    extent = [dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1)]
    (height, width), padding = _image_and_padding(rng, extent, [2, 2])
    channels, maps = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    options = {"kernel_size": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    if rng.random() < 0.15:
        options |= {"stride": [1, 1], "padding": "same"}
    inputs = {
        "x": _normal(rng, int(rng.integers(1, 3)), channels, height, width),
        "weight": _normal(rng, maps, channels, *kernel),
    }
    if rng.random() < 0.7:
        inputs["bias"] = _normal(rng, maps)
    return Case("conv2d", options, inputs)


def _max_pool2d(rng: np.random.Generator) -> Case:
    kernel, stride = (rng.integers(1, 4, 2).tolist() for _ in range(2))
    (height, width), padding = _image_and_padding(rng, kernel, [size // 2 for size in kernel])
    # PyTorch pads both sides alike. Few different numbers make ties.
    options = {"kernel_size": kernel, "stride": stride, "padding": [padding[0], padding[2]]}
    shape = (int(rng.integers(1, 3)), int(rng.integers(1, 3)), height + padding[1], width + padding[3])
    x = rng.integers(-2, 3, shape).astype(np.float32) if rng.random() < 0.5 else _normal(rng, *shape)
    return Case("max_pool2d", options, {"x": x})


def _linear(rng: np.random.Generator) -> Case:
    batch, inputs, outputs = rng.integers(1, 9, 3).tolist()
    arrays = {"x": _normal(rng, batch, inputs), "weight": _normal(rng, outputs, inputs)}
    if rng.random() < 0.7:
        arrays["bias"] = _normal(rng, outputs)
    return Case("linear", {}, arrays)


def _activation(rng: np.random.Generator) -> Case:
    function = str(rng.choice(list(ACTIVATIONS)))
    return Case("activation", {"function": function}, {"x": 1.5 * _normal(rng, *rng.integers(1, 4, 4))})


def _cross_entropy(rng: np.random.Generator) -> Case:
    batch, classes = int(rng.integers(1, 9)), int(rng.integers(1, 11))
    labels = rng.integers(0, classes, batch)
    return Case("cross_entropy", {}, {"x": 5 * _normal(rng, batch, classes), "labels": labels})


def _optimizer(rng: np.random.Generator) -> Case:
    options: dict[str, Any] = {"lr": float(rng.choice([1e-3, 0.01, 0.1]))}
    if rng.random() < 0.5:
        options |= {"name": "SGD", "momentum": float(rng.choice([0.0, 0.5, 0.9]))}
    else:
        betas = [[0.9, 0.999], [0.5, 0.9], [0.0, 0.99]][rng.integers(0, 3)]
        options |= {"name": "Adam", "betas": betas, "eps": float(rng.choice([1e-8, 1e-3]))}
    size = int(rng.integers(1, 9))
    return Case("optimizer", options, {"x": _normal(rng, size), "gradients": _normal(rng, STEPS, size)})


def projection(shape: tuple[int, ...], dtype: str) -> Array:
    """A gradient of the loss with respect to an output of that shape, different for each number in it."""
    numbers = np.cos(np.arange(1, int(np.prod(shape)) + 1, dtype=np.float64))
    return numbers.astype(np.float32).astype(dtype).reshape(shape)


def engine_results(case: Case, dtype: str) -> Arrays:
    """What the engine computes: y, dx, and the gradients of parameters under their names."""
    inputs = {name: array.astype(dtype) for name, array in case.inputs.items() if name != "labels"}
    x, options = inputs["x"], case.options
    if case.kind == "cross_entropy":
        loss, dx = cnncore.cross_entropy(x, case.inputs["labels"])
        return {"y": np.array(loss), "dx": dx}
    if case.kind == "optimizer":
        arguments = {name: value for name, value in options.items() if name != "name"}
        optimizer = getattr(cnncore, options["name"])({"x": x}, **arguments)
        for gradient in inputs["gradients"]:
            optimizer.step({"x": gradient})
        return {"y": x}
    layer = _layer(case)
    for name in layer.parameters:
        layer.parameters[name] = inputs[name]
    y, cache = layer.forward(x)
    dx, grads = layer.backward(projection(y.shape, dtype), cache)
    return {"y": y, "dx": dx, **grads}


def _layer(case: Case) -> cnncore.Layer:
    if case.kind == "max_pool2d":
        return cnncore.MaxPool2d(**case.options)
    if case.kind == "activation":
        return ACTIVATIONS[case.options["function"]]()
    maps, channels = case.inputs["weight"].shape[:2]
    bias = "bias" in case.inputs
    if case.kind == "linear":
        return cnncore.Linear(channels, maps, bias)
    return cnncore.Conv2d(channels, maps, bias=bias, **case.options)


def torch_results(case: Case, dtype: str) -> Arrays:
    """What PyTorch computes, under the same names."""
    import torch

    functional = torch.nn.functional
    inputs = {
        name: torch.tensor(array.astype(dtype)) for name, array in case.inputs.items() if name != "labels"
    }
    options = dict(case.options)
    x = inputs["x"].requires_grad_()
    if case.kind == "optimizer":
        optimizer = getattr(torch.optim, options.pop("name"))([x], **options)
        for gradient in inputs["gradients"]:
            x.grad = gradient.clone()
            optimizer.step()
        return {"y": x.detach().numpy()}
    parameters = {name: inputs[name].requires_grad_() for name in ("weight", "bias") if name in inputs}
    if case.kind == "conv2d":
        options.pop("kernel_size")
        padding, image = options.pop("padding"), x
        if padding != "same":
            top, bottom, left, right = padding
            padding, image = 0, functional.pad(x, (left, right, top, bottom))
        y = functional.conv2d(image, parameters["weight"], parameters.get("bias"), padding=padding, **options)
    elif case.kind == "max_pool2d":
        y = functional.max_pool2d(x, **options)
    elif case.kind == "linear":
        y = functional.linear(x, parameters["weight"], parameters.get("bias"))
    elif case.kind == "activation":
        y = {"arctan": torch.atan}.get(options["function"], getattr(torch, options["function"], None))(x)
    else:
        y = functional.cross_entropy(x, torch.tensor(case.inputs["labels"]))
    y.backward(torch.tensor(projection(tuple(y.shape), dtype)) if y.ndim else None)
    grads = {name: tensor.grad.numpy() for name, tensor in parameters.items()}
    return {"y": y.detach().numpy(), "dx": x.grad.numpy(), **grads}


def deviation(results: Arrays, wanted: Arrays) -> float:
    """The largest difference, in units of the largest number of each array."""
    if results.keys() != wanted.keys() or any(results[name].shape != wanted[name].shape for name in wanted):
        return float("inf")
    return max(
        float(np.abs(results[name] - array).max(initial=0)) / (float(np.abs(array).max(initial=0)) or 1.0)
        for name, array in wanted.items()
    )


def write() -> None:
    """Make the fixture: the cases, and PyTorch's results in float64."""
    arrays: Arrays = {}
    described = []
    for index, case in enumerate(cases(FIXTURE_CASES)):
        results = torch_results(case, "float64")
        described.append({"kind": case.kind, "options": case.options})
        arrays |= {f"{index}/in/{name}": array for name, array in case.inputs.items()}
        arrays |= {f"{index}/out/{name}": array for name, array in results.items()}
    FIXTURE.parent.mkdir(exist_ok=True)
    text = np.frombuffer(json.dumps(described).encode(), np.uint8)
    packed = np.concatenate([array.ravel().view(np.uint8) for array in arrays.values()])
    index_text = json.dumps([[name, array.dtype.str, array.shape] for name, array in arrays.items()])
    np.savez_compressed(
        FIXTURE, cases=text, index=np.frombuffer(index_text.encode(), np.uint8), content=packed
    )


def read() -> list[tuple[Case, Arrays]]:
    """The cases of the fixture with PyTorch's results."""
    with np.load(FIXTURE, allow_pickle=False) as file:
        described = json.loads(file["cases"].tobytes())
        index, content = json.loads(file["index"].tobytes()), file["content"].tobytes()
    inputs: list[Arrays] = [{} for _ in described]
    outputs: list[Arrays] = [{} for _ in described]
    start = 0
    for path, dtype, shape in index:
        number, side, name = path.split("/")
        count = int(np.prod(shape))
        array = np.frombuffer(content, dtype, count, start).reshape(shape)
        start += array.nbytes
        (inputs if side == "in" else outputs)[int(number)][name] = array
    return [
        (Case(item["kind"], item["options"], into), out)
        for item, into, out in zip(described, inputs, outputs, strict=True)
    ]


def compare(count: int, seed: int) -> bool:
    """Compare with the installed PyTorch; print what deviates."""
    largest = dict.fromkeys(LIMITS, 0.0)
    good = True
    for case in cases(count, seed):
        for dtype, limit in LIMITS.items():
            distance = deviation(engine_results(case, dtype), torch_results(case, dtype))
            largest[dtype] = max(largest[dtype], distance)
            if not distance <= limit:
                good = False
                print(f"{dtype}: {distance:.1e} in {case}")
    for dtype, distance in largest.items():
        print(f"{dtype}: {count} cases, largest relative deviation {distance:.1e}, limit {LIMITS[dtype]:.0e}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {FIXTURE.name}")
    parser.add_argument("--live", action="store_true", help="compare with the installed PyTorch")
    parser.add_argument("--cases", type=int, default=FIXTURE_CASES, help="how many cases --live compares")
    parser.add_argument("--seed", type=int, default=0, help="of the cases that --live compares")
    arguments = parser.parse_args()
    if not arguments.write and not arguments.live:
        parser.error("say --write or --live")
    if arguments.write:
        write()
    return 0 if not arguments.live or compare(arguments.cases, arguments.seed) else 1


if __name__ == "__main__":
    sys.exit(main())

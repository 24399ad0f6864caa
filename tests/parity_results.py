"""What the engine computes for a case of `tests.parity`, and what PyTorch does, under the same names."""

from typing import Any

import numpy as np

import cnncore
from tests.parity_cases import STEPS, Array, Arrays, Case

STATISTICS = ("running_mean", "running_var")


def projection(shape: tuple[int, ...], dtype: str) -> Array:
    """A gradient of the loss with respect to an output of that shape, different for each number in it.

    Its sum is far from zero: a small difference of large numbers says more about rounding than about layers.
    """
    numbers = 0.5 + np.cos(np.arange(1, int(np.prod(shape)) + 1, dtype=np.float64))
    return numbers.astype(np.float32).astype(dtype).reshape(shape)


def _inputs(case: Case, dtype: str) -> Arrays:
    return {
        name: array.astype(dtype) if array.dtype.kind == "f" else array for name, array in case.inputs.items()
    }


# The engine


def engine_results(case: Case, dtype: str) -> Arrays:
    """What the engine computes: y, dx, and the gradients of parameters under their names."""
    inputs, options = _inputs(case, dtype), dict(case.options)
    if case.kind == "loss":
        loss, dx = getattr(cnncore, options.pop("name"))(inputs["x"], inputs["labels"], **options)
        return {"y": np.array(loss), "dx": dx}
    if case.kind == "optimizer":
        x = inputs["x"].copy()
        optimizer = getattr(cnncore, options.pop("name"))({"x": x}, **options)
        for gradient in inputs["gradients"]:
            optimizer.step({"x": gradient})
        return {"y": x}
    if case.kind == "clip_grad_norm":
        return {"norm": np.array(cnncore.clip_grad_norm(inputs, **options)), **inputs}
    if case.kind == "network":
        return _engine_network(options, inputs, dtype)
    return _engine_layer(case.kind, options, inputs, dtype)


class _Noise:
    """Stands for the generator of a dropout: gives the noise that the case says."""

    def __init__(self, noise: Array) -> None:
        self.noise = noise

    def random(self, shape: tuple[int, ...], dtype: Any) -> Array:
        noise = np.moveaxis(self.noise, 0, -1)
        assert noise.shape == shape
        return noise.astype(dtype)


def _engine_layer(kind: str, options: dict[str, Any], inputs: Arrays, dtype: str) -> Arrays:
    training = options.pop("training", False)
    layer: Any = getattr(cnncore, kind)(**options)
    if kind == "Dropout":
        layer.rng = _Noise(inputs["noise"])
    for arrays in (layer.parameters, layer.statistics):
        arrays.update({name: inputs[name].copy() for name in arrays})
    y, cache = layer.forward(inputs["x"], training)
    dx, grads = layer.backward(projection(y.shape, dtype), cache)
    return {"y": y, "dx": dx, **grads, **layer.statistics}


def _engine_network(options: dict[str, Any], inputs: Arrays, dtype: str) -> Arrays:
    layers = [getattr(cnncore, name)(**arguments) for name, arguments in options["layers"]]
    network = cnncore.Sequential(layers, np.random.default_rng(0), dtype)
    network.set_state_vector(inputs["state"])
    arguments = dict(options["optimizer"])
    optimizer = getattr(cnncore, arguments.pop("name"))(network.parameters(), **arguments)
    losses = []
    for _ in range(STEPS):
        logits, caches = network.forward(inputs["x"], training=True)
        loss, dlogits = cnncore.cross_entropy(logits, inputs["labels"])
        optimizer.step(network.backward(dlogits, caches, need_dx=False)[1])
        losses.append(loss)
    return {"losses": np.array(losses, dtype), "state": network.state_vector, "y": network(inputs["x"])}


# PyTorch


def torch_results(case: Case, dtype: str) -> Arrays:
    """What PyTorch computes, under the same names."""
    import torch

    inputs = {name: torch.tensor(array) for name, array in _inputs(case, dtype).items()}
    options = dict(case.options)
    if case.kind == "loss":
        x = inputs["x"].requires_grad_()
        loss = getattr(torch.nn.functional, options.pop("name"))(x, inputs["labels"], **options)
        loss.backward()
        return {"y": loss.detach().numpy(), "dx": x.grad.numpy()}
    if case.kind == "optimizer":
        x = inputs["x"].requires_grad_()
        optimizer = getattr(torch.optim, options.pop("name"))([x], **options)
        for gradient in inputs["gradients"]:
            x.grad = gradient.clone()
            optimizer.step()
        return {"y": x.detach().numpy()}
    if case.kind == "clip_grad_norm":
        for tensor in inputs.values():
            tensor.grad = tensor.clone()
        norm = torch.nn.utils.clip_grad_norm_(inputs.values(), **options)
        return {"norm": norm.numpy()} | {name: tensor.grad.numpy() for name, tensor in inputs.items()}
    if case.kind == "network":
        return _torch_network(options, inputs)
    return _torch_layer(case.kind, options, inputs, dtype)


def _torch_layer(kind: str, options: dict[str, Any], inputs: dict[str, Any], dtype: str) -> Arrays:
    import torch

    training = options.pop("training", False)
    x = image = inputs.pop("x").requires_grad_()
    noise = inputs.pop("noise", None)
    if isinstance(options.get("padding"), list) and len(options["padding"]) == 4:
        # PyTorch's layer pads both sides alike.
        top, bottom, left, right = options.pop("padding")
        mode = {"zeros": "constant"}.get(options["padding_mode"], options["padding_mode"])
        image = torch.nn.functional.pad(x, (left, right, top, bottom), mode)
    if kind == "Dropout" and training:
        # The factors by which PyTorch documents it multiplies, for given noise.
        y = image * (noise >= options["p"]) / (1 - options["p"])
        module = torch.nn.Identity()
    else:
        module = _torch_module(kind, options)
        module.to(getattr(torch, dtype)).load_state_dict(inputs, strict=False)
        y = module.train(training)(image)
    y.backward(torch.tensor(projection(tuple(y.shape), dtype)))
    grads = {name: parameter.grad.numpy() for name, parameter in module.named_parameters()}
    statistics = {name: array.numpy() for name, array in module.named_buffers() if name in STATISTICS}
    return {"y": y.detach().numpy(), "dx": x.grad.numpy(), **grads, **statistics}


def _torch_module(kind: str, options: dict[str, Any]) -> Any:
    import torch

    class Arctan(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.atan(x)

    if kind == "Arctan":
        return Arctan()
    if kind == "Softmax":
        options["dim"] = 1
    pairs = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    return getattr(torch.nn, kind)(**pairs)


def _torch_network(options: dict[str, Any], inputs: dict[str, Any]) -> Arrays:
    import torch

    network = torch.nn.Sequential(*[_torch_module(name, dict(more)) for name, more in options["layers"]])
    network.to(inputs["state"].dtype).train()
    state = [*network.parameters(), *(array for array in network.buffers() if array.ndim)]
    sizes = [array.numel() for array in state]
    with torch.no_grad():
        for array, piece in zip(state, inputs["state"].split(sizes), strict=True):
            array.copy_(piece.reshape(array.shape))
    arguments = dict(options["optimizer"])
    optimizer = getattr(torch.optim, arguments.pop("name"))(network.parameters(), **arguments)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(inputs["x"]), inputs["labels"])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    with torch.no_grad():
        y = network.eval()(inputs["x"])
        vector = torch.cat([array.reshape(-1) for array in state])
    return {"losses": torch.stack(losses).numpy(), "state": vector.numpy(), "y": y.numpy()}

"""A network: layers, one after the other, and their parameters in one long vector."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore import buffers
from cnncore.checks import as_numbers, check_dtype, check_function, check_generator, show
from cnncore.errors import ArgumentError, ShapeError
from cnncore.initialisers import Initialiser, he
from cnncore.layers.base import Layer
from cnncore.parallel import spread
from cnncore.shapes import Shape
from cnncore.windows import Array

PART = 64
"""Images that pass through the network together. Of larger batches, parts follow one another, or run side by
side: what they leave behind fits the processor's caches better."""

HEAVY, SMALLEST_PART = 2**22, 16
"""From so many multiply-adds an image, halves of a batch down to so many images are worth a thread each."""


class NamedVector(dict[str, Array]):
    """Arrays by name that are, in this order, the pieces of one vector.

    What treats all numbers alike, such as an optimizer, works on `vector` in a few strokes.

    Attributes
    ----------
    vector : (count,) array
        All pieces, end to end. Changing it changes them.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], vector: Array) -> None:
        super().__init__()
        self.vector = vector
        start = 0
        for name, shape in shapes.items():
            size = math.prod(shape)
            self[name] = vector[start : start + size].reshape(shape)
            start += size


class Sequential:
    """Layers, one after the other.

    Parameters
    ----------
    layers : iterable of Layer
        The network binds their parameters: from now on they are pieces of `parameter_vector`.
    rng : numpy.random.Generator
        Source of the start values.
    dtype : dtype
        float32, or float64 where rounding matters, as in gradient checks.
    draw : callable
        Fills each weight with start values, such as `he` or `glorot`.

    Attributes
    ----------
    parameter_vector : (parameter_count,) array
        All parameters end to end: the first part of `state_vector`.
    state_vector : array
        All that training changes, end to end: the parameters, and behind them what layers measure, such as
        the running means of a `BatchNorm2d`. Read it to copy a state.
    threads : int
        On how many processor cores the parts of a batch run side by side; 1 at first. It has no influence on
        the numbers. There are parts in batches of more than 64 images, or 16 where the layers are wide. With
        more than 1, BLAS should be limited to one thread. A layer that needs the whole batch, such as
        `BatchNorm2d`, keeps it in one piece while the network learns.
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
        draw: Initialiser = he,
    ) -> None:
        self.layers = _checked_layers(layers)
        self.dtype = check_dtype(dtype)
        check_generator(rng)
        check_function(draw, "An initialiser")
        self.threads = 1
        self._heavy: dict[Shape, bool] = {}
        self._shapes = _numbered(layer.parameter_shapes for layer in self.layers)
        statistics = _numbered(layer.statistics_shapes for layer in self.layers)
        count, more = (
            sum(math.prod(shape) for shape in shapes.values()) for shapes in (self._shapes, statistics)
        )
        self.state_vector: Array = np.zeros(count + more, self.dtype)
        self._parameters = NamedVector(self._shapes, self.state_vector[:count])
        self._statistics = NamedVector(statistics, self.state_vector[count:])
        for index, layer in enumerate(self.layers):
            for name in layer.parameters:
                layer.parameters[name] = self._parameters[f"{index}.{name}"]
            for name in layer.statistics:
                layer.statistics[name] = self._statistics[f"{index}.{name}"]
            layer.initialize(rng, draw)

    @property
    def parameter_vector(self) -> Array:
        return self._parameters.vector

    @property
    def parameter_count(self) -> int:
        """How many numbers the network can learn."""
        return self.parameter_vector.size

    def parameters(self) -> NamedVector:
        """The parameters by name, "0.weight" for the weight of the first layer; they change in place."""
        return self._parameters

    def forward(self, x: Array, training: bool = False) -> tuple[Array, list[Any]]:
        """Pass a batch through all layers.

        Parameters
        ----------
        x : (N, ...) array

        Returns
        -------
        y : array
            The output of the last layer; logits, in a classifier.
        caches : list
            For `backward`: for each part of the batch a list with one for each layer.
        """
        whole = training and any(layer.whole_batch for layer in self.layers)
        x = self._checked(x)
        parts = _parts(x, 1 if whole else self._part_count(x))
        passes = spread(lambda part: self._forward(part, training), parts, self.threads)
        return _join([y for y, _ in passes]), [caches for _, caches in passes]

    def backward(
        self, dy: Array, caches: list[Any], need_dx: bool = True
    ) -> tuple[Array | None, NamedVector]:
        """Carry the gradient of the loss back through all layers: the chain rule, layer by layer.

        Parameters
        ----------
        dy : array, shaped as the output
        caches : list
            From the `forward` of this pass.
        need_dx : bool
            False saves the work for the gradient with respect to the input, which learning does not use.

        Returns
        -------
        dx : array, shaped as the input, or None
        grads : NamedVector
            Gradients under the names of `parameters`.
        """
        if not isinstance(caches, list) or not caches:
            raise ArgumentError("a backward pass takes the caches that forward has returned")
        dy = as_numbers(dy, self.dtype, "The gradient of a network")
        passes = list(zip(_parts(dy, len(caches)), caches, strict=True))
        results = spread(lambda item: self._backward(*item, need_dx), passes, self.threads)
        grads = results[0][1]
        for _, more in results[1:]:
            grads.vector += more.vector
        return (_join([dx for dx, _ in results if dx is not None]) if need_dx else None), grads

    def __call__(self, x: Array) -> Array:
        """The output only, as for evaluation; what a backward pass would need is dropped on the way."""
        x = self._checked(x)
        return _join(spread(self._output, _parts(x, self._part_count(x)), self.threads))

    def _forward(self, x: Array, training: bool) -> tuple[Array, list[Any]]:
        caches = []
        for layer in self.layers:
            x, cache = layer.forward(x, training)
            caches.append(cache)
        return x, caches

    def _backward(self, dy: Array, caches: list[Any], need_dx: bool) -> tuple[Array | None, NamedVector]:
        grads = NamedVector(self._shapes, buffers.empty((self.parameter_count,), self.dtype))
        dx: Array | None = dy
        for index in reversed(range(len(self.layers))):
            layer = self.layers[index]
            own = {name: grads[f"{index}.{name}"] for name in layer.parameters}
            assert dx is not None
            dx, _ = layer.backward(dx, caches[index], need_dx=need_dx or index > 0, out=own)
        return dx, grads

    def _output(self, x: Array) -> Array:
        for layer in self.layers:
            x, _ = layer.forward(x)
        return x

    def _checked(self, x: Array) -> Array:
        """The input in the network's precision; raises where it is no batch of finite numbers."""
        numbers = as_numbers(x, self.dtype, "The input of a network")
        if not numbers.ndim or not len(numbers):
            raise ShapeError(f"a network takes a batch of at least one sample, got shape {numbers.shape}")
        if not np.isfinite(numbers).all():
            wrong = np.count_nonzero(~np.isfinite(numbers))
            raise ArgumentError(f"{wrong:,} of the {numbers.size:,} input numbers are NaN or infinite")
        return numbers

    def _part_count(self, x: Array) -> int:
        """Into how many parts a batch is split: a matter of its shape, never of the number of threads."""
        if len(x) <= SMALLEST_PART:
            return 1
        shape, half = x.shape[1:], -(-len(x) // 2)
        if shape not in self._heavy:
            self._heavy[shape] = self.multiply_adds(shape) >= HEAVY
        part = min(PART, max(SMALLEST_PART, half)) if self._heavy[shape] else PART
        return -(-len(x) // part)

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications that go into a sum, in all layers, for one sample of this shape.

        Raises
        ------
        ShapeError
            When a layer cannot take what comes to it.
        """
        total = 0
        for layer in self.layers:
            total += layer.multiply_adds(input_shape)
            input_shape = layer.output_shape(input_shape)
        return total

    def state_dict(self) -> dict[str, Array]:
        """Copies of the parameters, and of what layers measure, by name."""
        return {name: array.copy() for name, array in (self._parameters | self._statistics).items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over a state, as `state_dict` or PyTorch's layers of the same kind name its parts.

        How many batches a layer of PyTorch has counted ("num_batches_tracked") does not matter here.

        Raises
        ------
        ShapeError, ArgumentError
            When a name is missing or too many, a shape differs, or something is no array of real numbers.
            Nothing has changed then.
        """
        own = self._parameters | self._statistics
        if not isinstance(state, Mapping):
            raise ShapeError(f"the state of a network is a dict of arrays by name, not {show(state)}")
        counts = {f"{index}.num_batches_tracked" for index in range(len(self.layers))}
        state = {name: array for name, array in state.items() if name not in counts}
        if state.keys() != own.keys():
            raise ShapeError(
                f"the network has the parameters {', '.join(own)}; got {', '.join(map(str, state)) or 'none'}"
            )
        taken = {}
        for name, array in own.items():
            taken[name] = as_numbers(state[name], self.dtype, f"The parameter {name}")
            if taken[name].shape != array.shape:
                raise ShapeError(f"parameter {name} has shape {array.shape}, got {taken[name].shape}")
        for name, array in own.items():
            array[...] = taken[name]

    def set_parameter_vector(self, vector: Array) -> None:
        """Copy all parameters in, laid out as `parameter_vector`."""
        numbers = as_numbers(vector, self.dtype, "The vector of parameters")
        if numbers.shape != self.parameter_vector.shape:
            raise ShapeError(
                f"the network has {self.parameter_count} parameters, got an array of shape {numbers.shape}"
            )
        self.parameter_vector[...] = numbers

    def set_state_vector(self, vector: Array) -> None:
        """Copy a whole state in, laid out as `state_vector`."""
        numbers = as_numbers(vector, self.dtype, "The vector of a state")
        if numbers.shape != self.state_vector.shape:
            raise ShapeError(
                f"the state of the network has shape {self.state_vector.shape}, got {numbers.shape}"
            )
        self.state_vector[...] = numbers

    def __repr__(self) -> str:
        lines = "".join(f"  ({index}): {layer!r}\n" for index, layer in enumerate(self.layers))
        return f"Sequential(\n{lines})"


def _checked_layers(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    given = tuple(layers) if isinstance(layers, Iterable) else ()
    if not given or not all(isinstance(layer, Layer) for layer in given):
        raise ArgumentError("a network takes a list of layers, such as [Flatten(), Linear(784, 10)]")
    if len({id(layer) for layer in given}) < len(given):
        raise ArgumentError("a layer can be in a network only once: it holds one set of parameters")
    return given


def _numbered(shapes: Iterable[Mapping[str, Shape]]) -> dict[str, Shape]:
    """The shapes of all layers, each name with the position of its layer in front."""
    return {f"{index}.{name}": shape for index, own in enumerate(shapes) for name, shape in own.items()}


def _parts(x: Array, count: int) -> list[Array]:
    size = -(-len(x) // count)
    return [x[part * size : (part + 1) * size] for part in range(count)]


def _join(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)

"""What all layers have in common."""

import math
from collections.abc import Mapping
from types import EllipsisType
from typing import Any, ClassVar

import numpy as np

from cnncore import buffers
from cnncore.errors import ArgumentError, ShapeError
from cnncore.initialisers import Initialiser, he
from cnncore.shapes import Shape
from cnncore.windows import Array

MAX_PARAMETERS = 2**28
"""Numbers that one layer may learn: 1 GiB in float32."""


class Layer:
    """A function with parameters, and the way its gradients go back.

    A layer holds parameters, not passes: `forward` returns a cache with what `backward` needs, so two passes
    may be alive at once.

    Attributes
    ----------
    parameters : dict of str to array
        "weight" and "bias" where the layer has them. `backward` gives gradients under the same names.
        They are zero until `initialize`, and change in place.
    statistics : dict of str to array
        What the layer measures while the network learns and uses otherwise, such as running means. Part of a
        network's state, but nothing that an optimizer changes.
    whole_batch : bool
        Whether a layer of this class must see the whole batch at once while the network learns.
    """

    whole_batch: ClassVar[bool] = False

    def __init__(
        self,
        parameter_shapes: Mapping[str, Shape] | None = None,
        statistics_shapes: Mapping[str, Shape] | None = None,
    ) -> None:
        self.parameter_shapes: Mapping[str, Shape] = parameter_shapes or {}
        self.statistics_shapes: Mapping[str, Shape] = statistics_shapes or {}
        self._taken: Shape | None = None
        if self.parameter_count > MAX_PARAMETERS:
            raise ArgumentError(
                f"a layer has at most {MAX_PARAMETERS:,} parameters, this one would have more"
            )
        self.parameters: dict[str, Array] = {
            name: np.zeros(shape, np.float32) for name, shape in self.parameter_shapes.items()
        }
        self.statistics: dict[str, Array] = {
            name: np.zeros(shape, np.float32) for name, shape in self.statistics_shapes.items()
        }

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Any]:
        """Compute ``(y, cache)``; `training` matters to layers that behave differently while they learn."""
        raise NotImplementedError

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """Carry the gradient of the loss from the output back to the input and the parameters.

        Parameters
        ----------
        dy : array, shaped as the output
            Derivative of the loss with respect to the output.
        cache
            What the `forward` of this pass returned.
        need_dx : bool
            False saves the work for dx, as in the first layer of a network that learns.
        out : mapping of str to array, optional
            Arrays that take the gradients of the parameters; new ones are made without.

        Returns
        -------
        dx : array, shaped as the input, or None where it was not needed
        grads : dict of str to array
            Derivatives with respect to `parameters`, summed over the batch.
        """
        raise NotImplementedError

    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape of the output for an input of this shape, both without the batch axis.

        Raises
        ------
        ShapeError
            When the layer cannot take such an input.
        """
        raise NotImplementedError

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications that go into a sum, for one image of this shape. Zero where there are none."""
        self.output_shape(input_shape)
        return 0

    def initialize(self, rng: np.random.Generator, draw: Initialiser = he) -> None:
        """Give the parameters their start values, in place; `draw` fills the weights.

        The same generator state gives the same values.
        """

    @property
    def parameter_count(self) -> int:
        """How many numbers the layer can learn."""
        return sum(math.prod(shape) for shape in self.parameter_shapes.values())

    def _gradient_arrays(self, out: Mapping[str, Array] | None) -> dict[str, Array]:
        if out is not None:
            return {name: out[name] for name in self.parameters}
        return {name: np.empty_like(array) for name, array in self.parameters.items()}

    def _check(self, x: Array, *axes: int | str | EllipsisType) -> None:
        """Raise unless x is a batch of numbers that has these axes behind the first.

        A number is the size that an axis must have, a word stands for any size, and ``...`` for more axes.
        """
        # Most of the time all is well, and this is all that is asked.
        if type(x) is np.ndarray and x.dtype.kind == "f" and x.size and x.shape[1:] == self._taken:
            return
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "fiub":
            given = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
            raise ArgumentError(f"{self!r} takes an array of real numbers, got {given}")
        more = axes[-1] is ...
        sizes, wanted = x.shape[1:], axes[:-1] if more else axes
        fits = x.ndim > 0 and (len(sizes) == len(wanted) or (more and len(sizes) > len(wanted)))
        if not fits or any(isinstance(n, int) and n != size for n, size in zip(wanted, sizes, strict=False)):
            text = ", ".join("..." if axis is ... else str(axis) for axis in ("N", *axes))
            raise ShapeError(f"{self!r} takes ({text}), got {x.shape}")
        if not x.size:
            raise ShapeError(f"{self!r} takes at least one number, got none: shape {x.shape}")
        self._taken = x.shape[1:]

    def _check_gradient(self, dy: Array, shape: Shape) -> None:
        """Raise unless dy can be the gradient with respect to an output of that shape."""
        if not isinstance(dy, np.ndarray) or dy.shape != tuple(shape):
            given = dy.shape if isinstance(dy, np.ndarray) else f"a {type(dy).__name__}"
            raise ShapeError(
                f"{self!r} gave an output of shape {tuple(shape)} and takes a gradient of it, got {given}"
            )
        if dy.dtype.kind != "f":
            raise ArgumentError(f"{self!r} takes a gradient of floats, got an array of {dy.dtype}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def buffer_like(x: Array) -> Array:
    """A buffer with the shape and the memory order of x, float32 unless x is of another float type."""
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    inverse = sorted(range(x.ndim), key=order.__getitem__)
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
    return buffers.empty(tuple(x.shape[axis] for axis in order), dtype).transpose(inverse)

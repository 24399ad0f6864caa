"""The options of each kind of layer as they are typed: how each is read, written and stepped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnncore import LayerSpec, SpecError
from cnncore.padding import PADDING_MODES

_SPLIT = re.compile(r"[\s×x,;*/]+", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_NUMBER = re.compile(r"[-−+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:e[-−+]?[0-9]{1,3})?", re.ASCII)
KEEP = "keep"
"""What stands for a size that stays as it is."""


@dataclass(frozen=True)
class OptionField:
    """One option of a layer.

    Attributes
    ----------
    key, title, tooltip : str
        The option's name, the word beside its field, and what it does.
    form : str
        "whole"; "size", one number or a pair; "padding", or four, or a word; "target", a size or "keep";
        "number"; "flag"; "choice".
    choices : tuple of str
        The words of a choice.
    step : float
        What an arrow adds to a number.
    """

    key: str
    title: str
    tooltip: str
    form: str
    choices: tuple[str, ...] = ()
    step: float = 1.0

    def text(self, value: Any) -> str:
        """Write a value as it stands in the field."""
        if value is None:
            return KEEP
        if isinstance(value, tuple):
            separator = ", " if len(value) == 4 else "×"
            return separator.join(KEEP if number is None else str(number) for number in value)
        return f"{value:g}" if self.form == "number" else str(value)

    def value(self, text: str) -> Any:
        """Read what was typed. Raises SpecError with a sentence; the layer itself checks the limits."""
        plain = text.strip().lower()
        if self.form == "number":
            return self._number(plain)
        if self.form == "padding" and plain in ("same", "valid"):
            return plain
        if self.form == "target" and plain == KEEP:
            return None
        parts = [part for part in _SPLIT.split(plain) if part]
        counts = {"whole": (1,), "size": (1, 2), "target": (1, 2), "padding": (1, 2, 4)}[self.form]
        keeps = self.form == "target"
        if len(parts) not in counts or not all(
            _WHOLE.fullmatch(part) or (keeps and part == KEEP) for part in parts
        ):
            raise SpecError(f"{self.title} takes {_TAKES[self.form]}, not “{text.strip()[:20]}”.")
        numbers = tuple(None if part == KEEP else int(part) for part in parts)
        return numbers[0] if len(numbers) == 1 else numbers

    def _number(self, plain: str) -> float:
        if not _NUMBER.fullmatch(plain):
            raise SpecError(f"{self.title} takes a number, not “{plain[:20]}”.")
        return float(plain.replace(",", ".").replace("−", "-"))

    def stepped(self, layer: LayerSpec, text: str, direction: int) -> str | None:
        """Return the text one arrow further, None where the layer would not take it."""
        try:
            stepped = self._next(self.value(text), direction)
            return self.text(
                LayerSpec(layer.kind, layer.name, {**layer.options, self.key: stepped}).options[self.key]
            )
        except SpecError:
            return None

    def _next(self, value: Any, direction: int) -> Any:
        if self.form == "number":
            return round(value + self.step * direction, 6)
        if isinstance(value, tuple):
            return tuple(number if number is None else number + direction for number in value)
        if isinstance(value, int):
            return value + direction
        return int(direction > 0)  # beside a word lie none, and one


_TAKES = {
    "whole": "one whole number",
    "size": "one whole number, or two: rows × columns",
    "target": "one whole number, or two: rows × columns; or “keep”",
    "padding": "one, two or four whole numbers, “same” or “valid”",
}
_SIZES = "One number, or two: rows × columns"
_KERNEL = OptionField("kernel_size", "Kernel", f"Size of the window. {_SIZES}", "size")
_STRIDE = OptionField("stride", "Stride", f"How far the window moves from place to place. {_SIZES}", "size")
_DILATION = OptionField(
    "dilation", "Dilation", f"How far apart the cells lie that the window reads. {_SIZES}", "size"
)
_BIAS = OptionField("bias", "Bias", "Whether a number of its own is added to each output", "flag")
_POOLING = (
    OptionField("kernel_size", "Window", f"Size of the window. {_SIZES}", "size"),
    _STRIDE,
    OptionField("padding", "Padding", f"Cells around the image, at most half the window. {_SIZES}", "size"),
)
_CEILING = OptionField(
    "ceil_mode",
    "Round up",
    "Whether a last window may reach beyond the edge, so that no cell is left out",
    "flag",
)

OPTION_FIELDS: Mapping[str, tuple[OptionField, ...]] = MappingProxyType(
    {
        "conv2d": (
            OptionField("out_channels", "Maps", "Kernels, and so maps that come out", "whole"),
            _KERNEL,
            _STRIDE,
            OptionField(
                "padding",
                "Padding",
                "Cells around the image. One number; two: rows × columns; four: top, bottom, left, right; "
                "or “same”, which keeps the size, or “valid”, none",
                "padding",
            ),
            _DILATION,
            OptionField("groups", "Groups", "Maps of a group read the channels of their group only", "whole"),
            OptionField(
                "padding_mode",
                "Around",
                "What lies around the image: zeros, its mirror image, its edge, or its other end",
                "choice",
                PADDING_MODES,
            ),
            _BIAS,
        ),
        "maxpool2d": (*_POOLING, _DILATION, _CEILING),
        "avgpool2d": (
            *_POOLING,
            _CEILING,
            OptionField(
                "count_include_pad",
                "Count padding",
                "Whether the zeros around the image count in the mean",
                "flag",
            ),
        ),
        "adaptiveavgpool2d": (
            OptionField(
                "output_size",
                "Output",
                "Size that comes out, whatever goes in. One number, or rows × columns; “keep” for as it is",
                "target",
            ),
        ),
        "batchnorm2d": (
            OptionField(
                "eps", "ε", "Added to the variance, so that nothing is divided by 0", "number", step=1e-5
            ),
            OptionField(
                "momentum", "Momentum", "How fast the running mean and variance follow", "number", step=0.05
            ),
            OptionField("affine", "Scale, shift", "Whether each channel learns a scale and a shift", "flag"),
        ),
        "dropout": (
            OptionField(
                "p", "Left out", "Share of the numbers that are left out, while training", "number", step=0.05
            ),
        ),
        "relu": (),
        "leakyrelu": (
            OptionField(
                "negative_slope", "Slope", "What negative numbers are multiplied by", "number", step=0.01
            ),
        ),
        "sigmoid": (),
        "tanh": (),
        "arctan": (),
        "softmax": (),
        "flatten": (),
        "linear": (
            OptionField(
                "out_features",
                "Outputs",
                "Numbers that come out, each a weighted sum of all that go in",
                "whole",
            ),
            _BIAS,
        ),
    }
)
"""For each kind of layer its options, in the order in which they are shown."""

KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "conv2d": "Each map is made by one kernel that slides over all channels.",
        "maxpool2d": "Keeps the largest number in each window.",
        "avgpool2d": "Keeps the mean of each window.",
        "adaptiveavgpool2d": "Means over as many windows as give the wanted size.",
        "batchnorm2d": "Gives each channel mean 0 and variance 1; in use, by what it has seen.",
        "dropout": "Leaves numbers out at random while training, so that none is relied on. Idle in use.",
        "relu": "Keeps positive numbers and sets negative ones to 0.",
        "leakyrelu": "Keeps positive numbers and makes negative ones small.",
        "sigmoid": "Squeezes each number into 0 to 1.",
        "tanh": "Squeezes each number into −1 to 1.",
        "arctan": "Squeezes each number into −π/2 to π/2.",
        "softmax": "Turns numbers into probabilities. The loss does that by itself already.",
        "flatten": "Lays the maps out as one list of numbers.",
        "linear": "Each output is a weighted sum of all inputs.",
    }
)
"""What each kind of layer does, in a sentence."""

INITIALISER_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "he": ("He", "Variance 2 / inputs: made for ReLU, which sets half of the numbers to 0."),
        "glorot": ("Glorot", "Variance 2 / (inputs + outputs): for sigmoid and tanh, forward and backward."),
        "lecun": ("LeCun", "Variance 1 / inputs: sums stay as large as what goes in."),
        "size": ("By size", "Variance 1 / all weights of the layer: signals shrink from layer to layer."),
    }
)
"""What each initialiser is called, and what it does."""


def refusal(field: OptionField, layer: LayerSpec, error: str) -> str:
    """Return why a value is none for this option, in the words of the screen."""
    return error.replace(f"Option {field.key} of layer {layer.name}", field.title)

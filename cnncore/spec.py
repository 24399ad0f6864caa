"""The description of a model, apart from any parameters: what is saved, edited and compared."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_list, check_text, check_whole, show
from cnncore.errors import ArgumentError, ShapeError, SpecError
from cnncore.initialisers import INITIALISERS
from cnncore.layer_spec import KINDS, MAX_SIZE, LayerSpec
from cnncore.network import Sequential
from cnncore.shapes import Shape
from cnncore.standardisation import Standardisation, StandardisedNetwork
from cnncore.work import MAX_WORK, laid_out, work_of

MAX_JSON_CHARACTERS = 200_000
MAX_LAYERS = 64
MAX_PARAMETERS = 20_000_000
MAX_VALUES = 4_000_000
"""Most values that one image may turn into in one layer."""
MAX_CLASSES = 1000

_FORMAT = "cnn-explorer-model"
_VERSION = 1


@dataclass(frozen=True)
class ModelSpec:
    """A model: the shape of its input, its layers in order, and the classes it tells apart.

    A `ModelSpec` that exists is consistent: each layer fits the one before, and the last one gives one number
    for each class. Two are equal when all of this is equal.

    Attributes
    ----------
    name, title : str
        A short name for files and settings, and what it is called on screen.
    input_shape : (int, int, int)
        Shape (C, H, W) of an image.
    layers : tuple of LayerSpec
        1 to 64 layers with different names.
    class_names : tuple of str
        The names of the classes.
    standardisation : Standardisation, optional
        What is done to the pixels before the first layer.
    initialiser : str
        How the weights get their start values: a name of `INITIALISERS`, by default "he".

    Raises
    ------
    SpecError
        When something is out of bounds or a layer does not fit; the message names the layer.
    """

    name: str
    title: str
    input_shape: tuple[int, int, int]
    layers: tuple[LayerSpec, ...]
    class_names: tuple[str, ...]
    standardisation: Standardisation | None = None
    initialiser: str = "he"
    _shapes: tuple[Shape, ...] = field(default=(), init=False, repr=False, compare=False)
    _counts: tuple[int, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_text(self.name, "The name of a model")
        check_text(self.title, "The title of a model")
        shape = check_list(self.input_shape, "The input shape", 3, 3)
        sizes = tuple(check_whole(size, "Each number of the input shape", 1, MAX_SIZE) for size in shape)
        layers = tuple(check_list(self.layers, "The layers of a model", 1, MAX_LAYERS))
        classes = tuple(check_list(self.class_names, "The classes of a model", 2, MAX_CLASSES))
        for name in classes:
            check_text(name, "The name of a class")
        if not all(isinstance(layer, LayerSpec) for layer in layers):
            raise SpecError("Each layer of a model must be a LayerSpec.")
        names = [layer.name for layer in layers]
        for twice in (name for name in names if names.count(name) > 1):
            raise SpecError(f"Two layers have the name {twice}.")
        if not isinstance(self.initialiser, str) or self.initialiser not in INITIALISERS:
            raise SpecError(
                f"The initialiser of a model must be one of {', '.join(INITIALISERS)}, "
                f"not {show(self.initialiser)}."
            )
        if self.standardisation is not None:
            _check_standardisation(self.standardisation, sizes[0])
        object.__setattr__(self, "input_shape", sizes)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "class_names", classes)
        shapes, counts = _walk(layers, sizes)
        if shapes[-1] != (len(classes),):
            raise SpecError(
                f"The last layer, {layers[-1].name}, must give one number for each of the "
                f"{len(classes)} classes, but its output has the shape {shapes[-1]}."
            )
        object.__setattr__(self, "_shapes", shapes)
        object.__setattr__(self, "_counts", counts)

    def shapes(self) -> tuple[Shape, ...]:
        """Return the shape of each layer's output for one image, without the batch axis."""
        return self._shapes

    def parameter_counts(self) -> tuple[int, ...]:
        """Return how many weights and biases each layer has."""
        return self._counts

    def build(self, rng: np.random.Generator, dtype: npt.DTypeLike = np.float32) -> Sequential:
        """Build the network with freshly drawn weights.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the initial weights.
        dtype : dtype
            ``float32``, or ``float64`` for gradient checks.
        """
        inputs = (self.input_shape, *self._shapes)
        layers = [
            KINDS[layer.kind].make(shape, layer.options)
            for layer, shape in zip(self.layers, inputs, strict=False)
        ]
        draw = INITIALISERS[self.initialiser]
        if self.standardisation is not None:
            return StandardisedNetwork(layers, rng, dtype, self.standardisation, draw)
        return Sequential(layers, rng, dtype, draw)

    def adapted(self, input_shape: tuple[int, int, int], class_names: Sequence[str]) -> "ModelSpec":
        """Return the same layers for other images: the last layer gives as many numbers as there are classes.

        A standardisation belongs to the old images and is left out.

        Parameters
        ----------
        input_shape : (int, int, int)
            Shape (C, H, W) of an image.
        class_names : sequence of str
            The names of the classes.

        Raises
        ------
        SpecError
            When a layer does not fit the images, or the last layer is not a linear one.
        """
        *layers, last = self.layers
        if last.kind == "linear":
            last = LayerSpec(last.kind, last.name, {**last.options, "out_features": len(class_names)})
        return replace(
            self,
            input_shape=input_shape,
            layers=(*layers, last),
            class_names=tuple(class_names),
            standardisation=None,
        )

    def to_json(self) -> str:
        """Return the description as JSON text, which `from_json` reads back to an equal model."""
        content: dict[str, Any] = {
            "format": _FORMAT,
            "version": _VERSION,
            "name": self.name,
            "title": self.title,
            "input_shape": self.input_shape,
            "class_names": self.class_names,
            "layers": [{"kind": layer.kind, "name": layer.name, **layer.options} for layer in self.layers],
        }
        if self.standardisation is not None:
            content["standardisation"] = {
                "mean": self.standardisation.mean,
                "std": self.standardisation.std,
            }
        if self.initialiser != "he":
            content["initialiser"] = self.initialiser
        return json.dumps(content, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ModelSpec":
        """Read what `to_json` wrote. The text may come from anywhere.

        Parameters
        ----------
        text : str
            At most 200,000 characters.

        Raises
        ------
        SpecError
            When it is no JSON, not a model of this format, or not a model that can be built.
        """
        content = _parse(text)
        if not isinstance(content, dict) or content.pop("format", None) != _FORMAT:
            raise SpecError("This is not the description of a CNN Explorer model.")
        version = content.pop("version", None)
        if version != _VERSION or isinstance(version, bool):
            raise SpecError(
                f"The model is of version {show(version)}; this program reads version {_VERSION}."
            )
        # Descriptions from before there was a choice have neither of these.
        standardisation = content.pop("standardisation", None)
        initialiser = content.pop("initialiser", "he")
        expected = {"name", "title", "input_shape", "class_names", "layers"}
        if set(content) != expected:
            wrong = sorted(set(content) ^ expected)[0]
            raise SpecError(
                f"The model {'lacks' if wrong in expected else 'has an unknown'} entry {show(wrong)}."
            )
        content["layers"] = tuple(
            _layer_from_json(entry)
            for entry in check_list(content["layers"], "The layers of a model", 1, MAX_LAYERS)
        )
        return cls(
            **content,
            standardisation=_standardisation_from_json(standardisation),
            initialiser=initialiser,
        )


def _parse(text: str) -> Any:
    if not isinstance(text, str) or len(text) > MAX_JSON_CHARACTERS:
        raise SpecError(f"A model's description is a text of at most {MAX_JSON_CHARACTERS:,} characters.")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except SpecError:
        raise
    except (ValueError, RecursionError) as error:
        raise SpecError(f"The model's description is no valid JSON: {error}.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise SpecError("The model's description has the same entry twice.")
    return result


def _no_constant(name: str) -> NoReturn:
    raise SpecError(f"The model's description holds {name}, which is no number.")


def _layer_from_json(entry: Any) -> LayerSpec:
    if not isinstance(entry, dict) or not {"kind", "name"} <= set(entry):
        raise SpecError("Each layer must have a kind and a name.")
    return LayerSpec(entry.pop("kind"), entry.pop("name"), entry)


def _standardisation_from_json(entry: Any) -> Standardisation | None:
    if entry is None:
        return None
    if not isinstance(entry, dict) or set(entry) != {"mean", "std"}:
        raise SpecError("A standardisation must have a mean and a std.")
    return Standardisation(**entry)


def _check_standardisation(standardisation: object, channels: int) -> None:
    if not isinstance(standardisation, Standardisation):
        raise SpecError("The standardisation of a model must be a Standardisation.")
    if len(standardisation.mean) != channels:
        raise SpecError(
            f"The standardisation is for {len(standardisation.mean)} channels, the images have {channels}."
        )


def _walk(layers: Sequence[LayerSpec], shape: Shape) -> tuple[tuple[Shape, ...], tuple[int, ...]]:
    shapes, counts, work = [], [], 0
    for spec in layers:
        kind = KINDS[spec.kind]
        try:
            # Counted before the layer is made: making it takes the memory.
            counts.append(kind.count(shape, spec.options))
            if sum(counts) > MAX_PARAMETERS:
                raise SpecError(
                    f"With layer {spec.name} the model has more than {MAX_PARAMETERS:,} parameters."
                )
            layer = kind.make(shape, spec.options)
            work += work_of(layer, shape)
            values = laid_out(layer, shape)
            shape = layer.output_shape(shape)
        except (ShapeError, ArgumentError) as error:
            raise SpecError(f"Layer {spec.name} ({spec.kind}) does not fit: {error}") from error
        if max(values, math.prod(shape)) > MAX_VALUES:
            raise SpecError(f"Layer {spec.name} turns one image into more than {MAX_VALUES:,} numbers.")
        if work > MAX_WORK:
            raise SpecError(f"With layer {spec.name} one image takes more than {MAX_WORK:,} operations.")
        shapes.append(shape)
    return tuple(shapes), tuple(counts)

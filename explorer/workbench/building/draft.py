"""A network that is being built: layers that are right one by one, but need not fit together yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnncore import ALL_MODELS, INITIALISERS, LayerSpec, ModelSpec, SpecError, Standardisation
from cnncore.checks import check_text
from cnncore.spec import MAX_LAYERS

KIND_TITLES: Mapping[str, str] = {
    "conv2d": "Conv2d",
    "maxpool2d": "MaxPool",
    "avgpool2d": "AvgPool",
    "adaptiveavgpool2d": "AdaptiveAvgPool",
    "batchnorm2d": "BatchNorm2d",
    "dropout": "Dropout",
    "relu": "ReLU",
    "leakyrelu": "LeakyReLU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "arctan": "Arctan",
    "softmax": "Softmax",
    "flatten": "Flatten",
    "linear": "Linear",
}
"""What each kind of layer is called on screen, in the order in which they are offered."""

_STEMS = {
    "conv2d": "conv",
    "maxpool2d": "pool",
    "avgpool2d": "pool",
    "adaptiveavgpool2d": "average",
    "linear": "fc",
    "batchnorm2d": "norm",
    "leakyrelu": "leaky",
}
_FRESH: Mapping[str, Mapping[str, Any]] = {
    "conv2d": {"out_channels": 8, "kernel_size": 3, "padding": 1},
    "maxpool2d": {"kernel_size": 2},
    "avgpool2d": {"kernel_size": 2},
    "linear": {"out_features": 64},
}
_OWN = ("own", "Own network")
_LONGEST_NAME = 32


@dataclass(frozen=True)
class Draft:
    """What a `ModelSpec` holds, without the promise that the layers fit. Every edit returns another draft.

    Edits raise SpecError with a sentence when there is no such draft, IndexError for a place that is none.
    """

    name: str
    title: str
    input_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    layers: tuple[LayerSpec, ...]
    initialiser: str = "he"
    standardisation: Standardisation | None = None

    @classmethod
    def of(cls, spec: ModelSpec) -> Draft:
        """Return the draft of a model."""
        return cls(
            spec.name,
            spec.title,
            spec.input_shape,
            spec.class_names,
            spec.layers,
            spec.initialiser,
            spec.standardisation,
        )

    def spec(self) -> ModelSpec:
        """Return the model. Raises SpecError when the layers do not fit.

        What was a built-in model and is not any more gets a name of its own.
        """
        spec = ModelSpec(
            self.name,
            self.title,
            self.input_shape,
            self.layers,
            self.class_names,
            self.standardisation,
            self.initialiser,
        )
        for name, make in ALL_MODELS.items():
            built_in = make()
            if replace(spec, name=name, title=built_in.title) == built_in:
                return built_in
        if self.name in ALL_MODELS:
            title = _OWN[1] if self.title == ALL_MODELS[self.name]().title else self.title
            return replace(spec, name=_OWN[0], title=title)
        return spec

    def for_images(self, input_shape: tuple[int, int, int], class_names: tuple[str, ...]) -> Draft:
        """Return the same layers for other images; a linear layer at the end counts their classes."""
        layers = self.layers
        if layers and layers[-1].kind == "linear":
            last = layers[-1]
            options = {**last.options, "out_features": len(class_names)}
            layers = (*layers[:-1], LayerSpec(last.kind, last.name, options))
        same = input_shape == self.input_shape
        return replace(
            self,
            input_shape=input_shape,
            class_names=class_names,
            layers=layers,
            standardisation=self.standardisation if same else None,
        )

    def inserted(self, place: int, kind: str, **options: Any) -> Draft:
        """Put a new layer of a kind before the layer at `place`, or at the end."""
        if not 0 <= place <= len(self.layers):
            raise IndexError(f"There is no place {place}.")
        if kind not in KIND_TITLES:
            raise SpecError(f"There are no layers of the kind {kind!r}.")
        layer = LayerSpec(kind, self._free_name(_STEMS.get(kind, kind)), {**_FRESH.get(kind, {}), **options})
        return self._with(*self.layers[:place], layer, *self.layers[place:])

    def removed(self, place: int) -> Draft:
        """Take a layer out."""
        self._layer(place)
        return self._with(*self.layers[:place], *self.layers[place + 1 :])

    def moved(self, place: int, to: int) -> Draft:
        """Take a layer out and put it in so that it is the layer at `to`."""
        layer = self._layer(place)
        self._layer(to)
        rest = [*self.layers[:place], *self.layers[place + 1 :]]
        return self._with(*rest[:to], layer, *rest[to:])

    def duplicated(self, place: int) -> Draft:
        """Put a copy behind a layer, with a name of its own."""
        layer = self._layer(place)
        copy = LayerSpec(layer.kind, self._free_name(layer.name.rstrip("0123456789")), layer.options)
        return self._with(*self.layers[: place + 1], copy, *self.layers[place + 1 :])

    def with_options(self, place: int, **options: Any) -> Draft:
        """Change options of a layer."""
        layer = self._layer(place)
        return self._replaced(place, LayerSpec(layer.kind, layer.name, {**layer.options, **options}))

    def renamed(self, place: int, name: str) -> Draft:
        """Give a layer another name."""
        layer = self._layer(place)
        if any(other.name == name for i, other in enumerate(self.layers) if i != place):
            raise SpecError(f"Another layer has the name {name} already.")
        return self._replaced(place, LayerSpec(layer.kind, name, layer.options))

    def titled(self, title: str) -> Draft:
        """Call the network something else."""
        check_text(title, "The name of a network")
        return replace(self, title=title)

    def with_standardisation(self, standardisation: Standardisation | None) -> Draft:
        """Choose what is done to the pixels before the first layer."""
        return replace(self, standardisation=standardisation)

    def with_initialiser(self, name: str) -> Draft:
        """Choose how the weights get their start values."""
        if name not in INITIALISERS:
            raise SpecError(f"The initialiser must be one of {', '.join(INITIALISERS)}.")
        return replace(self, initialiser=name)

    def _layer(self, place: int) -> LayerSpec:
        if not 0 <= place < len(self.layers):
            raise IndexError(f"There is no layer {place}.")
        return self.layers[place]

    def _replaced(self, place: int, layer: LayerSpec) -> Draft:
        return self._with(*self.layers[:place], layer, *self.layers[place + 1 :])

    def _with(self, *layers: LayerSpec) -> Draft:
        if len(layers) > MAX_LAYERS:
            raise SpecError(f"A network has at most {MAX_LAYERS} layers.")
        return replace(self, layers=layers)

    def _free_name(self, stem: str) -> str:
        taken = {layer.name for layer in self.layers}
        numbers = (str(number) for number in range(1, len(taken) + 2))
        names = [stem, *(stem[: _LONGEST_NAME - len(number)] + number for number in numbers)]
        return next(name for name in names if name not in taken)

"""Descriptions of models: round trips, what they build, and everything hostile that a file may hold."""

import json
import tracemalloc
from contextlib import suppress
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cnncore import (
    AdamW,
    Conv2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    ModelSpec,
    SpecError,
    Standardisation,
    cross_entropy,
    reference,
    tiny,
)
from cnncore.layer_spec import KINDS
from cnncore.padding import PADDING_MODES

CLASSES = ("a", "b", "c")


def model(*layers: LayerSpec, input_shape: Any = (2, 12, 10)) -> ModelSpec:
    end = (LayerSpec("flatten", "flatten"), LayerSpec("linear", "out", {"out_features": 3}))
    return ModelSpec("m", "M", input_shape, (*layers, *end), CLASSES)


def conv(name: str = "conv", **options: Any) -> LayerSpec:
    return LayerSpec("conv2d", name, {"out_channels": 4, "kernel_size": 3} | options)


@st.composite
def image_layers(draw: st.DrawFn) -> LayerSpec:
    kind = draw(st.sampled_from(sorted(set(KINDS) - {"flatten", "linear"})))
    pairs = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
    options: dict[str, Any] = {}
    if kind == "conv2d":
        padding = st.one_of(st.integers(0, 2), st.lists(st.integers(0, 2), min_size=4, max_size=4))
        options = {
            "out_channels": draw(st.integers(1, 4)),
            "kernel_size": draw(pairs),
            "stride": draw(pairs),
            "padding": draw(padding),
            "dilation": draw(pairs),
            "bias": draw(st.booleans()),
        }
        options["groups"] = draw(st.integers(1, 2))
        options["padding_mode"] = draw(st.sampled_from(PADDING_MODES))
    elif kind in ("maxpool2d", "avgpool2d"):
        options = {"kernel_size": draw(pairs), "stride": draw(st.one_of(st.none(), pairs))}
        options["ceil_mode"] = draw(st.booleans())
        if kind == "maxpool2d":
            options["dilation"] = draw(pairs)
        else:
            options["count_include_pad"] = draw(st.booleans())
    elif kind == "adaptiveavgpool2d":
        options = {"output_size": draw(st.none() | pairs | st.tuples(st.none(), st.integers(1, 4)))}
    elif kind == "batchnorm2d":
        options = {"eps": draw(st.floats(1e-6, 1)), "affine": draw(st.booleans()), "momentum": 1}
    elif kind == "leakyrelu":
        options = {"negative_slope": draw(st.floats(0, 1))}
    elif kind == "dropout":
        options = {"p": draw(st.floats(0, 1))}
    return LayerSpec(kind, "layer", options)


@settings(deadline=None, max_examples=60)
@given(layers=st.lists(image_layers(), max_size=4), seed=st.integers(0, 5))
def test_shapes_counts_and_json_agree_with_the_network(layers: list[LayerSpec], seed: int) -> None:
    layers = [replace(layer, name=f"layer{index}") for index, layer in enumerate(layers)]
    try:
        spec = model(*layers)
    except SpecError:
        reject()
    again = ModelSpec.from_json(spec.to_json())
    assert again == spec
    assert hash(again) == hash(spec)
    network = spec.build(np.random.default_rng(seed))
    x = np.random.default_rng(seed).random((2, *spec.input_shape), np.float32)
    for layer, shape, count in zip(network.layers, spec.shapes(), spec.parameter_counts(), strict=True):
        x, _ = layer.forward(x)
        assert x.shape == (2, *shape)
        assert layer.parameter_count == count
    assert network.parameter_count == sum(spec.parameter_counts())


def test_what_is_built_is_what_is_described() -> None:
    options = {"stride": 2, "padding": (1, 0, 2, 2), "dilation": (1, 2), "bias": False}
    pool = LayerSpec("maxpool2d", "pool", {"kernel_size": (2, 1), "stride": 1})
    network = model(conv(**options), pool).build(np.random.default_rng(0), np.float64)
    first, second, _, last = network.layers
    assert isinstance(first, Conv2d)
    assert (first.in_channels, first.out_channels, first.stride) == (2, 4, (2, 2))
    assert (first.padding, first.dilation, list(first.parameters)) == ((1, 0, 2, 2), (1, 2), ["weight"])
    assert isinstance(second, MaxPool2d)
    assert (second.kernel_size, second.stride) == ((2, 1), (1, 1))
    assert isinstance(last, Linear)
    assert last.out_features == 3
    assert network.dtype == np.float64


def test_the_same_seed_builds_the_same_network() -> None:
    one, other = (tiny().build(np.random.default_rng([3, 0])) for _ in range(2))
    assert one.parameter_vector.tobytes() == other.parameter_vector.tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"stride": (1, 1), "padding": "valid", "dilation": [1, 1], "bias": True}),
        ({"kernel_size": [5, 5]}, {"kernel_size": 5}),
        ({"padding": [1, 1, 1, 1]}, {"padding": 1}),
        ({"padding": [1, 1, 2, 2]}, {"padding": (1, 2)}),
    ],
)
def test_equal_layers_compare_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert conv(**one) == conv(**other)


def test_a_pool_steps_by_its_own_size() -> None:
    assert LayerSpec("maxpool2d", "pool", {"kernel_size": 2}).options["stride"] == 2


def test_nothing_can_be_changed() -> None:
    spec = reference()
    with pytest.raises(FrozenInstanceError):
        spec.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        spec.layers[0].options["stride"] = 2  # type: ignore[index]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("conv3d", {}, "unknown kind 'conv3d'; known are conv2d"),
        ("relu", {"slope": 1}, r"Layer x \(relu\) has no option 'slope'"),
        ("conv2d", {"kernel_size": 3}, "needs the option out_channels"),
        ("conv2d", {"kernel_size": 3, "out_channels": 0}, "whole number from 1 to 1,024, not 0"),
        ("conv2d", {"kernel_size": 3, "out_channels": True}, "not True"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2.0}, "not 2.0"),
        ("conv2d", {"kernel_size": (3, 3, 3), "out_channels": 2}, "a list of 2 entries"),
        ("conv2d", {"kernel_size": 10**30, "out_channels": 2}, "whole number"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "padding": -1}, "whole number from 0"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "padding": "full"}, "list of 2"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "padding": {}}, "list of 2"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "bias": 1}, "true or false"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "groups": 0}, "whole number from 1"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "padding_mode": "wrap"}, "one of zeros, reflect"),
        ("conv2d", {"kernel_size": 3, "out_channels": 2, "padding_mode": ["zeros"]}, "not a list"),
        ("avgpool2d", {}, "needs the option kernel_size"),
        ("avgpool2d", {"kernel_size": 2, "dilation": 2}, "no option 'dilation'"),
        ("maxpool2d", {"kernel_size": 2, "ceil_mode": 1}, "true or false"),
        ("adaptiveavgpool2d", {"output_size": 0}, "from 1 to 1,024"),
        ("adaptiveavgpool2d", {"output_size": [1, None, 1]}, "list of 2"),
        ("adaptiveavgpool2d", {"output_size": True}, "not True"),
        ("batchnorm2d", {"eps": 0}, "from 1e-12 to 1"),
        ("batchnorm2d", {"momentum": 2}, "from 0 to 1"),
        ("batchnorm2d", {"num_features": 2}, "no option 'num_features'"),
        ("dropout", {"p": float("nan")}, "from 0 to 1"),
        ("dropout", {"p": True}, "not True"),
        ("leakyrelu", {"negative_slope": "0.1"}, "not '0.1'"),
        ("linear", {"out_features": 10**6}, "from 1 to 100,000"),
        ("linear", {"out_features": [10]}, "not a list"),
        ("maxpool2d", {"kernel_size": "2"}, "list of 2"),
        ("relu", [], "names with values"),
    ],
)
def test_a_wrong_layer_is_refused(kind: str, options: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        LayerSpec(kind, "x", options)


@pytest.mark.parametrize("name", ["", "1x", "a b", "x" * 33, "é", "a\n", None, 3])
def test_a_wrong_layer_name_is_refused(name: Any) -> None:
    with pytest.raises(SpecError, match="name"):
        LayerSpec("relu", name)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((conv("big", kernel_size=13),), r"Layer big \(conv2d\) does not fit: .*\(2, 12, 10\)"),
        ((conv(), conv()), "Two layers have the name conv"),
        ((LayerSpec("linear", "fc", {"out_features": 4}),), "Layer fc .* flatten layer before"),
        ((LayerSpec("flatten", "f"), conv("c")), r"Layer c .* images of shape \(C, H, W\)"),
        ((conv(stride=2, padding="same"),), "Layer conv .*same"),
        ((LayerSpec("maxpool2d", "pool", {"kernel_size": 2, "padding": 2}),), "Layer pool .*half"),
        ((conv(groups=4),), "Layer conv .*4 groups"),
        ((conv(padding=10, padding_mode="reflect"),), "Layer conv .*reflect padding of 10"),
        ((LayerSpec("flatten", "f"), LayerSpec("batchnorm2d", "n")), "Layer n .*images of shape"),
        (tuple(LayerSpec("relu", f"r{i}") for i in range(65)), "list of 1 to 64"),
        ((conv(out_channels=1024), conv("c2", out_channels=1024, kernel_size=7)), "layer c2 .*20,000,000"),
        ((conv("wide", out_channels=1024, padding=500),), "Layer wide turns one image into more"),
        ((conv("vast", kernel_size=1024, padding=512),), "Layer vast turns one image into more"),
        (
            (conv("slow", out_channels=1000, padding=12), conv("more", out_channels=100)),
            "With layer more one image takes more than 500,000,000 operations",
        ),
        (
            (LayerSpec("maxpool2d", "pool", {"kernel_size": 400, "padding": 200, "stride": 1}),),
            "With layer pool one image takes more than 500,000,000 operations",
        ),
    ],
)
def test_layers_that_do_not_fit_are_named(layers: tuple[LayerSpec, ...], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        model(*layers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_names": ("a", "b")}, "out, must give one number for each of the 2 classes"),
        ({"class_names": ("a",)}, "2 to 1000"),
        ({"class_names": "abc"}, "must be a list"),
        ({"class_names": ("a", "b", "\ud800")}, "printable"),
        ({"input_shape": (2, 12)}, "list of 3"),
        ({"input_shape": (2, 12, 0)}, "1 to 1,024"),
        ({"input_shape": (2, 12, True)}, "1 to 1,024"),
        ({"layers": ()}, "list of 1 to 64"),
        ({"layers": ("relu",)}, "must be a LayerSpec"),
        ({"title": ""}, "title"),
        ({"title": "two\nlines"}, "printable"),
        ({"name": "x" * 81}, "name"),
        ({"name": 5}, "name"),
    ],
)
def test_a_wrong_model_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        replace(model(), **change)


def changed(**entries: Any) -> str:
    return json.dumps(json.loads(tiny().to_json()) | entries)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no valid JSON"),
        ("{", "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("9" * 5000, "no valid JSON"),
        (" " * 200_001, "at most 200,000"),
        (b"{}", "is a text"),
        ("[]", "not the description"),
        ("{}", "not the description"),
        ('{"format": NaN}', "NaN, which is no number"),
        ('{"format": 1, "format": 2}', "same entry twice"),
        (changed(format="other"), "not the description"),
        (changed(version=2), "version 2; this program reads version 1"),
        (changed(version=True), "version True"),
        (changed(extra=1), "unknown entry 'extra'"),
        (changed(layers={}), "must be a list"),
        (changed(layers=[[]]), "must have a kind and a name"),
        (changed(layers=[{"kind": "relu"}]), "must have a kind and a name"),
        (changed(layers=[{"kind": ["relu"], "name": "x"}]), "unknown kind a list"),
        (changed(layers=[{"kind": "relu", "name": "x", "kinds": 1}]), "no option 'kinds'"),
        (changed(input_shape=[1, 28, [28]]), "whole number"),
        (changed(input_shape={"a": 1}), "must be a list"),
        (changed(class_names=list(range(10))), "must be a text"),
        (changed(title="\u202e" * 3), "printable"),
        (changed(initialiser="xavier"), "one of he, glorot, lecun, size, not 'xavier'"),
        (changed(initialiser=["he"]), "not a list"),
    ],
)
def test_hostile_text_is_refused(text: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        ModelSpec.from_json(text)


def test_a_missing_entry_is_named() -> None:
    content = json.loads(tiny().to_json())
    del content["layers"]
    with pytest.raises(SpecError, match="lacks entry 'layers'"):
        ModelSpec.from_json(json.dumps(content))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(data=st.data())
def test_any_change_of_a_model_is_read_or_refused(data: st.DataObject) -> None:
    content = json.loads(tiny().to_json())
    target = data.draw(st.sampled_from([content, *content["layers"]]))
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(json_values)
    with suppress(SpecError):
        assert isinstance(ModelSpec.from_json(json.dumps(content)), ModelSpec)


def test_a_huge_model_is_refused_before_memory_is_taken() -> None:
    layers = [{"kind": "conv2d", "name": "c", "out_channels": 1024, "kernel_size": 1024, "padding": 1000}]
    tracemalloc.start()
    try:
        with pytest.raises(SpecError, match="20,000,000"):
            ModelSpec.from_json(changed(layers=layers, input_shape=[1024, 1024, 1024]))
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_standardisation_survives_the_round_trip() -> None:
    spec = replace(model(), standardisation=Standardisation((0.25, 1 / 3), (0.5, 1)))
    again = ModelSpec.from_json(spec.to_json())
    assert again == spec
    assert hash(again) == hash(spec)
    assert again != model()
    assert again.standardisation == Standardisation((0.25, 1 / 3), (0.5, 1.0))


def test_a_description_without_a_standardisation_stays_as_it_was() -> None:
    assert "standardisation" not in json.loads(model().to_json())
    assert ModelSpec.from_json(model().to_json()).standardisation is None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"mean": [0.5], "std": [1]}, "for 1 channels, the images have 2"),
        ({"mean": [0.5, 0.5]}, "must have a mean and a std"),
        ({"mean": [0, 0], "std": [1, 1], "max": [1, 1]}, "must have a mean and a std"),
        ([0.5], "must have a mean and a std"),
        ({"mean": [0, 0], "std": [0, 1]}, "Each std"),
        ({"mean": [0, 1e300], "std": [1, 1]}, "Each mean"),
    ],
)
def test_a_wrong_standardisation_is_refused(entry: Any, message: str) -> None:
    content = json.loads(model().to_json()) | {"standardisation": entry}
    with pytest.raises(SpecError, match=message):
        ModelSpec.from_json(json.dumps(content))


def test_only_a_standardisation_standardises() -> None:
    with pytest.raises(SpecError, match="must be a Standardisation"):
        replace(model(), standardisation=(0.5, 0.5))


def test_a_model_is_adapted_to_other_images() -> None:
    spec = replace(reference(), standardisation=Standardisation((0.1,), (0.3,)))
    colour = spec.adapted((3, 32, 32), ["a", "b", "c"])
    assert (colour.input_shape, colour.class_names) == ((3, 32, 32), ("a", "b", "c"))
    assert colour.shapes()[-1] == (3,)
    assert colour.layers[:-1] == spec.layers[:-1]
    assert colour.standardisation is None
    assert reference().adapted((1, 28, 28), reference().class_names) == reference()
    with pytest.raises(SpecError, match="does not fit"):
        spec.adapted((3, 8, 8), ["a", "b"])


def test_the_initialiser_is_a_part_of_the_model() -> None:
    spec = replace(tiny(), initialiser="lecun")
    again = ModelSpec.from_json(spec.to_json())
    assert again == spec != tiny()
    assert "initialiser" not in json.loads(tiny().to_json())
    assert ModelSpec.from_json(tiny().to_json()).initialiser == "he"
    weights, usual = (model.build(np.random.default_rng(0)).parameter_vector for model in (spec, tiny()))
    np.testing.assert_allclose(weights * np.sqrt(2), usual, rtol=1e-6)
    standardised = replace(spec, standardisation=Standardisation((0.1,), (0.3,)))
    assert standardised.build(np.random.default_rng(0)).parameter_vector.tobytes() == weights.tobytes()


def test_descriptions_from_before_there_were_groups_are_read() -> None:
    content = json.loads(reference().to_json())
    for layer in content["layers"]:
        for option in ("groups", "padding_mode", "dilation", "ceil_mode"):
            layer.pop(option, None)
    assert ModelSpec.from_json(json.dumps(content)) == reference()


def test_a_model_of_all_kinds_learns() -> None:
    options: dict[str, dict[str, Any]] = {
        "conv2d": {
            "out_channels": 4,
            "kernel_size": 3,
            "groups": 2,
            "padding_mode": "circular",
            "padding": 1,
        },
        "maxpool2d": {"kernel_size": 2},
        "avgpool2d": {"kernel_size": 2},
        "adaptiveavgpool2d": {"output_size": (3, None)},
    }
    images = [kind for kind in KINDS if kind not in ("flatten", "linear")]
    spec = model(*(LayerSpec(kind, kind, options.get(kind, {})) for kind in images))
    network = spec.build(np.random.default_rng(0), np.float64)
    optimizer = AdamW(network.parameters(), lr=0.05)
    x, labels = np.random.default_rng(1).normal(size=(60, 2, 12, 10)), np.arange(60) % 3
    x[labels == 1] += 3
    x[labels == 2, 1] -= 3
    losses = []
    for _ in range(30):
        logits, caches = network.forward(x, training=True)
        loss, dlogits = cross_entropy(logits, labels)
        losses.append(loss)
        optimizer.step(network.backward(dlogits, caches, need_dx=False)[1])
    assert losses[-1] < 0.9 * losses[0]
    assert np.isfinite(network(x)).all()

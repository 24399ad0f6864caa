"""A draft: every problem with its sentence and suggestions that help, edits, undo and redo."""

import numpy as np
import pytest

from cnncore import MODELS, LayerSpec, ModelSpec, SpecError
from cnncore.layer_spec import KINDS
from explorer.workbench.building import (
    KIND_TITLES,
    Draft,
    Editor,
    check,
    suggestions,
)


def draft_of(*layers, input_shape=(1, 28, 28), classes=10):
    specs = tuple(LayerSpec(kind, f"layer{i}", options) for i, (kind, options) in enumerate(layers))
    return Draft("own", "Own network", input_shape, tuple(map(str, range(classes))), specs)


def conv(**options):
    return "conv2d", {"out_channels": 4, "kernel_size": 3} | options


FLAT, END = ("flatten", {}), ("linear", {"out_features": 10})

PROBLEMS = {
    "an image layer behind a list": (
        draft_of(FLAT, conv(), END),
        1,
        "It takes images, with rows and columns, but it gets a list of 784 numbers.",
        {"Move before layer0", "Remove it"},
    ),
    "a norm behind a list": (
        draft_of(FLAT, ("batchnorm2d", {}), END),
        1,
        "It takes images, with rows and columns, but it gets a list of 784 numbers.",
        {"Remove it"},
    ),
    "maps into a linear layer": (
        draft_of(conv(), END),
        1,
        "It takes a list of numbers, but it gets maps of 4×26×26. Flatten makes a list of them.",
        {"Insert Flatten before it", "Average each map, then Flatten"},
    ),
    "a window larger than the image": (
        draft_of(conv(kernel_size=31), FLAT, END),
        0,
        "The window of 31×31 is larger than the image, which is 28×28.",
        {"Window 28×28", "Padding 15"},
    ),
    "a dilated window larger than the padded image": (
        draft_of(conv(kernel_size=5, dilation=8, padding=1), FLAT, END),
        0,
        "The window of 5×5, spread over 33×33, is larger than the image, which is 30×30 with its padding.",
        {"Window 4×4", "Dilation 7"},
    ),
    "a pooling window larger than the image": (
        draft_of(("maxpool2d", {"kernel_size": (2, 40)}), FLAT, END),
        0,
        "The window of 2×40 is larger than the image, which is 28×28.",
        {"Window 28×28"},
    ),
    "same padding with a stride": (
        draft_of(conv(padding="same", stride=2), FLAT, END),
        0,
        "Padding “same” keeps the size, which needs the stride 1; the stride is 2×2.",
        {"Stride 1", "Padding 1"},
    ),
    "groups that do not divide": (
        draft_of(conv(), ("conv2d", {"out_channels": 8, "kernel_size": 3, "groups": 3}), FLAT, END),
        1,
        "3 groups need channels and maps that are multiples of 3; it gets 4 channels and makes 8 maps.",
        {"2 groups"},
    ),
    "maps that groups do not divide": (
        draft_of(conv(), ("conv2d", {"out_channels": 9, "kernel_size": 3, "groups": 4}), FLAT, END),
        1,
        "4 groups need channels and maps that are multiples of 4; it gets 4 channels and makes 9 maps.",
        {"8 maps", "1 group"},
    ),
    "too much padding around a pool": (
        draft_of(("avgpool2d", {"kernel_size": 3, "padding": 2}), FLAT, END),
        0,
        "A pooling window can be padded by half of its size at most; the padding is 2×2, the window 3×3.",
        {"Padding 1"},
    ),
    "a dilated pool that sees only padding": (
        draft_of(
            ("maxpool2d", {"kernel_size": 2, "padding": 1, "dilation": 3}), FLAT, END, input_shape=(1, 2, 2)
        ),
        0,
        "A window would see nothing but padding.",
        {"Dilation 2"},
    ),
    "more mirrored padding than there are rows": (
        draft_of(conv(padding=4, padding_mode="reflect"), FLAT, END, input_shape=(1, 4, 4)),
        0,
        "With 4 rows, reflect padding can be at most 3; it is 4.",
        {"Padding 3", "Zeros around"},
    ),
    "more mirrored padding than there are columns": (
        draft_of(conv(padding=(0, 9), padding_mode="circular"), FLAT, END, input_shape=(1, 30, 4)),
        0,
        "With 4 columns, circular padding can be at most 4; it is 9.",
        {"Zeros around"},
    ),
    "too many parameters": (
        draft_of(FLAT, ("linear", {"out_features": 50_000}), END),
        1,
        "Linear has 39,250,000 parameters; a network can have 20,000,000, and those before it have 0.",
        {"25,000 outputs"},
    ),
    "too many numbers": (
        draft_of(conv(out_channels=16, padding=300), FLAT, END),
        0,
        "Conv2d turns one image into 16×626×626 numbers, more than the 4,000,000 that there is room for.",
        {"8 maps"},
    ),
    "too many numbers side by side": (
        draft_of(conv(kernel_size=1024, padding=512, out_channels=1), FLAT, END),
        0,
        "Conv2d lays one image out as 31,240,192 numbers, more than the 4,000,000 that there is room for.",
        {"Plain 1×1 window"},
    ),
    "too much work": (
        draft_of(conv(kernel_size=5, out_channels=100), conv(kernel_size=5, out_channels=600), FLAT, END),
        1,
        "Conv2d takes 600,000,000 operations for one image, more than the 500,000,000 there is time for.",
        {"Window 4×4", "300 maps"},
    ),
    "too much work together": (
        draft_of(*[conv(kernel_size=3, padding=1, out_channels=200)] * 3, FLAT, END),
        2,
        "Conv2d with all before it takes 565,891,200 operations for one image, "
        "more than the 500,000,000 there is time for.",
        {"100 maps"},
    ),
    "a window that takes too long": (
        draft_of(("maxpool2d", {"kernel_size": 200, "padding": 100, "stride": 1}), FLAT, END),
        0,
        "MaxPool takes 655,360,000 operations for one image, more than the 500,000,000 there is time for.",
        {"Plain 1×1 window"},
    ),
    "too few outputs": (
        draft_of(FLAT, ("linear", {"out_features": 7}), ("softmax", {})),
        2,
        "The last layer must give 10 numbers, one for each class; it gives 7.",
        {"layer1: 10 outputs", "Add Linear 10"},
    ),
    "maps at the end": (
        draft_of(conv()),
        0,
        "The last layer must give 10 numbers, one for each class; it gives maps of 4×26×26.",
        {"Add Flatten, Linear 10", "Add average, Flatten, Linear 10"},
    ),
    "no layers": (
        draft_of(),
        None,
        "A network needs at least one layer.",
        {"Add Flatten, Linear 10"},
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_its_sentence_and_suggestions_that_help(name):
    draft, place, sentence, expected = PROBLEMS[name]
    report = check(draft)
    assert (report.place, report.problem, report.valid) == (place, sentence, False)
    with pytest.raises(SpecError):
        draft.spec()
    found = suggestions(draft)
    assert expected <= {one.text for one in found}, found
    assert len(found) <= 4
    for one in found:
        after = check(one.draft)
        fits = after.valid or after.standings[after.place].shape is not None
        left = 0 if fits else len(one.draft.layers) - after.place
        assert left < len(draft.layers) - (place or 0) or after.valid, one.text
    assert any(check(one.draft).valid for one in found)


def test_layers_behind_the_problem_wait_for_it():
    standings = check(draft_of(conv(), END, ("relu", {}))).standings
    assert [one.waits for one in standings] == ["", "", "layer1"]
    assert standings[0].shape == (4, 26, 26)
    assert standings[1].shape is None


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_are_those_of_the_engine(name):
    spec = MODELS[name]()
    report = check(Draft.of(spec))
    assert report.valid
    assert not suggestions(Draft.of(spec))
    assert tuple(one.shape for one in report.standings) == spec.shapes()
    assert tuple(one.parameters for one in report.standings) == spec.parameter_counts()
    network = spec.build(np.random.default_rng(1))
    assert report.multiply_adds == network.multiply_adds(spec.input_shape)
    assert report.parameters == network.parameter_count
    assert Draft.of(spec).spec() == spec


def test_the_largest_map_of_the_reference_network_is_the_first_convolution():
    assert check(Draft.of(MODELS["reference"]())).largest == 8 * 24 * 24


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_added_and_gets_a_name_of_its_own(kind):
    draft = Draft.of(MODELS["lenet5"]()).inserted(2, kind).inserted(2, kind)
    names = [layer.name for layer in draft.layers]
    assert draft.layers[2].kind == draft.layers[3].kind == kind
    assert len(set(names)) == len(names)
    assert kind in KIND_TITLES


def test_layers_move_and_are_copied_and_removed():
    draft = Draft.of(MODELS["tiny"]())
    names = lambda draft: [layer.name for layer in draft.layers]  # noqa: E731
    assert names(draft.moved(0, 2)) == ["relu", "flatten", "conv", "fc"]
    assert names(draft.moved(3, 0)) == ["fc", "conv", "relu", "flatten"]
    assert names(draft.duplicated(0)) == ["conv", "conv1", "relu", "flatten", "fc"]
    assert names(draft.duplicated(0).duplicated(1)) == ["conv", "conv1", "conv2", "relu", "flatten", "fc"]
    assert names(draft.removed(1)) == ["conv", "flatten", "fc"]
    assert draft.duplicated(0).layers[1].options == draft.layers[0].options


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda draft: draft.renamed(0, "fc"), "Another layer has the name fc already."),
        (lambda draft: draft.renamed(0, "1st"), "'1st' cannot name a layer"),
        (lambda draft: draft.with_options(0, kernel_size=0), "whole number from 1"),
        (lambda draft: draft.with_options(0, colour=1), "has no option 'colour'"),
        (lambda draft: draft.with_initialiser("zeros"), "must be one of he, glorot, lecun, size"),
        (lambda draft: draft.inserted(0, "lstm"), "no layers of the kind 'lstm'"),
        (
            lambda draft: __import__("functools").reduce(
                lambda d, _: d.inserted(0, "relu"), range(61), draft
            ),
            "A network has at most 64 layers.",
        ),
    ],
)
def test_an_edit_that_cannot_be_says_why_and_changes_nothing(edit, sentence):
    editor = Editor(Draft.of(MODELS["tiny"]()))
    before = editor.draft
    assert sentence in editor.attempt(lambda: edit(editor.draft))
    assert editor.draft is before
    assert not editor.can_undo


def test_undo_and_redo_go_through_all_edits():
    first = Draft.of(MODELS["tiny"]())
    editor = Editor(first)
    second, third = first.removed(1), first.removed(1).removed(0)
    assert editor.change(second)
    assert not editor.change(second)
    editor.change(third)
    assert editor.undo()
    assert editor.draft == second
    assert editor.undo()
    assert editor.draft == first
    assert not editor.undo()
    assert editor.redo()
    assert editor.redo()
    assert editor.draft == third
    assert not editor.redo()
    editor.undo()
    editor.change(first.duplicated(0))
    assert not editor.can_redo


def test_a_changed_model_gets_a_name_of_its_own_and_loses_it_when_changed_back():
    draft = Draft.of(MODELS["reference"]())
    spec = draft.with_options(0, out_channels=16).spec()
    assert (spec.name, spec.title) == ("own", "Own network")
    assert Draft.of(spec).with_options(0, out_channels=8).spec() == MODELS["reference"]()
    lenet = Draft.of(MODELS["lenet5"]())
    assert ModelSpec.from_json(lenet.with_initialiser("glorot").spec().to_json()).initialiser == "glorot"


def test_a_preset_takes_other_images():
    draft = Draft.of(MODELS["lenet5"]()).for_images((3, 32, 32), ("a", "b", "c"))
    assert check(draft).valid
    assert draft.spec().shapes()[-1] == (3,)

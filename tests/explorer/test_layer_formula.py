"""The textbook form is that of the very layer: without a bias there is none, its options are explained."""

import re

import pytest

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect.formulas import in_colours
from explorer.workspaces.inspect.inspection import Inspection
from explorer.workspaces.inspect.layer_formula import formula_of
from explorer.workspaces.inspect.typeset import render


@pytest.fixture
def shown(qapp):
    """Return a function that gives the form of a layer, which reads four maps."""
    benches = []

    def show(layer):
        bench = Workbench()
        benches.append(bench)
        ends = [("flatten", {})] * (layer[0] != "flatten") + [("linear", {"out_features": 10})]
        kinds = [conv(), layer, *ends]
        layers = tuple(LayerSpec(kind, f"a{n}", options) for n, (kind, options) in enumerate(kinds))
        bench.set_spec(ModelSpec("some", "Some", (1, 28, 28), layers, tuple("abcdefghij")))
        inspection = Inspection(bench)
        inspection.go_to(1)
        return formula_of(inspection)

    yield show
    for bench in benches:
        assert bench.close()


def conv(**options):
    return "conv2d", {"out_channels": 4, "kernel_size": 3, **options}


def meanings(formula):
    return {symbol: meaning for symbol, _, meaning in formula.legend}


def test_a_plain_convolution_is_equation_20(shown):
    formula = shown(conv())
    assert formula.latex.endswith(r"\X{X}_c[y+i,\;x+j] + b_f")
    assert meanings(formula) == {"X": "input", "W": "kernel", "z": "output", "b": "bias"}
    assert formula.title == "cross-correlation over the input channels, equation (20)"


@pytest.mark.parametrize(
    "layer",
    [conv(bias=False), ("batchnorm2d", {"affine": False})],
    ids=["convolution", "norm"],
)
def test_what_a_layer_has_not_is_not_in_its_form(shown, layer):
    formula = shown(layer)
    assert "b_f" not in formula.latex
    assert r"\beta" not in formula.latex
    assert "plus" not in formula.spoken
    assert not {"b", "γ, β"} & set(meanings(formula))


def test_options_are_in_the_form_and_told_with_their_numbers(shown):
    options = {"stride": (2, 1), "padding": (1, 2), "dilation": 2, "groups": 2, "padding_mode": "reflect"}
    formula = shown(conv(**options))
    assert r"\X{X}_c[s_y\,y+d\,i-p_y,\;s_x\,x+d\,j-p_x] + b_f" in formula.latex
    told = meanings(formula)
    assert told["s"] == "stride 2, 1"
    assert told["d"] == "dilation 2"
    assert told["p"] == "padding 1, 2, mirrored"
    assert r"c \in G_f" in formula.latex


@pytest.mark.parametrize(
    ("layer", "place"),
    [
        (("maxpool2d", {"kernel_size": 2}), r"[s\,y+i,\;s\,x+j]"),
        (("avgpool2d", {"kernel_size": 3, "stride": 1, "padding": 1}), r"[y+i-p,\;x+j-p]"),
        (("adaptiveavgpool2d", {"output_size": 2}), "[i,j]"),
    ],
)
def test_the_forms_of_pooling(shown, layer, place):
    assert place in shown(layer).latex


def test_the_slope_of_a_leaky_layer_is_told(shown):
    formula = shown(("leakyrelu", {"negative_slope": 0.05}))
    assert formula.latex == r"\Z{a} = \max(0, \X{z}) + \alpha \min(0, \X{z})"
    assert meanings(formula)["α"] == "slope 0.05"


@pytest.mark.parametrize(
    "layer",
    [
        conv(stride=(2, 1), padding=(1, 2), dilation=2, groups=2),
        ("maxpool2d", {"kernel_size": 2, "padding": 1}),
        ("avgpool2d", {"kernel_size": 2, "padding": 1}),
        ("adaptiveavgpool2d", {"output_size": 2}),
        ("batchnorm2d", {}),
        ("dropout", {}),
        *((kind, {}) for kind in ("relu", "leakyrelu", "sigmoid", "tanh", "arctan", "softmax", "flatten")),
    ],
    ids=lambda layer: layer[0],
)
def test_every_form_is_typeset_and_its_letters_are_explained(shown, layer):
    formula = shown(layer)
    colours = dict.fromkeys(("window", "kernel", "output"), "#112233")
    assert b"<svg" in render(in_colours(formula.latex, colours), "#000000")
    explained = " ".join(symbol for symbol, _, _ in formula.legend)
    for symbol in re.findall(r"\\[WXZ]\{(?:\\?)(\w)", formula.latex):
        assert symbol in explained or symbol in "gb"  # gamma and beta are told by their letters
    assert formula.spoken
    assert formula.title

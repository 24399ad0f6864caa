"""What is typed into the fields of a layer, and the sums beneath them. No screen."""

import math
import random

import pytest

from cnncore import INITIALISERS, MODELS, LayerSpec, SpecError
from cnncore.layer_spec import KINDS
from explorer.workbench.building import Draft, check
from explorer.workbench.building.checking import measure
from explorer.workbench.building.options import INITIALISER_WORDS, KIND_WORDS, OPTION_FIELDS, refusal
from explorer.workbench.building.working import multiply_adds_text, parameters_text, size_lines

FIELDS = {(kind, field.key): field for kind, fields in OPTION_FIELDS.items() for field in fields}
PADDING = FIELDS["conv2d", "padding"]
KERNEL = FIELDS["conv2d", "kernel_size"]
TARGET = FIELDS["adaptiveavgpool2d", "output_size"]
RATE = FIELDS["dropout", "p"]
CONV = LayerSpec("conv2d", "conv", {"out_channels": 8, "kernel_size": 5})


def test_every_option_of_every_kind_has_a_field_and_words():
    for kind, known in KINDS.items():
        assert {field.key for field in OPTION_FIELDS[kind]} == set(known.options)
        assert len(KIND_WORDS[kind]) > 20
    assert set(OPTION_FIELDS) == set(KINDS)
    assert all(field.title and field.tooltip for field in FIELDS.values())
    assert set(INITIALISER_WORDS) == set(INITIALISERS)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (KERNEL, "5", 5),
        (KERNEL, " 3×5 ", (3, 5)),
        (KERNEL, "3x5", (3, 5)),
        (KERNEL, "3, 5", (3, 5)),
        (KERNEL, "3 5", (3, 5)),
        (PADDING, "2", 2),
        (PADDING, "1×2", (1, 2)),
        (PADDING, "1, 2, 3, 4", (1, 2, 3, 4)),
        (PADDING, "Same", "same"),
        (PADDING, "valid", "valid"),
        (TARGET, "keep", None),
        (TARGET, "keep×3", (None, 3)),
        (TARGET, "2", 2),
        (RATE, "0,25", 0.25),
        (RATE, "1e-3", 0.001),
        (RATE, "−1", -1.0),
    ],
)
def test_options_are_read_as_people_type_them(field, text, value):
    assert field.value(text) == value
    if not isinstance(value, str) and value != -1.0:
        assert field.value(field.text(value)) == value


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (KERNEL, "", "Kernel takes one whole number, or two: rows × columns, not “”."),
        (KERNEL, "1, 2, 3", "Kernel takes one whole number, or two"),
        (KERNEL, "2.5", "Kernel takes one whole number, or two"),
        (KERNEL, "-1", "Kernel takes one whole number"),
        (KERNEL, "keep", "Kernel takes one whole number"),
        (KERNEL, "9" * 5000, "Kernel takes one whole number"),
        (FIELDS["conv2d", "groups"], "1×2", "Groups takes one whole number, not “1×2”."),
        (PADDING, "some", "Padding takes one, two or four whole numbers, “same” or “valid”, not “some”."),
        (TARGET, "most", "Output takes one whole number, or two: rows × columns; or “keep”"),
        (RATE, "half", "Left out takes a number, not “half”."),
        (RATE, ".", "Left out takes a number"),
        (RATE, "inf", "Left out takes a number"),
        (RATE, "1e9999", "Left out takes a number"),
    ],
)
def test_what_is_no_option_is_named_in_a_sentence(field, text, sentence):
    with pytest.raises(SpecError) as error:
        field.value(text)
    assert str(error.value).startswith(sentence)
    assert len(str(error.value)) < 120


def test_a_limit_is_told_with_the_word_beside_the_field():
    with pytest.raises(SpecError) as error:
        Draft.of(MODELS["tiny"]()).with_options(0, kernel_size=0)
    layer = MODELS["tiny"]().layers[0]
    said = refusal(KERNEL, layer, str(error.value))
    assert said == "Kernel must be a whole number from 1 to 1,024, not 0."


@pytest.mark.parametrize(
    ("field", "text", "up", "down"),
    [
        (KERNEL, "5", "6", "4"),
        (KERNEL, "1", "2", None),
        (KERNEL, "3×5", "4×6", "2×4"),
        (KERNEL, "many", None, None),
        (KERNEL, "1024", None, "1023"),
        (PADDING, "0", "1", None),
        (PADDING, "same", "1", "0"),
        (PADDING, "1, 2, 3, 4", "2, 3, 4, 5", "0, 1, 2, 3"),
    ],
)
def test_arrows_step_to_what_the_layer_takes(field, text, up, down):
    assert field.stepped(CONV, text, 1) == up
    assert field.stepped(CONV, text, -1) == down


def test_arrows_step_numbers_by_their_own_amount():
    dropout = LayerSpec("dropout", "dropout", {})
    assert RATE.stepped(dropout, "0.5", 1) == "0.55"
    assert RATE.stepped(dropout, "1", 1) is None
    assert RATE.stepped(dropout, "0", -1) is None


def test_any_text_gives_a_value_or_a_sentence():
    rng = random.Random(1)
    letters = "0123456789 .,x×eE+-−;samevlidkp\x00é²"
    refused = 0
    for _ in range(3000):
        field = rng.choice([field for field in FIELDS.values() if field.form not in ("flag", "choice")])
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(8)))
        try:
            value = field.value(text)
        except SpecError:
            refused += 1
        else:
            assert value is None or isinstance(value, int | float | tuple | str)
    assert 1000 < refused < 2900


# The sums


def conv(**options):
    return LayerSpec("conv2d", "conv", {"out_channels": 8, "kernel_size": 5, **options})


def pool(**options):
    return LayerSpec("maxpool2d", "pool", {"kernel_size": 2, **options})


@pytest.mark.parametrize(
    ("layer", "shape", "lines"),
    [
        (conv(), (8, 24, 24), ["rows, columns ⌊(24 + 2·0 − 5) / 1⌋ + 1 = 20"]),
        (conv(padding="same"), (1, 28, 28), ["rows, columns ⌊(28 + 2·2 − 5) / 1⌋ + 1 = 28"]),
        (
            conv(kernel_size=(3, 4), padding="same"),
            (1, 28, 28),
            ["rows ⌊(28 + 2·1 − 3) / 1⌋ + 1 = 28", "columns ⌊(28 + 1 + 2 − 4) / 1⌋ + 1 = 28"],
        ),
        (
            conv(kernel_size=3, dilation=2),
            (1, 9, 9),
            ["rows, columns ⌊(9 + 2·0 − (2·(3 − 1) + 1)) / 1⌋ + 1 = 5"],
        ),
        (
            conv(padding=(1, 2, 3, 4), stride=2),
            (1, 28, 28),
            ["rows ⌊(28 + 1 + 2 − 5) / 2⌋ + 1 = 14", "columns ⌊(28 + 3 + 4 − 5) / 2⌋ + 1 = 16"],
        ),
        (conv(kernel_size=40), (1, 28, 28), ["rows, columns ⌊(28 + 2·0 − 40) / 1⌋ + 1 = -11"]),
        (pool(kernel_size=3, ceil_mode=True), (8, 8, 8), ["rows, columns ⌈(8 + 2·0 − 3) / 3⌉ + 1 = 3"]),
        (pool(padding=1, ceil_mode=True), (8, 7, 7), ["rows, columns ⌈(7 + 2·1 − 2) / 2⌉ + 1 − 1 = 4"]),
        (pool(), (800,), []),
        (conv(padding="same", stride=2), (1, 28, 28), []),
        (LayerSpec("relu", "relu"), (8, 24, 24), []),
    ],
)
def test_sizes_are_worked_out_with_the_layers_numbers(layer, shape, lines):
    found = size_lines(layer, shape)
    assert [f"{line.label} {line.text} = {line.result}" for line in found] == lines
    assert all(bool(line.note) == line.text.endswith("+ 1 − 1") for line in found)


def _value(text):
    """Work a sum out that is written for people."""
    for sign, plain in (("−", "-"), ("·", "*"), ("⌊", "floor("), ("⌋", ")"), ("⌈", "ceil("), ("⌉", ")")):
        text = text.replace(sign, plain)
    return eval(text, {"floor": math.floor, "ceil": math.ceil})


def test_the_sums_come_out_as_the_engine_says():
    rng = random.Random(2)
    checked = 0
    for _ in range(600):
        kind = rng.choice(["conv2d", "maxpool2d", "avgpool2d"])
        kernel = (rng.randint(1, 6), rng.randint(1, 6))
        options = {"kernel_size": kernel, "stride": (rng.randint(1, 3), rng.randint(1, 3))}
        if kind == "conv2d":
            padding = rng.choice([0, 2, (1, 0), (1, 2, 3, 4)])
            options |= {
                "out_channels": 2 * rng.randint(1, 4),
                "padding": padding,
                "groups": rng.choice([1, 2]),
            }
            options |= {"dilation": rng.randint(1, 3), "bias": rng.random() < 0.5}
        else:
            options |= {"padding": (kernel[0] // 2, kernel[1] // 2), "ceil_mode": rng.random() < 0.5}
        layer = LayerSpec(kind, "layer", options)
        draft = Draft("own", "Own", (2, rng.randint(6, 20), rng.randint(6, 20)), ("a", "b"), (layer,))
        standing = check(draft).standings[0]
        if standing.shape is None:
            continue
        lines = size_lines(layer, draft.input_shape)
        sizes = [line.result for line in (lines * 2 if len(lines) == 1 else lines)]
        assert tuple(sizes) == standing.shape[1:]
        assert [_value(line.text) for line in lines] == [line.result for line in lines]
        checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    ("layer", "shape", "parameters", "multiply_adds"),
    [
        (conv(), (1, 28, 28), "8 maps × (1 channel × 5×5 + 1 bias)", "8×24×24 numbers × 1×5×5 weights"),
        (conv(groups=2, bias=False), (4, 8, 8), "8 maps × 2 channels × 5×5", "8×4×4 numbers × 2×5×5 weights"),
        (
            LayerSpec("linear", "fc", {"out_features": 10}),
            (128,),
            "10 outputs × (128 inputs + 1 bias)",
            "10 outputs × 128 inputs",
        ),
        (
            LayerSpec("batchnorm2d", "n"),
            (8, 4, 4),
            "8 channels × (1 scale + 1 shift)",
            "128 numbers × 1 scale",
        ),
        (LayerSpec("batchnorm2d", "n", {"affine": False}), (8, 4, 4), "", "128 numbers × 1 scale"),
        (LayerSpec("relu", "r"), (8, 4, 4), "", ""),
        (LayerSpec("linear", "fc", {"out_features": 10}), (8, 4, 4), "", ""),
    ],
)
def test_parameters_and_multiply_adds_are_taken_apart(layer, shape, parameters, multiply_adds):
    standing = measure(layer, shape)
    assert parameters_text(layer, shape) == parameters
    assert multiply_adds_text(layer, shape, standing) == multiply_adds
    if parameters:
        plain = parameters.replace("×", "*")
        for word in ["maps", "map", "channels", "channel", "bias", "outputs", "inputs", "scale", "shift"]:
            plain = plain.replace(word, "")
        assert eval(plain) == standing.parameters
    if multiply_adds:
        plain = multiply_adds.replace("×", "*")
        for word in ["numbers", "weights", "outputs", "inputs", "scale"]:
            plain = plain.replace(word, "")
        assert eval(plain) == standing.multiply_adds

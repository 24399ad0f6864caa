"""The built-in models."""

import numpy as np
import pytest

from cnncore import ALL_MODELS, DIGITS, MODELS, colour, lenet5, load_shapes, mlp, reference, tiny

COUNTS = {
    "reference": 8 * 26 + 8 * 201 + 128 * 801 + 10 * 129,
    "mlp": 128 * 785 + 10 * 129,
    "lenet5": 6 * 26 + 16 * 151 + 120 * 401 + 84 * 121 + 10 * 85,
    "tiny": 4 * 10 + 10 * 677,
}


def test_the_models_are_known_by_their_names() -> None:
    assert dict(MODELS) == {"reference": reference, "mlp": mlp, "lenet5": lenet5, "tiny": tiny}
    assert all(make().name == name for name, make in MODELS.items())


@pytest.mark.parametrize("name", COUNTS)
def test_a_model_classifies_digits(name: str) -> None:
    spec = MODELS[name]()
    assert (spec.input_shape, spec.class_names) == ((1, 28, 28), DIGITS)
    assert sum(spec.parameter_counts()) == COUNTS[name]
    network = spec.build(np.random.default_rng(0))
    assert network(np.zeros((3, 1, 28, 28), np.float32)).shape == (3, 10)


def test_the_reference_network_is_the_documented_one() -> None:
    spec = reference()
    names = ["conv1", "relu1", "conv2", "relu2", "pool", "flatten", "fc1", "relu3", "fc2"]
    assert [layer.name for layer in spec.layers] == names
    shapes = [(8, 24, 24), (8, 24, 24), (8, 20, 20), (8, 20, 20), (8, 10, 10), (800,), (128,), (128,), (10,)]
    assert list(spec.shapes()) == shapes


def test_the_colour_network_takes_the_coloured_shapes() -> None:
    spec, (shapes, _) = colour(), load_shapes(8, 8)
    assert (spec.input_shape, spec.class_names) == (shapes.image_shape, shapes.class_names)
    assert sum(spec.parameter_counts()) == 16 * 28 + 32 * 145 + 32 * 289 + 64 * 513 + 8 * 65
    assert dict(ALL_MODELS) == {**MODELS, "colour": colour}

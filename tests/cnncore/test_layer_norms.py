"""Lengths of gradients, weights and changes."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncore import MODELS, SGD, Adam, Linear, Sequential, StepDone, load_mnist_5k, train
from cnncore.layer_norms import UPDATE_EVERY, UpdateMeter, learning_layers, lengths, squared_lengths


def test_the_arrays_of_a_layer_count_together() -> None:
    arrays = {"0.weight": np.array([[2.0, 3.0]]), "0.bias": np.array([6.0]), "10.weight": np.array([-5.0])}
    assert squared_lengths(arrays) == {"0.weight": 13, "0.bias": 36, "10.weight": 25}
    assert lengths(squared_lengths(arrays)) == (7.0, 5.0)


def test_a_change_is_measured_against_what_was() -> None:
    network = Sequential([Linear(2, 2), Linear(2, 1), Linear(1, 1)], np.random.default_rng(0))
    network.parameter_vector[...] = 0
    network.layers[0].parameters["weight"][...] = [[3, 0], [0, 4]]
    meter = UpdateMeter(network)
    network.layers[0].parameters["bias"][...] = [0.3, 0.4]
    network.layers[2].parameters["bias"][...] = 1
    assert_allclose(meter.ratios(), [0.1, 0.0, math.inf], rtol=1e-6)


@pytest.mark.parametrize("make", [Adam, lambda parameters: SGD(parameters, lr=0.1, momentum=0.9)])
def test_a_step_tells_of_each_layer_what_plain_numpy_finds(make) -> None:
    train_set, validation_set = load_mnist_5k()
    network = MODELS["tiny"]().build(np.random.default_rng(4))
    seen: list[dict[str, np.ndarray]] = []

    def remember(grads) -> None:
        seen.append({name: grad.astype(np.float64) for name, grad in grads.items()})

    run = train(
        network,
        train_set,
        validation_set,
        make(network.parameters()),
        epochs=1,
        batch_size=32,
        rng=np.random.default_rng(5),
        clip=remember,
    )
    layers = learning_layers(network)
    assert layers == (0, 3)
    for step in range(1, UPDATE_EVERY + 2):
        before = {name: array.astype(np.float64) for name, array in network.state_dict().items()}
        event = next(run)
        assert isinstance(event, StepDone)
        after = network.state_dict()
        norms, ratios = [], []
        for layer in layers:
            own = [name for name in before if name.startswith(f"{layer}.")]
            norms.append(math.sqrt(sum((seen[-1][name] ** 2).sum() for name in own)))
            change = math.sqrt(sum(((after[name] - before[name]) ** 2).sum() for name in own))
            ratios.append(change / math.sqrt(sum((before[name] ** 2).sum() for name in own)))
        assert_allclose(event.layer_norms, norms, rtol=1e-5)
        assert_allclose(math.hypot(*event.layer_norms), event.gradient_norm, rtol=1e-6)
        if step in (1, UPDATE_EVERY + 1):
            assert_allclose(event.update_ratios, ratios, rtol=1e-3)
        else:
            assert event.update_ratios == ()
    run.close()

"""Which weights stay when a network that was edited takes the place of the present one."""

import numpy as np

from cnncore import MODELS
from explorer.workbench.building import Draft, has_learned, kept_layers, state_with_kept


def test_unchanged_layers_whose_shapes_agree_keep_their_weights():
    old = MODELS["lenet5"]()
    draft = Draft.of(old).inserted(2, "batchnorm2d").with_options(0, out_channels=6, padding=2)
    new = draft.renamed(10, "dense").with_options(10, out_features=50).spec()
    kept = kept_layers(old, new)
    assert kept == ("conv1", "conv2", "fc1")
    trained, fresh = (spec.build(np.random.default_rng(i)) for i, spec in enumerate((old, new)))
    state = state_with_kept(old, new, trained, fresh)
    places = {layer.name: place for place, layer in enumerate(new.layers)}
    before = {layer.name: place for place, layer in enumerate(old.layers)}
    for name in ("conv1", "conv2", "fc1"):
        for part in ("weight", "bias"):
            assert np.array_equal(
                state[f"{places[name]}.{part}"], trained.parameters()[f"{before[name]}.{part}"]
            )
    for name in ("dense", "fc3"):
        assert np.array_equal(state[f"{places[name]}.weight"], fresh.parameters()[f"{places[name]}.weight"])


def test_a_layer_that_gets_another_number_of_inputs_begins_anew():
    old = MODELS["reference"]()
    new = Draft.of(old).with_options(0, out_channels=16).spec()
    assert kept_layers(old, new) == ("fc1", "fc2")
    narrower = Draft.of(old).with_options(4, kernel_size=4).spec()
    assert kept_layers(old, narrower) == ("conv1", "conv2", "fc2")


def test_the_workbench_keeps_weights_when_asked(tiny_bench, qtbot):
    bench = tiny_bench
    assert not has_learned(bench)
    bench.step_epoch()
    qtbot.waitUntil(lambda: bench.progress.step == 10 and bench.state.value == "paused", timeout=20_000)
    assert has_learned(bench)
    trained = bench.network.parameters()["0.weight"].copy()
    bench.set_spec(Draft.of(bench.spec).inserted(1, "batchnorm2d").spec(), keep_weights=True)
    assert bench.progress.step == 0
    assert has_learned(bench)
    assert np.array_equal(bench.network.parameters()["0.weight"], trained)
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)
    bench.step_batch()
    qtbot.waitUntil(lambda: bench.progress.step == 1, timeout=20_000)
    assert np.abs(bench.network.parameters()["0.weight"] - trained).max() < 0.01
    bench.set_spec(MODELS["tiny"]())
    assert not has_learned(bench)

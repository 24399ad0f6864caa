"""What several tests of the application need."""

from pathlib import Path

import numpy as np
import pytest

from cnncore import MODELS, Adam, save_checkpoint
from explorer.workbench import Hyperparameters, Workbench


@pytest.fixture
def overflowing_checkpoint(tmp_path: Path) -> Path:
    """Return the path of an MLP's checkpoint whose parameters are so large that the run overflows."""
    spec = MODELS["mlp"]()
    network = spec.build(Hyperparameters(seed=5).rng("initialisation"))
    network.parameter_vector[:] *= 1e18
    path = tmp_path / "overflowing.npz"
    save_checkpoint(path, spec=spec, network=network, optimizer=Adam(network.parameters()), meta={})
    return path


@pytest.fixture
def tiny_bench(qtbot):
    """Return a workbench with the tiny network, ten batches an epoch and two epochs, ready to train."""
    bench = Workbench()
    bench.set_spec(MODELS["tiny"]())
    bench.train_set = bench.train_set.subset(np.arange(320), "train")
    bench.set_hyperparameters(Hyperparameters(epochs=2, seed=11))
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)
    yield bench
    assert bench.close()

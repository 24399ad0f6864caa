"""What several tests of the application need."""

from pathlib import Path

import pytest

from cnncore import MODELS, Adam, save_checkpoint
from explorer.workbench import Hyperparameters


@pytest.fixture
def overflowing_checkpoint(tmp_path: Path) -> Path:
    """Return the path of an MLP's checkpoint whose parameters are so large that the run overflows."""
    spec = MODELS["mlp"]()
    network = spec.build(Hyperparameters(seed=5).rng("initialisation"))
    network.parameter_vector[:] *= 1e18
    path = tmp_path / "overflowing.npz"
    save_checkpoint(path, spec=spec, network=network, optimizer=Adam(network.parameters()), meta={})
    return path

"""What may help a run that is ill."""

from dataclasses import replace

import numpy as np
import pytest

from cnncore import MODELS
from explorer.workbench.augmentation import Augmentation
from explorer.workbench.health import remedies
from explorer.workbench.health.hint import Evidence
from explorer.workbench.health.record import HealthRecord, Span
from explorer.workbench.state import Hyperparameters
from tests.health_cases import dense, mapped, with_norms_and_dropout


def evidence(spec=None, **settings) -> Evidence:
    spec = spec or MODELS["reference"]()
    return Evidence(HealthRecord(spec), (), spec, Hyperparameters(**settings))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0.001, 0.001), (0.00099, 5e-4), (0.0299, 0.02), (0.03, 0.03), (0.7, 0.5), (99.0, 10.0), (0.0, 1e-6)],
)
def test_rates_are_round(rate, expected):
    assert remedies.rounded_rate(rate) == expected


def test_a_rate_is_changed_at_once_or_with_a_new_beginning():
    now = remedies.live_rate(evidence(learning_rate=1e-5), 30)
    assert now.learning_rate == 3e-4
    assert not now.restarts
    assert "3e\u22124" in now.label
    assert remedies.live_rate(evidence(learning_rate=1e-6), 0.1) is None
    anew = remedies.slower_restart(evidence(learning_rate=0.03))
    assert anew.hyperparameters == Hyperparameters(learning_rate=0.003)
    assert anew.restarts
    assert remedies.slower_restart(evidence(learning_rate=1e-6)) is None
    stormy = evidence(learning_rate=0.3)
    stormy.record.ratios.append(Span.of(1, (0.2, 0.6)))
    assert remedies.slower_restart(stormy).hyperparameters.learning_rate == 0.005


def test_settings_that_are_there_already_are_not_offered():
    assert remedies.clipping(evidence()).hyperparameters.clip_norm == 1
    assert remedies.clipping(evidence(clip_norm=5.0)) is None
    assert not remedies.augmented(evidence()).hyperparameters.augmentation.is_none
    assert remedies.augmented(evidence(augmentation=Augmentation(noise=0.1))) is None
    assert remedies.decayed(evidence()).hyperparameters.weight_decay == 5e-4
    assert remedies.decayed(evidence(optimizer="AdamW")).hyperparameters.weight_decay == 0.05
    assert remedies.decayed(evidence(weight_decay=1e-3)) is None


def test_networks_are_changed_where_it_helps_and_can_be_built():
    reference = MODELS["reference"]()
    leaking = remedies.leaky(evidence())
    kinds = [layer.kind for layer in leaking.spec.layers]
    assert [kind for kind in kinds if "relu" in kind] == ["leakyrelu"] * 3
    assert remedies.leaky(evidence(leaking.spec)) is None
    straight = remedies.straightened(evidence(mapped(reference, "tanh")))
    assert straight.spec == reference
    assert remedies.straightened(evidence()) is None
    normed = remedies.normed(evidence())
    assert [layer.kind for layer in normed.spec.layers][:2] == ["conv2d", "batchnorm2d"]
    assert remedies.normed(evidence(normed.spec)) is None
    assert remedies.normed(evidence(dense("sigmoid", 3))) is None
    dropping = remedies.dropping(evidence())
    assert dropping.spec.layers[-2].kind == "dropout"
    assert remedies.dropping(evidence(with_norms_and_dropout())) is None
    drawn = remedies.drawn(evidence(), "glorot", "Glorot")
    assert drawn.spec == replace(reference, initialiser="glorot")
    assert remedies.drawn(evidence(drawn.spec), "glorot", "Glorot") is None
    for remedy in (leaking, straight, normed, dropping, drawn):
        assert remedy.restarts
        network = remedy.spec.build(np.random.default_rng(0))
        assert network(np.zeros((1, 1, 28, 28), np.float32)).shape == (1, 10)


def test_new_layers_get_names_that_are_free():
    reference = MODELS["mlp"]()
    taken = replace(reference, layers=(replace(reference.layers[0], name="dropout"), *reference.layers[1:]))
    assert remedies.dropping(evidence(taken)).spec.layers[-2].name == "dropout_2"


def test_those_leaves_out_what_there_is_not():
    one = remedies.clipping(evidence())
    assert remedies.those(None, one, None) == (one,)

import pytest

import cnncore
from tests import parity

CASES = parity.read()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", sorted({case.kind for case, _ in CASES}))
def test_equals_pytorch(kind: str, dtype: str) -> None:
    for case, wanted in CASES:
        if case.kind == kind:
            results = parity.engine_results(case, dtype)
            assert {str(array.dtype) for array in results.values() if array.ndim} <= {dtype}
            distance = parity.deviation(results, wanted)
            assert distance <= parity.LIMITS[dtype], f"{distance:.1e} in {case}"


def test_the_fixture_has_many_cases_of_each_kind() -> None:
    kinds = [case.kind for case, _ in CASES]
    assert len(kinds) >= 500
    assert {"loss", "optimizer", "clip_grad_norm", "network"} < set(kinds)
    layers = {name for name in cnncore.layers.__all__ if name not in ("Layer", "Activation")}
    assert layers < set(kinds)
    for name, count in {"Conv2d": 100, "MaxPool2d": 60, "AvgPool2d": 40, "BatchNorm2d": 40}.items():
        assert kinds.count(name) >= count
    assert {case.options["name"] for case, _ in CASES if case.kind == "loss"} == {
        "cross_entropy",
        "nll_loss",
        "mse_loss",
    }
    for kind in ("optimizer", "network"):
        options = [case.options for case, _ in CASES if case.kind == kind]
        names = {item.get("optimizer", item)["name"] for item in options}
        assert names == {"SGD", "RMSprop", "Adam", "AdamW"}

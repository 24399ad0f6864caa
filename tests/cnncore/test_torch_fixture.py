import pytest

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
    assert len(kinds) >= 300
    assert all(kinds.count(kind) >= 20 for kind in set(kinds))
    assert set(kinds) == {"conv2d", "max_pool2d", "linear", "activation", "cross_entropy", "optimizer"}

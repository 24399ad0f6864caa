"""Compare the engine with PyTorch: outputs, all gradients, and training steps, for random configurations.

``python -m tests.parity --write`` makes tests/data/parity.npz for tests/cnncore/test_torch_fixture.py.
``python -m tests.parity --live --cases 2000`` compares directly. Both need PyTorch, which nothing else does:
``pip install torch==2.13.0``.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from tests.parity_cases import Arrays, Case, cases
from tests.parity_results import engine_results, torch_results

FIXTURE = Path(__file__).parent / "data" / "parity.npz"
FIXTURE_CASES = 550
LIMITS = {"float64": 1e-10, "float32": 1e-5}


def deviation(results: Arrays, wanted: Arrays) -> float:
    """The largest difference, in units of the largest number of each array."""
    if results.keys() != wanted.keys() or any(results[name].shape != wanted[name].shape for name in wanted):
        return float("inf")
    return max(
        float(np.abs(results[name] - array).max(initial=0)) / (float(np.abs(array).max(initial=0)) or 1.0)
        for name, array in wanted.items()
    )


def write() -> None:
    """Make the fixture: the cases, and PyTorch's results in float64."""
    arrays: Arrays = {}
    described = []
    for index, case in enumerate(cases(FIXTURE_CASES)):
        results = torch_results(case, "float64")
        described.append({"kind": case.kind, "options": case.options})
        arrays |= {f"{index}/in/{name}": array for name, array in case.inputs.items()}
        arrays |= {f"{index}/out/{name}": array for name, array in results.items()}
    FIXTURE.parent.mkdir(exist_ok=True)
    text = np.frombuffer(json.dumps(described).encode(), np.uint8)
    packed = np.concatenate([array.ravel().view(np.uint8) for array in arrays.values()])
    index_text = json.dumps([[name, array.dtype.str, array.shape] for name, array in arrays.items()])
    np.savez_compressed(
        FIXTURE, cases=text, index=np.frombuffer(index_text.encode(), np.uint8), content=packed
    )


def read() -> list[tuple[Case, Arrays]]:
    """The cases of the fixture with PyTorch's results."""
    with np.load(FIXTURE, allow_pickle=False) as file:
        described = json.loads(file["cases"].tobytes())
        index, content = json.loads(file["index"].tobytes()), file["content"].tobytes()
    inputs: list[Arrays] = [{} for _ in described]
    outputs: list[Arrays] = [{} for _ in described]
    start = 0
    for path, dtype, shape in index:
        number, side, name = path.split("/")
        count = int(np.prod(shape))
        array = np.frombuffer(content, dtype, count, start).reshape(shape)
        start += array.nbytes
        (inputs if side == "in" else outputs)[int(number)][name] = array
    return [
        (Case(item["kind"], item["options"], into), out)
        for item, into, out in zip(described, inputs, outputs, strict=True)
    ]


def compare(count: int, seed: int) -> bool:
    """Compare with the installed PyTorch; print what deviates."""
    largest = dict.fromkeys(LIMITS, 0.0)
    kinds: dict[str, int] = {}
    good = True
    for case in cases(count, seed):
        kinds[case.kind] = kinds.get(case.kind, 0) + 1
        for dtype, limit in LIMITS.items():
            distance = deviation(engine_results(case, dtype), torch_results(case, dtype))
            largest[dtype] = max(largest[dtype], distance)
            if not distance <= limit:
                good = False
                print(f"{dtype}: {distance:.1e} in {case}")
    print(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    for dtype, distance in largest.items():
        print(f"{dtype}: {count} cases, largest relative deviation {distance:.1e}, limit {LIMITS[dtype]:.0e}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {FIXTURE.name}")
    parser.add_argument("--live", action="store_true", help="compare with the installed PyTorch")
    parser.add_argument("--cases", type=int, default=FIXTURE_CASES, help="how many cases --live compares")
    parser.add_argument("--seed", type=int, default=0, help="of the cases that --live compares")
    arguments = parser.parse_args()
    if not arguments.write and not arguments.live:
        parser.error("say --write or --live")
    if arguments.write:
        write()
    return 0 if not arguments.live or compare(arguments.cases, arguments.seed) else 1


if __name__ == "__main__":
    sys.exit(main())

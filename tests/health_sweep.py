"""Whether the hints about a run's health are right: `python -m tests.health_sweep`.

Trains healthy runs, in which no hint may ever appear, and runs with every illness, in which its hint must.
Prints a line for each and ends with 1 when one is wrong.
"""

from __future__ import annotations

import sys
import time

from explorer.workbench.health.hint import Illness
from tests.health_cases import Case, first_hints, healthy, ill


def check(case: Case) -> bool:
    """Run a case, print what came of it, and return whether it is as it should be."""
    start = time.perf_counter()
    found = first_hints(case)
    right = case.illness in found if case.illness is not None else not found
    told = "; ".join(f"{illness.name} at {step}" for illness, (step, _) in found.items()) or "no hint"
    wanted = "healthy" if case.illness is None else case.illness.name
    mark = "ok   " if right else "WRONG"
    print(f"{mark} {wanted:14} {case.name:34} {told} ({time.perf_counter() - start:.1f} s)", flush=True)
    for illness, (_, hint) in found.items():
        if illness is case.illness or not right:
            ways = " | ".join(remedy.label for remedy in hint.remedies)
            print(f"      {hint.sentence}\n      [{ways}]")
    return right


def main() -> int:
    well = [check(case) for case in healthy()]
    sick = [(case, check(case)) for case in ill()]
    print(f"\n{len(well)} healthy runs, {well.count(False)} with a false alarm.")
    for illness in Illness:
        results = [right for case, right in sick if case.illness is illness]
        print(f"{illness.name:14} {results.count(True)} of {len(results)} found")
    return 0 if all(well) and all(right for _, right in sick) else 1


if __name__ == "__main__":
    sys.exit(main())

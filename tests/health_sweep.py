"""Whether the hints about a run's health are right: `python -m tests.health_sweep`.

Trains healthy runs, in which no hint may ever appear, and runs with every illness, in which its hint must;
what that proposes first is tried, and the illness must be gone then. Prints what came of each run, and ends
with 1 when something is wrong. ``--shift N`` adds N to all seeds, for runs that were not in view when the
bounds were chosen.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from explorer.workbench.health.hint import Hint, Illness
from tests.health_cases import Case, first_hints, healthy, ill, treated


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
    return right and (case.illness is None or cures(case, found[case.illness][1]))


def cures(case: Case, hint: Hint) -> bool:
    """Follow a hint, and return whether what it tells of is gone."""
    left = first_hints(treated(case, hint.remedies[0]))
    words = "; ".join(illness.name for illness in left) or "no hint"
    print(f"      after “{hint.remedies[0].label}”: {words}")
    return case.illness not in left


def shifted(case: Case, shift: int) -> Case:
    """Return the case with another seed."""
    return replace(case, settings=replace(case.settings, seed=case.settings.seed + shift))


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the hints about a run's health on many runs.")
    parser.add_argument("--shift", type=int, default=0, help="added to the seed of every run")
    shift = parser.parse_args().shift
    well = [check(shifted(case, shift)) for case in healthy()]
    sick = [(case, check(shifted(case, shift))) for case in ill()]
    print(f"\n{len(well)} healthy runs, {well.count(False)} with a false alarm.")
    for illness in Illness:
        results = [right for case, right in sick if case.illness is illness]
        print(f"{illness.name:14} {results.count(True)} of {len(results)} found and cured")
    return 0 if all(well) and all(right for _, right in sick) else 1


if __name__ == "__main__":
    sys.exit(main())

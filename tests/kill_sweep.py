"""Kill the program again and again in the middle of a run, and see that nothing is lost.

``python -m tests.kill_sweep --times 20`` starts the program, lets it train with a pause now and then,
and kills it at a random moment, which may be in the middle of writing. After each kill the folder must
be whole: no run is damaged, another run that lies there is unchanged, and what is recorded is, bit for
bit, the beginning of the run that was never interrupted. The next start must offer to resume from the
checkpoint. In the end the run must have made the same steps, epochs and parameters as the one that was
never interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cnncore import Checkpoint, StepDone, load_mnist_5k, tiny, train
from cnncore.schedules import SCHEDULES
from explorer.workbench import Hyperparameters
from explorer.workbench.history import EpochSummary, History
from explorer.workbench.run_parts import network_and_optimizer
from explorer.workbench.runs.record import DataMark, RunRecord, new_key
from explorer.workbench.runs.store import RunStore
from explorer.workbench.runs.stored import Progress, Stored
from tests.kill_child import settings

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 120.0


class Whole:
    """The run that was never interrupted, made without any of the program's machinery."""

    def __init__(self, epochs: int) -> None:
        plan = settings(epochs)
        self.network, optimizer = network_and_optimizer(tiny(), plan)
        self.losses: list[float] = []
        self.epochs: list[EpochSummary] = []
        run = train(
            self.network,
            *load_mnist_5k(),
            optimizer,
            epochs=epochs,
            batch_size=plan.batch_size,
            rng=plan.rng("shuffling"),
            schedule=SCHEDULES[plan.schedule],
        )
        for event in run:
            if hasattr(event, "loss"):
                self.losses.append(event.loss)
            else:
                self.epochs.append(EpochSummary.of(event))

    def check(self, history: History) -> None:
        """Raise AssertionError unless `history` is the beginning of this run."""
        done = len(history)
        assert history.steps.tolist() == list(range(1, done + 1)), "steps are missing or there twice"
        assert history.losses.tolist() == self.losses[:done], "the losses are others"
        assert history.epochs == self.epochs[: len(history.epochs)], "the epochs are others"


class Child:
    """The program in a process of its own."""

    def __init__(self, folder: Path, epochs: int, window: bool, to_the_end: bool = False) -> None:
        arguments = [str(folder), str(epochs), "window" if window else "bench", "end" if to_the_end else "on"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_child", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.strip())
        self._lines.put("")

    def expect(self, seconds: float = SECONDS_TO_START) -> str:
        """Return the next thing that it says; empty when it has ended."""
        line = self._lines.get(timeout=seconds)
        assert not line.startswith("failed"), line
        return line

    def kill(self) -> None:
        """End it as the system does that has no more memory."""
        self._process.kill()
        self.end()

    def end(self) -> None:
        """Wait for its end."""
        self._process.wait(SECONDS_TO_START)
        self._listener.join()


def fingerprint(folder: Path) -> dict[str, str]:
    """Return what tells whether a run's files have changed."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def look(folder: Path, whole: Whole, other: str) -> tuple[Stored | None, Checkpoint | None]:
    """Check the folder; return the run and the checkpoint from which it goes on."""
    store = RunStore(folder)
    store.open()
    found, problems = store.scan()
    assert problems == [], problems
    assert other in [one.record.key for one in found], "another run is gone"
    runs = [one for one in found if one.record.key != other]
    assert len(runs) < 2, "there are more runs than were made"
    checkpoint = None
    if runs:
        history = store.load_history(runs[0].record)
        whole.check(history)
        if (folder / runs[0].record.key / "checkpoint.npz").exists():
            checkpoint = store.load_checkpoint(runs[0].record.key)
            assert checkpoint.training.step <= len(history), "the record is behind the parameters"
    store.close()
    return (runs[0] if runs else None), checkpoint


def another_run(folder: Path) -> str:
    """Write a run that is to stay as it is; return its key."""
    now = datetime.now(UTC)
    store = RunStore(folder)
    store.open()
    history = History()
    history.append(StepDone(1, 1, 1, 1, 2.3, 0.1, 1e-3, 32, 0.01, 1.0))
    mark, hyperparameters = DataMark("other data", 0), Hyperparameters()
    record = RunRecord(
        new_key(now), "another", "run_b", now, tiny(), hyperparameters, mark, batches=1, state="finished"
    )
    store.keep(record, Progress.since(history, 0))
    store.close()
    return record.key


def sweep(
    folder: Path,
    times: int,
    epochs: int,
    window: bool,
    seed: int,
    longest: float = 4.0,
    say=lambda text: None,
) -> int:
    """Kill the program `times` times; return how many steps the run had. Raises AssertionError."""
    rng = random.Random(seed)
    whole = Whole(epochs)
    other = another_run(folder)
    before = fingerprint(folder / other)
    checkpoint = None
    for number in range(1, times + 1):
        child = Child(folder, epochs, window)
        # One kill in five comes before anything is said: while the program starts, or reads the folder.
        early = number % 5 == 0
        if early:
            time.sleep(rng.uniform(0.2, 2.0))
        else:
            answer = child.expect()
            wanted = "no offer" if checkpoint is None else f"offer {checkpoint.training.step}"
            assert answer == wanted, f"{answer} instead of {wanted}"
            assert child.expect() == "going"
            time.sleep(rng.uniform(0.05, longest))
        child.kill()
        run, checkpoint = look(folder, whole, other)
        if checkpoint is None and run is not None:
            # It was killed before it had been kept once: a start makes a new run, so this one is taken away.
            run_folder = folder / run.record.key
            for path in run_folder.iterdir():
                path.unlink()
            run_folder.rmdir()
        assert fingerprint(folder / other) == before, "another run has changed"
        steps = 0 if run is None else run.results.steps
        kept = "-" if checkpoint is None else checkpoint.training.step
        say(f"kill {number}{' while starting' if early else ''}: {steps} steps recorded, kept up to {kept}")
    child = Child(folder, epochs, window, to_the_end=True)
    while child.expect(600) != "closed":
        pass
    child.end()
    run, checkpoint = look(folder, whole, other)
    assert run.record.state == "finished", run.record.state
    assert run.results.steps == len(whole.losses), "the run has not made all its steps"
    for name, array in whole.network.state_dict().items():
        np.testing.assert_array_equal(checkpoint.parameters[name], array)
    return run.results.steps


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-window", action="store_true", help="only the workbench, which starts faster")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        window = not arguments.no_window
        steps = sweep(Path(folder), arguments.times, arguments.epochs, window, arguments.seed, say=print)
        print(
            f"killed {arguments.times} times, {steps:,} steps as those of the run that was never "
            f"interrupted, {time.monotonic() - began:.0f} s"
        )


if __name__ == "__main__":
    main()

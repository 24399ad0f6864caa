"""All that a person can tell a run to do, in random order: nothing raises, and the record stays whole."""

import numpy as np

from cnncore import ArgumentError
from explorer.workbench import RunState
from explorer.workbench.goal import Goal


class _Person:
    def __init__(self, bench, rng):
        self.bench, self.rng = bench, rng
        self.checkpoints, self.refusals = [], []
        bench.checkpoint_taken.connect(self.checkpoints.append)

    def act(self):
        """Do one thing; what makes no sense now is refused in a sentence and nothing else."""
        name = self.rng.choice([name for name in dir(self) if name.startswith("do_")])
        try:
            getattr(self, name)()
        except ArgumentError as error:
            self.refusals.append(str(error))

    def do_toggle(self):
        self.bench.toggle()

    def do_step(self):
        self.rng.choice([self.bench.step_batch, self.bench.step_epoch])()

    def do_until(self):
        step = int(self.rng.integers(1, 60))
        goals = [Goal(step=step), Goal(epoch=step // 10), Goal(accuracy=step / 60)]
        self.bench.run_until(goals[self.rng.integers(3)])

    def do_pace(self):
        self.bench.set_pace(self.rng.choice([None, 20.0, 100.0]))

    def do_look(self):
        self.bench.show_moment(int(self.rng.integers(0, 60)) if self.rng.random() < 0.7 else None)

    def do_rate(self):
        self.bench.set_learning_rate(float(self.rng.choice([1e-3, 2e-3])))

    def do_apply(self):
        self.bench.apply_parameters(self.bench.network.parameter_vector.copy())

    def do_preview(self):
        self.bench.request_preview()

    def do_keep_best(self):
        if self.rng.random() < 0.2:
            self.bench.keep_best()

    def do_reset_or_resume(self):
        if self.rng.random() < 0.3:
            self.bench.reset()
        elif self.checkpoints and self.rng.random() < 0.3:
            mine = [taken for taken in self.checkpoints if taken.run_id == self.bench.run_id]
            history = self.bench.history.copy()
            if mine and len(history) and mine[-1].checkpoint.training.step == history.steps[-1]:
                bench = self.bench
                bench.resume(bench.spec, bench.hyperparameters, mine[-1].checkpoint, history)


def test_whatever_is_told_in_whatever_order_the_record_has_no_gap(qtbot, tiny_bench):
    bench, rng = tiny_bench, np.random.default_rng(1)
    person = _Person(bench, rng)
    failures = []
    bench.failed.connect(lambda title, detail: failures.append((title, detail)))
    for _ in range(150):
        person.act()
        if rng.random() < 0.4:
            with qtbot.waitSignal(bench.progress_changed, timeout=20, raising=False):
                pass
        steps = bench.history.steps
        assert (np.diff(steps) == 1).all()
        assert bench.progress.step <= bench.progress.steps
        assert bench.shown_moment is None or bench.snapshot_step == bench.shown_moment
    assert person.refusals
    assert all(refusal.endswith(".") for refusal in person.refusals)
    bench.set_pace(None)
    bench.show_moment(None)
    bench.pause()
    qtbot.waitUntil(lambda: bench.state is not RunState.RUNNING, timeout=20_000)
    assert {title for title, _ in failures} <= {"There is no best epoch yet."}
    bench.step_batch()
    at = bench.progress.step
    qtbot.waitUntil(lambda: bench.snapshot_step == bench.progress.step == at + 1, timeout=20_000)
    assert bench.history.steps[-1] == at + 1
    np.testing.assert_array_equal(bench.network.state_vector, bench.timeline.state_at(at + 1))

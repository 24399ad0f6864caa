"""When a run is measured on the training thread, and that it does the run nothing."""

import numpy as np
from numpy.testing import assert_array_equal

from cnncore import MODELS, StepDone, load_mnist_5k
from explorer.workbench.health.probe import BEGINNING, LEAST_SECONDS, SHARE, HealthProbe
from explorer.workbench.live_run import LiveRun
from explorer.workbench.messages import RunPlan
from explorer.workbench.state import Hyperparameters
from tests.health_cases import with_norms_and_dropout


class Clock:
    """A clock that a test turns; each look at it takes `tick` seconds."""

    def __init__(self):
        self.now, self.tick = 100.0, 0.0

    def __call__(self):
        self.now += self.tick
        return self.now


def test_measuring_takes_a_small_part_of_the_time_and_is_never_done_twice():
    _, validation_set = load_mnist_5k()
    clock, work = Clock(), Clock()
    network = MODELS["tiny"]().build(np.random.default_rng(0))
    probe = HealthProbe(network, validation_set, clock, work)
    work.tick = 0.5
    for step in range(1, BEGINNING + 1):  # the first ones do not mind what they cost
        assert not probe.is_due
        clock.now += LEAST_SECONDS
        assert probe.is_due
        assert probe.measure(step).step == step
    assert probe.measure(BEGINNING) is None
    again = probe.measure(BEGINNING, again=True)
    assert (again.step, again.health.images) == (BEGINNING, 200)
    clock.now += 0.5 / SHARE - 0.1
    assert not probe.is_due
    clock.now += 0.2
    assert probe.is_due
    work.tick = 0.0
    probe.measure(BEGINNING + 1)
    clock.now += LEAST_SECONDS / 2
    assert not probe.is_due


def test_a_run_that_is_measured_is_the_same_run_bit_for_bit():
    train_set, validation_set = load_mnist_5k()
    train_set = train_set.subset(np.arange(400), "400 digits")
    states, losses = [], []
    for measured in (False, True):
        settings = Hyperparameters(epochs=1, batch_size=40)
        run = LiveRun(RunPlan(1, with_norms_and_dropout(), settings, train_set, validation_set))
        seen = []
        for event in run.steps:
            if isinstance(event, StepDone):
                seen.append((event.loss, event.layer_norms, event.update_ratios))
                if measured and event.step % 3 == 1:
                    assert run.probe.measure(event.step).step == event.step
        states.append(run.network.state_vector.copy())
        losses.append(seen)
    assert_array_equal(*states)
    assert losses[0] == losses[1]


def test_the_screen_gets_steps_and_measurements(tiny_bench, qtbot):
    changes = []
    tiny_bench.health_changed.connect(lambda: changes.append(tiny_bench.health.steps))
    assert tiny_bench.health.latest is None
    tiny_bench.start()
    qtbot.waitUntil(lambda: tiny_bench.health.steps == 20, timeout=20_000)
    qtbot.waitUntil(lambda: tiny_bench.health.latest is not None, timeout=20_000)
    record = tiny_bench.health
    assert record.latest.step == 20
    assert record.layers == (0, 3)
    assert changes[-1] == 20
    assert [step.loss for step in record.recent] == tiny_bench.history.losses.tolist()
    tiny_bench.reset()
    assert tiny_bench.health is not record
    assert changes[-1] == tiny_bench.health.steps == 0

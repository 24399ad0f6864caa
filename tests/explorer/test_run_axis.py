"""The horizontal axis of a run: steps, epochs, seconds."""

import numpy as np
import pytest

from cnncore import StepDone
from explorer.workbench import History
from explorer.workspaces.train.run_axis import RunAxis


def history(steps, batches=125, seconds=0.25):
    record = History()
    for i in range(steps):
        record.append(
            StepDone(
                step=i + 1,
                epoch=i // batches + 1,
                batch=i % batches + 1,
                batches=batches,
                loss=1.0,
                accuracy=0.5,
                learning_rate=1e-3,
                images=32,
                seconds=seconds,
            )
        )
    return record


def test_positions_in_steps_are_the_history_itself():
    record = history(5)
    assert RunAxis("step", record, 125, 5).positions.tolist() == record.steps.tolist()


def test_positions_in_epochs_and_seconds():
    record = history(250)
    epochs, seconds = RunAxis("epoch", record, 125, 5), RunAxis("time", record, 125, 5)
    assert epochs.positions[124] == 1.0
    assert seconds.positions[-1] == pytest.approx(62.5)
    assert epochs.position_of(250) == 2.0
    assert seconds.position_of(4) == pytest.approx(1.0)
    assert seconds.position_of(0) == 0.0
    np.testing.assert_allclose(seconds.positions_of(np.array([4, 8])), [1, 2])


@pytest.mark.parametrize("mode", ["step", "epoch", "time"])
def test_each_step_is_found_at_its_place(mode):
    axis = RunAxis(mode, history(250), 125, 5)
    assert [axis.step_at(axis.position_of(s)) for s in (1, 2, 125, 250)] == [1, 2, 125, 250]
    assert axis.step_at(-1.0) == 1
    assert axis.step_at(1e6) == 250
    assert RunAxis(mode, history(0), 125, 5).step_at(3.0) is None


def test_the_plan_is_shown_from_the_start_and_long_plans_in_doublings():
    def epochs_shown(steps, epochs):
        return round(RunAxis("step", history(steps, 10), 10, epochs).extent()[1] / 10.3)

    assert [epochs_shown(0, 5), epochs_shown(49, 5), epochs_shown(60, 5)] == [5, 5, 6]
    assert [epochs_shown(0, 300), epochs_shown(101, 300), epochs_shown(390, 40)] == [10, 20, 40]


def test_the_time_axis_holds_the_run_and_grows_in_jumps():
    ends = {n: RunAxis("time", history(n), 125, 5).extent()[1] for n in (0, 3, 100, 101, 102, 1000)}
    assert all(end >= n * 0.25 for n, end in ends.items())
    assert ends[100] == ends[101] == ends[102]


def test_ticks_are_epochs_where_enough_are_in_view():
    axis = RunAxis("step", history(0), 125, 5)
    assert axis.ticks(0, 643, 8)[1] == ["0", "125", "250", "375", "500", "625"]
    assert axis.ticks(100, 140, 8)[0] == [100, 105, 110, 115, 120, 125, 130, 135, 140]
    assert axis.ticks(100, 103, 8)[0] == [100, 101, 102, 103]


def test_seconds_read_as_seconds_and_then_as_minutes():
    axis = RunAxis("time", history(4), 125, 5)
    assert axis.ticks(0, 12, 7)[1] == ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s", "12 s"]
    assert axis.ticks(0, 1.0, 6)[1][:2] == ["0 s", "0.2 s"]
    assert axis.ticks(0, 180, 4)[1] == ["0:00", "1:00", "2:00", "3:00"]


def test_sections_are_the_epochs():
    axis = RunAxis("step", history(0), 125, 5)
    names = ["epoch 1", "epoch 2", "epoch 3", "epoch 4", "epoch 5"]
    assert axis.sections(0, 643, 12) == list(zip((0, 125, 250, 375, 500), names, strict=True))
    assert axis.sections(130, 240, 12) == [(125, "epoch 2")], "the one that the view lies in"
    assert [name for _, name in axis.sections(0, 643, 3)] == ["epoch 1", "epoch 3", "epoch 5"]


def test_sections_of_time_are_known_once_their_epoch_began():
    axis = RunAxis("time", history(260), 125, 5)
    axis.history.epochs.extend([None, None])
    assert axis.sections(0, 100, 12) == [(0.0, "epoch 1"), (31.25, "epoch 2"), (62.5, "epoch 3")]


def test_zooming_ends_at_ten_steps():
    record = history(100)
    spans = [RunAxis(mode, record, 125, 5).smallest_span() for mode in ("step", "epoch", "time")]
    assert spans == pytest.approx([10, 0.08, 2.5])

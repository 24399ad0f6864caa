"""Where a run begins on the screen's side: its network, its course and its state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnncore import Checkpoint, Dataset, ModelSpec, Sequential

from .course import Course
from .history import History
from .run_parts import network_and_optimizer
from .standing import Standing, check_state
from .state import Hyperparameters, RunState


@dataclass(frozen=True, eq=False)
class Start:
    """What a run begins with."""

    network: Sequential
    hyperparameters: Hyperparameters
    course: Course
    state: RunState


def start_of(
    spec: ModelSpec,
    hyperparameters: Hyperparameters,
    train_set: Dataset,
    checkpoint: Checkpoint | None,
    history: History,
) -> Start:
    """Return the start of a run, at the beginning or where the run of a checkpoint goes on.

    Raises
    ------
    CheckpointError, ArgumentError
        When the run cannot go on from there exactly.
    """
    network, optimizer = network_and_optimizer(spec, hyperparameters)
    batches = -(-len(train_set) // hyperparameters.batch_size)
    if checkpoint is None or checkpoint.training is None:
        if checkpoint is not None:
            network.load_state_dict(checkpoint.parameters)
        return Start(network, hyperparameters, Course(hyperparameters.epochs, batches), RunState.READY)
    training, standing = checkpoint.training, Standing.from_json(checkpoint.meta)
    check_state(standing, training, batches, history)
    checkpoint.restore(network, optimizer)
    course = Course(standing.last_epoch, batches, training)
    state = RunState.PAUSED if training.step else RunState.READY
    if standing.ended:
        course.arrive()
        state = RunState.FINISHED
    return Start(network, replace(hyperparameters, learning_rate=optimizer.lr), course, state)

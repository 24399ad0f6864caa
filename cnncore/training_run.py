"""A training run in progress: the loop over epochs and batches, and what one step is."""

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnncore.augment import Augment
from cnncore.checks import check_count, check_function, check_generator, check_kind, check_number
from cnncore.data import Dataset, batches
from cnncore.errors import ArgumentError, NonFiniteLossError
from cnncore.events import EpochDone, StepDone
from cnncore.layer_norms import UPDATE_EVERY, UpdateMeter, lengths, squared_lengths
from cnncore.layers import BatchNorm2d
from cnncore.metrics import Evaluation, check_fit, evaluate
from cnncore.network import NamedVector, Sequential
from cnncore.optim import Optimizer
from cnncore.schedules import Schedule
from cnncore.shapes import Shape
from cnncore.training_state import Best, TrainingState

Event: TypeAlias = StepDone | EpochDone
Clip: TypeAlias = Callable[[NamedVector], object]
"""``clip(grads)`` shortens gradients in place."""
Loss: TypeAlias = Callable[[NDArray[Any], NDArray[Any]], tuple[float, NDArray[Any]]]
"""``loss(logits, labels)`` returns the mean loss of a batch, and its gradient."""

_KINDS = {
    "network": Sequential,
    "train_set": Dataset,
    "validation_set": Dataset,
    "optimizer": Optimizer,
}


@dataclass(frozen=True, eq=False)
class Plan:
    """The arguments of `train`, each under its own name; making one checks them."""

    network: Sequential
    train_set: Dataset
    validation_set: Dataset
    optimizer: Optimizer
    epochs: int
    batch_size: int
    rng: np.random.Generator
    schedule: Schedule
    augment: Augment | None
    clip: Clip | None
    loss: Loss
    patience: int | None
    first_epoch: int
    first_step: int

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            check_kind(getattr(self, name), f"The {name} of a run", kind)
        if len(self.train_set) < 1 or len(self.validation_set) < 1:
            raise ArgumentError("There must be at least one image to train on and one to validate with.")
        check_count(self.epochs, "The number of epochs")
        check_count(self.batch_size, "The number of images in a batch")
        check_count(self.first_epoch, "The first epoch")
        check_count(self.first_step, "The first step", 0)
        check_generator(self.rng)
        if self.patience is not None:
            check_count(self.patience, "The patience of a run")
        given = [function for function in (self.augment, self.clip) if function is not None]
        for function in (self.schedule, self.loss, *given):
            check_function(function, "A schedule, augmentation, clipping or loss")
        if not self._moves_the_network():
            raise ArgumentError(
                "The optimizer moves the parameters of another network; make it from network.parameters()."
            )
        check_fit(self.network, self.train_set)
        check_fit(self.network, self.validation_set)
        self._check_smallest_batch()

    def _moves_the_network(self) -> bool:
        moved, own = self.optimizer.parameters, self.network.parameters()
        return moved.keys() == own.keys() and all(
            moved[name].shape == array.shape and moved[name].ctypes.data == array.ctypes.data
            for name, array in own.items()
        )

    def _check_smallest_batch(self) -> None:
        images = len(self.train_set) % self.batch_size or self.batch_size
        shape: Shape = self.train_set.image_shape
        for layer in self.network.layers:
            shape = layer.output_shape(shape)
            if isinstance(layer, BatchNorm2d) and images * math.prod(shape[1:]) < 2:
                raise ArgumentError(
                    f"With batches of {self.batch_size} the last of {len(self.train_set)} images is alone, "
                    f"and {layer!r} cannot measure a single number; another batch size helps."
                )

    @property
    def batches(self) -> int:
        """How many there are in an epoch."""
        return -(-len(self.train_set) // self.batch_size)

    @property
    def last_epoch(self) -> int:
        return self.first_epoch + self.epochs - 1


class TrainingRun(Iterator[Event]):
    """A run that `train` made: an iterator of events that knows where it stands."""

    def __init__(self, plan: Plan, resume: TrainingState | None) -> None:
        self._plan = plan
        self._resume = resume
        self._state = resume
        self._events: Generator[Event, None, None] = self._run()

    def __next__(self) -> Event:
        return next(self._events)

    def close(self) -> None:
        """End the run; what it has done stays."""
        self._events.close()

    @property
    def state(self) -> TrainingState:
        """Where the run stands after the event that was pulled last; to be saved with the parameters."""
        if self._state is not None:
            return self._state
        plan, now = self._plan, self._plan.rng.bit_generator.state
        layers = generators_of(plan.network)
        return TrainingState(
            plan.first_epoch, 0, plan.first_step, plan.batches, 0.0, 0, now, now, _states(layers), None
        )

    @property
    def best(self) -> Best | None:
        """The epoch with the lowest validation loss so far."""
        return self.state.best

    @property
    def has_ended(self) -> bool:
        """Whether all epochs are done, or the patience is at its end."""
        return self.state.epoch > self._plan.last_epoch or self._has_stalled()

    def _run(self) -> Generator[Event, None, None]:
        if self._resume is not None:
            self._plan.rng.bit_generator.state = self._resume.order_rng
            for position, generator in generators_of(self._plan.network).items():
                generator.bit_generator.state = self._resume.layer_rngs[position]
        self._state = self.state
        while not self.has_ended:
            yield from self._epoch()

    def _has_stalled(self) -> bool:
        plan, state = self._plan, self.state
        # The best may be from before this call, when a run is trained on.
        best = max(state.best.epoch if state.best else 0, plan.first_epoch - 1)
        return plan.patience is not None and state.epoch - 1 - best >= plan.patience

    def _epoch(self) -> Generator[Event, None, None]:
        plan, state = self._plan, self.state
        order_rng = plan.rng.bit_generator.state
        order = batches(len(plan.train_set), plan.batch_size, plan.rng)
        if state.batch:
            # The run goes on within the epoch: its order was drawn before, and perhaps more since.
            plan.rng.bit_generator.state = state.rng
        for batch, indices in enumerate(order[state.batch :], start=state.batch + 1):
            start = perf_counter()
            factor = _factor(plan.schedule, state.step - plan.first_step, plan.epochs * plan.batches)
            rate = plan.optimizer.lr * factor
            done = _step(plan, indices, factor, state.step + 1)
            seconds = perf_counter() - start
            self._state = state = replace(
                state,
                batch=batch,
                step=state.step + 1,
                loss_sum=state.loss_sum + done.loss * len(indices),
                correct=state.correct + done.right,
                order_rng=order_rng,
                rng=plan.rng.bit_generator.state,
                layer_rngs=_states(generators_of(plan.network)),
            )
            count = len(indices)
            yield StepDone(
                state.step,
                state.epoch,
                batch,
                len(order),
                done.loss,
                done.right / count,
                rate,
                count,
                seconds,
                done.norm,
                done.layer_norms,
                done.update_ratios,
            )
        evaluation = evaluate(plan.network, plan.validation_set)
        self._state = self._after_epoch(state, evaluation)
        count = len(plan.train_set)
        yield EpochDone(state.epoch, state.step, state.loss_sum / count, state.correct / count, evaluation)

    def _after_epoch(self, state: TrainingState, evaluation: Evaluation) -> TrainingState:
        now, best = self._plan.rng.bit_generator.state, state.best
        if evaluation.loss < (best.loss if best else math.inf):
            parameters = self._plan.network.state_dict()
            best = Best(state.epoch, state.step, evaluation.loss, evaluation.accuracy, parameters)
        return replace(
            state,
            epoch=state.epoch + 1,
            batch=0,
            loss_sum=0.0,
            correct=0,
            order_rng=now,
            rng=now,
            best=best,
        )


def generators_of(network: Sequential) -> dict[str, np.random.Generator]:
    """Return the generators of the layers that have one, as ``layer.rng``, by the position of the layer."""
    found = {str(index): getattr(layer, "rng", None) for index, layer in enumerate(network.layers)}
    return {index: rng for index, rng in found.items() if isinstance(rng, np.random.Generator)}


def _states(generators: Mapping[str, np.random.Generator]) -> dict[str, Mapping[str, Any]]:
    return {index: rng.bit_generator.state for index, rng in generators.items()}


def _factor(schedule: Schedule, step_index: int, steps: int) -> float:
    factor = schedule(step_index, steps)
    return check_number(factor, "A schedule's factor", 0, 1e6)


class _Step(NamedTuple):
    """What a step found: its loss, the number of right answers, and lengths as in `StepDone`."""

    loss: float
    right: int
    norm: float
    layer_norms: tuple[float, ...]
    update_ratios: tuple[float, ...]


def _step(plan: Plan, indices: NDArray[np.intp], factor: float, step: int) -> _Step:
    """Take one step."""
    pixels = plan.train_set.pixels(indices)
    labels = plan.train_set.labels[indices]
    if plan.augment is not None:
        pixels = plan.augment(pixels, plan.rng)
    # A run that diverges ends in the checks below, not in a NumPy warning.
    statistics = plan.network.state_vector[plan.network.parameter_count :]
    before = statistics.copy()
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logits, caches = plan.network.forward(pixels, training=True)
        loss, dlogits = plan.loss(logits, labels)
        norm = math.nan
        if math.isfinite(loss):
            _, grads = plan.network.backward(dlogits, caches, need_dx=False)
            squares = squared_lengths(grads)
            # The squared length is finite only for gradients so short that no step can overflow, either.
            norm = math.sqrt(sum(squares.values()))
        if not math.isfinite(norm):
            # The forward pass has changed what layers measure.
            statistics[...] = before
            raise NonFiniteLossError(step, loss)
        if plan.clip is not None:
            plan.clip(grads)
        meter = UpdateMeter(plan.network) if (step - 1) % UPDATE_EVERY == 0 else None
        plan.optimizer.step(grads, lr_scale=factor)
        ratios = meter.ratios() if meter is not None else ()
    right = int(np.count_nonzero(logits.argmax(axis=1) == labels))
    return _Step(loss, right, norm, lengths(squares), ratios)

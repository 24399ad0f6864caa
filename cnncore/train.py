"""A training run is a generator: each ``next()`` is one step, ``close()`` ends it."""

import math
from collections.abc import Generator, Mapping
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnncore.data import Dataset, batches
from cnncore.errors import ArgumentError, NonFiniteLossError
from cnncore.events import EpochDone, StepDone
from cnncore.loss import cross_entropy
from cnncore.metrics import evaluate
from cnncore.network import Sequential
from cnncore.optim import Optimizer
from cnncore.schedules import Schedule, constant

TrainingRun: TypeAlias = Generator[StepDone | EpochDone, None, None]


def train(
    network: Sequential,
    train_set: Dataset,
    validation_set: Dataset,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    schedule: Schedule | None = None,
    first_epoch: int = 1,
    first_step: int = 0,
) -> TrainingRun:
    """Train a network, one step for each event that is pulled.

    Nothing happens between two events, so pausing is not pulling, a single step is one ``next()``, and
    ``close()`` cancels without a trace. ``optimizer.lr`` is read at every step and may change between two.

    Parameters
    ----------
    network : Sequential
        The network; its parameters change in place.
    train_set, validation_set : Dataset
        What it learns from, and what it is measured on after each epoch.
    optimizer : Optimizer
        Made from ``network.parameters()``; its ``lr`` is the base learning rate.
    epochs : int
        How many epochs to train for, at least 1.
    batch_size : int
        Images in a step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator
        Source of the order of the images: one permutation for each epoch.
    schedule : callable, optional
        Gives each step of this call the factor that multiplies ``optimizer.lr``; `constant` by default.
    first_epoch, first_step : int
        For going on with a network that is already trained: the number of the first epoch, and how many steps
        were done before. The events count on from there; the schedule begins anew.

    Yields
    ------
    event : StepDone or EpochDone
        `StepDone` after each step, `EpochDone` after each epoch.

    Raises
    ------
    ArgumentError
        At once, when a number is out of range.
    NonFiniteLossError
        When a step's loss or gradient is no finite number. The parameters stay as they were before this step.
    """
    if len(train_set) < 1 or len(validation_set) < 1:
        raise ArgumentError("There must be at least one image to train on and one to validate with.")
    if batch_size < 1 or epochs < 1:
        raise ArgumentError(
            f"{epochs} epochs with batches of {batch_size} cannot be trained; both must be 1 or more."
        )
    if first_epoch < 1 or first_step < 0:
        raise ArgumentError(f"No run goes on in epoch {first_epoch} after step {first_step}.")

    def run() -> TrainingRun:
        step = first_step
        for epoch in range(first_epoch, first_epoch + epochs):
            loss_sum, correct = 0.0, 0
            order = batches(len(train_set), batch_size, rng)
            for batch, indices in enumerate(order, start=1):
                start = perf_counter()
                factor = (schedule or constant)(step - first_step, epochs * len(order))
                rate = optimizer.lr * factor
                loss, right = _step(network, train_set, indices, optimizer, factor, step + 1)
                seconds = perf_counter() - start
                step += 1
                loss_sum += loss * len(indices)
                correct += right
                accuracy = right / len(indices)
                yield StepDone(step, epoch, batch, len(order), loss, accuracy, rate, len(indices), seconds)
            count = len(train_set)
            yield EpochDone(epoch, step, loss_sum / count, correct / count, evaluate(network, validation_set))

    return run()


def _step(
    network: Sequential,
    train_set: Dataset,
    indices: NDArray[np.intp],
    optimizer: Optimizer,
    factor: float,
    step: int,
) -> tuple[float, int]:
    labels = train_set.labels[indices]
    # A run that diverges ends in the checks below, not in a NumPy warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logits, caches = network.forward(train_set.pixels(indices), training=True)
        loss, dlogits = cross_entropy(logits, labels)
        if not math.isfinite(loss):
            raise NonFiniteLossError(step, loss)
        _, grads = network.backward(dlogits, caches, need_dx=False)
        if not _is_finite(grads):
            raise NonFiniteLossError(step, loss)
        optimizer.step(grads, lr_scale=factor)
    return loss, int(np.count_nonzero(logits.argmax(axis=1) == labels))


def _is_finite(grads: Mapping[str, NDArray[Any]]) -> bool:
    # The squared length is finite only for gradients so short that no step can overflow, either.
    flat = (grad.ravel(order="K") for grad in grads.values())
    return math.isfinite(sum(float(np.dot(values, values)) for values in flat))

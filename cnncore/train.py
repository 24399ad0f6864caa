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
        Number of the last epoch, at least ``first_epoch``.
    batch_size : int
        Images in a step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator
        Source of the order of the images: one permutation for each epoch.
    schedule : callable, optional
        Gives each step the factor that multiplies ``optimizer.lr``; `constant` by default.
    first_epoch, first_step : int
        To go on with an earlier run: the epoch to begin in, and how many steps the run has done. Batches of
        that epoch that are already done are left out: with an ``rng`` as it was at the start of the epoch,
        the run goes on as if it had never stopped.

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
    steps_per_epoch = -(-len(train_set) // max(1, batch_size))
    _check(len(train_set), len(validation_set), epochs, batch_size, first_epoch)
    done_in_epoch = first_step - (first_epoch - 1) * steps_per_epoch
    if not 0 <= done_in_epoch < steps_per_epoch:
        raise ArgumentError(
            f"Epoch {first_epoch} of {steps_per_epoch} steps each cannot begin after step {first_step}."
        )
    factors = schedule or constant
    return _run(network, train_set, validation_set, optimizer, epochs, batch_size, rng, factors, first_step)


def _check(images: int, validation_images: int, epochs: int, batch_size: int, first_epoch: int) -> None:
    if images < 1 or validation_images < 1:
        raise ArgumentError("There must be at least one image to train on and one to validate with.")
    if batch_size < 1:
        raise ArgumentError(f"The batch size must be at least 1, not {batch_size}.")
    if first_epoch < 1 or epochs < first_epoch:
        raise ArgumentError(f"There is no epoch from {first_epoch} to {epochs}.")


def _run(
    network: Sequential,
    train_set: Dataset,
    validation_set: Dataset,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    schedule: Schedule,
    step: int,
) -> TrainingRun:
    steps_per_epoch = -(-len(train_set) // batch_size)
    for epoch in range(step // steps_per_epoch + 1, epochs + 1):
        loss_sum, correct, images = 0.0, 0, 0
        order = batches(len(train_set), batch_size, rng)
        for batch in range(step % steps_per_epoch, steps_per_epoch):
            indices = order[batch]
            start = perf_counter()
            factor = schedule(step, epochs * steps_per_epoch)
            rate = optimizer.lr * factor
            loss, right = _step(network, train_set, indices, optimizer, factor, step + 1)
            seconds = perf_counter() - start
            step += 1
            loss_sum, correct, images = loss_sum + loss * len(indices), correct + right, images + len(indices)
            yield StepDone(
                step=step,
                epoch=epoch,
                batch=batch + 1,
                batches=steps_per_epoch,
                loss=loss,
                accuracy=right / len(indices),
                learning_rate=rate,
                images=len(indices),
                seconds=seconds,
            )
        yield EpochDone(epoch, step, loss_sum / images, correct / images, evaluate(network, validation_set))


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

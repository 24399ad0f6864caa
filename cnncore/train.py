"""Training a network: the one function that starts a run."""

import numpy as np

from cnncore.augment import Augment
from cnncore.checks import check_kind
from cnncore.data import Dataset
from cnncore.errors import ArgumentError
from cnncore.loss import cross_entropy
from cnncore.network import Sequential
from cnncore.optim import Optimizer
from cnncore.schedules import Schedule, constant
from cnncore.training_run import Clip, Loss, Plan, TrainingRun, generators_of
from cnncore.training_state import TrainingState


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
    augment: Augment | None = None,
    clip: Clip | None = None,
    loss: Loss = cross_entropy,
    patience: int | None = None,
    first_epoch: int = 1,
    first_step: int = 0,
    resume: TrainingState | None = None,
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
        Source of the order of the images, one permutation for each epoch, and of the augmentation.
    schedule : callable, optional
        Gives each step of this call the factor that multiplies ``optimizer.lr``; `constant` by default.
    augment : callable, optional
        Changes the images of each batch, such as a `Compose` of `Rotate` and `Shift`.
    clip : callable, optional
        Shortens each step's gradients in place before the optimizer takes them, such as
        ``lambda grads: clip_grad_norm(grads, 1.0)``.
    loss : callable, optional
        ``loss(logits, labels)`` returns the mean loss and its gradient; `cross_entropy` by default, or for
        instance ``functools.partial(cross_entropy, label_smoothing=0.1)``. Evaluation keeps to
        cross-entropy.
    patience : int, optional
        After so many epochs without a lower validation loss the run ends; ``run.best`` is the one before.
    first_epoch, first_step : int
        For going on with a network that is already trained: the number of the first epoch, and how many steps
        were done before. The events count on from there; the schedule begins anew.
    resume : TrainingState, optional
        ``run.state`` of a run with the same arguments, whose network and optimizer are as they were then.
        The new run does what the old one would have done next.

    Returns
    -------
    run : TrainingRun
        An iterator with `StepDone` after each step and `EpochDone` after each epoch; ``run.state`` tells
        where it stands, ``run.best`` the best epoch so far.

    Raises
    ------
    ArgumentError, ShapeError
        At once, when an argument has no sense, the images do not fit the network, or `resume` does not fit
        the other arguments.
    NonFiniteLossError
        When a step's loss or gradient is no finite number. The parameters stay as they were before this step.
    """
    plan = Plan(
        network,
        train_set,
        validation_set,
        optimizer,
        epochs,
        batch_size,
        rng,
        schedule or constant,
        augment,
        clip,
        loss,
        patience,
        first_epoch,
        first_step,
    )
    if resume is not None:
        _check_resume(plan, resume)
    return TrainingRun(plan, resume)


def _check_resume(plan: Plan, state: TrainingState) -> None:
    check_kind(state, "What a run goes on from", TrainingState)
    done = (state.epoch - plan.first_epoch) * plan.batches + state.batch
    fits = (
        state.batches == plan.batches
        and plan.first_epoch <= state.epoch <= plan.last_epoch + 1
        and 0 <= state.batch <= plan.batches
        and state.step - plan.first_step == done
    )
    if not fits:
        raise ArgumentError(
            f"A run of {plan.epochs} epochs with {plan.batches:,} batches each cannot go on in epoch "
            f"{state.epoch} after batch {state.batch:,} of {state.batches:,}, step {state.step:,}."
        )
    kind = type(plan.rng.bit_generator).__name__
    if set(state.layer_rngs) != set(generators_of(plan.network)):
        raise ArgumentError("The run was made with another network: other layers draw random numbers.")
    kinds = {generator.get("bit_generator") for generator in (state.rng, state.order_rng)}
    if kinds != {kind}:
        raise ArgumentError(f"The run was made with another kind of generator; this one is a {kind}.")

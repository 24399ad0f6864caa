"""One run on the training thread, and a look ahead at its next step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from cnncore import Checkpoint, Sequential, StepDone, train
from cnncore.augment import Augment
from cnncore.network import NamedVector
from cnncore.optim import Optimizer
from cnncore.schedules import Schedule
from cnncore.training_run import Clip, Loss, TrainingRun, generators_of
from cnncore.training_state import TrainingState

from .health.probe import HealthProbe
from .messages import RunPlan
from .preview import StepPreview
from .run_parts import functions_of, network_and_optimizer
from .standing import Standing


class LiveRun:
    """Network, optimizer, and the generator that trains them.

    Attributes
    ----------
    ended : bool
        Whether the run had ended when its checkpoint was taken.
    probe : HealthProbe
        Measures the network.
    """

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self.network, self.optimizer = network_and_optimizer(plan.spec, plan.hyperparameters)
        self.rng = plan.hyperparameters.rng("shuffling")
        self.ended = False
        standing, state = Standing(1, 0, plan.hyperparameters.epochs, False), None
        checkpoint = plan.checkpoint
        if checkpoint is not None and checkpoint.training is not None:
            checkpoint.restore(self.network, self.optimizer)
            standing, state = Standing.from_json(checkpoint.meta), checkpoint.training
            self.ended = standing.ended
        elif checkpoint is not None:
            self.network.load_state_dict(checkpoint.parameters)
        self._begin(standing, state)
        self.probe = HealthProbe(self.network, plan.validation_set)

    def _begin(self, standing: Standing, state: TrainingState | None) -> None:
        self.standing = standing
        self.steps = self._steps(self.network, self.optimizer, self.rng, standing, resume=state)

    def extend(self, epochs: int) -> None:
        """Make the generator of `epochs` epochs more, from where the run stands."""
        self._begin(*self._extended(epochs))

    def _extended(self, epochs: int) -> tuple[Standing, TrainingState]:
        """Where a run that is trained on begins: an epoch in which it was stopped counts as done."""
        state = self.steps.state
        epoch = state.epoch + (state.batch > 0)
        state = replace(state, epoch=epoch, batch=0, loss_sum=0.0, correct=0, order_rng=state.rng)
        return Standing(epoch, state.step, epochs, False), state

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.steps.state.step

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.steps.state.epoch - 1

    def checkpoint(self, ended: bool) -> Checkpoint:
        """Return copies of all that the run needs to go on bit for bit, once it has `ended` or before."""
        standing = replace(self.standing, ended=ended)
        hyper = replace(self.plan.hyperparameters, learning_rate=self.optimizer.lr)
        meta = {"step": self.step, "epoch": self.epoch, "hyperparameters": hyper.to_json()}
        return Checkpoint(
            self.plan.spec,
            self.network.state_dict(),
            type(self.optimizer).__name__,
            self.optimizer.state_dict(),
            meta | standing.to_json(),
            self.steps.state,
        )

    def _steps(
        self,
        network: Sequential,
        optimizer: Optimizer,
        rng: np.random.Generator,
        standing: Standing,
        **extra: Any,
    ) -> TrainingRun:
        plan = self.plan
        return train(
            network,
            plan.train_set,
            plan.validation_set,
            optimizer,
            epochs=standing.epochs,
            batch_size=plan.hyperparameters.batch_size,
            rng=rng,
            first_epoch=standing.first_epoch,
            first_step=standing.first_step,
            patience=plan.hyperparameters.patience or None,
            **{**functions_of(plan.hyperparameters), **extra},
        )

    def preview(self, run_id: int, ended: bool) -> StepPreview:
        """Work out the step that comes next, on copies; of a run that has ended, as if it were trained on.

        Raises NonFiniteLossError as the step would.
        """
        make = _Fork(self)
        before, standing = make()
        after, stepped = make()
        seen = _Recorder(**functions_of(self.plan.hyperparameters))
        rng = copy.deepcopy(self.rng)
        planned, state = self.standing, self.steps.state
        if ended or self.steps.has_ended:
            planned, state = self._extended(self.plan.hyperparameters.epochs)
        steps = self._steps(after, stepped, rng, planned, resume=state, **seen.hooks())
        event = next(event for event in steps if isinstance(event, StepDone))
        return StepPreview(
            run_id=run_id,
            step=event.step,
            images=seen.images,
            labels=seen.labels,
            loss=event.loss,
            learning_rate=self.optimizer.lr,
            lr_scale=seen.factor,
            optimizer=standing,
            gradients=seen.gradients,
            before=before.parameters(),
            after=after.parameters(),
            step_with=partial(_step_with, make, seen.factor),
        )


class _Fork:
    """Makes copies of a run's network and optimizer as they are now, as often as it is called."""

    def __init__(self, run: LiveRun) -> None:
        self._plan = run.plan
        self._state = run.network.state_vector.copy()
        self._optimizer_state = run.optimizer.state_dict()
        self._generators = {
            place: generator.bit_generator.state for place, generator in generators_of(run.network).items()
        }

    def __call__(self) -> tuple[Sequential, Optimizer]:
        network, optimizer = network_and_optimizer(self._plan.spec, self._plan.hyperparameters)
        network.set_state_vector(self._state)
        copies = generators_of(network)
        for place, state in self._generators.items():
            copies[place].bit_generator.state = state
        optimizer.load_state_dict(self._optimizer_state)
        return network, optimizer


def _step_with(make: _Fork, lr_scale: float, gradients: Mapping[str, np.ndarray]) -> np.ndarray:
    network, optimizer = make()
    optimizer.step(gradients, lr_scale)
    return network.parameter_vector


@dataclass
class _Recorder:
    """Listens in on a step through the functions that it calls on its way."""

    schedule: Schedule
    augment: Augment | None
    loss: Loss
    clip: Clip | None
    factor: float = 1.0
    images: np.ndarray = field(init=False)
    labels: np.ndarray = field(init=False)
    gradients: dict[str, np.ndarray] = field(default_factory=dict)

    def hooks(self) -> dict[str, Callable]:
        return {
            "schedule": self._on_factor,
            "augment": self._on_images,
            "loss": self._on_labels,
            "clip": self._on_gradients,
        }

    def _on_factor(self, step: int, steps: int) -> float:
        self.factor = float(self.schedule(step, steps))
        return self.factor

    def _on_images(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if self.augment is not None:
            images = self.augment(images, rng)
        self.images = np.array(images, order="C")
        return images

    def _on_labels(self, logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        self.labels = labels.copy()
        return self.loss(logits, labels)

    def _on_gradients(self, gradients: NamedVector) -> None:
        if self.clip is not None:
            self.clip(gradients)
        self.gradients = {name: np.array(value, order="C") for name, value in gradients.items()}

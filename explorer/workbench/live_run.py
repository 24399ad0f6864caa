"""One run on the training thread, and a look ahead at its next step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from cnncore import SCHEDULES, SGD, Adam, AdamW, RMSprop, Sequential, StepDone, cross_entropy, train
from cnncore.augment import Augment
from cnncore.network import NamedVector
from cnncore.optim import Optimizer, clip_grad_norm
from cnncore.schedules import Schedule
from cnncore.training_run import Clip, Loss, TrainingRun, generators_of
from cnncore.training_state import TrainingState

from .messages import RunPlan
from .preview import StepPreview
from .state import Hyperparameters

_OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    optimizer.__name__: optimizer for optimizer in (Adam, AdamW, RMSprop, SGD)
}


class LiveRun:
    """Network, optimizer, and the generator that trains them."""

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self.network, self.optimizer = _network_and_optimizer(plan)
        if plan.checkpoint is not None:
            self.network.load_state_dict(plan.checkpoint.parameters)
        self.rng = plan.hyperparameters.rng("shuffling")
        self.step = 0
        self.epoch = 0
        self.begin(plan.hyperparameters.epochs)

    def begin(self, epochs: int) -> None:
        """Make the generator of `epochs` epochs more, from where the run stands."""
        self._first = self.epoch + 1, self.step
        self.last_epoch = self.epoch + epochs
        self.steps = self._steps(self.network, self.optimizer, self.rng, epochs)

    def _steps(
        self, network: Sequential, optimizer: Optimizer, rng: np.random.Generator, epochs: int, **extra: Any
    ) -> TrainingRun:
        plan = self.plan
        first_epoch, first_step = self._first
        return train(
            network,
            plan.train_set,
            plan.validation_set,
            optimizer,
            epochs=epochs,
            batch_size=plan.hyperparameters.batch_size,
            rng=rng,
            first_epoch=first_epoch,
            first_step=first_step,
            patience=plan.hyperparameters.patience or None,
            **{**_functions(plan.hyperparameters), **extra},
        )

    def preview(self, run_id: int) -> StepPreview:
        """Work out the step that comes next, on copies. Raises NonFiniteLossError as the step would."""
        make = _Fork(self)
        before, standing = make()
        after, stepped = make()
        seen = _Recorder(**_functions(self.plan.hyperparameters))
        rng = copy.deepcopy(self.rng)
        state: TrainingState | None = self.steps.state
        epochs = self.last_epoch - self._first[0] + 1
        if self.steps.has_ended:  # it would be trained on, as `begin` does it
            state, epochs = None, self.plan.hyperparameters.epochs
        first = self._first
        if state is None:
            self._first = self.epoch + 1, self.step
        try:
            steps = self._steps(after, stepped, rng, epochs, resume=state, **seen.hooks())
            event = next(event for event in steps if isinstance(event, StepDone))
        finally:
            self._first = first
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
        network, optimizer = _network_and_optimizer(self._plan)
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


def _functions(hyper: Hyperparameters) -> dict[str, Any]:
    """Return what a step calls on its way, under the names of `train`."""
    smoothing, norm = hyper.label_smoothing, hyper.clip_norm
    return {
        "schedule": SCHEDULES[hyper.schedule],
        "augment": hyper.augmentation.function(),
        "loss": partial(cross_entropy, label_smoothing=smoothing) if smoothing else cross_entropy,
        "clip": partial(clip_grad_norm, max_norm=norm) if norm else None,
    }


def _network_and_optimizer(plan: RunPlan) -> tuple[Sequential, Optimizer]:
    hyper = plan.hyperparameters
    network: Sequential = plan.spec.build(hyper.rng("initialisation"))
    optimizer = _OPTIMIZERS[hyper.optimizer](
        network.parameters(),
        lr=hyper.learning_rate,
        weight_decay=hyper.weight_decay,
        **_own_options(hyper),
    )
    return network, optimizer


def _own_options(hyper: Hyperparameters) -> dict[str, Any]:
    """Return the options that only this optimizer has."""
    match hyper.optimizer:
        case "SGD":
            # Without a momentum there is nothing to look ahead along.
            return {"momentum": hyper.momentum, "nesterov": hyper.nesterov and hyper.momentum > 0}
        case "RMSprop":
            return {"alpha": hyper.alpha}
        case _:
            return {"betas": (hyper.beta1, hyper.beta2)}

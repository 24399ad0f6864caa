"""A network with convolutions against one without: trained on the same images, from the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import CnnError, Dataset, ModelSpec, StepDone, train
from cnncore.models import mlp, reference
from cnncore.robustness import REACH, ShiftAccuracy, shift_accuracy

from .building.checking import check
from .building.draft import Draft
from .piecewise import Piecewise
from .run_parts import functions_of, network_and_optimizer
from .state import Hyperparameters, RunState
from .workbench import Workbench

MOST_EPOCHS = 50
SHIFTED_IMAGES = 1000


@dataclass(frozen=True, eq=False)
class Contender:
    """How far one network has come. What is not known yet is None.

    Attributes
    ----------
    title : str
        The model's name on screen.
    parameters, multiply_adds : int
        Weights and biases, and multiplications that go into a sum for one image.
    steps, all_steps : int
        Training steps done and to do.
    seconds : float
        Time that the steps took to compute.
    accuracies : tuple of float
        Of the validation images after each epoch, 0 to 1.
    shift : ShiftAccuracy or None
        Over moved validation images, at most `SHIFTED_IMAGES` of them.
    """

    title: str
    parameters: int
    multiply_adds: int
    steps: int
    all_steps: int
    seconds: float = 0.0
    accuracies: tuple[float, ...] = ()
    shift: ShiftAccuracy | None = None

    @property
    def shifts(self) -> int:
        """How many shifts are measured."""
        return 0 if self.shift is None else self.shift.done


@dataclass(frozen=True, eq=False)
class Plan:
    """The rules of a contest: what is trained, on what, and how."""

    specs: tuple[ModelSpec, ModelSpec]
    hyperparameters: Hyperparameters
    train_set: Dataset
    validation_set: Dataset

    def contenders(self) -> tuple[Contender, Contender]:
        """Return how both stand before the first step."""
        steps = -(-len(self.train_set) // self.hyperparameters.batch_size) * self.hyperparameters.epochs
        first, second = (check(Draft.of(spec)) for spec in self.specs)
        return tuple(
            Contender(spec.title, report.parameters, report.multiply_adds, 0, steps)
            for spec, report in zip(self.specs, (first, second), strict=True)
        )


def contest(plan: Plan) -> Iterator[tuple[Contender, Contender]]:
    """Train one network after the other, then move the images; yield how both stand after each step."""
    contenders = list(plan.contenders())
    networks = []
    for place, spec in enumerate(plan.specs):
        network, optimizer = network_and_optimizer(spec, plan.hyperparameters)
        networks.append(network)
        steps = train(
            network,
            plan.train_set,
            plan.validation_set,
            optimizer,
            epochs=plan.hyperparameters.epochs,
            batch_size=plan.hyperparameters.batch_size,
            rng=plan.hyperparameters.rng("shuffling"),
            **functions_of(plan.hyperparameters),
        )
        for event in steps:
            now = contenders[place]
            if isinstance(event, StepDone):
                now = replace(now, steps=event.step, seconds=now.seconds + event.seconds)
            else:
                now = replace(now, accuracies=(*now.accuracies, event.evaluation.accuracy))
            contenders[place] = now
            yield tuple(contenders)
    images = plan.validation_set.subset(
        np.arange(min(SHIFTED_IMAGES, len(plan.validation_set))), plan.validation_set.name
    )
    for place, network in enumerate(networks):
        for accuracy in shift_accuracy(network, images, REACH):
            contenders[place] = replace(contenders[place], shift=accuracy)
            yield tuple(contenders)


def opponents(spec: ModelSpec) -> tuple[ModelSpec, ModelSpec]:
    """Return the model itself, or the reference network where it has no convolution, and the dense network.

    Both take the model's images and tell its classes apart.
    """
    convolves = any(layer.kind == "conv2d" for layer in spec.layers)
    first = spec if convolves else _adapted(reference(), spec)
    return first, _adapted(mlp(), spec)


def _adapted(model: ModelSpec, to: ModelSpec) -> ModelSpec:
    if (model.input_shape, model.class_names) != (to.input_shape, to.class_names):
        model = model.adapted(to.input_shape, to.class_names)
    return replace(model, standardisation=to.standardisation)


class Contest(QObject):
    """One contest at a time, beside whatever the training thread does.

    Attributes
    ----------
    contenders : pair of Contender or None
        How both stand, or stood at the end; None before the first contest.
    complete : bool
        Whether all is measured.
    disturbed : bool
        Whether a run was trained at the same time, which makes the seconds longer than they need be.
    problem : str
        Why the contest ended early; empty when it did not.
    """

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self.plan: Plan | None = None
        self.contenders: tuple[Contender, Contender] | None = None
        self.complete = self.disturbed = False
        self.problem = ""
        self._work = Piecewise(workbench)
        self._work.came.connect(self._take)
        self._work.ended.connect(self._finish)
        self._work.failed.connect(self._fail)

    @property
    def running(self) -> bool:
        """Whether a contest is going on."""
        return self._work.running

    def start(self, epochs: int) -> None:
        """Train both for so many epochs with the present hyperparameters, seed and images."""
        bench = self._workbench
        hyperparameters = replace(bench.hyperparameters, epochs=epochs)
        self.plan = Plan(opponents(bench.spec), hyperparameters, bench.train_set, bench.validation_set)
        self.complete, self.problem = False, ""
        self.disturbed = bench.state is RunState.RUNNING
        try:
            self.contenders = self.plan.contenders()
            self._work.start(contest(self.plan))
        except CnnError as error:
            self.problem = str(error)
        self.changed.emit()

    def cancel(self) -> None:
        """Give the contest up; what is known so far stays on view."""
        if self._work.running:
            self._work.cancel()
            self.problem = "Stopped before the end."
            self.changed.emit()

    def _take(self, contenders: tuple[Contender, Contender]) -> None:
        self.contenders = contenders
        training = any(one.steps < one.all_steps for one in contenders)
        self.disturbed |= training and self._workbench.state is RunState.RUNNING
        self.changed.emit()

    def _finish(self) -> None:
        self.complete = True
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self.problem = str(error) if isinstance(error, CnnError) else f"The comparison failed: {error}"
        self.changed.emit()

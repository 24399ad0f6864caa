"""The next step of a run, worked out before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cnncore.optim import Optimizer


@dataclass(frozen=True, eq=False)
class StepPreview:
    """What the next step of a run at rest will do. All of it is copies; nobody may change them.

    Attributes
    ----------
    run_id, step : int
        The run, and the number that the step would have.
    images, labels : array
        The batch: (N, C, H, W) in [0, 1] as the network gets it, and (N,).
    loss : float
        Mean loss of the batch before the step.
    learning_rate, lr_scale : float
        The base learning rate, and the factor of the schedule for this step.
    optimizer : Optimizer
        Stands before the step, over copies of the parameters.
    gradients, before, after : mapping of str to array
        Gradients of the batch as the optimizer gets them, and the parameters before and after the step.
    step_with : callable
        ``step_with(gradients)`` returns the vector of all parameters after a step with other gradients.
    """

    run_id: int
    step: int
    images: np.ndarray
    labels: np.ndarray
    loss: float
    learning_rate: float
    lr_scale: float
    optimizer: Optimizer
    gradients: Mapping[str, np.ndarray]
    before: Mapping[str, np.ndarray]
    after: Mapping[str, np.ndarray]
    step_with: Callable[[Mapping[str, np.ndarray]], np.ndarray]

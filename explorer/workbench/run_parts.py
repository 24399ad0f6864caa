"""What the hyperparameters of a run stand for: its optimizer, and the functions that a step calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cnncore import SCHEDULES, SGD, Adam, AdamW, ModelSpec, RMSprop, Sequential, cross_entropy
from cnncore.optim import Optimizer, clip_grad_norm

from .state import Hyperparameters

_OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    optimizer.__name__: optimizer for optimizer in (Adam, AdamW, RMSprop, SGD)
}


def functions_of(hyper: Hyperparameters) -> dict[str, Any]:
    """Return what a step calls on its way, under the names of `train`."""
    smoothing, norm = hyper.label_smoothing, hyper.clip_norm
    return {
        "schedule": SCHEDULES[hyper.schedule],
        "augment": hyper.augmentation.function(),
        "loss": partial(cross_entropy, label_smoothing=smoothing) if smoothing else cross_entropy,
        "clip": partial(clip_grad_norm, max_norm=norm) if norm else None,
    }


def network_and_optimizer(spec: ModelSpec, hyper: Hyperparameters) -> tuple[Sequential, Optimizer]:
    """Return a new network and its optimizer, as a run with these hyperparameters begins."""
    network: Sequential = spec.build(hyper.rng("initialisation"))
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

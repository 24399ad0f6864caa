"""Where a training run stands between two steps: enough to go on bit for bit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnncore.errors import CheckpointError
from cnncore.windows import Array

_GENERATORS = ("PCG64", "PCG64DXSM")
_MOST = 2**53
_GENERATOR_NAMES = {"order_rng", "rng", "layer_rngs"}
_NAMES = {"epoch", "batch", "step", "batches", "loss_sum", "correct", "best"} | _GENERATOR_NAMES
_BEST_NAMES = {"epoch", "step", "loss", "accuracy"}
_OUTER = {"bit_generator", "state", "has_uint32", "uinteger"}


@dataclass(frozen=True, eq=False)
class Best:
    """The epoch whose parameters had the lowest validation loss so far.

    Attributes
    ----------
    epoch, step : int
        Number of the epoch, and of the steps done at its end.
    loss, accuracy : float
        Of the validation images.
    parameters : mapping of str to array
        Copies, for ``network.load_state_dict``.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    parameters: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class TrainingState:
    """What a run needs, beside network and optimizer, to go on as if it had never stopped.

    Attributes
    ----------
    epoch, batch, step : int
        The epoch that is next or in progress, from 1; how many of its batches are done; all steps done.
    batches : int
        Batches in an epoch.
    loss_sum, correct : float, int
        Sum of the losses of this epoch's images so far, and how many were classified correctly.
    order_rng, rng : dict
        States of the run's generator: before this epoch's order was drawn, and now.
    layer_rngs : dict of str to dict
        States of the generators of layers that draw random numbers while they learn, by the layer's position.
    best : Best or None
        None before the first epoch is done.
    """

    epoch: int
    batch: int
    step: int
    batches: int
    loss_sum: float
    correct: int
    order_rng: Mapping[str, Any]
    rng: Mapping[str, Any]
    layer_rngs: Mapping[str, Mapping[str, Any]]
    best: Best | None

    def to_dict(self) -> dict[str, Any]:
        """Return all of it that JSON can hold: everything but the parameters of `best`.

        Raises
        ------
        CheckpointError
            When the generator is not of the kind that ``numpy.random.default_rng`` makes.
        """
        for state in (self.order_rng, self.rng, *self.layer_rngs.values()):
            _check_generator(state)
        best = None
        if self.best is not None:
            best = {name: getattr(self.best, name) for name in sorted(_BEST_NAMES)}
        generators = {"order_rng": dict(self.order_rng), "rng": dict(self.rng)}
        generators["layer_rngs"] = {name: dict(state) for name, state in self.layer_rngs.items()}
        return {name: getattr(self, name) for name in sorted(_NAMES)} | generators | {"best": best}

    @classmethod
    def from_dict(cls, content: object, best_parameters: Mapping[str, Array]) -> "TrainingState":
        """Read what `to_dict` returned. It may come from anywhere.

        Parameters
        ----------
        content : object
            From JSON.
        best_parameters : mapping of str to array
            Those of the best epoch, if there was one.

        Raises
        ------
        CheckpointError
            When something is missing, too much, or of a value that no run has.
        """
        content = _entries(content, _NAMES)
        if not isinstance(content["layer_rngs"], dict):
            raise _damaged("the generators of its layers are missing")
        for state in (content["order_rng"], content["rng"], *content["layer_rngs"].values()):
            _check_generator(state)
        batches = _whole(content["batches"], 1)
        best = None
        if content["best"] is not None:
            entries = _entries(content["best"], _BEST_NAMES)
            best = Best(
                _whole(entries["epoch"], 1),
                _whole(entries["step"], 0),
                _number(entries["loss"]),
                _number(entries["accuracy"]),
                best_parameters,
            )
        return cls(
            _whole(content["epoch"], 1),
            _whole(content["batch"], 0, batches),
            _whole(content["step"], 0),
            batches,
            _number(content["loss_sum"]),
            _whole(content["correct"], 0),
            content["order_rng"],
            content["rng"],
            content["layer_rngs"],
            best,
        )


def _entries(content: object, names: set[str]) -> dict[str, Any]:
    if not isinstance(content, dict) or set(content) != names:
        raise _damaged("it lacks an entry or has one too many")
    return content


def _whole(value: object, least: int, most: int = _MOST) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _damaged("a count is no whole number or out of range")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise _damaged("a mean or sum is no number or out of range")
    return float(value)


def _check_generator(state: object) -> None:
    """Raise unless the value is the state of a generator that can be written down in four whole numbers."""
    if isinstance(state, Mapping) and state.get("bit_generator") not in _GENERATORS:
        raise CheckpointError(f"Only generators of the kinds {' and '.join(_GENERATORS)} can be saved.")
    outer = _entries(dict(state) if isinstance(state, Mapping) else state, _OUTER)
    inner = _entries(outer["state"], {"state", "inc"})
    _whole(inner["state"], 0, 2**128 - 1)
    if _whole(inner["inc"], 0, 2**128 - 1) % 2 == 0:
        raise _damaged("the generator has no such state")
    _whole(outer["has_uint32"], 0, 1)
    _whole(outer["uinteger"], 0, 2**32 - 1)


def _damaged(why: str) -> CheckpointError:
    return CheckpointError(f"The state of the run is damaged: {why}.")

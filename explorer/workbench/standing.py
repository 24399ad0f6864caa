"""Where a run stands as a checkpoint tells it, and whether it can go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cnncore import CheckpointError, TrainingState

from .history import History


@dataclass(frozen=True)
class Standing:
    """The epochs that a run was told to make last, which its schedule spans.

    Attributes
    ----------
    first_epoch, first_step : int
        Number of the first of these epochs, and of the steps done before it.
    epochs : int
        How many epochs were planned.
    ended : bool
        Whether the run has ended: it made them all, or was stopped for good.
    """

    first_epoch: int
    first_step: int
    epochs: int
    ended: bool

    @property
    def last_epoch(self) -> int:
        """Number of the last of these epochs."""
        return self.first_epoch + self.epochs - 1

    def to_json(self) -> dict[str, Any]:
        """Return the entries for the `meta` of a checkpoint."""
        return asdict(self)

    @classmethod
    def from_json(cls, meta: Mapping[str, Any]) -> Standing:
        """Read them from the `meta` of a checkpoint, which may come from anywhere. Raises CheckpointError."""
        counts = {"first_epoch": 1, "first_step": 0, "epochs": 1}
        for name, least in counts.items():
            value = meta.get(name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**53:
                raise CheckpointError("The checkpoint does not tell which epochs were planned.")
        if not isinstance(meta.get("ended"), bool):
            raise CheckpointError("The checkpoint does not tell whether the run has ended.")
        return cls(**{name: meta[name] for name in counts}, ended=meta["ended"])


def check_state(standing: Standing, state: TrainingState, batches: int, history: History) -> None:
    """Raise CheckpointError when the run that `state` belongs to cannot go on exactly.

    `batches` is how many an epoch has with the present data. That the run fits its network and optimizer is
    for `Checkpoint.restore` to say.
    """
    if state.batches != batches:
        raise CheckpointError(
            f"The run was made with {state.batches:,} batches an epoch; this data and batch size give "
            f"{batches:,}."
        )
    done = (state.epoch - standing.first_epoch) * batches + state.batch
    if (
        not standing.first_epoch <= state.epoch <= standing.last_epoch + 1
        or not 0 <= state.batch <= batches
        or state.step - standing.first_step != done
    ):
        raise CheckpointError("The checkpoint contradicts itself about where the run stands.")
    if len(history) and int(history.steps[-1]) != state.step:
        raise CheckpointError(
            f"The record of the run ends at step {int(history.steps[-1]):,}, its parameters are those of "
            f"step {state.step:,}."
        )

"""What is said when a run comes to an end or is told to."""

from __future__ import annotations

from cnncore import Best

NO_BEST = (
    "There is no best epoch yet.",
    "An epoch is measured when it is done. Go on to the end of the first one.",
)


def ended_early(epoch: int, patience: int) -> str:
    """Say that the patience is at its end."""
    return (
        f"Training ended early, after epoch {epoch:,}: the validation loss has not fallen for "
        f"{patience:,} epoch{'s' * (patience != 1)}."
    )


def not_reached(accuracy: float) -> str:
    """Say that a run to a validation accuracy has made all its epochs."""
    return f"The run is at its end. A validation accuracy of {100 * accuracy:g} % was not reached."


def kept_best(best: Best) -> str:
    """Say which epoch's parameters the network has."""
    return (
        f"The network has the parameters of epoch {best.epoch:,}, step {best.step:,}: its validation loss, "
        f"{best.loss:.4g}, is the lowest of this run."
    )

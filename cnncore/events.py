"""What a training run reports: frozen events, one for each step and one for each epoch."""

from dataclasses import dataclass

from cnncore.metrics import Evaluation


@dataclass(frozen=True)
class StepDone:
    """One batch has gone forward and backward, and the parameters have changed.

    Attributes
    ----------
    step : int
        Number of this step in the run, from 1.
    epoch : int
        Number of the epoch, from 1.
    batch, batches : int
        Number of this batch in its epoch, from 1, and how many there are.
    loss, accuracy : float
        Mean loss of the batch and the part of it that was classified correctly, before this step's change.
    learning_rate : float
        The rate this step used: the base rate times the schedule's factor.
    images : int
        Number of images in the batch.
    seconds : float
        Time the step took to compute.
    gradient_norm : float
        Length of the gradient of all parameters, before any clipping.
    layer_norms : tuple of float
        The same for each layer with parameters, see `layer_norms.learning_layers`.
    update_ratios : tuple of float
        For each of these layers by how much the step changed it: the length of the change over the length of
        the parameters before it. Empty in most steps: every fourth is measured, the first among them.
    """

    step: int
    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    learning_rate: float
    images: int
    seconds: float
    gradient_norm: float = 0.0
    layer_norms: tuple[float, ...] = ()
    update_ratios: tuple[float, ...] = ()


@dataclass(frozen=True)
class EpochDone:
    """Every batch of an epoch is done, and the validation images have been classified.

    Attributes
    ----------
    epoch : int
        Number of the epoch, from 1.
    step : int
        Number of steps done so far.
    train_loss, train_accuracy : float
        Means over the epoch's images, each as it was when its batch came: early batches met less trained
        parameters, so a validation loss below this one is no surprise.
    evaluation : Evaluation
        The validation images under the parameters at the end of the epoch.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    evaluation: Evaluation

"""A small engine for convolutional networks: NumPy, equations, and nothing hidden."""

from cnncore.augment import Augment, Compose, Elastic, Flip, Noise, Rotate, Scale, Shift
from cnncore.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, write_checkpoint
from cnncore.coloured_shapes import load_shapes
from cnncore.data import DIGITS, Dataset, batches, load_idx_folder, load_mnist_5k, split_by_class
from cnncore.errors import (
    ArgumentError,
    CheckpointError,
    CnnError,
    DataError,
    NonFiniteLossError,
    ShapeError,
    SpecError,
)
from cnncore.events import EpochDone, StepDone
from cnncore.health import Activity, Health, LayerHealth, choose_probe, measure_health
from cnncore.idx import read_idx
from cnncore.initialisers import INITIALISERS, Initialiser, by_size, glorot, he, lecun
from cnncore.layer_spec import LayerSpec
from cnncore.layers import (
    AdaptiveAvgPool2d,
    Arctan,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from cnncore.loss import cross_entropy, log_softmax, mse_loss, nll_loss, one_hot, softmax
from cnncore.metrics import (
    Calibration,
    ClassScores,
    Evaluation,
    calibration,
    class_scores,
    confusion_matrix,
    evaluate,
)
from cnncore.models import ALL_MODELS, MODELS, colour, lenet5, mlp, reference, tiny
from cnncore.network import NamedVector, Sequential
from cnncore.optim import SGD, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm
from cnncore.schedules import SCHEDULES, Schedule, constant, cosine, one_cycle, step, warm_up
from cnncore.shapes import output_size
from cnncore.spec import ModelSpec
from cnncore.standardisation import Standardisation, StandardisedNetwork
from cnncore.trace import LayerTrace, Trace, trace
from cnncore.train import train
from cnncore.training_run import TrainingRun
from cnncore.training_state import Best, TrainingState

__all__ = [
    "ALL_MODELS",
    "DIGITS",
    "INITIALISERS",
    "MODELS",
    "SCHEDULES",
    "SGD",
    "Activity",
    "Adam",
    "AdamW",
    "AdaptiveAvgPool2d",
    "Arctan",
    "ArgumentError",
    "Augment",
    "AvgPool2d",
    "BatchNorm2d",
    "Best",
    "Calibration",
    "Checkpoint",
    "CheckpointError",
    "ClassScores",
    "CnnError",
    "Compose",
    "Conv2d",
    "DataError",
    "Dataset",
    "Dropout",
    "Elastic",
    "EpochDone",
    "Evaluation",
    "Flatten",
    "Flip",
    "Health",
    "Initialiser",
    "Layer",
    "LayerHealth",
    "LayerSpec",
    "LayerTrace",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "ModelSpec",
    "NamedVector",
    "Noise",
    "NonFiniteLossError",
    "Optimizer",
    "RMSprop",
    "ReLU",
    "Rotate",
    "Scale",
    "Schedule",
    "Sequential",
    "ShapeError",
    "Shift",
    "Sigmoid",
    "Softmax",
    "SpecError",
    "Standardisation",
    "StandardisedNetwork",
    "StepDone",
    "Tanh",
    "Trace",
    "TrainingRun",
    "TrainingState",
    "batches",
    "by_size",
    "calibration",
    "choose_probe",
    "class_scores",
    "clip_grad_norm",
    "colour",
    "confusion_matrix",
    "constant",
    "cosine",
    "cross_entropy",
    "evaluate",
    "glorot",
    "he",
    "lecun",
    "lenet5",
    "load_checkpoint",
    "load_idx_folder",
    "load_mnist_5k",
    "load_shapes",
    "log_softmax",
    "measure_health",
    "mlp",
    "mse_loss",
    "nll_loss",
    "one_cycle",
    "one_hot",
    "output_size",
    "read_idx",
    "reference",
    "save_checkpoint",
    "softmax",
    "split_by_class",
    "step",
    "tiny",
    "trace",
    "train",
    "warm_up",
    "write_checkpoint",
]

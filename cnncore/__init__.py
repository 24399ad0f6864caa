"""A small engine for convolutional networks: NumPy, equations, and nothing hidden."""

from cnncore.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
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
from cnncore.idx import read_idx
from cnncore.layer_spec import LayerSpec
from cnncore.layers import Arctan, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sigmoid, Tanh
from cnncore.loss import cross_entropy, log_softmax, softmax
from cnncore.metrics import Evaluation, confusion_matrix, evaluate
from cnncore.models import MODELS, lenet5, mlp, reference, tiny
from cnncore.network import NamedVector, Sequential
from cnncore.optim import SGD, Adam, Optimizer
from cnncore.schedules import SCHEDULES, Schedule, constant, cosine
from cnncore.shapes import output_size
from cnncore.spec import ModelSpec
from cnncore.trace import LayerTrace, Trace, trace
from cnncore.train import TrainingRun, train

__all__ = [
    "DIGITS",
    "MODELS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "Arctan",
    "ArgumentError",
    "Checkpoint",
    "CheckpointError",
    "CnnError",
    "Conv2d",
    "DataError",
    "Dataset",
    "EpochDone",
    "Evaluation",
    "Flatten",
    "Layer",
    "LayerSpec",
    "LayerTrace",
    "Linear",
    "MaxPool2d",
    "ModelSpec",
    "NamedVector",
    "NonFiniteLossError",
    "Optimizer",
    "ReLU",
    "Schedule",
    "Sequential",
    "ShapeError",
    "Sigmoid",
    "SpecError",
    "StepDone",
    "Tanh",
    "Trace",
    "TrainingRun",
    "batches",
    "confusion_matrix",
    "constant",
    "cosine",
    "cross_entropy",
    "evaluate",
    "lenet5",
    "load_checkpoint",
    "load_idx_folder",
    "load_mnist_5k",
    "log_softmax",
    "mlp",
    "output_size",
    "read_idx",
    "reference",
    "save_checkpoint",
    "softmax",
    "split_by_class",
    "tiny",
    "trace",
    "train",
]

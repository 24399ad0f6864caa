"""A small engine for convolutional networks: NumPy, equations, and nothing hidden."""

from cnncore.errors import (
    ArgumentError,
    CheckpointError,
    CnnError,
    DataError,
    NonFiniteLossError,
    ShapeError,
    SpecError,
)
from cnncore.layers import Arctan, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sigmoid, Tanh
from cnncore.loss import cross_entropy, log_softmax, softmax
from cnncore.network import NamedVector, Sequential
from cnncore.optim import SGD, Adam, Optimizer
from cnncore.shapes import output_size

__all__ = [
    "SGD",
    "Adam",
    "Arctan",
    "ArgumentError",
    "CheckpointError",
    "CnnError",
    "Conv2d",
    "DataError",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "NamedVector",
    "NonFiniteLossError",
    "Optimizer",
    "ReLU",
    "Sequential",
    "ShapeError",
    "Sigmoid",
    "SpecError",
    "Tanh",
    "cross_entropy",
    "log_softmax",
    "output_size",
    "softmax",
]

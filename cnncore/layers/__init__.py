"""The layers, one file a family."""

from cnncore.layers.activations import Activation, Arctan, ReLU, Sigmoid, Tanh
from cnncore.layers.base import Layer
from cnncore.layers.conv2d import Conv2d
from cnncore.layers.flatten import Flatten
from cnncore.layers.linear import Linear
from cnncore.layers.pool2d import MaxPool2d

__all__ = [
    "Activation",
    "Arctan",
    "Conv2d",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sigmoid",
    "Tanh",
]

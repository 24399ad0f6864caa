"""The layers, one file a family."""

from cnncore.layers.activations import Activation, Arctan, LeakyReLU, ReLU, Sigmoid, Tanh
from cnncore.layers.adaptive_pool2d import AdaptiveAvgPool2d
from cnncore.layers.base import Layer
from cnncore.layers.batch_norm import BatchNorm2d
from cnncore.layers.conv2d import Conv2d
from cnncore.layers.dropout import Dropout
from cnncore.layers.flatten import Flatten
from cnncore.layers.linear import Linear
from cnncore.layers.pool2d import AvgPool2d, MaxPool2d
from cnncore.layers.softmax import Softmax

__all__ = [
    "Activation",
    "AdaptiveAvgPool2d",
    "Arctan",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Layer",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
]

"""Optimizers: how far, and in which direction, a gradient moves the parameters. One file a method."""

from cnncore.optim.adam import Adam, AdamW
from cnncore.optim.base import BLOCK, LARGEST_RATE, Optimizer
from cnncore.optim.clipping import clip_grad_norm
from cnncore.optim.rmsprop import RMSprop
from cnncore.optim.sgd import SGD

__all__ = ["BLOCK", "LARGEST_RATE", "SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "clip_grad_norm"]

"""CNN Explorer: train a convolutional network, watch it learn, and take every number apart."""

__version__ = "0.1.0"

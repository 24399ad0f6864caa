"""The one place that knows: model, data, hyperparameters, run, sample and focus."""

from .history import History
from .state import Focus, Hover, Hyperparameters, Progress, RunState, Sample
from .workbench import Workbench

__all__ = ["Focus", "History", "Hover", "Hyperparameters", "Progress", "RunState", "Sample", "Workbench"]

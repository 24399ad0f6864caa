"""The one place that knows: model, data, hyperparameters, run, sample and focus."""

from .augmentation import Augmentation
from .file_actions import BUILT_IN
from .goal import END, Goal
from .history import History
from .overlay import OverlayRun
from .preview import StepPreview
from .state import Focus, Hover, Hyperparameters, Progress, RunState, Sample
from .timeline import BUDGET_BYTES, Timeline
from .workbench import Workbench

__all__ = [
    "BUDGET_BYTES",
    "BUILT_IN",
    "END",
    "Augmentation",
    "Focus",
    "Goal",
    "History",
    "Hover",
    "Hyperparameters",
    "OverlayRun",
    "Progress",
    "RunState",
    "Sample",
    "StepPreview",
    "Timeline",
    "Workbench",
]

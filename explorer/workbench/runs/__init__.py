"""Runs: each is kept with its network, settings, curves and parameters from one start to the next."""

from .entry import Offer, Row
from .files import users_folder
from .reading import RunError
from .record import COLOURS, LONGEST_NAME, LONGEST_NOTES, Results, RunRecord
from .runs import Runs

__all__ = [
    "COLOURS",
    "LONGEST_NAME",
    "LONGEST_NOTES",
    "Offer",
    "Results",
    "Row",
    "RunError",
    "RunRecord",
    "Runs",
    "users_folder",
]

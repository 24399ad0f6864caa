"""Building a network step by step: a draft that may be impossible, why it is, and what would help."""

from .checking import Report, Standing, check
from .draft import KIND_TITLES, Draft
from .editing import Editor
from .keeping import has_learned, kept_layers, state_with_kept
from .naming import kind_text, short_kind_text
from .suggesting import Suggestion, suggestions

__all__ = [
    "KIND_TITLES",
    "Draft",
    "Editor",
    "Report",
    "Standing",
    "Suggestion",
    "check",
    "has_learned",
    "kept_layers",
    "kind_text",
    "short_kind_text",
    "state_with_kept",
    "suggestions",
]

"""How strongly the images of each batch are changed before the network sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from cnncore.augment import Augment, Compose, Elastic, Flip, Noise, Rotate, Scale, Shift
from cnncore.checks import check_number

from .json_fields import known_fields

STRENGTH_LIMITS: Mapping[str, float] = MappingProxyType(
    {"shift": 8.0, "rotate": 45.0, "scale": 0.5, "elastic": 3.0, "noise": 0.5, "flip": 1.0}
)
"""The largest strength of each change; the least is 0."""


@dataclass(frozen=True)
class Augmentation:
    """Strengths of the changes that each image gets, at random, every time it is trained on. 0 is none.

    Attributes
    ----------
    shift : float
        Pixels, in any direction.
    rotate : float
        Degrees, either way.
    scale : float
        0.1 enlarges or shrinks by up to a tenth.
    elastic : float
        Pixels by which rubber would bend.
    noise : float
        Standard deviation of what is added to each pixel, where 1 is the step from black to white.
    flip : float
        Probability that left and right are exchanged.

    Raises
    ------
    ArgumentError
        When a strength lies outside of its range; the message is a sentence for the screen.
    """

    shift: float = 0.0
    rotate: float = 0.0
    scale: float = 0.0
    elastic: float = 0.0
    noise: float = 0.0
    flip: float = 0.0

    def __post_init__(self) -> None:
        for name, most in STRENGTH_LIMITS.items():
            check_number(getattr(self, name), f"The strength of {name}", 0, most)

    @property
    def is_none(self) -> bool:
        """Whether the images stay as they are."""
        return self == Augmentation()

    def function(self) -> Augment | None:
        """Return what `cnncore.train` takes, None where nothing is changed."""
        if self.is_none:
            return None
        strengths = {
            "flip": Flip(self.flip),
            "scale": Scale(1 + self.scale),
            "rotate": Rotate(self.rotate),
            "elastic": Elastic(self.elastic),
            "shift": Shift(self.shift),
            "noise": Noise(self.noise),
        }
        return Compose([change for name, change in strengths.items() if getattr(self, name)])

    def to_json(self) -> dict[str, float]:
        """Return the strengths by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Augmentation:
        """Read what `to_json` wrote; what is missing is 0. Raises ArgumentError."""
        return cls(**known_fields(cls, data, "augmentation"))

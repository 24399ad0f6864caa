"""What is set up in the laboratory: surface, start and rates, and the paths that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from cnncore.descent import Path, Surface, descend
from cnncore.surfaces import BOWL, SURFACES

NAMES = ("SGD", "Momentum", "RMSprop", "Adam")
RATE_RANGE = (1e-4, 10.0)
STEPS_RANGE = (2, 500)
STEPS = 60


@dataclass(frozen=True)
class Choices:
    """Everything that a person sets; `shown` are the optimizers whose paths are drawn."""

    start: tuple[float, float]
    rate: float
    steps: int = STEPS
    momentum: float = 0.9
    nesterov: bool = False
    alpha: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    shown: frozenset[str] = frozenset(NAMES)

    def options(self, name: str) -> dict[str, Any]:
        """Return what the engine's optimizer of that name is made with, apart from the rate."""
        return {
            "Momentum": {"momentum": self.momentum, "nesterov": self.nesterov and self.momentum > 0},
            "RMSprop": {"alpha": self.alpha},
            "Adam": {"betas": (self.beta1, self.beta2)},
        }.get(name, {})


@dataclass(frozen=True)
class Standing:
    """Where an optimizer stands before a step, and where the step leads; None where there is none."""

    point: tuple[float, float]
    loss: float
    gradient: tuple[float, float]
    norm: float
    following: tuple[float, float] | None
    length: float | None
    rose: bool
    ending: str

    @classmethod
    def of(cls, path: Path, index: int) -> Standing:
        """Return the standing before step ``index + 1``."""
        place = min(index, path.steps)
        following, length, rose = None, None, False
        if place < path.steps:
            following = tuple(path.points[place + 1].tolist())
            length, rose = float(path.lengths[place]), bool(path.rises[place])
        elif index == path.steps and path.beyond is not None:
            following, rose = path.beyond, path.diverged is not None
        return cls(
            tuple(path.points[place].tolist()),
            float(path.values[place]),
            tuple(path.gradients[place].tolist()),
            float(path.gradient_norms[place]),
            following,
            length,
            rose,
            ending_of(path) if index >= path.steps else "",
        )


def ending_of(path: Path) -> str:
    """Say how a path ended before its time, if it did."""
    if path.diverged is not None:
        return f"diverged at step {path.diverged}"
    return f"left the slice at step {path.left}" if path.left is not None else ""


class DescentLab(QObject):
    """Surface, choices and paths. Setters tell of real changes only."""

    surface_changed = Signal()
    changed = Signal()
    """The surface or a choice is another one; the paths, too."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.surface: Surface = BOWL
        self.slice: Surface | None = None
        self._paths: dict[str, Path] = {}
        self.choices = Choices(BOWL.start, BOWL.learning_rate)

    @property
    def surfaces(self) -> dict[str, Surface]:
        """All that can be chosen, by key."""
        return SURFACES | ({} if self.slice is None else {self.slice.key: self.slice})

    def path(self, name: str) -> Path:
        """Return the path of an optimizer."""
        if name not in self._paths:
            choices = self.choices
            self._paths[name] = descend(
                self.surface,
                name,
                choices.start,
                choices.steps,
                lr=choices.rate,
                options=choices.options(name),
            )
        return self._paths[name]

    def shown(self) -> list[str]:
        """Return the optimizers whose paths are drawn, in their order."""
        return [name for name in NAMES if name in self.choices.shown]

    def set_surface(self, surface: Surface) -> None:
        """Walk on a surface, from its own start and at its own rate."""
        if surface is not self.surface:
            self.surface = surface
            self.choices = replace(self.choices, start=surface.start, rate=surface.learning_rate)
            self._paths = {}
            self.surface_changed.emit()
            self.changed.emit()

    def set_slice(self, surface: Surface) -> None:
        """Take a slice of the network's loss among the surfaces and walk on it."""
        self.slice = surface
        self.set_surface(surface)

    def change(self, **changes: Any) -> None:
        """Make other choices, by the names of `Choices`."""
        choices = replace(self.choices, **changes)
        if choices != self.choices:
            if replace(choices, shown=self.choices.shown) != self.choices:
                self._paths = {}
            self.choices = choices
            self.changed.emit()

    def suggest(self) -> None:
        """Go back to the surface's own start and rate."""
        self.change(start=self.surface.start, rate=self.surface.learning_rate)

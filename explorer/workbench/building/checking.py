"""What each layer of a draft makes of an image, up to the first one that cannot take what it gets."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnncore import CnnError, LayerSpec
from cnncore.layer_spec import KINDS
from cnncore.shapes import Shape
from cnncore.spec import MAX_PARAMETERS, MAX_VALUES
from cnncore.work import MAX_WORK, laid_out, work_of

from .draft import KIND_TITLES, Draft
from .reasons import reason, sizes


@dataclass(frozen=True)
class Standing:
    """How a layer stands: its numbers, a `problem`, or the name of the layer that it `waits` for.

    The last layer has numbers in spite of a problem when it gives too many or too few of them.
    """

    shape: Shape | None = None
    parameters: int = 0
    multiply_adds: int = 0
    work: int = 0
    problem: str = ""
    waits: str = ""


@dataclass(frozen=True)
class Report:
    """How a draft stands. `place` is that of the layer with the problem, None where there are no layers."""

    standings: tuple[Standing, ...]
    problem: str = ""
    place: int | None = None
    largest: int = 0

    @property
    def valid(self) -> bool:
        """Whether it is a network."""
        return not self.problem

    @property
    def parameters(self) -> int:
        """Parameters of all layers that fit."""
        return sum(standing.parameters for standing in self.standings)

    @property
    def multiply_adds(self) -> int:
        """Multiplications that go into a sum, for one image, in all layers that fit."""
        return sum(standing.multiply_adds for standing in self.standings)

    def shape_before(self, place: int, draft: Draft) -> Shape | None:
        """Return the shape that a layer gets, None where it is not known."""
        return draft.input_shape if place == 0 else self.standings[place - 1].shape


def measure(layer: LayerSpec, shape: Shape, used: int = 0) -> Standing:
    """Let a layer take an input of a shape, behind layers with `used` parameters."""
    kind = KINDS[layer.kind]
    title = KIND_TITLES[layer.kind]
    try:
        # Counted before the layer is made: making it takes the memory.
        parameters = kind.count(shape, layer.options)
        if used + parameters > MAX_PARAMETERS:
            return Standing(
                problem=f"{title} has {parameters:,} parameters; "
                f"a network can have {MAX_PARAMETERS:,}, and those before it have {used:,}."
            )
        made = kind.make(shape, layer.options)
        output = made.output_shape(shape)
        if math.prod(output) > MAX_VALUES:
            return Standing(
                problem=f"{title} turns one image into {sizes(output)} numbers, "
                f"more than the {MAX_VALUES:,} that there is room for."
            )
        if laid_out(made, shape) > MAX_VALUES:
            return Standing(
                problem=f"{title} lays one image out as {laid_out(made, shape):,} numbers, "
                f"more than the {MAX_VALUES:,} that there is room for."
            )
        work = work_of(made, shape)
        if work > MAX_WORK:
            return Standing(problem=_too_much(title, work))
        return Standing(output, parameters, made.multiply_adds(shape), work)
    except CnnError as error:
        return Standing(problem=reason(layer, shape, error))


def _too_much(what: str, work: int) -> str:
    return f"{what} takes {work:,} operations for one image, more than the {MAX_WORK:,} there is time for."


def check(draft: Draft) -> Report:
    """Walk through a draft's layers."""
    if not draft.layers:
        return Report((), "A network needs at least one layer.")
    shape: Shape = draft.input_shape
    standings: list[Standing] = []
    for place, layer in enumerate(draft.layers):
        standing = measure(layer, shape, sum(before.parameters for before in standings))
        work = standing.work + sum(before.work for before in standings)
        if work > MAX_WORK:
            standing = Standing(problem=_too_much(f"{KIND_TITLES[layer.kind]} with all before it", work))
        standings.append(standing)
        if standing.shape is None:
            behind = (Standing(waits=layer.name),) * (len(draft.layers) - place - 1)
            return Report((*standings, *behind), standing.problem, place, _largest(draft, standings))
        shape = standing.shape
    problem = _problem_at_the_end(shape, len(draft.class_names))
    if not problem:
        return Report(tuple(standings), largest=_largest(draft, standings))
    last = standings[-1]
    standings[-1] = replace(last, problem=problem)
    return Report(tuple(standings), problem, len(standings) - 1, _largest(draft, standings))


def _problem_at_the_end(shape: Shape, classes: int) -> str:
    if shape == (classes,):
        return ""
    what = f"maps of {sizes(shape)}" if len(shape) > 1 else f"{shape[0]:,}"
    return f"The last layer must give {classes} numbers, one for each class; it gives {what}."


def _largest(draft: Draft, standings: list[Standing]) -> int:
    shapes = (standing.shape for standing in standings if standing.shape is not None)
    return max((math.prod(shape) for shape in shapes), default=math.prod(draft.input_shape))

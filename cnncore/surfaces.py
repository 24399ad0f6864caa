"""The surfaces of the descent laboratory that have a formula; each shows one thing about gradient descent."""

from cnncore.descent import Surface, Values

RAVINE = 20.0
"""How much more steeply the ravine bends across than along."""


def _bowl(x: Values, y: Values) -> Values:
    return (x * x + y * y) / 2


def _bowl_gradient(x: Values, y: Values) -> tuple[Values, Values]:
    return x, y


def _ravine(x: Values, y: Values) -> Values:
    return (x * x + RAVINE * y * y) / 2


def _ravine_gradient(x: Values, y: Values) -> tuple[Values, Values]:
    return x, RAVINE * y


def _valley(x: Values, y: Values) -> Values:
    return ((1 - x) ** 2 + 10 * (y - x * x) ** 2) / 10


def _valley_gradient(x: Values, y: Values) -> tuple[Values, Values]:
    off = y - x * x
    return (-2 * (1 - x) - 40 * x * off) / 10, 2 * off


def _saddle(x: Values, y: Values) -> Values:
    return x * x / 2 - y * y / 2 + y**4 / 4 + 0.25


def _saddle_gradient(x: Values, y: Values) -> tuple[Values, Values]:
    return x, y**3 - y


def _minima(x: Values, y: Values) -> Values:
    return ((x * x + y - 11) ** 2 + (x + y * y - 7) ** 2) / 20


def _minima_gradient(x: Values, y: Values) -> tuple[Values, Values]:
    first, second = x * x + y - 11, x + y * y - 7
    return (2 * x * first + second) / 10, (first + 2 * y * second) / 10


BOWL = Surface(
    "bowl",
    "Bowl",
    "L = (x² + y²) / 2",
    "Equally steep all round, so the negative gradient points straight at the minimum. SGD comes there in "
    "one step at a rate of 1, swings from side to side above 1, and diverges above 2.",
    _bowl,
    _bowl_gradient,
    (-4.0, 4.0, -2.5, 2.5),
    (-3.2, 1.7),
    0.1,
    ((0.0, 0.0),),
)

RAVINE_SURFACE = Surface(
    "ravine",
    "Ravine",
    "L = (x² + 20 y²) / 2",
    "Bends twenty times more across than along. SGD swings between the walls and creeps along the floor, and "
    "above a rate of 2 / 20 = 0.1 it diverges. Momentum gathers speed along the floor; RMSprop and Adam take "
    "steps of similar size in x and y.",
    _ravine,
    _ravine_gradient,
    (-4.0, 4.0, -2.5, 2.5),
    (-3.4, 1.1),
    0.08,
    ((0.0, 0.0),),
)

VALLEY = Surface(
    "valley",
    "Curved valley",
    "L = ((1 − x)² + 10 (y − x²)²) / 10",
    "Rosenbrock’s valley: down to the floor is easy, along its bend to the minimum is slow, because the "
    "gradient points at the wall more than along the floor.",
    _valley,
    _valley_gradient,
    (-2.9, 2.9, -1.1, 2.5),
    (-1.4, 0.2),
    0.05,
    ((1.0, 1.0),),
)

SADDLE = Surface(
    "saddle",
    "Saddle",
    "L = x² / 2 − y² / 2 + y⁴ / 4 + 1 / 4",
    "At the saddle in the middle the gradient is zero and yet it is no minimum. From a start almost on the "
    "line y = 0, SGD is held up there for many steps. RMSprop and Adam, whose steps are in units of the "
    "usual gradient, leave sooner.",
    _saddle,
    _saddle_gradient,
    (-2.9, 2.9, -1.8, 1.8),
    (-2.2, 0.01),
    0.1,
    ((0.0, -1.0), (0.0, 1.0)),
)

SEVERAL = Surface(
    "several",
    "Several minima",
    "L = ((x² + y − 11)² + (x + y² − 7)²) / 20",
    "Himmelblau’s function has four minima, all of loss 0. The start decides which of them is found, and so "
    "do the learning rate and the optimizer. Drag the start across a ridge to see it change.",
    _minima,
    _minima_gradient,
    (-7.5, 7.5, -5.0, 5.0),
    (-0.6, -0.8),
    0.05,
    ((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)),
)

SURFACES = {surface.key: surface for surface in (BOWL, RAVINE_SURFACE, VALLEY, SADDLE, SEVERAL)}
"""All surfaces with a formula, by key, from the simplest on."""

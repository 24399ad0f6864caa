"""Surfaces, and optimizers that walk on them."""

import numpy as np
import pytest

from cnncore import SGD, Adam, AdamW, ArgumentError, RMSprop
from cnncore.descent import FAR, OPTIMIZERS, descend, make_optimizer
from cnncore.surfaces import BOWL, RAVINE_SURFACE, SADDLE, SEVERAL, SURFACES

BY_KEY = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)


@BY_KEY
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_path_is_what_the_engines_optimizer_does_step_by_step(surface, name):
    classes = {"SGD": SGD, "Momentum": SGD, "RMSprop": RMSprop, "Adam": Adam, "AdamW": AdamW}
    options = {"SGD": {}, "Momentum": {"momentum": 0.6}, "RMSprop": {"alpha": 0.7}}.get(
        name, {"betas": (0.8, 0.99)}
    )
    path = descend(surface, name, surface.start, 40, lr=0.02, options=options)
    at = np.array(surface.start)
    optimizer = classes[name]({"w": at}, lr=0.02, **options)
    assert path.points[0] == pytest.approx(surface.start, abs=0)
    for step in range(path.steps):
        slope = np.array(surface.gradient(*at))
        assert np.array_equal(path.gradients[step], slope)
        optimizer.step({"w": slope})
        assert np.array_equal(path.points[step + 1], at)
        assert path.values[step + 1] == surface.value(*at)
    assert path.steps == 40
    assert path.diverged is None


def test_random_paths_are_the_engines_to_the_last_bit_as_far_as_they_go():
    rng = np.random.default_rng(5)
    ends = []
    for _ in range(500):
        surface = list(SURFACES.values())[rng.integers(len(SURFACES))]
        name = list(OPTIMIZERS)[rng.integers(len(OPTIMIZERS))]
        x_low, x_high, y_low, y_high = surface.bounds
        start = float(rng.uniform(x_low, x_high)), float(rng.uniform(y_low, y_high))
        lr = float(10 ** rng.uniform(-3, 0.7))
        path = descend(surface, name, start, 20, lr=lr)
        at = np.array(start)
        optimizer = make_optimizer(name, {"w": at}, lr)
        for point, value in zip(path.points, path.values, strict=True):
            assert np.array_equal(point, at)
            assert value == surface.value(*at)
            optimizer.step({"w": np.array(surface.gradient(*at))})
        ended = path.diverged is not None
        assert ended == (path.steps < 20)
        assert not ended or np.array_equal(path.beyond, at)
        ends.append(ended)
    assert 20 < sum(ends) < 400


@BY_KEY
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_suggested_start_and_rate_lead_down(surface, name):
    path = descend(surface, name, surface.start, 200)
    assert surface.holds(*surface.start)
    assert path.diverged is None
    assert path.values[-1] < 0.2 * path.values[0]


def test_numbers_of_a_path_belong_together():
    path = descend(RAVINE_SURFACE, "Momentum", (-3.0, 1.0), 30)
    assert path.steps == 30
    assert path.lengths == pytest.approx(np.linalg.norm(path.points[1:] - path.points[:-1], axis=1))
    assert path.gradient_norms == pytest.approx(np.linalg.norm(path.gradients, axis=1))
    assert np.array_equal(path.rises, path.values[1:] > path.values[:-1])
    assert not path.points.flags.writeable
    with pytest.raises(ValueError):
        path.values[0] = 1.0


@pytest.mark.parametrize(
    ("lr", "rises", "diverges"), [(0.5, False, False), (1.5, False, False), (2.5, True, True)]
)
def test_on_the_bowl_a_rate_below_two_descends_and_above_two_diverges(lr, rises, diverges):
    path = descend(BOWL, "SGD", (1.0, 0.5), 60, lr=lr)
    assert path.rises.any() == rises
    assert (path.diverged is not None) == diverges
    if lr == 1.5:
        assert np.all(np.sign(path.points[1:5, 0]) == [-1, 1, -1, 1])


def test_divergence_names_the_step_that_led_out_of_all_bounds():
    path = descend(BOWL, "SGD", (1.0, 0.0), 100, lr=3.0)
    width = BOWL.bounds[1] - BOWL.bounds[0]
    assert abs(path.points[-1, 0]) <= FAR * width < abs(path.beyond[0])
    assert path.diverged == path.steps + 1
    assert path.beyond == pytest.approx(((-2.0) ** path.diverged, 0.0))
    assert path.left is None


def test_a_gradient_that_overflows_ends_the_path_without_a_warning():
    def steep(x, y):
        return -np.exp(np.float64(x) * 400.0), np.float64(0.0)

    surface = type(BOWL)("s", "s", "", "", lambda x, y: x * 0.0, steep, (-4, 4, -4, 4), (0.0, 0.0), 1.0)
    path = descend(surface, "SGD", (0.0, 0.0), 5, lr=2.0)
    assert path.diverged == 1
    with pytest.raises(ArgumentError, match="not finite"):
        descend(surface, "SGD", (3.0, 0.0), 5)
    assert path.steps == 0
    assert np.isfinite(path.values).all()


def test_on_the_exact_ridge_of_the_saddle_nothing_leaves_it_and_beside_it_all_do():
    for name in OPTIMIZERS:
        held = descend(SADDLE, name, (-2.0, 0.0), 300)
        assert np.all(held.points[:, 1] == 0.0)
        freed = descend(SADDLE, name, (-2.0, 0.01), 300)
        assert abs(freed.points[-1, 1]) > 0.8


def test_the_start_decides_which_minimum_is_found():
    for minimum in SEVERAL.minima:
        beside = (minimum[0] + 0.3, minimum[1] - 0.2)
        assert descend(SEVERAL, "SGD", beside, 200).points[-1] == pytest.approx(minimum, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Newton", {}),
        ("SGD", {"options": {"betas": (0.9, 0.9)}}),
        ("SGD", {"lr": 0.0}),
        ("SGD", {"lr": 11.0}),
        ("Momentum", {"options": {"momentum": 1.0}}),
        ("SGD", {"steps": 0}),
        ("SGD", {"start": (np.nan, 0.0)}),
        ("SGD", {"start": (1e6, 0.0)}),
    ],
)
def test_what_makes_no_sense_is_refused(name, arguments):
    with pytest.raises(ArgumentError):
        descend(BOWL, name, **{"start": (1.0, 1.0), "steps": 5} | arguments)


def test_an_optimizer_by_name_has_the_options_of_its_name():
    values = {"p": np.zeros(2)}
    assert make_optimizer("Momentum", values, 0.1).momentum == 0.9
    assert make_optimizer("SGD", values, 0.1).momentum == 0.0
    assert make_optimizer("RMSprop", values, 0.1, {"alpha": 0.5}).alpha == 0.5

"""The laboratory's state: choices, and the paths that follow from them. No widgets."""

import numpy as np
import pytest

from cnncore import Adam, RMSprop
from cnncore.descent import descend
from cnncore.surfaces import BOWL, RAVINE_SURFACE, SURFACES
from explorer.workspaces.descent.lab import NAMES, DescentLab, Standing
from explorer.workspaces.descent.picture import Shades
from explorer.workspaces.descent.view import View
from explorer.workspaces.descent.wording import coordinate, short


@pytest.fixture
def lab():
    return DescentLab()


def test_each_path_is_the_engines(lab):
    lab.set_surface(RAVINE_SURFACE)
    lab.change(start=(1.5, -0.5), rate=0.03, steps=25, momentum=0.5, alpha=0.8, beta1=0.7, beta2=0.95)
    options = {"Momentum": {"momentum": 0.5}, "RMSprop": {"alpha": 0.8}, "Adam": {"betas": (0.7, 0.95)}}
    for name in NAMES:
        expected = descend(RAVINE_SURFACE, name, (1.5, -0.5), 25, lr=0.03, options=options.get(name))
        assert np.array_equal(lab.path(name).points, expected.points)
    for name, optimizer in (("RMSprop", RMSprop), ("Adam", Adam)):
        at = np.array([1.5, -0.5])
        own = {"alpha": 0.8} if name == "RMSprop" else {"betas": (0.7, 0.95)}
        walker = optimizer({"p": at}, lr=0.03, **own)
        for _ in range(25):
            walker.step({"p": np.array(RAVINE_SURFACE.gradient(*at))})
        assert np.array_equal(lab.path(name).points[-1], at)


def test_a_surface_brings_its_start_and_rate_and_they_can_be_had_again(lab):
    lab.set_surface(RAVINE_SURFACE)
    assert lab.choices.start == RAVINE_SURFACE.start
    assert lab.choices.rate == RAVINE_SURFACE.learning_rate
    lab.change(start=(0.0, 0.0), rate=1.0)
    lab.suggest()
    assert lab.choices.start == RAVINE_SURFACE.start
    assert lab.choices.rate == RAVINE_SURFACE.learning_rate


def test_only_a_real_change_is_told_and_only_it_makes_new_paths(lab):
    told = []
    lab.changed.connect(lambda: told.append(1))
    path = lab.path("SGD")
    lab.change(rate=lab.choices.rate)
    lab.set_surface(BOWL)
    assert told == []
    lab.change(shown=frozenset({"Adam"}))
    assert lab.shown() == ["Adam"]
    assert lab.path("SGD") is path
    lab.change(rate=0.5)
    assert lab.path("SGD") is not path
    assert told == [1, 1]


def test_a_standing_is_the_point_and_the_step_from_it(lab):
    path = lab.path("SGD")
    standing = Standing.of(path, 3)
    assert standing.point == tuple(path.points[3])
    assert standing.following == tuple(path.points[4])
    assert standing.length == pytest.approx(np.linalg.norm(path.points[4] - path.points[3]))
    assert standing.loss == BOWL.value(*path.points[3])
    assert standing.norm == pytest.approx(np.linalg.norm(path.points[3]))
    assert standing.ending == ""
    last = Standing.of(path, path.steps)
    assert last.following is None
    assert last.length is None


def test_divergence_is_said_from_the_last_point_on(lab):
    lab.change(rate=2.6)
    path = lab.path("SGD")
    assert Standing.of(path, path.diverged - 2).ending == ""
    end = Standing.of(path, path.diverged - 1)
    assert end.ending == f"diverged at step {path.diverged}"
    assert end.following == path.beyond
    assert Standing.of(path, 59).ending == end.ending
    assert Standing.of(path, 59).following is None


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_a_view_has_one_scale_both_ways_and_holds_the_bounds(surface):
    view = View.of(surface, 40, 5, 700, 400)
    x_low, x_high, y_low, y_high = surface.bounds
    for x, y in ((x_low, y_low), (x_high, y_high), (0.3, -0.2)):
        px, py = view.px(x), view.py(y)
        assert view.holds(round(px, 6), round(py, 6))
        assert view.at(px, py) == pytest.approx((x, y))
    assert view.px(1) - view.px(0) == pytest.approx(view.py(0) - view.py(1))
    assert view.clamp(1e9, -1e9) == (view.bounds[1], view.bounds[2])


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_shades_run_from_the_lowest_to_the_highest_loss(surface):
    shades = Shades.of(surface)
    assert shades.low == pytest.approx(0, abs=1e-9)
    losses = np.array([shades.low, shades.high])
    assert shades.shade(losses) == pytest.approx([0, 1])
    assert float(shades.shade(np.array([shades.loss(0.4)]))[0]) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (0.12345, "0.1235"),
        (-12.345, "−12.35"),
        (3.1e-7, "3.1e−7"),
        (12345.6, "12346"),
        (1e9, "1e9"),
    ],
)
def test_numbers_are_short(number, text):
    assert short(number) == text


def test_coordinates_have_three_decimals():
    assert coordinate(-1.23456) == "−1.235"
    assert coordinate(-74.554) == "−74.55"
    assert coordinate(1234.5678) == "1235"

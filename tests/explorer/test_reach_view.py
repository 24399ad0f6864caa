"""How far a pixel reaches: layers are put together, and only maps that are reached are shown."""

import numpy as np
import pytest

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.reach_view import Reach
from explorer.workspaces.inspect.stops import Stop


@pytest.fixture
def page(qtbot, theme):
    bench = Workbench()
    page = InspectWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(692, 628)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    assert bench.close()


def show(page, shape, *layers):
    specs = tuple(LayerSpec(kind, f"{kind[:4]}{n}", options) for n, (kind, options) in enumerate(layers))
    page._workbench.set_spec(ModelSpec("some", "Some", shape, specs, tuple("abcdefghij")))
    page.inspection.go_to(-1, (0, 0, 0))
    return page.views.view


DENSE = ("flatten", {}), ("linear", {"out_features": 10})


def test_layers_that_treat_each_number_by_itself_share_a_map(page):
    conv = ("conv2d", {"out_channels": 4, "kernel_size": 3})
    view = show(page, (1, 28, 28), conv, ("batchnorm2d", {}), ("relu", {}), conv, ("tanh", {}), *DENSE)
    page.inspection.go_to(-1, (0, 14, 14))
    assert view.reach.texts() == [
        "conv0 – relu2: 36 of 2,704",
        "conv3 – tanh4: 100 of 2,304",
        "flat5: 100 of 2,304",
        "line6: 10 of 10",
    ]
    least = min(min(room.width(), room.height()) for room in view.reach._rooms())
    assert least >= 40


def test_of_groups_the_first_map_that_is_reached_is_shown():
    stop = Stop(0, "conv", "conv", (6, 7, 7), (3, 9, 9))
    field = np.arange(6) >= 4, np.arange(7) > 3, np.arange(7) > 4
    reach = Reach(stop, stop, field)
    assert reach.channel == 4
    assert reach.text == "12 of 294"


@pytest.mark.parametrize(
    ("layers", "cell", "words"),
    [
        ([("conv2d", {"out_channels": 2, "kernel_size": 2, "stride": 3})], (0, 2, 2), "No window"),
        ([("conv2d", {"out_channels": 2, "kernel_size": 2})], (0, 0, 0), "1 window of the first layer reads"),
        (
            [("conv2d", {"out_channels": 2, "kernel_size": 2})],
            (0, 5, 5),
            "4 windows of the first layer read ",
        ),
        ([], (0, 0, 0), "Every unit of the next dense layer"),
    ],
)
def test_the_words_are_true(page, layers, cell, words):
    view = show(page, (1, 28, 28), *layers, *DENSE)
    page.inspection.go_to(-1, cell)
    assert view.words.text.startswith(words)
    assert view.words.needed_height() <= view.words.height() + 1
    assert bool(view.reach.texts()) == (words != "No window")
    page.grab()

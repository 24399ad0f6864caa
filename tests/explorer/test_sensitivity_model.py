"""Integrating a derivative along a way, mixing a map with an image, and the room that words have."""

import numpy as np
import pytest

from explorer.theme import Theme
from explorer.workbench import RunState
from explorer.workspaces.inspect.backward.model import Backward
from explorer.workspaces.inspect.backward.sensitivity_image import blend
from explorer.workspaces.inspect.backward.sensitivity_model import Sensitivity
from explorer.workspaces.inspect.backward.sensitivity_view import SensitivityView
from explorer.workspaces.inspect.inspection import Inspection


def test_blending_goes_from_one_picture_to_the_other():
    below, above = np.array([[0xFF000000]], np.uint32), np.array([[0xFFFF8040]], np.uint32)
    assert blend(below, above, 0.0)[0, 0] == 0xFF000000
    assert blend(below, above, 1.0)[0, 0] == 0xFFFF8040
    assert blend(below, above, 0.5)[0, 0] == 0xFF804020


def test_the_integral_waits_until_training_rests(qtbot, tiny_bench):
    model = Sensitivity(Backward(Inspection(tiny_bench)))
    tiny_bench.start()
    assert tiny_bench.state is RunState.RUNNING
    model.ask()
    assert not model.running
    tiny_bench.pause()
    qtbot.waitUntil(lambda: tiny_bench.state is not RunState.RUNNING, timeout=20_000)
    model.ask()
    assert model.running
    qtbot.waitUntil(lambda: model.integral is not None, timeout=10_000)
    assert model.integral.done == model.integral.steps


def test_an_integral_that_is_no_longer_wanted_is_dropped(qtbot, tiny_bench):
    model = Sensitivity(Backward(Inspection(tiny_bench)))
    model.ask()
    model.choose(klass=3)
    first = model.running
    model.ask()
    qtbot.waitUntil(lambda: model.integral is not None, timeout=10_000)
    assert not first
    assert model.integral.output == pytest.approx(float(model.backward.trace.logits[3]), rel=1e-5)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("of", ["class", "unit", "loss"])
def test_words_have_room(qtbot, tiny_bench, of, compact):
    inspection = Inspection(tiny_bench)
    backward = Backward(inspection)
    view = SensitivityView(backward, Theme("light"))
    qtbot.addWidget(view)
    inspection.set_active(True)
    backward.set_active(True)
    inspection.go_to(-1)
    view.set_compact(compact)
    view.resize(640 if compact else 1030, 400)
    view.show()
    view.refresh()
    view.model.choose(of=of)
    for mode in ("raw", "absolute", "product", "integrated"):
        view.model.choose(mode=mode)
        assert view.words.needed_height() <= view.words.height()
    qtbot.waitUntil(lambda: view.model.integral is not None, timeout=10_000)
    assert view.words.needed_height() <= view.words.height()

"""The maps of another run beside those of the present one, for the same sample and in the same colours."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from cnncore import LayerSpec, reference, tiny, trace
from explorer.workbench import Focus, Hyperparameters, RunState, Workbench
from explorer.workspaces.network import NetworkWorkspace
from explorer.workspaces.network.colours import Ranges, stage_image
from explorer.workspaces.network.pair_layout import PairLayout
from explorer.workspaces.network.stages import stages_of


def one_step(qtbot, bench, **changes):
    """Make a run of one step, and wait until it is kept."""
    bench.begin(bench.spec, Hyperparameters(seed=3, **changes))
    bench.step_batch()
    kept = lambda: any(row.is_current and row.results.saved for row in bench.runs.rows)  # noqa: E731
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED and kept(), timeout=20_000)


@pytest.fixture
def bench(qtbot):
    made = Workbench(tiny())
    one_step(qtbot, made, learning_rate=0.02)
    made.other = made.network.state_vector.copy()
    one_step(qtbot, made, learning_rate=0.001)
    yield made
    assert made.close()


@pytest.fixture
def page(qtbot, theme, bench):
    made = NetworkWorkspace(bench, theme)
    qtbot.addWidget(made)
    made.resize(1108, 828)
    made.show()
    return made


def compare(qtbot, page, name="adam 0.02"):
    """Choose the run in the button's menu."""
    menu = page.compare_button.menu_of_runs()
    next(action for action in menu.actions() if action.text().startswith(name)).trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: page.rival.row is not None, timeout=20_000)


def move_to(page, layer, channel, run, y, x):
    canvas = page.comparison.canvas
    column = canvas.pair_layout.column(layer)
    box = column.box(channel, run)
    return QPointF(box.x + (x + 0.5) * column.factor, box.y + (y + 0.5) * column.factor).toPoint()


def test_the_other_runs_maps_are_those_of_its_own_network(qtbot, page, bench):
    compare(qtbot, page)
    network = bench.spec.build(np.random.default_rng(0))
    network.set_state_vector(bench.other)
    wanted = trace(network, bench.sample.image, bench.sample.label, backward=False)
    found = page.rival.trace
    for ours, theirs in zip(wanted.layers, found.layers, strict=True):
        np.testing.assert_array_equal(ours.output, theirs.output)
    bench.select_sample(7)
    assert page.rival.trace.label == int(bench.validation_set.labels[7])
    assert not np.array_equal(page.rival.trace.logits, found.logits)


def test_both_runs_are_named_with_their_step_and_what_they_read(qtbot, page, bench):
    compare(qtbot, page)
    first, second = (label.text() for label in page.comparison.labels)
    assert first.startswith("adam 1e-3 · step 1 · reads ")
    assert second.startswith("adam 0.02 · step 1 · reads ")
    bench.runs.rename(page.rival.row.record.key, "the fast one")
    assert page.comparison.labels[1].text().startswith("the fast one · ")


@pytest.mark.parametrize("scope", ["unit", "layer", "global"])
def test_equal_values_of_both_runs_have_one_colour(qtbot, page, bench, scope):
    page.scope_choice.set_value(scope)
    compare(qtbot, page)
    canvas = page.comparison.canvas
    canvas.grab()
    stages = stages_of(bench.spec, bench.network)
    own, other = (Ranges(stages, found, scope) for found in canvas.traces)
    for column in canvas.pair_layout.columns:
        layer = column.stage.index
        for channel in range(column.stage.count):
            wanted = max(own.of_map(layer, channel), other.of_map(layer, channel))
            assert canvas.ranges.of_map(layer, channel) == wanted
        pictures = canvas._pictures(column)
        for found, picture in zip(canvas.traces, pictures, strict=True):
            values = found.layers[layer].output
            assert picture == stage_image(column.stage, values, canvas.ranges, 1, canvas._theme)
    bench.set_focus(Focus(0, 1, 2, 2))
    assert page.details.scale._r == canvas.ranges.of_map(0, 1)


def test_the_pointer_reads_both_runs_and_a_click_selects_in_both(qtbot, page, bench):
    compare(qtbot, page)
    canvas = page.comparison.canvas
    qtbot.mouseMove(canvas, move_to(page, 0, 1, 1, 3, 5))
    values = [float(found.layers[0].output[1, 3, 5]) for found in canvas.traces]
    names, numbers = zip(*bench.hover.rows, strict=True)
    assert names == ("A adam 1e-3", "B adam 0.02", "B − A")
    assert [float(text.replace("−", "-")) for text in numbers[:2]] == pytest.approx(values, abs=6e-4)
    assert float(numbers[2].replace("−", "-")) == pytest.approx(values[1] - values[0], abs=6e-4)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=move_to(page, 0, 1, 1, 3, 5))
    assert bench.focus == Focus(0, 1, 3, 5)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert bench.focus.layer == 1
    with qtbot.waitSignal(page.page_requested) as asked:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert asked.args == ["inspect"]
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert bench.focus == Focus()


def test_the_comparison_ends_on_demand_or_when_the_run_does_not_fit_any_more(qtbot, page, bench):
    compare(qtbot, page)
    assert page.comparison.isVisible()
    assert not page.kernels_switch.isEnabled()
    assert page.compare_button.isChecked()
    page.rival.choose(None)
    assert page.canvas.isVisible()
    assert page.kernels_switch.isEnabled()
    compare(qtbot, page)
    bench.runs.delete([page.rival.row.record.key])
    assert page.canvas.isVisible()
    bench.runs.undo_delete()
    compare(qtbot, page)
    bench.set_spec(reference())
    assert page.canvas.isVisible()
    assert page.rival.candidates == []


def test_only_runs_of_the_same_network_are_offered(qtbot, page, bench):
    def offered():
        menu = page.compare_button.menu_of_runs()
        texts = [action.text() for action in menu.actions() if action.text()]
        menu.deleteLater()
        return texts

    assert offered() == ["This run alone", "adam 0.02 · seed 3"]
    first, *rest = tiny().layers
    wider = LayerSpec(
        "conv2d", first.name, {**first.options, "out_channels": first.options["out_channels"] + 1}
    )
    bench.set_spec(replace(tiny(), layers=(wider, *rest)))
    assert offered() == ["This run alone", "No other run of this network is kept"]


# The layout


@pytest.mark.parametrize("size", [(1108, 640), (692, 400), (300, 200)])
def test_pairs_lie_apart_and_every_cell_is_found_again(size):
    spec = reference()
    layout = PairLayout(stages_of(spec, spec.build(np.random.default_rng(0))), *size)
    assert [column.stage.name for column in layout.columns] == ["conv1", "relu1", "conv2", "relu2", "pool"]
    right = 0.0
    for column in layout.columns:
        for channel in (0, column.stage.count - 1):
            first, second = column.box(channel, 0), column.box(channel, 1)
            assert right <= first.x < first.right < second.x < second.right <= layout.width
            assert second.bottom <= layout.height
            for run, box in enumerate((first, second)):
                found = layout.place_at(box.right - 0.5, box.bottom - 0.5)
                rows, columns = column.stage.shape[1:]
                wanted = (column.stage.index, channel, rows - 1, columns - 1, run)
                assert (found.layer, found.channel, found.y, found.x, found.run) == wanted
        right = column.left + column.width
    assert layout.place_at(2.0, 2.0) is None
    if size[0] == 1108:
        assert layout.height <= size[1]
        assert all(column.factor == int(column.factor) for column in layout.columns)

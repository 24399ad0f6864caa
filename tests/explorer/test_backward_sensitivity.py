"""What the pixels do to a score, a unit or the loss, at the end of the way back."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import Dataset, LayerSpec, ModelSpec, Standardisation, trace
from cnncore.sensitivity import integrated_gradients, loss_integration, score_gradient
from explorer import imaging
from explorer.theme import Theme
from explorer.workbench import Sample, Workbench
from explorer.workspaces.inspect.backward.model import INPUT, Backward
from explorer.workspaces.inspect.backward.sensitivity_view import SensitivityView
from explorer.workspaces.inspect.inspection import Inspection
from explorer.workspaces.inspect.wording import number


def _net(channels, standardisation=None):
    return ModelSpec(
        "small",
        "Small",
        (channels, 28, 28),
        (
            LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 5, "stride": 2}),
            LayerSpec("relu", "relu", {}),
            LayerSpec("maxpool2d", "pool", {"kernel_size": 2}),
            LayerSpec("flatten", "flatten", {}),
            LayerSpec("linear", "fc", {"out_features": 10}),
        ),
        tuple("0123456789"),
        standardisation=standardisation,
    )


def _make(qtbot, spec, dataset=None):
    bench = Workbench()
    if dataset is not None:
        bench.train_set = bench.validation_set = dataset
        bench.sample = Sample.from_validation_set(dataset, 0)
    bench.set_spec(spec)
    inspection = Inspection(bench)
    backward = Backward(inspection)
    view = SensitivityView(backward, Theme("light"))
    qtbot.addWidget(view)
    view.resize(900, 480)
    inspection.set_active(True)
    backward.set_active(True)
    inspection.go_to(-1)
    backward.cell_changed.connect(view.show_cell)
    backward.link_changed.connect(view.show_link)
    for signal in (backward.stop_changed, backward.trace_changed):
        signal.connect(view.refresh)
    view.show()
    view.refresh()
    return view, backward


@pytest.fixture
def view(qtbot):
    view, backward = _make(qtbot, _net(1))
    yield view, backward
    assert backward.inspection.workbench.close()


def _press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _pick(box, place):
    box.setCurrentIndex(place)
    box.activated.emit(place)


def _shown(view):
    """The map's picture at full strength, as packed colours."""
    view.controls.strength.setValue(100)
    image = view.image.image
    raw = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return raw[:, : image.width()].copy()


def _expected(view, values, signed=True):
    theme = view.theme
    r = imaging.symmetric_range(values)
    if not signed:
        return imaging.to_argb(values, theme.non_negative, 0.0, r)
    return imaging.to_argb_signed(values, theme.signed, r)


@pytest.mark.parametrize("mode", ["raw", "absolute", "product"])
@pytest.mark.parametrize("of", ["class", "unit", "loss"])
def test_each_map_is_the_engines(qtbot, view, of, mode):
    view, backward = view
    _press(qtbot, view.controls.of.button(of))
    _press(qtbot, view.controls.mode.button(mode))
    inspection, found = backward.inspection, backward.trace
    if of == "class":
        gradient = score_gradient(inspection.network, found.input, (found.predicted,))
    elif of == "unit":
        gradient = score_gradient(inspection.network, found.input, view.model.unit, view.model.stop.index)
    else:
        gradient = trace(inspection.network, found.input, found.label).layers[0].d_input
    values = {"raw": gradient, "absolute": np.abs(gradient), "product": gradient * found.input}[mode]
    assert np.array_equal(view.model.values(), values)
    assert np.array_equal(_shown(view), _expected(view, values[0], mode != "absolute"))
    assert view.legend.labels[0].startswith("0" if mode == "absolute" else "\u2212")


def test_any_class_can_be_chosen_and_the_predicted_one_is_followed(view):
    view, backward = view
    box = view.controls.klass
    assert box.currentText() == f"predicted: {backward.trace.predicted}"
    _pick(box, 5)
    network, image = backward.inspection.network, backward.trace.input
    assert np.array_equal(view.model.gradient, score_gradient(network, image, (4,)))
    assert view.controls.value.right == f"for this image {number(float(backward.trace.logits[4]))}"
    assert "score of class 4" in view.words.text
    _pick(box, 0)
    for sample in (3, 4, 5):
        backward.inspection.workbench.select_sample(sample)
        assert view.model.class_shown == backward.trace.predicted


def test_any_unit_can_be_chosen(qtbot, view):
    view, backward = view
    _press(qtbot, view.controls.of.button("unit"))
    unit = view.controls.unit
    _pick(unit.layer, 2)
    for box, value in zip(unit.boxes, (1, 3, 4), strict=True):
        box.setValue(value)
    network, image = backward.inspection.network, backward.trace.input
    assert view.model.unit == (1, 3, 4)
    assert np.array_equal(view.model.gradient, score_gradient(network, image, (1, 3, 4), 2))
    _press(qtbot, unit.strongest)
    pooled = backward.trace.layers[2].output
    assert pooled[view.model.unit] == pooled.max()
    assert tuple(box.value() for box in unit.boxes) == view.model.unit
    _pick(unit.layer, 4)
    assert [not box.isHidden() for box in unit.boxes] == [True, False, False]
    unit.boxes[0].setValue(7)
    assert np.array_equal(view.model.gradient, score_gradient(network, image, (7,)))


def test_the_pixel_its_gradient_and_their_product_stand_apart(qtbot, view):
    view, backward = view
    bright = int(backward.trace.input[0].argmax())
    backward.transport.seek(bright)
    y, x = divmod(bright, 28)
    pixel, gradient = float(backward.trace.input[0, y, x]), float(view.model.gradient[0, y, x])
    assert view.image.selected == (y, x)
    assert view.place.left == f"Pixel y {y}, x {x}"
    assert view.pixel.right == number(pixel, sign=False)
    assert view.gradient.right == view.scale.with_unit(gradient)
    assert view.product.right == view.scale.with_unit(gradient * pixel)
    assert view.gradient.right in view.sentence()


def test_the_mouse_tells_the_same_numbers_and_a_click_goes_there(qtbot, view):
    view, backward = view
    y, x = 9, 11
    at = view.image.cell_rect(y, x).center().toPoint()
    with qtbot.waitSignal(view.hovered) as told:
        qtbot.mouseMove(view.image, at)
    rows = dict(told.args[0].rows)
    assert rows["position"] == "y 9, x 11"
    assert (
        rows["gradient"] == view.scale.with_unit(float(view.model.gradient[0, y, x])) == view.gradient.right
    )
    assert view.image.ringed == (y, x)
    backward.transport.seek(0)
    qtbot.mouseClick(view.image, Qt.MouseButton.LeftButton, pos=at)
    assert backward.place(INPUT) == y * 28 + x


@pytest.mark.parametrize("of", ["class", "unit", "loss"])
def test_the_integral_is_the_engines_and_says_what_it_adds_up_to(qtbot, view, of):
    view, backward = view
    view.model.choose(of=of)
    _press(qtbot, view.controls.mode.button("integrated"))
    qtbot.waitUntil(lambda: view.model.integral is not None, timeout=10_000)
    found, image = view.model.integral, backward.trace.input
    network = backward.inspection.network
    if of == "loss":
        *_, last = loss_integration(network, image, backward.trace.label)
        expected = last.attribution
    else:
        expected = integrated_gradients(network, image, *view.model.cell)
    assert np.array_equal(found.attribution, expected)
    assert np.array_equal(_shown(view), _expected(view, expected[0]))
    assert expected.sum() == pytest.approx(found.difference, abs=0.03 * max(1.0, abs(found.difference)))
    output = number(found.output, sign=False)
    for text in (number(float(expected.sum())), output, number(found.difference)):
        assert text in view.words.text
    y, x = divmod(backward.place(INPUT), 28)
    assert view.share.right == view.scale.with_unit(float(expected[0, y, x]))


def test_the_integral_can_be_given_up_and_taken_up_again(qtbot, view, monkeypatch):
    view, backward = view
    monkeypatch.setattr("explorer.workbench.piecewise.PIECE_SECONDS", 0.0)
    monkeypatch.setattr(backward.inspection.workbench, "in_background", lambda *job: waiting.append(job))
    waiting = []

    def step():
        job, done, _ = waiting.pop()
        done(job())

    _press(qtbot, view.controls.mode.button("integrated"))
    assert view.model.values() is None
    step()
    assert view.foot.currentWidget() is view.work
    assert view.work.progress.value() == 8
    assert "8 of 32 points" in view.words.text
    _press(qtbot, view.work.button)
    assert not view.model.running
    step()
    assert view.model.integral is None
    assert "not been worked out" in view.words.text
    _press(qtbot, view.work.button)
    while waiting:
        step()
    assert view.model.integral is not None
    assert view.foot.currentWidget() is view.legend


def test_another_image_makes_all_numbers_anew(qtbot, view):
    view, backward = view
    _press(qtbot, view.controls.mode.button("integrated"))
    qtbot.waitUntil(lambda: view.model.integral is not None, timeout=10_000)
    before = view.model.integral
    backward.inspection.workbench.select_sample(7)
    assert view.model.integral is not before
    qtbot.waitUntil(lambda: view.model.integral is not None, timeout=10_000)
    assert not np.array_equal(view.model.integral.attribution, before.attribution)
    found = backward.trace
    expected = score_gradient(backward.inspection.network, found.input, (found.predicted,))
    assert np.array_equal(view.model.gradient, expected)


def test_a_score_that_answers_to_nothing_says_so(view):
    view, backward = view
    backward.inspection.network.layers[0].parameters["weight"][...] = 0
    backward.inspection.retrace()
    assert "0 at every pixel" in view.words.text


def test_the_image_shows_through_as_far_as_wanted(view):
    view, backward = view
    view.controls.strength.setValue(0)
    pixels = imaging.to_argb(backward.trace.input[0], view.theme.pixels, 0.0, 1.0)
    assert [view.image.image.pixel(x, 9) for x in range(28)] == pixels[9].tolist()
    assert view.controls.strength_text.text() == "0 %"


@pytest.fixture
def rgb(qtbot):
    rng = np.random.default_rng(2)
    images = rng.integers(0, 256, (40, 3, 28, 28), dtype=np.uint8)
    dataset = Dataset(images, np.arange(40) % 10, tuple("0123456789"), "colours")
    view, backward = _make(qtbot, _net(3, Standardisation((0.4, 0.5, 0.6), (0.2, 0.3, 0.25))), dataset)
    yield view, backward
    assert backward.inspection.workbench.close()


def test_one_channel_or_all_of_them(qtbot, rgb):
    view, backward = rgb
    gradient = view.model.gradient
    backward.inspection.set_channel(2)
    assert np.array_equal(_shown(view), _expected(view, gradient[2]))
    _press(qtbot, view.controls.channels.button("all"))
    assert np.array_equal(_shown(view), _expected(view, gradient.sum(axis=0)))
    y, x = view.image.selected
    pixels = backward.trace.input[:, y, x]
    assert view.pixel.right.split() == [number(float(pixel), sign=False) for pixel in pixels]
    products = (gradient.astype(np.float64) * backward.trace.input).sum(axis=0)
    assert view.product.right == view.scale.with_unit(float(products[y, x]))
    _press(qtbot, view.controls.mode.button("absolute"))
    assert np.array_equal(_shown(view), _expected(view, np.abs(gradient).max(axis=0), signed=False))


def test_the_loss_is_differentiated_by_the_pixels_as_they_are(rgb):
    view, backward = rgb
    view.model.choose(of="loss")
    network, found = backward.inspection.network, backward.trace
    way = np.zeros_like(found.input)
    way[1, 9, 12] = 1e-2
    above, below = (trace(network, found.input + sign * way, found.label).loss for sign in (1, -1))
    assert view.model.gradient[1, 9, 12] == pytest.approx((above - below) / 2e-2, rel=0.03, abs=1e-4)


def test_the_channel_follows_the_digit_keys(rgb):
    view, backward = rgb
    for channel in (1, 0, 2):
        backward.set_source(channel)
        assert backward.map == channel
        assert view.place.right == f"channel {channel}"
        assert view.controls.channel.box.value() == channel
    view.controls.channel.box.setValue(1)
    assert backward.map == 1

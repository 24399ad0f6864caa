"""The Scan Lab as a person uses it: mouse, keyboard, impossible settings, taking things along."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox

from cnncore import MODELS
from explorer.app import build_window
from explorer.workspaces.scan import ScanWorkspace, actions
from explorer.workspaces.scan.hand_over import HandOverError, target_layer, with_settings
from explorer.workspaces.scan.lab_json import to_json
from explorer.workspaces.scan.lab_state import DEFAULTS


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    page = ScanWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    page.show()
    page.setFocus()
    page.holder.set_state(replace(DEFAULTS, source="numbers"))
    return page


def cell(grid, y, x):
    rect = grid.cell_rect(y, x)
    return QPoint(round(rect.x + rect.w / 2), round(rect.y + rect.h / 2))


def click(qtbot, widget, at=None):
    if at is None:
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
    else:
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


# Watching


def test_keys_move_the_window(qtbot, page):
    for key, index in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 5),
        (Qt.Key.Key_End, 15),
        (Qt.Key.Key_Up, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(page.canvas, key)
        assert page.transport.index == index
    page.toggle_play()
    assert page.transport.playing
    page.toggle_play()
    assert not page.transport.playing


def test_a_click_on_the_output_and_a_drag_of_the_window(qtbot, page):
    layout = page.canvas.layout_now
    click(qtbot, page.canvas, cell(layout.output, 2, 1))
    assert page.transport.index == 9
    qtbot.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=cell(layout.input, 1, 1))
    assert page.transport.index == 0
    qtbot.mouseMove(page.canvas, cell(layout.input, 7, 7))
    assert page.transport.index == 15
    qtbot.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=cell(layout.input, 7, 7))
    qtbot.mouseMove(page.canvas, cell(layout.input, 1, 1))
    assert page.transport.index == 15


def test_hovering_is_told_to_the_workbench(qtbot, page, tiny_bench):
    layout = page.canvas.layout_now
    qtbot.mouseMove(page.canvas, cell(layout.output, 0, 0))
    assert tiny_bench.hover.title == "output"
    value = page.holder.numbers.value(0, 0)
    assert dict(tiny_bench.hover.rows)["value"].replace("−", "-") == f"{value:g}"
    qtbot.mouseMove(page.canvas, QPoint(3, 440))
    assert tiny_bench.hover is None


# Typing


def test_weights_are_typed_cell_by_cell(qtbot, page):
    qtbot.keyClick(page.canvas, Qt.Key.Key_F2)
    editor = page.canvas.editor
    for text in ("4", "-2.5", "0,5"):
        assert editor.isVisible()
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert page.holder.state.weights[0, 0].tolist() == [4, -2.5, 0.5]
    assert page.holder.state.preset == "custom"
    qtbot.keyClick(page.canvas, Qt.Key.Key_Right)
    assert page.transport.index == 1


def test_what_is_no_number_is_not_taken(qtbot, page):
    click(qtbot, page.canvas, cell(page.canvas.layout_now.kernel, 1, 1))
    editor = page.canvas.editor
    before = page.holder.state
    for text in ("", "abc", "nan", "1e999"):
        editor.setText(text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert page.holder.state == before
    assert editor.isVisible()


def test_a_turned_kernel_is_typed_where_it_is_seen(qtbot, page):
    page.holder.set_state(page.holder.state.with_setup(operation="convolution"))
    click(qtbot, page.canvas, cell(page.canvas.layout_now.kernel, 0, 0))
    page.canvas.editor.setText("8")
    qtbot.keyClick(page.canvas.editor, Qt.Key.Key_Return)
    assert page.holder.numbers.kernel[0, 0, 0] == 8
    assert page.holder.state.weights[0, 2, 2] == 8


def test_input_numbers_are_typed_after_a_double_click(qtbot, page):
    at = cell(page.canvas.layout_now.input, 2, 3)
    qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=at)
    editor = page.canvas.editor
    assert editor.isVisible()
    editor.setText("77")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=at)
    editor.setText("55")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    editor.cancel()
    assert page.holder.numbers.x[0, 1, 2] == 55
    assert page.holder.state.pattern == "own"


def test_padding_cannot_be_typed_into(qtbot, page):
    qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=cell(page.canvas.layout_now.input, 0, 0))
    assert not page.canvas.editor.isVisible()


# Settings


def test_fields_change_the_scan(qtbot, page):
    settings = page.settings
    settings.stride.fields[0].box.setValue(1)
    assert page.holder.state.setup.stride == (1, 1)  # linked
    click(qtbot, settings.stride.link)
    settings.stride.fields[1].slider.setValue(3)
    assert page.holder.state.setup.stride == (1, 3)
    settings.input_size.fields[1].box.setValue(9)
    assert page.holder.state.setup.input_size == (7, 9)
    click(qtbot, settings.padding.kind.button("valid"))
    assert page.holder.state.setup.padding == (0, 0, 0, 0)
    settings.padding.fields[3].box.setValue(2)
    assert page.holder.state.setup.padding == (0, 0, 0, 2)
    assert settings.padding.kind.value == "custom"
    settings.padding.mode.setFocus()
    qtbot.keyClick(settings.padding.mode, Qt.Key.Key_Down)
    settings.padding.mode.activated.emit(settings.padding.mode.currentIndex())
    assert page.holder.state.setup.mode == "reflect"
    click(qtbot, settings.operation.buttons["max_pool"])
    assert page.holder.state.setup.operation == "max_pool"
    assert not settings.kernel.weights.isVisible()
    click(qtbot, settings.defaults_button)
    assert page.holder.state == DEFAULTS
    assert settings.stride.fields[1].value == 2


def test_the_transport_has_as_many_cells_as_the_scan(page):
    page.transport.last()
    page.holder.set_state(page.holder.state.with_setup(stride=(3, 3)))
    assert (page.transport.count, page.transport.row, page.transport.index) == (9, 3, 8)


def test_kernels_by_chip_and_menu(qtbot, page, tiny_bench):
    kernel = page.settings.kernel
    click(qtbot, kernel.chips["blur"])
    assert page.holder.state.preset == "blur"
    menu = kernel.make_menu()
    actions = {action.text(): action for action in menu.actions() if action.text()}
    actions["Emboss"].trigger()
    assert page.holder.state.preset == "emboss"
    assert kernel.more.text() == "Emboss …"
    trained = next(action for text, action in actions.items() if text.startswith("Trained"))
    trained.trigger()
    first = next(i for i, layer in enumerate(tiny_bench.spec.layers) if layer.kind == "conv2d")
    weights = tiny_bench.network.layers[first].parameters["weight"][0, 0]
    assert page.holder.state.weights[0] == pytest.approx(weights)
    assert page.holder.state.setup.kernel_size == weights.shape
    menu.deleteLater()


def test_sources(qtbot, page, tiny_bench):
    source = page.settings.source
    click(qtbot, source.kind.button("digit"))
    assert page.holder.numbers.x.max() == 9
    before = page.holder.numbers.x
    tiny_bench.select_sample(5)
    assert not np.array_equal(page.holder.numbers.x, before)
    click(qtbot, source.kind.button("map"))
    source.layer.setCurrentIndex(1)
    source.layer.activated.emit(1)
    maps = tiny_bench.trace.layers[source.layer.itemData(1)].output
    assert page.holder.numbers.x[0] == pytest.approx(maps[0])
    click(qtbot, source.kind.button("numbers"))
    for place in range(source.pattern.count()):
        source.pattern.setCurrentIndex(place)
        source.pattern.activated.emit(place)
        assert page.holder.state.pattern == source.pattern.itemData(place)
    click(qtbot, source.channels.button("3"))
    assert page.holder.numbers.x.shape[0] == 3
    assert page.tools.channel.isVisible()
    click(qtbot, page.tools.channel.button("2"))
    assert page.holder.channel == 2


def test_notes_open_and_close(qtbot, page):
    section = page.settings.padding
    click(qtbot, section.note_button)
    assert section.note_label.isVisible()
    click(qtbot, section.note_button)
    assert not section.note_label.isVisible()


def test_zoom(qtbot, page):
    page.holder.set_state(page.holder.state.with_setup(input_size=(28, 28)))
    assert page.tools.zoom_in.isVisible()
    qtbot.keyClick(page.canvas, Qt.Key.Key_Plus)
    click(qtbot, page.tools.zoom_in)
    assert page.canvas.zoom == 2.0
    assert page.canvas.layout_now.input.rows < 30
    page.holder.set_state(DEFAULTS)
    assert page.canvas.zoom == 1.0


# Impossible settings


def test_impossible_settings_keep_the_picture_and_offer_ways_out(qtbot, page):
    picture = page.holder.numbers
    page.settings.dilation.fields[0].box.setValue(5)
    page.settings.padding.kind.set_value("valid")
    page.holder.set_state(page.holder.state.with_setup(padding=(0, 0, 0, 0)))
    assert page.holder.problem is not None
    assert page.problem_bar.isVisible()
    assert page.problem_bar.reason.text() == "The kernel with dilation spans 11 rows, the input has 7."
    assert page.settings.dilation.fields[0].box.property("invalid")
    assert page.holder.numbers.setup.plan.output_size  # still those of a scan that works
    assert page.canvas.grab().toImage() != picture
    assert "The last possible picture stays" in page.canvas.accessibleDescription()
    assert page.problem_bar.buttons
    click(qtbot, page.problem_bar.buttons[0])
    assert page.holder.problem is None
    assert not page.problem_bar.isVisible()
    assert not page.settings.dilation.fields[0].box.property("invalid")


def test_every_suggestion_works_when_clicked(qtbot, page):
    impossible = page.holder.state.with_setup(input_size=(3, 9), kernel_size=(5, 5), padding=(0, 0, 0, 0))
    for place in range(3):
        page.holder.set_state(impossible)
        assert page.holder.problem is not None
        click(qtbot, page.problem_bar.buttons[place])
        assert page.holder.problem is None


# What if, compare


def test_cards_preview_and_apply(qtbot, page):
    card = page.what_if.cards[2]
    assert card.accessibleName() == "What if: Stride 3"
    card.pointed_at.emit(True)
    assert page.holder.previewing
    assert page.canvas.index == 8
    card.pointed_at.emit(False)
    assert not page.holder.previewing
    card.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.holder.previewing
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert page.holder.state.setup.stride == (3, 3)


def test_comparing_side_by_side(qtbot, page, tiny_bench):
    click(qtbot, page.what_if.compare_button)
    assert page.compare_view.isVisible()
    assert "Drag" not in tiny_bench.hint
    assert page.transport.count == 49
    page.transport.last()
    assert page.compare_view.comparison.positions(48) == (15, 48)
    assert not page.compare_view.grab().isNull()
    box = page.what_if.compare_choice
    box.setCurrentIndex(box.count() - 1)
    assert "cross-correlation does not commute" in page.compare_view.accessibleDescription()
    click(qtbot, page.what_if.compare_button)
    assert page.canvas.isVisible()
    assert page.transport.count == 16


# Taking along


def test_a_set_up_is_copied_and_pasted(qtbot, page):
    wanted = page.holder.state.with_setup(stride=(1, 1))
    page.holder.set_state(wanted)
    qtbot.keySequence(page.canvas, "Ctrl+C")
    assert QGuiApplication.clipboard().text() == to_json(wanted)
    page.holder.set_state(DEFAULTS)
    click(qtbot, page.settings.paste_button)
    assert page.holder.state == wanted


def test_in_the_whole_window_the_keys_paste_a_set_up_and_leave_images_to_the_input(qtbot):
    window = build_window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_workspace("scan")
    page, clipboard = window.workspaces["scan"], QGuiApplication.clipboard()
    wanted = DEFAULTS.with_setup(stride=(1, 1))
    clipboard.setText(to_json(wanted))
    page.setFocus()
    qtbot.keySequence(page.canvas, "Ctrl+V")
    assert page.holder.state == wanted
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    image.fill(0)
    for place in range(8, 20):
        image.setPixel(14, place, 0xFFFFFFFF)
    clipboard.setImage(image)
    with qtbot.waitSignal(window.workbench.sample_changed, timeout=10_000):
        qtbot.keySequence(page.canvas, "Ctrl+V")
    assert page.holder.state == wanted
    clipboard.clear()
    window.close()


def test_pasting_something_else_is_told(qtbot, page, tiny_bench):
    QGuiApplication.clipboard().setText("no set-up")
    before = page.holder.state
    with qtbot.waitSignal(tiny_bench.failed, timeout=1000) as signal:
        click(qtbot, page.settings.paste_button)
    assert signal.args[0] == "There is no set-up to paste."
    assert page.holder.state == before


def test_pictures_are_written(qtbot, page, tiny_bench, tmp_path):
    for name in ("scan.png", "scan.svg"):
        with qtbot.waitSignal(tiny_bench.succeeded, timeout=1000):
            page.actions_of_lab.write_picture(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    with qtbot.waitSignal(tiny_bench.failed, timeout=1000):
        page.actions_of_lab.write_picture(tmp_path / "no" / "scan.png")


def test_while_comparing_the_files_show_what_is_on_view(qtbot, page, tmp_path, monkeypatch):
    click(qtbot, page.what_if.compare_button)
    page.transport.seek(20)
    written = []
    monkeypatch.setattr(
        actions, "write_png", lambda path, numbers, index, *rest: written.append((path, index))
    )
    page.actions_of_lab.write_picture(tmp_path / "x.jpg")
    assert written == [(tmp_path / "x.jpg.png", page.compare_view.comparison.positions(20)[0])]
    click(qtbot, page.animation_button)
    dialog = page.actions_of_lab.dialog
    assert dialog.text.text().startswith("16 frames of “As set”, ")
    dialog.reject()


def test_a_problem_turns_comparing_off(qtbot, page):
    click(qtbot, page.what_if.compare_button)
    page.holder.set_state(page.holder.state.with_setup(kernel_size=(11, 11), padding=(0, 0, 0, 0)))
    assert not page.what_if.compare_button.isEnabled()
    assert page.canvas.isVisible()
    page.holder.set_state(DEFAULTS)
    assert page.what_if.compare_button.isEnabled()
    assert page.compare_view.isVisible()


def test_the_animation_dialog_opens(qtbot, page):
    click(qtbot, page.animation_button)
    dialog = page.actions_of_lab.dialog
    assert dialog.isVisible()
    assert dialog.plan.speed == 2
    dialog.reject()


def test_settings_go_to_the_network(qtbot, page, tiny_bench):
    index = target_layer(tiny_bench)
    page.holder.set_state(page.holder.state.with_setup(kernel_size=(5, 5), stride=(1, 1)))
    with qtbot.waitSignal(tiny_bench.spec_changed, timeout=5000):
        click(qtbot, page.settings.hand_over_button)
    options = tiny_bench.spec.layers[index].options
    assert (options["kernel_size"], options["stride"], options["padding"]) == (5, 1, 2)


def test_settings_that_do_not_fit_leave_the_network_alone(qtbot, page, tiny_bench):
    before = tiny_bench.spec
    page.holder.set_state(
        page.holder.state.with_setup(
            input_size=(64, 64), kernel_size=(11, 11), dilation=(5, 5), padding=(0, 0, 0, 0)
        )
    )
    with qtbot.waitSignal(tiny_bench.failed, timeout=1000) as signal:
        click(qtbot, page.settings.hand_over_button)
    assert signal.args[0] == "The network stays as it is."
    assert tiny_bench.spec == before


def test_the_kind_of_padding_goes_along():
    setup = DEFAULTS.with_setup(mode="reflect").setup
    spec = MODELS["reference"]()
    index = next(i for i, layer in enumerate(spec.layers) if layer.kind == "conv2d")
    assert with_settings(spec, index, setup).layers[index].options["padding_mode"] == "reflect"


@pytest.mark.parametrize("operation", ["max_pool", "average_pool", "transposed"])
def test_what_no_convolution_can_do_is_said(operation):
    setup = DEFAULTS.with_setup(operation=operation).setup
    with pytest.raises(HandOverError, match="cannot take over"):
        with_settings(MODELS["reference"](), 0, setup)


def test_training_is_not_thrown_away_unasked(qtbot, page, tiny_bench, monkeypatch):
    page.holder.set_state(page.holder.state.with_setup(kernel_size=(5, 5), stride=(1, 1)))
    progress = dataclasses.replace(tiny_bench.progress, step=3)
    monkeypatch.setattr(type(tiny_bench), "progress", property(lambda bench: progress))
    before = tiny_bench.spec
    click(qtbot, page.settings.hand_over_button)
    question = page.actions_of_lab.question
    assert question.informativeText() == "Steps of training that will be lost: 3."
    question.reject()
    assert tiny_bench.spec == before
    click(qtbot, page.settings.hand_over_button)
    use = page.actions_of_lab.question.buttons()[0]
    with qtbot.waitSignal(tiny_bench.spec_changed, timeout=5000):
        click(qtbot, use)


# For everyone


def test_every_control_has_a_name_and_a_tip_and_can_be_reached(page):
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    for control in (child for kind in kinds for child in page.findChildren(kind)):
        if not control.isVisible() or control.inherits("QScrollBar"):
            continue
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
        # Of a segmented choice Tab reaches the chosen option, and the arrow keys the others.
        chosen = not control.property("segment") or control.isChecked() or not control.isCheckable()
        if control.isEnabled() and chosen:
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.objectName()


@pytest.mark.parametrize("size", [(692, 628), (1108, 828), (1600, 1000)])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_cut_off_at_any_size(page, theme, size, mode):
    theme.set_mode(mode)
    page.resize(*size)
    assert page.minimumSizeHint().width() <= 692
    assert page.minimumSizeHint().height() <= 628
    scroll = page.settings.findChild(object, "scanSettingsScroll")
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()
    assert not page.grab().isNull()


def test_it_follows_the_picture_of_any_data(qtbot, theme, tiny_bench):
    page = ScanWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    tiny_bench.set_custom_image(np.zeros((28, 28)), "nothing")
    assert not page.holder.numbers.x.any()


def test_out_of_sight_it_waits_and_then_catches_up(page, tiny_bench):
    page.holder.set_state(DEFAULTS)
    before = page.holder.numbers
    page.transport.play()
    page.hide()
    assert not page.transport.playing
    tiny_bench.select_sample(7)
    assert page.holder.numbers is before
    page.show()
    assert page.holder.numbers is not before

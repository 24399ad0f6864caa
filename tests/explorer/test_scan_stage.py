"""The stage's picture follows from numbers and position alone."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from cnncore.scan_setup import OPERATIONS, diagnose
from explorer.widgets.animation.film import to_pillow
from explorer.workspaces.scan import formula, notes, stage_parts
from explorer.workspaces.scan.lab_numbers import compute
from explorer.workspaces.scan.lab_state import DEFAULTS
from explorer.workspaces.scan.picture import HEIGHT, WIDTH, render, write_png, write_svg
from explorer.workspaces.scan.pointing import Spot, hover_for, marks_for, nearest_position, spot_at
from explorer.workspaces.scan.stage import Marks, Stage
from explorer.workspaces.scan.stage_cache import PictureCache
from explorer.workspaces.scan.stage_layout import ZOOMS, lay_out


def numbers_of(state, seed=0):
    x = np.random.default_rng(seed).integers(0, 10, (state.channels, *state.setup.input_size))
    return compute(state, x.astype(float))


def picture(numbers, index, theme, size=(804, 444), zoom=1.0, cache=None, marks=None):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    Stage(lay_out(*size, numbers, index, zoom), numbers, index, theme, marks=marks, cache=cache).paint(
        painter
    )
    painter.end()
    return image


@pytest.mark.parametrize("operation", OPERATIONS)
def test_scrubbing_and_stepping_back_give_the_pictures_of_playing(theme, operation):
    numbers = numbers_of(DEFAULTS.with_setup(operation=operation, stride=(1, 1)))
    cache = PictureCache()
    played = [picture(numbers, index, theme, cache=cache) for index in range(numbers.count)]
    places = np.random.default_rng(1).permutation(numbers.count)[:20]
    for index in sorted(places, reverse=True):
        assert picture(numbers, int(index), theme, cache=PictureCache()) == played[index]
    for index in places:
        assert picture(numbers, int(index), theme, cache=cache) == played[index]
    assert len({bytes(image.constBits()) for image in played}) == numbers.count


SETUPS = [
    {},
    {"input_size": (1, 1), "kernel_size": (1, 1), "padding": (0, 0, 0, 0)},
    {"input_size": (64, 64), "kernel_size": (11, 11), "dilation": (2, 2), "padding": (40, 40, 40, 40)},
    {"input_size": (3, 40), "stride": (1, 5)},
    {"input_size": (40, 3), "stride": (5, 1)},
    {"input_size": (28, 28), "mode": "circular"},
    {"input_size": (64, 64), "kernel_size": (11, 11), "stride": (1, 1), "padding": (5, 5, 5, 5)},
]


@pytest.mark.parametrize("changes", SETUPS)
@pytest.mark.parametrize("size", [(804, 444), (434, 290), (300, 200)])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_boxes_stand_apart_and_inside(changes, size, operation):
    state = DEFAULTS.with_setup(operation=operation, **changes)
    if diagnose(state.setup) is not None:
        return
    numbers = numbers_of(state)
    layout = lay_out(*size, numbers)
    boxes = [layout.input.rect, layout.kernel.rect, layout.output.rect]
    if not numbers.pooling:
        boxes.append(layout.products.rect)
    for place, box in enumerate(boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.right <= size[0] + 1
        for other in boxes[place + 1 :]:
            apart = (
                box.right <= other.x or other.right <= box.x or box.bottom <= other.y or other.bottom <= box.y
            )
            assert apart
    for box in (layout.input, layout.output):
        assert box.cell_at(*_middle(box.cell_rect(box.rows - 1, 0))) == (box.rows - 1, 0)


def _middle(rect):
    return rect.x + rect.w / 2, rect.y + rect.h / 2


@pytest.mark.parametrize("zoom", ZOOMS)
def test_a_zoomed_input_always_shows_the_window(zoom):
    numbers = numbers_of(DEFAULTS.with_setup(input_size=(28, 28), stride=(1, 1)))
    for index in range(0, numbers.count, 37):
        box = lay_out(804, 444, numbers, index, zoom).input
        window = numbers.window(index)
        for row, column in ((window.rows[0], window.columns[0]), (window.rows[-1], window.columns[-1])):
            assert box.first_row <= row + 1 < box.first_row + box.rows
            assert box.first_column <= column + 1 < box.first_column + box.columns


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dark", [False, True])
def test_every_setting_can_be_drawn(theme, operation, dark):
    theme.set_mode("dark" if dark else "light")
    for changes in SETUPS:
        state = DEFAULTS.with_channels(2).with_setup(operation=operation, **changes)
        if diagnose(state.setup) is not None:
            continue
        numbers = numbers_of(state)
        for index in (0, numbers.count // 2, numbers.count - 1):
            for zoom in (1.0, 3.0):
                assert not picture(numbers, index, theme, zoom=zoom).isNull()


@pytest.mark.parametrize(
    "changes",
    [*SETUPS, {"input_size": (13, 9), "kernel_size": (2, 3), "stride": (2, 3), "padding": (1, 0, 1, 0)}],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_texts_on_a_narrow_stage_keep_clear_of_input_and_edge(theme, operation, changes, monkeypatch):
    state = DEFAULTS.with_channels(3).with_setup(operation=operation, **changes)
    if diagnose(state.setup) is not None:
        return
    numbers, written = numbers_of(state), []
    draw = stage_parts.draw_text

    def noting(painter, theme, x, y, text, **style):
        wide = stage_parts.text_width(text, style.get("px", 11), style.get("weight", 400))
        align = style.get("align", Qt.AlignmentFlag.AlignLeft)
        centred, right = align & Qt.AlignmentFlag.AlignHCenter, align & Qt.AlignmentFlag.AlignRight
        left = x - wide / 2 if centred else x - wide if right else x
        written.append((text, left, left + wide, y))
        return draw(painter, theme, x, y, text, **style)

    monkeypatch.setattr(stage_parts, "draw_text", noting)
    picture(numbers, numbers.count // 2, theme, size=(434, 290))
    source = lay_out(434, 290, numbers).input.rect
    assert any("channel" in entry[0] or " of " in entry[0] for entry in written)
    for text, left, right, y in written:
        assert left >= 0, text
        assert right <= 436, text
        if source.y <= y <= source.bottom and text not in "=×∗":
            assert left >= source.right, text


def test_marks_change_the_picture(theme):
    numbers = numbers_of(DEFAULTS)
    plain = picture(numbers, 5, theme)
    for marks in (Marks(outputs=((0, 0),)), Marks(ghosts=(9,)), Marks(partners=((1, 1),))):
        assert picture(numbers, 5, theme, marks=marks) != plain


# Pointing


def test_hovering_an_input_marks_every_window_that_reads_it():
    numbers = numbers_of(DEFAULTS)
    marks = marks_for(Spot("input", 3, 3), numbers, 0)
    assert set(marks.outputs) == set(numbers.plan.readers(2, 2))
    assert {numbers.plan.cell(ghost) for ghost in marks.ghosts} == set(marks.outputs)
    hover = hover_for(Spot("input", 3, 3), numbers, 0, 0)
    assert dict(hover.rows)["cell"] == "y 2, x 2"
    assert (
        dict(hover.rows)["read by"] == f"{len(marks.outputs)} window{'s' if len(marks.outputs) != 1 else ''}"
    )


def test_hovering_an_output_shows_its_window():
    numbers = numbers_of(DEFAULTS)
    assert marks_for(Spot("output", 1, 3), numbers, 0).ghosts == (7,)
    rows = dict(hover_for(Spot("output", 1, 3), numbers, 7, 0).rows)
    assert rows["window"] == "rows 1–3, cols 5–7"
    assert dict(hover_for(Spot("output", 1, 3), numbers, 6, 0).rows)["value"] == "to come"


def test_hovering_a_product_says_its_factors():
    numbers = numbers_of(DEFAULTS)
    rows = dict(hover_for(Spot("products", 1, 0), numbers, 0, 0).rows)
    assert list(rows) == ["padding", "weight", "product"]
    assert rows["weight"] == "−2"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_there_is_something_to_say_about_every_cell(operation):
    numbers = numbers_of(DEFAULTS.with_setup(operation=operation))
    layout = lay_out(804, 444, numbers)
    for x in range(0, 804, 9):
        for y in range(0, 444, 9):
            spot = spot_at(layout, numbers, x, y)
            if spot is not None:
                marks_for(spot, numbers, 3)
                assert hover_for(spot, numbers, 3, 0).rows


@pytest.mark.parametrize("operation", ["correlation", "transposed"])
def test_dragging_to_a_windows_middle_goes_to_that_window(operation):
    numbers = numbers_of(DEFAULTS.with_setup(operation=operation))
    top, left = numbers.origin
    for index in range(numbers.count):
        if numbers.transposed:
            y, x = (place + 0.5 for place in numbers.plan.cell(index))
        else:
            row, column, rows, columns = numbers.window(index).box
            y, x = row + top + rows / 2, column + left + columns / 2
        assert nearest_position(numbers, y, x) == index
    assert nearest_position(numbers, -5, -5) == 0
    assert nearest_position(numbers, 99, 99) == numbers.count - 1


# Files


def test_pictures_for_files(theme, tmp_path):
    numbers = numbers_of(DEFAULTS)
    image = render(numbers, 7, 0, theme, 0.5)
    assert (image.width(), image.height()) == (WIDTH // 2, HEIGHT // 2)
    pillow = to_pillow(image)
    red, green, blue = pillow.getpixel((100, 80))
    color = image.pixelColor(100, 80)
    assert (red, green, blue) == (color.red(), color.green(), color.blue())
    write_png(tmp_path / "scan.png", numbers, 7, 0, theme)
    assert QImage(str(tmp_path / "scan.png")).width() == 2 * WIDTH
    write_svg(tmp_path / "scan.svg", numbers, 7, 0, theme)
    text = (tmp_path / "scan.svg").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "Kernel" in text


def test_a_picture_that_cannot_be_written(theme, tmp_path):
    numbers = numbers_of(DEFAULTS)
    with pytest.raises(OSError, match="cannot be written"):
        write_png(tmp_path / "missing" / "scan.png", numbers, 0, 0, theme)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("mode", ["zeros", "circular"])
def test_what_is_said_of_a_position_is_never_cut_in_a_small_window(theme, operation, mode, monkeypatch):
    """412 px are the row below the stage at 1024 x 700, less its margins."""
    said = []
    monkeypatch.setattr(formula, "draw_text", lambda *args, **style: said.append(args[4]))
    sheet = QPixmap(428, 99)
    area = QRectF(sheet.rect())
    for changes in (*SETUPS, {"dilation": (2, 2)}, {"kernel_size": (2, 2), "stride": (4, 3)}):
        state = DEFAULTS.with_setup(**{"operation": operation, **changes, "mode": mode})
        if diagnose(state.setup) is not None:
            continue
        numbers = numbers_of(state)
        positions = np.unique(np.linspace(0, numbers.count - 1, 12).astype(int)).tolist()
        for index in positions:
            said.clear()
            painter = QPainter(sheet)
            formula.paint_value(painter, theme, area, numbers, index, 0)
            painter.end()
            lines = said[1:]  # behind the label of the sum
            assert 1 <= len(lines) <= 2
            assert " ".join(lines) == notes.sentence(numbers, index)

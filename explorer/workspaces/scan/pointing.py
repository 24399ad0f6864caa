"""What is under the mouse on the stage, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.workbench import Hover

from .lab_numbers import LabNumbers
from .stage import Marks
from .stage_layout import StageLayout
from .wording import sum_text

Part = Literal["input", "kernel", "products", "output"]
MOST_GHOSTS = 12


@dataclass(frozen=True)
class Spot:
    """A cell of one of the four grids; `y` and `x` count the padded input's cells there."""

    part: Part
    y: int
    x: int


def spot_at(layout: StageLayout, numbers: LabNumbers, px: float, py: float) -> Spot | None:
    """Return the cell at a point of the stage, or None."""
    boxes = [("input", layout.input), ("kernel", layout.kernel), ("output", layout.output)]
    if not numbers.pooling:
        boxes.append(("products", layout.products))
    for part, box in boxes:
        cell = box.cell_at(px, py)
        if cell is not None:
            return Spot(part, *cell)
    return None


def marks_for(spot: Spot | None, numbers: LabNumbers, index: int) -> Marks:
    """Return what belongs together with a cell: readers, windows, partners."""
    if spot is None:
        return Marks()
    if spot.part in ("kernel", "products"):
        return Marks(partners=((spot.y, spot.x),))
    if spot.part == "output":
        if numbers.transposed:
            return Marks()
        return Marks(outputs=((spot.y, spot.x),), ghosts=(numbers.plan.index(spot.y, spot.x),))
    if numbers.transposed:
        return Marks()
    y, x = _input_place(spot, numbers)
    readers = numbers.plan.readers(y, x)
    ghosts = tuple(numbers.plan.index(*reader) for reader in readers) if len(readers) <= MOST_GHOSTS else ()
    window = numbers.window(index)
    partner = (
        ((window.rows.index(y), window.columns.index(x)),) if y in window.rows and x in window.columns else ()
    )
    return Marks(outputs=readers, ghosts=ghosts, partners=partner)


def _input_place(spot: Spot, numbers: LabNumbers) -> tuple[int, int]:
    return spot.y - numbers.origin[0], spot.x - numbers.origin[1]


def hover_for(spot: Spot, numbers: LabNumbers, index: int, channel: int) -> Hover:
    """Say what is under the mouse."""
    return {
        "input": _input_hover,
        "output": _output_hover,
        "kernel": _kernel_hover,
        "products": _product_hover,
    }[spot.part](spot, numbers, index, channel)


def _input_hover(spot: Spot, numbers: LabNumbers, index: int, channel: int) -> Hover:
    y, x = _input_place(spot, numbers)
    value = float(numbers.padded[channel, spot.y, spot.x])
    rows = [("cell", f"y {y}, x {x}".replace("-", "−")), ("value", sum_text(value))]
    if numbers.padding_mask[spot.y, spot.x]:
        rows[1] = ("padding", sum_text(value))
    if not numbers.transposed:
        readers = numbers.plan.readers(y, x)
        rows.append(
            (
                "read by",
                f"{len(readers)} window{'' if len(readers) == 1 else 's'}" if readers else "no window",
            )
        )
    title = "input" if numbers.state.channels == 1 else f"input, channel {channel + 1}"
    return Hover(title, tuple(rows), f"Scan Lab · input · y {y}, x {x}".replace("-", "−"))


def _output_hover(spot: Spot, numbers: LabNumbers, index: int, channel: int) -> Hover:
    rows = [("cell", f"y {spot.y}, x {spot.x}")]
    if numbers.transposed:
        values, done = numbers.output_after(index, channel)
        stamps = len(numbers.plan.window(0).rows) and _stamps(numbers, spot)
        rows += [("stamps", f"{stamps} in all"), ("value", sum_text(float(values[spot.y, spot.x])))]
        if not done[spot.y, spot.x]:
            rows[-1] = ("value", "to come")
    else:
        place = numbers.plan.index(spot.y, spot.x)
        window = numbers.window(place)
        rows.append(("window", f"rows {_span(window.rows)}, cols {_span(window.columns)}"))
        shown = place <= index
        rows.append(("value", sum_text(numbers.value(place, channel)) if shown else "to come"))
    return Hover("output", tuple(rows), f"Scan Lab · output · y {spot.y}, x {spot.x}")


def _stamps(numbers: LabNumbers, spot: Spot) -> int:
    return len(numbers.plan.readers(spot.y, spot.x))


def _span(places: tuple[int, ...]) -> str:
    return (
        f"{places[0]}–{places[-1]}".replace("-", "−") if len(places) > 1 else str(places[0]).replace("-", "−")
    )


def _kernel_hover(spot: Spot, numbers: LabNumbers, index: int, channel: int) -> Hover:
    if numbers.pooling:
        return _product_hover(spot, numbers, index, channel)
    weight = float(numbers.kernel[channel, spot.y, spot.x])
    rows = [("weight", f"y {spot.y}, x {spot.x}"), ("value", sum_text(weight)), ("change it", "click or F2")]
    if numbers.setup.operation == "convolution":
        kh, kw = numbers.setup.kernel_size
        rows[0] = ("written as", f"y {kh - 1 - spot.y}, x {kw - 1 - spot.x}")
    return Hover("kernel", tuple(rows), f"Scan Lab · kernel · y {spot.y}, x {spot.x}")


def _product_hover(spot: Spot, numbers: LabNumbers, index: int, channel: int) -> Hover:
    value = float(numbers.patch(index, channel)[spot.y, spot.x])
    padding = bool(numbers.patch_padding(index)[spot.y, spot.x])
    name = "padding" if padding and not numbers.transposed else "input"
    if numbers.pooling:
        rows = ((name, sum_text(value)), ("in window", f"y {spot.y}, x {spot.x}"))
        return Hover("window", rows, f"Scan Lab · window · y {spot.y}, x {spot.x}")
    weight = float(numbers.kernel[channel, spot.y, spot.x])
    rows = ((name, sum_text(value)), ("weight", sum_text(weight)), ("product", sum_text(value * weight)))
    return Hover("product", rows, f"Scan Lab · product · y {spot.y}, x {spot.x}")


def nearest_position(numbers: LabNumbers, y: float, x: float) -> int:
    """Return the position whose window's middle is nearest to a point of the padded input, in cells."""
    if numbers.transposed:
        height, width = numbers.plan.output_size
        row, column = min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)
        return numbers.plan.index(row, column)
    places = []
    for axis, at in ((0, y), (1, x)):
        middle = at - numbers.plan.span[axis] / 2
        step = round(middle / numbers.plan.stride[axis])
        places.append(min(max(step, 0), numbers.plan.output_size[axis] - 1))
    return numbers.plan.index(*places)

"""The input: its pixels, what the first layer sees of them, and how far each pixel reaches."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_field import Field, forward
from explorer.theme import Theme
from explorer.widgets.cells import PIXEL_STRENGTH, SMALLEST_WITH_NUMBERS
from explorer.workbench import Hover

from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import MapView
from .parts import Captioned, Paragraph, label
from .reach_view import ReachView
from .wording import number, plural


class InputView(LayerView):
    """The image as numbers; a pixel is chosen as any cell is, and lights what it reaches."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.image = MapView(theme, "pixels", most=448)
        self.image.setObjectName("inspectPixels")
        self.image.set_cell_size(12, 28)
        self._framed = Captioned(theme, "pixels", "window_text", self.image)
        self.reach = ReachView(inspection, theme)
        self._heading = label("What this pixel can influence", "strong")
        self.words = Paragraph(theme, 3)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(self._heading)
        side.addWidget(self.words)
        side.addWidget(self.reach, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self._framed, 1)
        row.addLayout(side, 1)
        self.image.clicked.connect(lambda y, x: inspection.transport.seek(y * inspection.stop.row + x))
        self.image.cell_hovered.connect(self._hover)
        self.image.left.connect(self.point_away)

    def refresh(self) -> None:
        found, channel = self.inspection.trace, self.inspection.channel
        self._show_pixels()
        self.reach.forget()
        self._framed.head.set_left("pixels" if len(found.input) == 1 else f"pixels, channel {channel}")
        self._framed.head.set_right(self.inspection.stop.shape_text)
        self.show_cell()

    def _show_pixels(self) -> None:
        """With numbers on them, pixels are drawn paler."""
        written = self.inspection.numbers_shown and self.image.cell_size >= SMALLEST_WITH_NUMBERS
        r = 1.0 if written else PIXEL_STRENGTH
        self.image.set_values(self.inspection.trace.input[self.inspection.channel], "pixels", r, 1)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._show_pixels()

    def show_cell(self) -> None:
        inspection = self.inspection
        channel, y, x = inspection.cell
        self.image.set_selected((y, x))
        value = float(inspection.trace.input[channel, y, x])
        self._framed.foot.set_left(f"y {y}, x {x}: {number(value, sign=False)}")
        shapes = [stop.shape for stop in inspection.stops[:-2]]
        fields = forward(inspection.network.layers, shapes, -1, inspection.cell)
        self.reach.set_fields(fields)
        self.words.set_text(self._words(fields))
        self.setAccessibleDescription(self.sentence())

    def _words(self, fields: dict[int, Field]) -> str:
        """Say what reads the pixel, and how that goes on."""
        if not fields:
            return "No window of the first layer reads it: it can influence nothing."
        first = next(iter(fields.values()))
        if len(first) < 3:
            return "Every unit of the next dense layer reads it."
        windows = int(first[1].sum() * first[2].sum())
        read = f"{plural(windows, 'window')} of the first layer {'reads' if windows == 1 else 'read'} it."
        dense = any(stop.kind == "linear" for stop in self.inspection.stops)
        end = ", and after the first dense layer every number" if dense else ""
        return f"{read} Further on it reaches more and more{end}."

    def _hover(self, y: int, x: int) -> None:
        inspection = self.inspection
        if not inspection.transport.playing:
            inspection.transport.seek(y * inspection.stop.row + x)
        channel = inspection.channel
        rows = [
            ("position", f"y {y}, x {x}"),
            ("value", number(float(inspection.trace.input[channel, y, x]), False)),
        ]
        if inspection.trace.normalised is not inspection.trace.input:
            rows.append(("standardised", number(float(inspection.trace.normalised[channel, y, x]))))
        self.point_at(Link(), Hover("input image", tuple(rows), f"input image · y {y}, x {x}"))

    def show_numbers(self) -> None:
        self.image.set_numbers_shown(self.inspection.numbers_shown)
        self._show_pixels()

    def sentence(self) -> str:
        channel, y, x = self.inspection.cell
        value = float(self.inspection.trace.input[channel, y, x])
        reached = "; ".join(self.reach.texts())
        return f"Pixel row {y}, column {x} is {number(value, sign=False)}. It reaches {reached}."

    def tables(self) -> list[Table]:
        found, channel = self.inspection.trace, self.inspection.channel
        return [
            Table("pixels", found.input[channel], "pixels"),
            Table("as the first layer sees them", found.normalised[channel]),
        ]

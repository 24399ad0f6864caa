"""The end of the way back: what each pixel of the input image does to a score, a unit or the loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.imaging import symmetric_range
from explorer.numbers import MINUS
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale
from explorer.widgets.rules import rule
from explorer.workbench import Hover

from ..layer_view import Table
from ..parts import Paragraph, TextLine
from ..wording import number
from .base import BackwardView
from .model import INPUT, Backward, Link
from .scale import scale_for
from .sensitivity_controls import SensitivityControls
from .sensitivity_image import SensitivityImage
from .sensitivity_model import ABSOLUTE, INTEGRATED, PRODUCT, Sensitivity
from .sensitivity_words import (
    NUMBERS,
    TITLES,
    dead_text,
    integral_text,
    sentence_of,
    sum_text,
    target_text,
)
from .sensitivity_work import IntegralRow

_SIDE, _COMPACT_SIDE = 380, 318
_WORDS, _COMPACT_WORDS = 6, 6
_MOST_LEGEND = 420


class SensitivityView(BackwardView):
    """The map over the image at the left; the choices, the current pixel and the words at the right."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self.model = Sensitivity(backward, self)
        self.controls = SensitivityControls(self.model, theme)
        self.image = SensitivityImage(theme)
        self.legend = ColourScale(theme)
        self.legend.setObjectName("sensitivityLegend")
        self.legend_title = TextLine(theme, left_style=("text", 11, 600), right_style=("text2", 11, 400))
        self.place = TextLine(theme, left_style=("text", 12, 600), right_style=("text2", 11, 400))
        self.pixel = TextLine(theme, "pixel", right_style=("window_text", 12, 600))
        self.gradient = TextLine(theme, "gradient")
        self.product = TextLine(theme, "pixel × gradient")
        self.share = TextLine(theme, "integrated: its share", right_style=("output_text", 12, 600))
        self.words = Paragraph(theme, _WORDS)
        self.work = IntegralRow(self.model)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addWidget(self.image, 1)
        legend = QVBoxLayout()
        legend.addWidget(self.legend_title)
        legend.setSpacing(2)
        # Without a map there is nothing for the legend to say: the progress takes its place.
        self.foot = QStackedWidget()
        self.foot.setFixedHeight(self.legend.sizeHint().height())
        self.foot.addWidget(self.legend)
        self.foot.addWidget(self.work)
        legend.addWidget(self.foot)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addLayout(legend, _MOST_LEGEND)
        foot.addStretch(1)
        self.foot.setMaximumWidth(_MOST_LEGEND)
        self.legend_title.setMaximumWidth(_MOST_LEGEND)
        left.addLayout(foot)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.controls)
        side.addWidget(rule())
        for widget in (self.place, self.pixel, self.gradient, self.product, self.share, rule(), self.words):
            side.addWidget(widget)
        side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(left, 1)
        self._row.addWidget(self._side)
        self.set_compact(False)

    def _connect(self) -> None:
        self.model.changed.connect(self.refresh)
        self.model.progress_changed.connect(self._show_words)
        self.controls.look_changed.connect(self._show_map)
        self.image.clicked.connect(self._go)
        self.image.hovered.connect(self._hover)
        self.image.left.connect(self.point_away)
        self.backward.inspection.workbench.state_changed.connect(self._on_state)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self._side.setFixedWidth(_COMPACT_SIDE if compact else _SIDE)
        self._side.layout().setSpacing(3 if compact else 6)
        self.controls.set_compact(compact)
        self._row.setSpacing(12 if compact else 24)
        self.words.setFixedHeight(15 * (_COMPACT_WORDS if compact else _WORDS) + 2)

    # What is shown

    @property
    def _is_input(self) -> bool:
        return self.backward.stop.index < 0

    @property
    def _names(self) -> tuple[str, ...]:
        names = self.backward.inspection.workbench.spec.class_names
        count = len(self.backward.trace.logits)
        return tuple(names) if len(names) == count else tuple(map(str, range(count)))

    @property
    def _target(self) -> str:
        return target_text(self.model, self._names)

    @property
    def _width(self) -> int:
        return self.backward.stop.shape[2]

    def flat(self, values: np.ndarray, absolute: bool = False) -> np.ndarray:
        """Return (H, W) of an array (C, H, W): the channel in view, or all of a pixel's together."""
        if not self.controls.all_channels:
            return values[self.backward.map]
        return values.max(axis=0) if absolute else values.sum(axis=0)

    def _on_state(self) -> None:
        if self.isVisible() and self._is_input:
            self.refresh()

    def refresh(self) -> None:
        if not self._is_input:
            return
        self.model.follow()
        self.controls.refresh(self._names)
        if self.model.mode == INTEGRATED:
            self.model.ask()
        self._show_map()

    def _show_map(self) -> None:
        model, found = self.model, self.backward.trace
        values, absolute = model.values(), model.mode == ABSOLUTE
        picture = None if values is None else self.flat(values, absolute)
        r = 1.0 if picture is None else symmetric_range(picture)
        several = len(found.input) == 3
        pixels = found.input if several and self.controls.all_channels else found.input[self.backward.map]
        self.image.set_strength(self.controls.strength.value() / 100)
        self.image.show_map(pixels, picture, r, not absolute)
        self.legend.set_range(r, "non_negative" if absolute else "signed")
        self.legend.setEnabled(picture is not None)
        self.legend_title.set_texts(f"{TITLES[model.mode]} of {self._target}", self._legend_note())
        self.scale = scale_for([model.gradient, model.gradient * found.input])
        self._show_words()
        self.show_cell()

    def _legend_note(self) -> str:
        strength = self.controls.strength.value()
        return "" if strength == 100 or self._compact else "colours as at 100 %"

    def _show_words(self) -> None:
        model, target = self.model, self._target
        words = [sentence_of(model.mode, target)]
        if not model.gradient.any():
            words = [dead_text(target)]
        if model.mode == PRODUCT:
            products = model.gradient.astype(np.float64) * self.backward.trace.input
            words.append(sum_text(float(products.sum()), self.scale))
        if model.mode == INTEGRATED:
            words.append(integral_text(model, target))
        self.words.set_text(" ".join(words))
        self.work.refresh()
        self.foot.setCurrentWidget(self.work if self.work.needed else self.legend)
        self.setAccessibleDescription(self.sentence())

    # The current pixel

    def _here(self, values: np.ndarray) -> float:
        """Return a pixel's number of its channels' (C,): that in view, or all together."""
        return float(values.sum() if self.controls.all_channels else values[self.backward.map])

    def _at(self, y: int, x: int) -> tuple[tuple[str, str], ...]:
        """Return the numbers of a pixel, by their names."""
        model, write = self.model, self.scale.with_unit
        pixels = self.backward.trace.input[:, y, x]
        gradient = model.gradient[:, y, x]
        shown = pixels if self.controls.all_channels else pixels[self.backward.map :][:1]
        rows = [
            ("pixel", " ".join(number(float(pixel), sign=False) for pixel in shown)),
            ("gradient", write(self._here(gradient))),
            ("pixel × gradient", write(self._here(gradient.astype(np.float64) * pixels))),
        ]
        if model.integral is not None:
            rows.append(("integrated", write(self._here(model.integral.attribution[:, y, x]))))
        return tuple(rows)

    def follow_cell(self) -> None:
        self.image.select(*divmod(self.backward.place(INPUT), self._width))

    def show_cell(self) -> None:
        if not self._is_input:
            return
        self.follow_cell()
        y, x = divmod(self.backward.place(INPUT), self._width)
        of = "" if len(self.backward.trace.input) == 1 else f"channel {self.backward.map}"
        if self.controls.all_channels:
            of = "all channels together"
        self.place.set_texts(f"Pixel y {y}, x {x}", of)
        numbers = dict(self._at(y, x))
        for line, name in ((self.pixel, "pixel"), (self.gradient, "gradient")):
            line.set_right(numbers[name])
        product = "pixel × gradient"
        if not self.controls.all_channels:
            gradient = numbers["gradient"]
            factor = f"({gradient})" if gradient.startswith(MINUS) else gradient.lstrip("+")
            product = f"{product} = {numbers['pixel']} × {factor}"
        self.product.set_texts(product, numbers["pixel × gradient"])
        self.share.set_texts("integrated: its share", numbers.get("integrated", "–"))
        self.image.setAccessibleDescription(self.sentence())
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def show_link(self) -> None:
        pixel = self.backward.link.pixel
        self.image.ring(None if pixel is None else pixel[-2:])

    def _go(self, y: int, x: int) -> None:
        self.backward.go_to(INPUT, y * self._width + x)

    def _hover(self, y: int, x: int) -> None:
        backward = self.backward
        if not backward.transport.playing:
            backward.point_to(INPUT, y * self._width + x)
        rows = (("position", f"y {y}, x {x}"), *self._at(y, x))
        where = f"input image · y {y}, x {x}"
        self.point_at(Link(pixel=(backward.map, y, x)), Hover(f"gradient of {self._target}", rows, where))

    # Words

    def heading(self) -> tuple[str, str]:
        return "Sensitivity", "what each pixel of the input image does to a score, a unit or the loss"

    def sentence(self) -> str:
        y, x = divmod(self.backward.place(INPUT), self._width)
        numbers = ", ".join(f"{name} {text}" for name, text in self._at(y, x))
        return f"Pixel row {y}, column {x}: {numbers}. The gradient is that of {self._target}."

    def tables(self) -> list[Table]:
        model, channel = self.model, self.backward.map
        found = [Table("gradient by the pixels", model.gradient[channel])]
        values = model.values()
        if values is not None and values is not model.gradient:
            found.insert(0, Table(f"{NUMBERS[model.mode]} of the pixels", values[channel]))
        return [*found, Table("pixels", self.backward.trace.input[channel])]

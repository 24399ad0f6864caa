"""The settings of the window's way: sizes, stride, padding, dilation."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from cnncore.scan import PADDING_MODES
from cnncore.scan_setup import LIMITS
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import Segmented
from explorer.widgets.hatching import hatch_rects

from .fields import LinkButton, NumberField, Section, caption, narrow, stretch
from .holder import LabHolder
from .notes import NOTES, stacked_sentence

MODE_TEXTS = {
    "zeros": "filled with zeros",
    "reflect": "mirrored (reflect)",
    "replicate": "edge repeated (replicate)",
    "circular": "other end (circular)",
}
_SLIDER_ENDS = {"stride": 6, "padding": 10}
"""Sliders end where numbers are still likely; the box takes all of them."""


class PairSection(Section):
    """Two numbers, y and x, of one setting; linked ones stay equal."""

    def __init__(
        self,
        title: str,
        setting: str,
        labels: tuple[str, str],
        names: tuple[str, str],
        holder: LabHolder,
        theme: Theme,
        note: str = "",
        linked: bool = False,
    ) -> None:
        super().__init__(title, theme, note)
        self._setting, self._holder = setting, holder
        low, high = LIMITS[setting]
        self.fields = tuple(
            NumberField(name, label, low, high, most=_SLIDER_ENDS.get(setting))
            for label, name in zip(labels, names, strict=True)
        )
        self.link: LinkButton | None = None
        if linked:
            self.link = LinkButton(title, f"Change {names[0].lower()} and {names[1].lower()} together")
            self.header.addWidget(self.link)
        self.add_pair(*self.fields)
        for axis, field in enumerate(self.fields):
            field.changed.connect(lambda value, axis=axis: self._choose(axis, value))
        holder.changed.connect(self.show_state)
        self.show_state()

    def _choose(self, axis: int, value: int) -> None:
        state = self._holder.state
        pair = list(getattr(state.setup, self._setting))
        pair[axis] = value
        if self.link is not None and self.link.isChecked():
            pair = [value, value]
        self._holder.set_state(state.with_setup(**{self._setting: tuple(pair)}))

    def show_state(self) -> None:
        """Show the holder's numbers, and whether they are to blame."""
        problem, pair = self._holder.problem, getattr(self._holder.state.setup, self._setting)
        if self.link is not None and pair[0] != pair[1]:
            self.link.setChecked(False)
        for field, value in zip(self.fields, pair, strict=True):
            field.set_value(value)
            field.set_invalid(problem is not None and problem.culprit == self._setting)


class _Miniature(QWidget):
    """The input in its padding, small."""

    def __init__(self, holder: LabHolder, theme: Theme) -> None:
        super().__init__()
        self._holder, self._theme = holder, theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        holder.changed.connect(self.update)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(72, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        outer = QRectF(self.rect()).adjusted(2.5, 3.5, -2.5, -3.5)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(theme.color("panel2"))
        painter.drawRect(outer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("hatch"), 1))
        rect = (outer.left(), outer.top(), outer.width(), outer.height())
        for line in hatch_rects([rect], 5.0, False):
            painter.drawLine(*(round(v) for v in line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        inner = outer.adjusted(7, 6, -7, -6)
        painter.setPen(QPen(theme.color("text3"), 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRect(inner)
        painter.setFont(theme.font(10))
        painter.setPen(theme.color("text2"))
        height, width = self._holder.state.setup.input_size
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, f"{height} × {width}")


class PaddingSection(Section):
    """Padding as a word, on each side, and what it is filled with."""

    def __init__(self, holder: LabHolder, theme: Theme) -> None:
        super().__init__("Padding", theme, NOTES["padding"])
        self._holder = holder
        self.link = LinkButton("Padding", "Change all four sides together")
        self.link.setChecked(False)
        self.header.addWidget(self.link)
        options = (
            ("valid", "Valid", "No padding"),
            ("same", "Same", "As much padding as keeps the size at stride 1"),
            ("full", "Full", "As much padding as lets the window touch a corner"),
            ("custom", "Custom", "Any padding, side by side"),
        )
        self.kind = Segmented(options, "Padding")
        stretch(self.kind)
        self.body.addWidget(self.kind)
        self.body.addLayout(self._make_cross(theme))
        self.mode = ChoiceBox()
        self.mode.setObjectName("scanPaddingMode")
        self.mode.setAccessibleName("Padding mode")
        self.mode.setToolTip("What the padding shows")
        narrow(self.mode)
        for mode in PADDING_MODES:
            self.mode.addItem(MODE_TEXTS[mode], mode)
        self.body.addWidget(self.mode)
        self.kind.changed.connect(lambda kind: holder.set_state(holder.state.with_padding_kind(kind)))
        self.mode.activated.connect(self._choose_mode)
        holder.changed.connect(self.show_state)
        self.show_state()

    def _make_cross(self, theme: Theme) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        low, high = LIMITS["padding"]
        self.fields: tuple[NumberField, ...] = tuple(
            NumberField(f"Padding {side}", "", low, high, most=_SLIDER_ENDS["padding"])
            for side in ("top", "bottom", "left", "right")
        )
        places = ((0, 1), (2, 1), (1, 0), (1, 2))
        for side, (field, place) in enumerate(zip(self.fields, places, strict=True)):
            grid.addWidget(field, *place)
            field.changed.connect(lambda value, side=side: self._choose(side, value))
        grid.addWidget(_Miniature(self._holder, theme), 1, 1)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _choose(self, side: int, value: int) -> None:
        padding = list(self._holder.state.setup.padding)
        padding[side] = value
        if self.link.isChecked():
            padding = [value] * 4
        self._holder.set_state(self._holder.state.with_setup(padding=tuple(padding)))

    def _choose_mode(self, row: int) -> None:
        self._holder.set_state(self._holder.state.with_setup(mode=self.mode.itemData(row)))

    def show_state(self) -> None:
        """Show the holder's padding, and whether it is to blame."""
        state, problem = self._holder.state, self._holder.problem
        if len(set(state.setup.padding)) > 1:
            self.link.setChecked(False)
        for field, value in zip(self.fields, state.setup.padding, strict=True):
            field.set_value(value)
            field.set_invalid(problem is not None and problem.culprit == "padding")
        blocked = self.kind.blockSignals(True)
        self.kind.set_value(state.padding_kind)
        self.kind.blockSignals(blocked)
        self.mode.setCurrentIndex(self.mode.findData(state.setup.mode))
        self.mode.setEnabled(not state.setup.transposed)


def make_input_size(holder: LabHolder, theme: Theme) -> PairSection:
    """Make the section of the input's size."""
    return PairSection("Input size", "input_size", ("H", "W"), ("Input height", "Input width"), holder, theme)


def make_stride(holder: LabHolder, theme: Theme) -> PairSection:
    """Make the section of the stride."""
    return PairSection(
        "Stride",
        "stride",
        ("y", "x"),
        ("Stride down", "Stride across"),
        holder,
        theme,
        NOTES["stride"],
        linked=True,
    )


def make_dilation(holder: LabHolder, theme: Theme) -> PairSection:
    """Make the section of the dilation, with what stacked layers see."""
    names = ("Dilation down", "Dilation across")
    section = PairSection(
        "Dilation", "dilation", ("y", "x"), names, holder, theme, NOTES["dilation"], linked=True
    )
    stacked = caption()
    stacked.setObjectName("scanStacked")
    section.body.addWidget(stacked)

    def show() -> None:
        stacked.setText(stacked_sentence(holder.state.setup))

    holder.changed.connect(show)
    show()
    return section

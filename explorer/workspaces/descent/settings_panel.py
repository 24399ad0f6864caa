"""The column at the left: surface, slice, learning rate, start, and the optimizers' own numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cnncore.surfaces import SURFACES
from explorer.theme import Theme
from explorer.widgets.controls import IconButton, SpinBox
from explorer.widgets.scroll_column import ScrollColumn

from .fields import CAPTION, NumberBox, RateField, Section
from .lab import RATE_RANGE, STEPS_RANGE, DescentLab
from .slice_section import SliceSection
from .slicing import Slicing

_FURTHEST = 1000.0


class SettingsPanel(QFrame):
    """Every setting of the laboratory; all of them take effect at once."""

    def __init__(
        self, lab: DescentLab, slicing: Slicing, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setObjectName("descentSettings")
        self.setAccessibleName("Descent settings")
        self._lab, self._theme = lab, theme
        self.slice_section = SliceSection(slicing, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 1)
        column.setSpacing(4)
        column.addLayout(self._make_header())
        column.addWidget(self._make_scroll(), 1)
        lab.changed.connect(self.refresh)
        lab.surface_changed.connect(self.refresh)
        self.refresh()

    def _make_header(self) -> QHBoxLayout:
        title = QLabel("Gradient descent")
        title.setProperty("role", "title")
        self.suggest_button = IconButton("reset", self._theme, "Suggested", role="flat")
        self.suggest_button.setObjectName("descentSuggest")
        self.suggest_button.setAccessibleName("Suggested start and rate")
        self.suggest_button.setToolTip("Back to the start and the learning rate that suit this surface")
        self.suggest_button.clicked.connect(self._lab.suggest)
        row = QHBoxLayout()
        row.setContentsMargins(13, 0, 10, 0)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.suggest_button)
        return row

    def _make_scroll(self) -> ScrollColumn:
        content = QWidget()
        content.setObjectName("descentSettingsContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(13, 2, 13, 12)
        column.setSpacing(13)
        for section in (
            self._make_surfaces(),
            self.slice_section,
            self._make_rate(),
            self._make_start(),
            self._make_optimizers(),
        ):
            column.addWidget(section)
        column.addStretch(1)
        return ScrollColumn(content, "descentSettingsScroll", "Settings")

    def _make_surfaces(self) -> Section:
        section = Section("Surface")
        section.body.setSpacing(1)
        self.surface_buttons: dict[str, QRadioButton] = {}
        group = QButtonGroup(self)
        titles = {key: surface.title for key, surface in SURFACES.items()} | {"slice": "The network’s loss"}
        for key, title in titles.items():
            button = QRadioButton(title)
            button.setObjectName(f"descentSurface_{key}")
            button.setAccessibleName(title)
            button.setToolTip(SURFACES[key].formula if key in SURFACES else "Measure a slice first")
            button.setFixedHeight(22)
            button.clicked.connect(lambda _=False, key=key: self._choose(key))
            group.addButton(button)
            self.surface_buttons[key] = button
            section.body.addWidget(button)
        return section

    def _choose(self, key: str) -> None:
        self._lab.set_surface(self._lab.surfaces[key])

    def _make_rate(self) -> Section:
        section = Section("Learning rate")
        self.rate = RateField(*RATE_RANGE)
        self.rate.changed.connect(lambda value: self._lab.change(rate=value))
        section.body.addWidget(self.rate)
        self.steps = SpinBox(*STEPS_RANGE)
        self._name(self.steps, "Steps", f"How many steps are made, {STEPS_RANGE[0]} to {STEPS_RANGE[1]}")
        self.steps.valueChanged.connect(lambda value: self._lab.change(steps=value))
        section.add_pair(("Steps", self.steps), caption_width=CAPTION)
        return section

    def _make_start(self) -> Section:
        section = Section("Start")
        tip = "Where all paths begin; or drag the start, or Shift and the arrow keys"
        self.start_boxes = (
            self._box("Start x", tip, -_FURTHEST, _FURTHEST, 4, 0.1),
            self._box("Start y", tip, -_FURTHEST, _FURTHEST, 4, 0.1),
        )
        for box in self.start_boxes:
            box.valueChanged.connect(self._move_start)
        section.add_pair(("x", self.start_boxes[0]), ("y", self.start_boxes[1]))
        return section

    def _move_start(self) -> None:
        x, y = (box.value() for box in self.start_boxes)
        surface = self._lab.surface
        if surface.is_far(x, y) or (surface.measured and not surface.holds(x, y)):
            x_low, x_high, y_low, y_high = surface.bounds
            x, y = min(max(x, x_low), x_high), min(max(y, y_low), y_high)
        self._lab.change(start=(x, y))
        self.refresh()  # what was typed may lie off the surface while the start stays where it was

    def _make_optimizers(self) -> Section:
        section = Section("Optimizers")
        change = self._lab.change
        self.momentum = self._box("Momentum", "Share of the last movement that goes on", 0, 0.999, 3, 0.05)
        self.nesterov = QCheckBox("Nesterov")
        self._name(self.nesterov, "Nesterov", "Look ahead to where the momentum leads")
        self.nesterov.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.alpha = self._box("RMSprop alpha", "Decay of the mean of squared gradients", 0, 0.999, 3, 0.05)
        self.beta1 = self._box("Adam beta 1", "Decay of the mean gradient", 0, 0.999, 3, 0.05)
        self.beta2 = self._box("Adam beta 2", "Decay of the mean squared gradient", 0, 0.9999, 4, 0.001)
        self.momentum.valueChanged.connect(lambda value: change(momentum=value))
        self.nesterov.toggled.connect(lambda on: change(nesterov=on))
        self.alpha.valueChanged.connect(lambda value: change(alpha=value))
        self.beta1.valueChanged.connect(lambda value: change(beta1=value))
        self.beta2.valueChanged.connect(lambda value: change(beta2=value))
        section.add_pair(("Momentum μ", self.momentum), caption_width=CAPTION)
        section.body.addWidget(self.nesterov)
        section.add_pair(("RMSprop α", self.alpha), caption_width=CAPTION)
        section.add_pair(("Adam β₁", self.beta1), caption_width=CAPTION)
        section.add_pair(("Adam β₂", self.beta2), caption_width=CAPTION)
        return section

    def _box(self, name: str, tip: str, low: float, high: float, decimals: int, step: float) -> NumberBox:
        box = NumberBox(low, high, decimals, step)
        self._name(box, name, tip)
        return box

    @staticmethod
    def _name(control: QWidget, name: str, tip: str) -> None:
        control.setObjectName("descent" + "".join(word.capitalize() for word in name.split()))
        control.setAccessibleName(name)
        control.setToolTip(tip)

    def set_narrow(self, narrow: bool) -> None:
        """Leave out a button's word; its tip has it."""
        self.suggest_button.setText("" if narrow else "Suggested")

    def refresh(self) -> None:
        """Show the laboratory's choices."""
        lab, choices = self._lab, self._lab.choices
        for key, button in self.surface_buttons.items():
            chosen = key == lab.surface.key
            button.setEnabled(key in lab.surfaces)
            button.setChecked(chosen)
            button.setStyleSheet("font-weight: 600;" if chosen else "")
        self.surface_buttons["slice"].setToolTip(
            "Measure a slice first" if lab.slice is None else lab.slice.formula
        )
        self.rate.set_value(choices.rate)
        for box, value in (
            (self.steps, choices.steps),
            (self.start_boxes[0], choices.start[0]),
            (self.start_boxes[1], choices.start[1]),
            (self.momentum, choices.momentum),
            (self.alpha, choices.alpha),
            (self.beta1, choices.beta1),
            (self.beta2, choices.beta2),
        ):
            blocked = box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(blocked)
        self.nesterov.setChecked(choices.nesterov)
        self.nesterov.setEnabled(choices.momentum > 0)

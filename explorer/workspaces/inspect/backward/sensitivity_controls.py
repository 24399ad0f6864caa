"""The choices of the sensitivity view: whose derivative, shown how, how strongly over the image."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.numbers import format_percent
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import Segmented, Slider, SpinBox

from ..parts import TextLine, label
from ..wording import number
from .choices import NumberChoice
from .sensitivity_model import ABSOLUTE, CLASS, INTEGRATED, LOSS, PRODUCT, RAW, UNIT, Sensitivity

STRENGTH = 80
ONE, ALL = "one", "all"
_OF = (
    (CLASS, "Class score", "The score of a class before softmax (its logit)"),
    (UNIT, "Unit", "The output of any unit in any layer"),
    (LOSS, "Loss", "The loss of this image"),
)
_MODES = (
    (RAW, "Gradient", "The derivative by each pixel, with its sign"),
    (ABSOLUTE, "Absolute", "The size of the derivative: how much a pixel matters, whichever way"),
    (PRODUCT, "× pixel", "Input × gradient: the derivative times the pixel's own number"),
    (INTEGRATED, "Integrated", "Integrated gradients: the mean derivative on the way from an empty image"),
)
_AXES = {3: (("map", "Map"), ("y", "Row"), ("x", "Column")), 1: (("unit", "Unit"),)}


class NamedChoice(ChoiceBox):
    """A list to choose from, with a name."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_choice(self, names: list[str], place: int) -> None:
        """Offer these names, and show which of them is chosen."""
        if names != [self.itemText(place) for place in range(self.count())]:
            self.clear()
            self.addItems(names)
        self.setCurrentIndex(place)


class UnitBoxes(QWidget):
    """A layer, and a cell of its output."""

    chosen = Signal(int, tuple)
    strongest_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.layer = NamedChoice("sensitivityLayer", "Layer of the unit")
        self.strongest = QPushButton("Strongest")
        self.strongest.setObjectName("sensitivityStrongest")
        self.strongest.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.strongest.setAccessibleName("Strongest unit of the layer")
        self.strongest.setToolTip("Choose the unit that gives the largest number in this layer")
        self.boxes: list[SpinBox] = []
        self._captions = []
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.layer, 1)
        first.addWidget(self.strongest)
        for axis in range(3):
            box, caption = SpinBox(), label("", "label")
            box.setObjectName(f"sensitivityUnit{axis}")
            box.valueChanged.connect(self._tell)
            self.boxes.append(box)
            self._captions.append(caption)
            second.addWidget(caption)
            second.addWidget(box)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for row in (first, second):
            row.setSpacing(5)
            column.addLayout(row)
        self.layer.activated.connect(lambda place: self.chosen.emit(place, ()))
        self.strongest.clicked.connect(self.strongest_wanted)

    def _tell(self) -> None:
        shown = [box for box in self.boxes if not box.isHidden()]
        self.chosen.emit(self.layer.currentIndex(), tuple(box.value() for box in shown))

    def refresh(self, model: Sensitivity) -> None:
        """Show what is chosen."""
        names = [f"{stop.name}  {stop.shape_text}" for stop in model.layers]
        self.layer.show_choice(names, model.stop.index)
        axes = _AXES[len(model.stop.shape)]
        for place, (box, caption) in enumerate(zip(self.boxes, self._captions, strict=True)):
            there = place < len(axes)
            box.setVisible(there)
            caption.setVisible(there)
            if there:
                short, words = axes[place]
                size = model.stop.shape[place]
                caption.setText(short)
                box.setAccessibleName(f"{words} of the unit")
                box.setToolTip(f"{words} of the unit, 0 to {size - 1}")
                box.blockSignals(True)
                box.setRange(0, size - 1)
                box.setValue(model.unit[place])
                box.blockSignals(False)


class SensitivityControls(QWidget):
    """Sets the model; the overlay and the channels are the view's own, told by `look_changed`."""

    look_changed = Signal()

    def __init__(self, model: Sensitivity, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.of = Segmented(_OF, "Sensitivity of")
        self.mode = Segmented(_MODES, "Sensitivity shown as")
        self.klass = NamedChoice("sensitivityClass", "Class whose score is looked at")
        self.unit = UnitBoxes()
        self.probability, self.loss, self.loss_detail = (TextLine(theme) for _ in range(3))
        self.which = QStackedWidget()
        self.which.setFixedHeight(56)
        self.value = TextLine(theme, "Gradient of", "", ("text", 13, 600), ("output_text", 12, 600))
        self.strength = Slider(0, 100)
        self.strength.setObjectName("sensitivityStrength")
        self.strength.setAccessibleName("Strength of the map over the image")
        self.strength.setToolTip("How strongly the map covers the image: 0 % is the image alone")
        self.strength.setValue(STRENGTH)
        self.strength_text = label(format_percent(STRENGTH / 100, 0))
        self.channels = Segmented(
            (
                (ONE, "One channel", "One channel of the image alone"),
                (ALL, "All together", "All channels of a pixel together"),
            ),
            "Sensitivity channels",
        )
        self.channel = NumberChoice(
            "Channel", "sensitivityChannel", "Channel of the image", "0 to 9, Page Up, Page Down"
        )
        self._lay_out()
        self.of.changed.connect(lambda of: model.choose(of=of))
        self.mode.changed.connect(lambda mode: model.choose(mode=mode))
        self.klass.activated.connect(lambda place: model.choose(klass=None if place == 0 else place - 1))
        self.unit.chosen.connect(lambda layer, unit: model.choose(layer=layer, unit=unit))
        self.unit.strongest_wanted.connect(lambda: model.choose(unit=model.strongest()))
        self.strength.valueChanged.connect(self._on_strength)
        self.channels.changed.connect(self._on_channels)
        self.channel.changed.connect(model.backward.inspection.set_channel)

    def _lay_out(self) -> None:
        for page in (_page(self.klass, self.probability), self.unit, _page(self.loss, self.loss_detail)):
            self.which.addWidget(page)
        overlay = QHBoxLayout()
        overlay.setSpacing(8)
        overlay.addWidget(label("Overlay"))
        overlay.addWidget(self.strength, 1)
        self.strength_text.setFixedWidth(44)
        overlay.addWidget(self.strength_text)
        channels = QHBoxLayout()
        channels.setSpacing(8)
        channels.addWidget(self.channels)
        channels.addWidget(self.channel)
        channels.addStretch(1)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.value)
        column.addWidget(self.of)
        column.addWidget(self.which)
        column.addWidget(self.mode)
        column.addLayout(overlay)
        column.addLayout(channels)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""
        self._column.setSpacing(4 if compact else 8)

    @property
    def all_channels(self) -> bool:
        """Whether the channels of a pixel are taken together."""
        return self.channels.value == ALL and not self.channels.isHidden()

    def _on_strength(self, strength: int) -> None:
        self.strength_text.setText(format_percent(strength / 100, 0))
        self.look_changed.emit()

    def _on_channels(self) -> None:
        self.channel.box.setEnabled(not self.all_channels)
        self.look_changed.emit()

    def refresh(self, class_names: tuple[str, ...]) -> None:
        """Follow the model."""
        model = self._model
        found = model.backward.trace
        for choice, value in ((self.of, model.of), (self.mode, model.mode)):
            choice.blockSignals(True)
            choice.set_value(value)
            choice.blockSignals(False)
        names = [f"predicted: {class_names[found.predicted]}", *(f"class {name}" for name in class_names)]
        self.klass.show_choice(names, 0 if model.klass is None else model.class_shown + 1)
        self.unit.refresh(model)
        self.which.setCurrentIndex((CLASS, UNIT, LOSS).index(model.of))
        assumed = ", the predicted class" if model.backward.label_assumed else ""
        probability = format_percent(float(found.probabilities[model.class_shown]))
        self.probability.set_texts("after softmax, its probability", probability)
        self.loss.set_texts(f"cross-entropy for class {class_names[found.label]}{assumed}")
        of_label = float(found.probabilities[found.label])
        self.loss_detail.set_texts("−ln of its probability", number(of_label, sign=False))
        self.value.set_right(f"for this image {number(model.value)}")
        self.channels.setVisible(len(found.input) > 1)
        self.channel.show_number(model.backward.map, len(found.input))


def _page(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return page

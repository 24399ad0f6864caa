"""The options of the layer that is looked at, and how its numbers come about."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from cnncore import LayerSpec, SpecError
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import Switch, repolish
from explorer.widgets.number_field import NumberField
from explorer.workbench.building.options import KIND_WORDS, OPTION_FIELDS, OptionField, refusal
from explorer.workbench.building.working import (
    IN_WORDS,
    IN_WORDS_UP,
    multiply_adds_text,
    parameters_text,
    size_lines,
)

from .flow import FlowLayout
from .model import INPUT, BuildModel

_FIELD_WIDTH = 76
_NAME = OptionField("name", "Name", "What the layer is called: a letter, then letters, digits or _", "word")


class LayerEditor(QWidget):
    """Fields for one layer. What is typed is used at once; a wrong value is marked and explained."""

    def __init__(self, model: BuildModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._kind = ""
        self._shown: tuple[int, str] = (INPUT, "")
        self.name = QLineEdit()
        self.fields: dict[str, NumberField] = {}
        self.choices: dict[str, QComboBox] = {}
        self.switches: dict[str, Switch] = {}
        self.setObjectName("layerEditor")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = _line("layerWords")
        self.error = _line("layerError", "error")
        self.working = _line("layerWorking")
        self.working.setTextFormat(Qt.TextFormat.RichText)
        self._flow = FlowLayout(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 2, 14, 10)
        column.setSpacing(6)
        column.addWidget(self.words)
        column.addLayout(self._flow)
        column.addWidget(self.error)
        column.addWidget(self.working)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        ground = self._theme.color("accent_soft").name()
        self.setStyleSheet(f"#layerEditor {{ background: {ground}; }}")
        self.refresh()

    # What is shown

    def refresh(self) -> None:
        """Show the layer that is looked at, as it is now."""
        layer, place = self._model.layer, self._model.place
        if layer is None:
            return
        if layer.kind != self._kind:
            self._make_fields(layer)
        if (place, layer.name) != self._shown:
            self._shown = place, layer.name
            for field in (self.name, *self.fields.values()):
                _mark(field, False)
            self._say("")
        self._show_values(layer)
        self.words.setText(KIND_WORDS[layer.kind])
        explained = self._explain(layer, place)
        self.working.setText(explained)
        self.working.setVisible(bool(explained))

    def _make_fields(self, layer: LayerSpec) -> None:
        for control in (self.name, *self.fields.values()):
            control.blockSignals(True)  # a field that has the focus would hand its text over as it goes
        while (item := self._flow.takeAt(0)) is not None:
            item.widget().deleteLater()
        self._kind = layer.kind
        self.fields, self.choices, self.switches = {}, {}, {}
        self._add_cell(_NAME, self._make_name(), 92)
        for field in OPTION_FIELDS[layer.kind]:
            make = {"choice": self._make_choice, "flag": self._make_switch}.get(field.form, self._make_text)
            self._add_cell(field, make(field), 98 if field.form == "choice" else _FIELD_WIDTH)

    def _add_cell(self, field: OptionField, control: QWidget, width: int) -> None:
        """Put a field under its caption."""
        cell = QWidget()
        caption = QLabel(field.title)
        caption.setProperty("role", "secondary")
        caption.setBuddy(control)
        control.setObjectName(f"layer_{field.key}")
        control.setAccessibleName(field.title)
        control.setToolTip(field.tooltip)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(caption)
        column.addWidget(control)
        cell.setFixedWidth(max(width, caption.sizeHint().width()))
        self._flow.addWidget(cell)

    def _make_name(self) -> QLineEdit:
        self.name = QLineEdit()
        self.name.editingFinished.connect(self._rename)
        return self.name

    def _make_text(self, field: OptionField) -> NumberField:
        made = NumberField(field.title, self._theme, partial(self._step, field), parent=self)
        made.committed.connect(partial(self._typed, field))
        self.fields[field.key] = made
        return made

    def _make_choice(self, field: OptionField) -> QComboBox:
        box = ChoiceBox()
        for word in field.choices:
            box.addItem(word[:1].upper() + word[1:], word)
        box.activated.connect(lambda _: self._set(field, box.currentData()))
        self.choices[field.key] = box
        return box

    def _make_switch(self, field: OptionField) -> Switch:
        switch = Switch()
        switch.clicked.connect(lambda: self._set(field, switch.isChecked()))
        self.switches[field.key] = switch
        return switch

    def _show_values(self, layer: LayerSpec) -> None:
        if not self.name.property("invalid"):
            self.name.setText(layer.name)
            self.name.setCursorPosition(0)
        for field in OPTION_FIELDS[layer.kind]:
            value = layer.options[field.key]
            if field.key in self.fields:
                if not self.fields[field.key].invalid:
                    self.fields[field.key].show_value(field.text(value))
            elif field.key in self.choices:
                self.choices[field.key].setCurrentIndex(self.choices[field.key].findData(value))
            else:
                self.switches[field.key].setChecked(value)

    def _explain(self, layer: LayerSpec, place: int) -> str:
        """Write the sums of the layer's size, parameters and multiply-adds."""
        report, draft = self._model.report, self._model.draft
        shape, standing = report.shape_before(place, draft), report.standings[place]
        rows = []
        sizes = size_lines(layer, shape)
        if sizes:
            rows.append(IN_WORDS_UP if layer.options.get("ceil_mode") else IN_WORDS)
        for line in sizes:
            rows.append(f"{line.label} &nbsp;{line.text} = {self._size(line.result)} {line.note}")
        if standing.parameters and (text := parameters_text(layer, shape)):
            rows.append(f"parameters &nbsp;{text} = <b>{format_count(standing.parameters)}</b>")
        if text := multiply_adds_text(layer, shape, standing):
            rows.append(f"multiply-adds &nbsp;{text} = <b>{format_count(standing.multiply_adds)}</b>")
        return "<br>".join(rows)

    def _size(self, size: int) -> str:
        """Write a size, as a warning where there is none."""
        text = f"<b>{format_count(size)}</b>"
        warn = self._theme.color("warn").name()
        return text if size > 0 else f'<span style="color: {warn}">{text}</span>'

    # From the person

    def commit(self) -> None:
        """Use what was typed without Enter."""
        if self._model.layer is not None and self._kind:
            self._rename()
            for field in list(self.fields.values()):
                field.commit()

    def _step(self, field: OptionField, text: str, direction: int) -> str | None:
        layer = self._model.layer
        return None if layer is None else field.stepped(layer, text, direction)

    def _rename(self) -> None:
        layer, name = self._model.layer, self.name.text().strip()
        if layer is None or name == layer.name:
            if self.name.property("invalid"):
                self._finish(self.name, "")
            return
        model = self._model
        self._finish(self.name, model.edit(lambda: model.draft.renamed(model.place, name)))

    def _typed(self, field: OptionField, text: str) -> None:
        try:
            value = field.value(text)
        except SpecError as error:
            self._finish(self.fields[field.key], str(error))
            return
        self._set(field, value)

    def _set(self, field: OptionField, value: object) -> None:
        model = self._model
        layer = model.layer
        refused = model.edit(lambda: model.draft.with_options(model.place, **{field.key: value}))
        said = refusal(field, layer, refused) if refused and layer is not None else refused
        self._finish(self.fields.get(field.key), said)

    def _finish(self, field: QLineEdit | None, problem: str) -> None:
        if field is not None:
            _mark(field, bool(problem))
        if not problem:
            self.refresh()
        self._say(problem)

    def _say(self, problem: str) -> None:
        self.error.setText(problem)
        self.error.setVisible(bool(problem))


def _mark(field: QLineEdit, invalid: bool) -> None:
    if bool(field.property("invalid")) != invalid:
        field.setProperty("invalid", invalid)
        repolish(field)


def _line(name: str, role: str = "secondary") -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label

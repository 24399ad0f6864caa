"""The update of one weight: the optimizer's arithmetic as boxes, and the step itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cnncore.explain_update import UpdateTerms, explain_update
from explorer.theme import Theme
from explorer.widgets.controls import Segmented
from explorer.workbench import RunState, StepPreview

from ..editing import Editing
from ..parts import Elided, label
from .box_row import COMPACT_HEIGHT, HEIGHT, BoxRow
from .derivatives import BATCH
from .effect_panel import EffectPanel, Moment
from .model import BIAS, WEIGHT, Backward
from .update_model import boxes_of, formula_of, letter, settings_of


class UpdatePanel(QFrame):
    """What the next step does to the weight in view, and, once the step is done, what it has changed.

    The numbers are those of a preview that the run works out while it is at rest.
    """

    def __init__(
        self, backward: Backward, theme: Theme, editing: Editing, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._backward, self._editing = backward, editing
        self._bench = backward.inspection.workbench
        self._before: Moment | None = None
        self._awaited: int | None = None
        self._effect_of: tuple = ()
        self.terms: UpdateTerms | None = None
        self.setProperty("role", "panel")
        self.setObjectName("updatePanel")
        self.setAccessibleName("Update of one weight")
        self.title = label("Update of one number", "title")
        self.choice = Segmented(
            [(WEIGHT, "W", "The weight in view"), (BIAS, "b", "The bias of the map or unit in view")],
            "Parameter",
        )
        self.formula = label("", "strong")
        self.note = Elided("secondary")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.step_button = self._button("doStep", "Do this step", "Take exactly this step")
        self.back_button = self._button("nextUpdate", "Next update", "Back to the boxes of the next update")
        self.undo_button = self._button("undoStep", "Undo", "Take the copy's step back (Ctrl+Z)")
        self.apply_button = self._button(
            "applyStep", "Apply", "Let the network go on from the copy's numbers"
        )
        self.boxes = BoxRow(theme)
        self.message = label("", "body")
        self.message.setWordWrap(True)
        self.effect = EffectPanel(theme)
        self.stack = QStackedWidget()
        for page in (self.boxes, self.message, self.effect):
            self.stack.addWidget(page)
        self._lay_out()
        self._connect()
        self.set_compact(False)

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.choice)
        head.addWidget(self.formula)
        head.addWidget(self.note, 1)
        for button in (self.undo_button, self.apply_button, self.back_button, self.step_button):
            head.addWidget(button)
        column = self._column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.stack)

    def _connect(self) -> None:
        backward = self._backward
        self.choice.changed.connect(self._show_next)
        self.step_button.clicked.connect(self.do_step)
        self.back_button.clicked.connect(self._show_next)
        self.undo_button.clicked.connect(self._undo)
        self.apply_button.clicked.connect(self._apply)
        for signal in (self._bench.preview_changed, self._bench.state_changed, backward.scope_changed):
            signal.connect(self.refresh)
        backward.inspection.trace_changed.connect(self._on_trace)
        backward.stop_changed.connect(self._show_next)
        self._editing.changed.connect(self.refresh)

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""
        self._compact = compact
        self._column.setContentsMargins(*((10, 5, 10, 6) if compact else (14, 9, 14, 11)))
        self._column.setSpacing(4 if compact else 8)
        self.boxes.set_compact(compact)
        self.stack.setFixedHeight(COMPACT_HEIGHT if compact else HEIGHT)
        self.formula.setVisible(not compact)

    # What is shown

    def refresh(self) -> None:
        """Follow the present layer, scope and preview."""
        if not self.isVisible() or self._backward.parameter is None:
            return
        if self._bench.state is RunState.FAILED:
            self._awaited = None
        if self._shows_effect:
            if self._effect_of == self._place():
                return
            self.stack.setCurrentWidget(self.boxes)
        self._bench.request_preview()
        self.show_cell()

    @property
    def _which(self) -> str:
        """Whether the weight or the bias is in view."""
        has_bias = BIAS in self._backward.step.gradients
        return BIAS if has_bias and self.choice.value == BIAS else WEIGHT

    @property
    def parameter(self) -> tuple[str, tuple[int, ...]]:
        """The name and index of the number whose update is shown."""
        backward = self._backward
        if self._which == BIAS:
            return f"{backward.inspection.index}.{BIAS}", backward.beside
        return backward.parameter

    @property
    def _name(self) -> str:
        """The number's name as it is written: "W[5, 3, 1, 3]"."""
        symbol = letter(self._backward.stop.kind, self._which)
        return f"{symbol}[{', '.join(map(str, self.parameter[1]))}]"

    def _place(self) -> tuple:
        """Return all that the effect of a step belongs to: it is in view as long as nothing of it changes."""
        backward, bench = self._backward, self._bench
        inspection = backward.inspection
        return (
            bench.spec,
            bench.sample,
            bench.state is RunState.RUNNING,
            backward.scope,
            inspection.index,
            inspection.step,
            self._editing.count,
        )

    def show_cell(self) -> None:
        """Follow the weight in view."""
        if self._backward.parameter is None or not self.isVisible() or self._shows_effect:
            return
        self.choice.setVisible(BIAS in self._backward.step.gradients)
        for which in (WEIGHT, BIAS):
            self.choice.button(which).setText(letter(self._backward.stop.kind, which))
        name, place = self.parameter
        self.title.setText(f"Update of one number, {self._name}")
        preview, hindrance = self._preview()
        self.terms = None
        if hindrance:
            self._say(hindrance)
        elif preview is not None:
            scope = self._backward.scope
            gradients = preview.gradients if scope == BATCH else self.sample_gradients()
            gradient = float(gradients[name][place])
            self.terms = explain_update(preview.optimizer, name, place, gradient, lr_scale=preview.lr_scale)
            self._show_boxes(self.terms, preview)
        self.step_button.setEnabled(self.terms is not None)
        self._offer(effect=False)

    def _preview(self) -> tuple[StepPreview | None, str]:
        """Return the preview, and what stands in the way of showing it."""
        preview, inspection = self._bench.preview, self._backward.inspection
        if self._bench.state is RunState.RUNNING:
            return None, "Training is going on. Pause it to see what the next step does to this weight."
        if self._bench.state is RunState.FAILED:
            return None, "The run has failed: there is no next step. Press Reset to begin again."
        if self._bench.shown_moment is not None:
            return None, (
                f"The page shows a past moment, that of step {self._bench.shown_moment:,}; the next update "
                "is the run's, which stands elsewhere. Go back to now to see it."
            )
        if self._editing.edited:
            return None, (
                "The page shows a changed copy of the network. The update belongs to the run: undo the "
                "changes or apply them."
            )
        if inspection.frozen and preview is not None and inspection.step != preview.step - 1:
            return None, (
                f"The page keeps the parameters of step {inspection.step:,}; the run stands at step "
                f"{preview.step - 1:,}. Switch Freeze off to see its next update."
            )
        return preview, ""

    def _show_boxes(self, terms: UpdateTerms, preview: StepPreview) -> None:
        batch = self._backward.scope == BATCH
        hyper = self._bench.hyperparameters
        clipped = ", clipped" if hyper.clip_norm else ""
        whose = f"mean of {len(preview.labels)}{clipped}" if batch else "this sample"
        symbol = letter(self._backward.stop.kind, self._which)
        self.boxes.set_boxes(boxes_of(terms, whose, symbol))
        self.stack.setCurrentWidget(self.boxes)
        self.formula.setText(formula_of(terms, symbol))
        what = f"step {preview.step:,} of the run" if batch else "a preview: one step on this sample alone"
        short = what if batch else "a step on this sample alone"
        if not batch and (hyper.label_smoothing or hyper.clip_norm):
            what += ", neither smoothed nor clipped"
        self.note.set_whole(f"{settings_of(terms)} · {what}", f"{terms.optimizer} · {short}", short)
        self.step_button.setToolTip(
            "Train on exactly this batch" if batch else "Step with this sample alone, on the page's own copy"
        )

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.stack.setCurrentWidget(self.message)
        self.formula.setText("")
        self.note.set_whole("")

    @property
    def _shows_effect(self) -> bool:
        return self.stack.currentWidget() is self.effect

    def _offer(self, effect: bool) -> None:
        """Show the buttons that have a meaning now."""
        own = self._editing.edited
        self.step_button.setVisible(not effect and not own)
        self.back_button.setVisible(effect and not own)
        self.undo_button.setVisible(own)
        self.apply_button.setVisible(own)
        self.apply_button.setEnabled(self._editing.can_apply)

    # The step

    def sample_gradients(self) -> dict:
        """Return the derivatives of this sample's loss, by the names of the parameters."""
        return {
            f"{layer.index}.{name}": array
            for layer in self._backward.trace.layers
            for name, array in layer.gradients.items()
        }

    def do_step(self) -> None:
        """Take the step that is shown: the run's, or one on the page's own copy."""
        preview = self._bench.preview
        if self.terms is None or preview is None:
            return
        self._before = self._moment()
        if self._backward.scope == BATCH:
            self._awaited = preview.step
            self.step_button.setEnabled(False)
            self._backward.inspection.set_frozen(False)
            self._bench.step_batch()
        else:
            self._editing.set_vector(preview.step_with(self.sample_gradients()))
            self._show_effect("This sample's step on the page's own copy; the run has not moved.")

    def _on_trace(self) -> None:
        if self._awaited is not None and self._backward.inspection.step >= self._awaited:
            step, self._awaited = self._awaited, None
            self._show_effect(f"Step {step:,} of the run is done.")

    def _moment(self) -> Moment:
        backward = self._backward
        weight = backward.step.layer.parameters[self._which]
        value = float(weight[self.parameter[1]])
        if weight.ndim == 4:
            weight = weight[backward.map, backward.source]
        elif weight.ndim == 2:
            weight = weight[backward.unit]
        return Moment(weight.copy(), value, backward.inspection.trace)

    def _show_effect(self, sentence: str) -> None:
        if self._backward.label_assumed:
            sentence += " Nobody knows the true class: the predicted one stood for it."
        self._effect_of = self._place()
        self.effect.show_change(self._name, self._before, self._moment(), self._bench.spec.class_names)
        self.formula.setText("")
        self.note.set_whole(sentence)
        self.stack.setCurrentWidget(self.effect)
        self._offer(effect=True)

    def _show_next(self) -> None:
        self._awaited = None
        self.stack.setCurrentWidget(self.boxes)
        self.refresh()

    def _undo(self) -> None:
        self._editing.restore()
        self._show_next()

    def _apply(self) -> None:
        self._editing.apply()
        self._show_next()

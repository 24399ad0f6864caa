"""A host for the views of the way back, with a network of all kinds of layers, for tests."""

import numpy as np
from PySide6.QtWidgets import QLabel

from explorer.workspaces.inspect.backward.formula_panel import FormulaPanel
from explorer.workspaces.inspect.backward.model import Backward
from explorer.workspaces.inspect.backward.panel import VIEWS, kind_of
from explorer.workspaces.inspect.backward.signed_sum import SignedSum
from explorer.workspaces.inspect.inspection import Inspection
from explorer.workspaces.inspect.lines import LinesView
from explorer.workspaces.inspect.parts import Paragraph, TextLine
from explorer.workspaces.inspect.texts import text_width

LAYERS = (
    ("conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}),
    ("batchnorm2d", {}),
    ("leakyrelu", {"negative_slope": 0.1}),
    ("maxpool2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("relu", {}),
    ("softmax", {}),
    ("avgpool2d", {"kernel_size": 2, "stride": 1}),
    ("adaptiveavgpool2d", {"output_size": (4, 3)}),
    ("dropout", {"p": 0.25}),
    ("flatten", {}),
    ("linear", {"out_features": 12}),
    ("arctan", {}),
    ("softmax", {}),
    ("linear", {"out_features": 10, "bias": False}),
    ("sigmoid", {}),
)
WIDE, SMALL = (1060, 330), (650, 200)


class Page:
    """A model with the views of all kinds and the formula, told what has changed as the page does it."""

    def __init__(self, bench, theme, qtbot):
        self.inspection = Inspection(bench)
        self.inspection.set_active(True)
        rng = np.random.default_rng(4)
        for array in self.inspection.network.parameters().values():
            array[...] = rng.normal(0, 0.4, array.shape)
        self.inspection.retrace()
        self.backward = Backward(self.inspection)
        self.backward.set_active(True)
        self.formula = FormulaPanel(self.backward, theme)
        self.qtbot, self.theme, self.hovers = qtbot, theme, []
        self._views, self._size = {}, WIDE
        qtbot.addWidget(self.formula)
        self.formula.resize(WIDE[0], 142)
        self.backward.stop_changed.connect(self.refresh)
        self.backward.cell_changed.connect(self.show_cell)
        self.backward.target_changed.connect(self.show_cell)
        self.backward.link_changed.connect(self.show_link)

    @property
    def view(self):
        kind = kind_of(self.backward)
        if kind not in self._views:
            view = VIEWS[kind](self.backward, self.theme)
            view.hovered.connect(self.hovers.append)
            self.qtbot.addWidget(view)
            self._views[kind] = view
        return self._views[kind]

    def refresh(self):
        self.view.refresh()
        self.formula.refresh()

    def show_cell(self):
        self.view.show_cell()
        self.formula.show_cell()

    def show_link(self):
        self.view.show_link()
        self.formula.show_link()

    def go_to(self, index, size=WIDE):
        self.inspection.go_to(index)
        view = self.view
        for other in self._views.values():
            other.setVisible(other is view)
        view.set_compact(size is SMALL)
        view.resize(*size)
        with self.qtbot.waitExposed(view):
            view.show()
        self.refresh()
        view.grab()  # lays out what came into view
        return view


def texts_that_are_cut(part):
    """Find the texts in a widget that are wider or higher than the room they have."""
    for text in part.findChildren(QLabel):
        needed = text.heightForWidth(text.width()) if text.wordWrap() else text.sizeHint().height()
        wide = not text.wordWrap() and text.sizeHint().width() > text.width()
        if text.isVisible() and (wide or needed > text.height() or text.text().endswith("…")):
            yield text.text()
    for paragraph in part.findChildren(Paragraph):
        if paragraph.isVisible() and paragraph.needed_height() > paragraph.height() + 1:
            yield paragraph.text
    for line in part.findChildren(TextLine):
        left, right = line.shown
        room = line.width() - 2 * line.inset
        number = text_width(right, line.right_size, 600)
        if line.isVisible() and (number > room or (left and line.needed(left, right) > room)):
            yield f"{left} | {right}"
    for found in part.findChildren(SignedSum):
        if found.isVisible() and found.needed(8) > found.width() + 1:
            yield " ".join(text for text, _ in found.parts)
    for lines in part.findChildren(LinesView):
        for line in lines.lines if lines.isVisible() else ():
            if lines.line_width(line, 9) > lines.width() - lines._label_room():
                yield line.text

"""The panel at the right edge of every page: the input, and what the network says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QWidget

from cnncore import CnnError
from explorer.frame.drawing import Drawing
from explorer.frame.hover_box import HoverBox
from explorer.frame.image_loader import ImageLoader
from explorer.frame.image_stage import ImageStage
from explorer.frame.input_buttons import InputButtons, input_button
from explorer.frame.input_layout import CONTENT_WIDTH, PANEL_WIDTH, choose_layout
from explorer.frame.notice import Notice
from explorer.frame.prediction import Prediction
from explorer.frame.sample_picker import SamplePicker
from explorer.image_files import SUFFIXES
from explorer.theme import Theme
from explorer.widgets.image_view import ImageView
from explorer.widgets.rules import rule
from explorer.workbench import Workbench

SHORTCUTS = (
    ((("R",),), "Show a random image"),
    (((",",), (".",)), "Go to the previous or next image"),
    ((("Ctrl", "O"),), "Open an image file"),
    ((("Ctrl", "V"),), "Paste an image"),
    ((("D",),), "Begin or end drawing"),
    ((("Ctrl", "Z"),), "While drawing: take the last stroke back"),
    ((("Delete",),), "While drawing: take all strokes back"),
    ((("Esc",),), "While drawing: end it"),
)
"""Key combinations and what they do, for the help."""

IMAGE_FILES = f"Images ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)"


class InputPanel(QFrame):
    """Choose, open, paste or draw an image; read label, prediction, softmax and loss.

    The parts are placed by `input_layout`, which has a layout for every height.
    """

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._theme = theme
        self._folder = ""
        self._filter_message = False
        self.setObjectName("input_panel")
        self.setProperty("role", "side")
        self.setAccessibleName("Input and prediction")
        self.setFixedWidth(PANEL_WIDTH)
        self.setAcceptDrops(True)
        self._content = QWidget()
        self._content.setObjectName("scrollContent")
        self._make_input()
        self._make_prediction()
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self._connect()
        self._add_shortcuts()
        self._show_sample()
        self._show_drawing(False)

    # Parts

    def _make_input(self) -> None:
        workbench, theme = self._workbench, self._theme
        self._title = QLabel("Input & prediction")
        self._title.setProperty("role", "title")
        self.name = QLabel()
        self.name.setObjectName("sample_name")
        self.name.setProperty("role", "secondary")
        self._header = self._row(self._title, None, self.name)
        self.stage = ImageStage(workbench, theme, self._content)
        self.view, self.pad = self.stage.view, self.stage.pad
        self.drawing = Drawing(workbench, self.pad, self)
        self.loader = ImageLoader(self)
        self.buttons = InputButtons(theme, self._content)
        self.picker = SamplePicker(workbench, theme)
        self.paste_button = input_button(
            theme, "paste", "Paste", "paste_image", "Paste an image (Ctrl+V)", "flat"
        )
        self.picker.second_row.addWidget(self.paste_button)
        self.preview = ImageView(theme, name="What the network sees")
        self.preview.setFixedSize(30, 30)
        self.preview.setObjectName("drawing_preview")
        explained = QLabel("What the network sees: scaled to\n20 × 20, centred by mass in 28 × 28.")
        explained.setProperty("role", "secondary")
        self._choice = QStackedWidget(self._content)
        self._choice.addWidget(self.picker)
        self._choice.addWidget(self._row(self.preview, explained, None))
        self.notice = Notice(theme, self._content)

    def _make_prediction(self) -> None:
        self.prediction = Prediction(self._workbench, self._theme, self._content)
        self.results, self.bars, self.loss = (
            self.prediction.results,
            self.prediction.bars,
            self.prediction.loss,
        )
        heading, unit = QLabel("Softmax"), QLabel("probability")
        heading.setProperty("role", "strong")
        unit.setProperty("role", "secondary")
        self._softmax = self._row(heading, None, unit)
        self.hover_box = HoverBox(self._workbench, self._theme, self._content)
        self._rules = [rule(self._content), rule(self._content)]

    def _row(self, *parts: QWidget | None) -> QWidget:
        """Put parts side by side; None stands for the space between."""
        row = QWidget(self._content)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in parts:
            if part is None:
                layout.addStretch(1)
            else:
                layout.addWidget(part)
        return row

    # Connections

    def _connect(self) -> None:
        workbench = self._workbench
        self.buttons.draw.clicked.connect(self.drawing.set_active)
        self.buttons.open.clicked.connect(self.choose_file)
        self.buttons.random.clicked.connect(workbench.random_sample)
        self.paste_button.clicked.connect(self.paste)
        self.buttons.undo.clicked.connect(self.pad.undo)
        self.buttons.clear.clicked.connect(self.pad.clear)
        self.pad.changed.connect(self._show_strokes)
        self.drawing.toggled.connect(self._show_drawing)
        self.drawing.failed.connect(self.say)
        self.loader.loaded.connect(self._use_image)
        self.loader.failed.connect(self.say)
        self.picker.nothing_found.connect(self._on_filter)
        self.results.label_chosen.connect(self.drawing.set_label)
        workbench.sample_changed.connect(self._show_sample)
        workbench.sample_changed.connect(self.loader.cancel)  # another choice was made meanwhile
        workbench.spec_changed.connect(self._place)

    def _add_shortcuts(self) -> None:
        standard = QKeySequence.StandardKey
        for keys, action in (
            ("D", self.buttons.draw.click),
            ("R", self.buttons.random.click),
            (standard.Open, self.choose_file),
            (standard.Paste, self.paste),
            (",", self.picker.previous_button.click),
            (".", self.picker.next_button.click),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    # Input

    def choose_file(self) -> None:
        """Ask for an image file and open it. The folder is remembered while the program runs."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Open an image of a digit", self._folder, IMAGE_FILES)
        if chosen:
            self._folder = str(Path(chosen).parent)
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Read an image file in the background; a message in the panel tells why not."""
        self.loader.load_file(path)

    def paste(self) -> None:
        """Take the image, or the image file, on the clipboard."""
        if not self.loader.load_mime(QGuiApplication.clipboard().mimeData()):
            self.say("There is no image on the clipboard. Copy one first.")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and images."""
        mime = event.mimeData()
        if mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
            event.acceptProposedAction()
            self.stage.set_dropping(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the welcome back."""
        self.stage.set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.stage.set_dropping(False)
        if self.loader.load_mime(event.mimeData()):
            event.acceptProposedAction()

    def _use_image(self, digit: np.ndarray, name: str) -> None:
        try:
            self._workbench.set_custom_image(digit, name)
        except CnnError as error:
            self.say(str(error))

    # Messages

    def say(self, text: str) -> None:
        """Show a message over the image's lower edge; the next sample takes it away."""
        self._filter_message = False
        self.notice.say(text)
        self._place_notice()

    def _on_filter(self, why_nothing: str) -> None:
        self.buttons.random.setEnabled(not why_nothing)
        if why_nothing:
            self.say(why_nothing)
            self._filter_message = True
        elif self._filter_message:
            self.notice.clear()

    # What is on view

    def _show_sample(self) -> None:
        sample = self._workbench.sample
        self.notice.clear()
        name = sample.name if sample.index is None else f"validation #{sample.index}"
        room = CONTENT_WIDTH - self._title.sizeHint().width() - 8
        self.name.setText(self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room))
        self.name.setToolTip(sample.name)
        if self.drawing.active:
            self.preview.set_array(sample.image[0])

    def _show_drawing(self, drawing: bool) -> None:
        self.buttons.set_drawing(drawing)
        self._choice.setCurrentIndex(1 if drawing else 0)
        self.preview.set_array(self._workbench.sample.image[0])
        self.stage.set_drawing(drawing)
        self._show_strokes()
        if drawing:
            self.notice.clear()

    def _show_strokes(self) -> None:
        self.buttons.set_strokes(not self.pad.is_empty)

    # Places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the layout for the new height."""
        super().resizeEvent(event)
        self._scroll.setGeometry(1, 0, self.width() - 1, self.height())
        self._place()

    def _place(self) -> None:
        classes = len(self._workbench.spec.class_names)
        layout = choose_layout(self.height(), classes)
        boxes, height = layout.boxes(classes)
        self._content.resize(PANEL_WIDTH - 1, max(height, self.height()))
        self.results.set_vertical(layout.beside)
        self.bars.set_row_height(layout.row)
        self.hover_box.set_row_height(layout.hover_row)
        parts = {
            "header": self._header,
            "image": self.stage,
            "buttons": self.buttons,
            "picker": self._choice,
            "rule_above": self._rules[0],
            "results": self.results,
            "softmax": self._softmax,
            "bars": self.bars,
            "rule_below": self._rules[1],
            "loss": self.loss,
            "hover": self.hover_box,
        }
        for name, part in parts.items():
            x, y, width, part_height = boxes[name]
            part.setGeometry(x - 1, y, width, part_height)  # the panel's border takes the first pixel
        self._place_notice()

    def _place_notice(self) -> None:
        stage = self.stage.geometry()
        self.notice.lie_over(QRect(stage.left() + 4, stage.top(), CONTENT_WIDTH - 14, stage.height() - 4))

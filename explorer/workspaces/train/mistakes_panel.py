"""The gallery of telling images: the most wrong, the least certain, those of a cell of the matrix."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QListView, QStackedLayout, QWidget

from explorer.numbers import format_count, format_number, format_percent
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.workbench import Hover, Workbench
from explorer.workspaces.train.keyed_choice import KeyedChoice
from explorer.workspaces.train.mistake_list import (
    Mistake,
    MistakeDelegate,
    MistakeModel,
    least_certain,
    worst_mistakes,
)

MOST_SHOWN = 60
ORDERS = (("wrong", "Most wrong"), ("uncertain", "Least certain"))
_CELL = "cell"


class MistakesPanel(Panel):
    """Images of the latest validation pass; a click or Enter shows the image on the right."""

    cell_left = Signal()
    """The person has gone from the images of a cell to another list."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", theme, parent)
        self.setAccessibleName("Mistakes")
        self.setObjectName("mistakesPanel")
        self.setMinimumSize(190, 200)
        self._workbench = workbench
        self._cell: tuple[int, int] | None = None
        self._order = ORDERS[0][0]
        self.choice = KeyedChoice("mistakesOrder", "Which validation images are listed", ORDERS)
        self.choice.chosen.connect(self._choose)
        self.header.insertWidget(0, self.choice)
        self.count = QLabel()
        self.count.setObjectName("mistakesCount")
        self.count.setProperty("role", "secondary")
        self.header.addWidget(self.count)
        self.model = MistakeModel(theme, self)
        self._make_gallery(theme)
        self.message = QLabel()
        self.message.setProperty("role", "faint")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.gallery)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self.layout().setContentsMargins(14, 8, 6, 8)
        self.header.setContentsMargins(0, 0, 8, 0)
        workbench.evaluation_changed.connect(self._update)
        workbench.sample_changed.connect(self._show_sample)
        self._update()

    def _make_gallery(self, theme: Theme) -> None:
        gallery = self.gallery = QListView()
        gallery.setObjectName("mistakesGallery")
        gallery.setAccessibleName("Mistakes, the worst first")
        gallery.setViewMode(QListView.ViewMode.IconMode)
        gallery.setMovement(QListView.Movement.Static)
        gallery.setResizeMode(QListView.ResizeMode.Adjust)
        gallery.setUniformItemSizes(True)
        gallery.setFrameShape(QFrame.Shape.NoFrame)
        gallery.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        # "As needed" keeps more room free than the bar takes, which costs a column.
        gallery.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        gallery.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        gallery.setMouseTracking(True)
        gallery.setStyleSheet("QListView { border: none; padding: 0; }")
        gallery.setModel(self.model)
        gallery.setItemDelegate(MistakeDelegate(theme, gallery))
        gallery.entered.connect(self._tell)
        gallery.clicked.connect(self._select)
        gallery.activated.connect(self._select)
        gallery.viewport().installEventFilter(self)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._workbench.set_hover(None)
        elif event.type() == QEvent.Type.Resize:
            self._fit_grid()
        return super().eventFilter(watched, event)

    def _fit_grid(self) -> None:
        """Spread as many columns and rows as fit evenly over the gallery, so that no row is cut."""
        item = self.gallery.itemDelegate().item_size(self.model)
        width = self.gallery.viewport().width() - 1  # the view wraps an item that ends at its very edge
        height = self.gallery.viewport().height()
        columns, rows = max(width // item.width(), 1), max(height // item.height(), 1)
        # Rounded up: what is cut at the bottom is empty, while a pixel more would show the next row's frames.
        self._set_grid(QSize(width // columns, max(-(-height // rows), item.height())))

    def _set_grid(self, size: QSize) -> None:
        """Place the images anew; the row that stood at the top stays there."""
        gallery, old = self.gallery, self.gallery.gridSize()
        if size == old:
            return
        bar = gallery.verticalScrollBar()
        top = round(bar.value() / old.height()) if old.isValid() else 0
        gallery.setGridSize(size)
        gallery.doItemsLayout()  # or the bar would have its new range only later
        bar.setValue(top * size.height())

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """List only the images of one cell (true, predicted) of the matrix; None lists as before."""
        if cell != self._cell:
            self._cell = cell
            self._offer_cell()
            self._update()

    def _offer_cell(self) -> None:
        """Name the cell in the choice as long as its images are listed."""
        if self._cell is None:
            self.choice.show_value(self._order)
            self.choice.offer(_CELL, None)
        else:
            names = self._workbench.spec.class_names
            self.choice.offer(_CELL, f"{names[self._cell[0]]} → {names[self._cell[1]]}")
            self.choice.show_value(_CELL)

    def _choose(self, key: str) -> None:
        if key == _CELL:
            return
        self._order = key
        if self._cell is not None:
            self._cell = None
            self._offer_cell()
            self.cell_left.emit()
        self._update()

    def _update(self) -> None:
        bench = self._workbench
        if bench.evaluation is None:
            self._show([], 0, "Images are listed after the first look at the validation images.")
            return
        names, labels = bench.spec.class_names, bench.validation_set.labels
        if self._cell is None and self._order == "uncertain":
            images = least_certain(bench.evaluation, labels, names, MOST_SHOWN)
            self.gallery.setAccessibleName("Images, the least certain first")
            self._show(images, len(labels), "")
            return
        mistakes = worst_mistakes(bench.evaluation, labels, names, self._cell)
        if self._cell is None:
            text = f"No mistake: all {format_count(len(labels))} validation images are read rightly."
            self.gallery.setAccessibleName("Mistakes, the worst first")
        else:
            true, predicted = (names[i] for i in self._cell)
            text = f"No {true} is read as {predicted}. Click the cell again to list all mistakes."
            self.gallery.setAccessibleName(f"Images of {true} read as {predicted}, the largest loss first")
        self._show(mistakes[:MOST_SHOWN], len(mistakes), text)

    def _show(self, shown: list[Mistake], total: int, message: str) -> None:
        self.model.set_mistakes(shown, self._workbench.validation_set)
        self.message.setText(message)
        self._stack.setCurrentWidget(self.gallery if shown else self.message)
        self._fit_grid()
        count = f"all {total}" if len(shown) == total else f"{len(shown)} of {format_count(total)}"
        self.count.setText(count if total else "")
        self._show_sample()

    def _show_sample(self) -> None:
        index = self._workbench.sample.index
        for row, mistake in enumerate(self.model.mistakes):
            if mistake.index == index:
                self.gallery.setCurrentIndex(self.model.index(row))
                return
        self.gallery.clearSelection()
        self.gallery.setCurrentIndex(QModelIndex())

    def _select(self, index: QModelIndex) -> None:
        self._workbench.select_sample(self.model.mistakes[index.row()].index)

    def _tell(self, index: QModelIndex) -> None:
        mistake = self.model.mistakes[index.row()]
        rows = (
            ("true label", mistake.true),
            ("predicted", mistake.predicted),
            ("confidence", format_percent(mistake.confidence)),
            ("loss", format_number(mistake.loss)),
        )
        name = f"validation #{mistake.index}"
        self._workbench.set_hover(Hover(name, rows, f"{self.choice.currentText()}, {name}"))

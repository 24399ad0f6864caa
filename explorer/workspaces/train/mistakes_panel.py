"""The gallery of the worst mistakes: what each image is, and what the network takes it for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnncore import Dataset, Evaluation
from explorer.imaging import colour
from explorer.numbers import format_count, format_number
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.workbench import Hover, Workbench

MOST_SHOWN = 60
_CAPTION = 17
_GAP = 4
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Mistake:
    """A validation image that is read wrongly."""

    index: int
    true: str
    predicted: str
    loss: float

    @property
    def caption(self) -> str:
        """ "2 → 8"."""
        return f"{self.true} → {self.predicted}"


def worst_mistakes(
    evaluation: Evaluation,
    labels: np.ndarray,
    names: tuple[str, ...],
    cell: tuple[int, int] | None = None,
) -> list[Mistake]:
    """Return the images that are read wrongly, largest loss first; only those of `cell` (true, predicted)."""
    wrong = evaluation.predictions != labels
    if cell is not None:
        wrong &= (labels == cell[0]) & (evaluation.predictions == cell[1])
    places = np.flatnonzero(wrong)
    order = places[np.argsort(-evaluation.losses[places], kind="stable")]
    return [
        Mistake(int(i), names[labels[i]], names[evaluation.predictions[i]], float(evaluation.losses[i]))
        for i in order
    ]


class MistakeModel(QAbstractListModel):
    """The mistakes that are shown, with their pictures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._dataset: Dataset | None = None
        self.mistakes: list[Mistake] = []
        self.images: list[QImage] = []
        theme.changed.connect(self._recolour)

    def set_mistakes(self, mistakes: list[Mistake], dataset: Dataset) -> None:
        """Show these mistakes on images of `dataset`."""
        if mistakes == self.mistakes and dataset is self._dataset:
            return
        self.beginResetModel()
        self.mistakes, self._dataset = mistakes, dataset
        self._draw()
        self.endResetModel()

    def _draw(self) -> None:
        self.images = []
        if self._dataset is not None and self.mistakes:
            pixels = self._dataset.pixels(np.array([m.index for m in self.mistakes]))
            self.images = [colour(image[0], self._theme.pixels, 0.0, 1.0) for image in pixels]

    def _recolour(self) -> None:
        self._draw()
        if self.mistakes:
            self.dataChanged.emit(self.index(0), self.index(len(self.mistakes) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.mistakes)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        mistake = self.mistakes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return mistake.caption
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            loss = format_number(mistake.loss, 2)
            return f"#{mistake.index}: a {mistake.true} read as {mistake.predicted}, loss {loss}"
        return None


class MistakeDelegate(QStyledItemDelegate):
    """Draws an image, enlarged by a whole factor, over "2 → 8"."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.factor = 2

    def item_size(self, model: MistakeModel) -> QSize:
        """Return the least size of an image with its caption."""
        size = model.images[0].size() * self.factor if model.images else QSize(56, 56)
        return QSize(max(size.width(), 34) + _GAP, size.height() + 2 + _CAPTION + 3)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        # The whole place, so that the image stands at its left and the first column under the title.
        grid = self.parent().gridSize()
        return grid if grid.isValid() else self.item_size(index.model())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        theme, model = self._theme, index.model()
        image, mistake = model.images[index.row()], model.mistakes[index.row()]
        picture = QRect(option.rect.topLeft() + QPoint(1, 1), image.size() * self.factor)
        painter.save()
        painter.drawImage(picture, image)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        token = "accent" if selected else "text3" if hovered else "line2"
        painter.setPen(QPen(theme.color(token), 2 if selected else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(picture.adjusted(-1, -1, 0, 0))
        below = QRectF(picture.left() - 4, picture.bottom() + 2, picture.width() + 8, 16)
        self._caption(painter, mistake, below)
        painter.restore()

    def _caption(self, painter: QPainter, mistake: Mistake, box: QRectF) -> None:
        """Write the caption centred, the wrong answer in the warning colour."""
        theme = self._theme
        plain, strong = theme.font(11), theme.font(11, 600)
        first = f"{mistake.true} → "
        width = QFontMetricsF(plain).horizontalAdvance(first)
        whole = width + QFontMetricsF(strong).horizontalAdvance(mistake.predicted)
        left = box.left() + (box.width() - whole) / 2
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(plain)
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(left, box.top(), width + 2, box.height()), side, first)
        painter.setFont(strong)
        painter.setPen(theme.color("warn"))
        painter.drawText(QRectF(left + width, box.top(), whole, box.height()), side, mistake.predicted)


class MistakesPanel(Panel):
    """The worst mistakes of the latest validation pass; a click shows the image on the right."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Mistakes", theme, parent)
        self.setObjectName("mistakesPanel")
        self.setMinimumSize(190, 200)
        self._workbench = workbench
        self._cell: tuple[int, int] | None = None
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
            self._fit_columns()
        return super().eventFilter(watched, event)

    def _fit_columns(self) -> None:
        """Spread as many columns as fit evenly over the width."""
        item = self.gallery.itemDelegate().item_size(self.model)
        width = self.gallery.viewport().width() - 1  # the view wraps an item that ends at its very edge
        self.gallery.setGridSize(QSize(width // max(width // item.width(), 1), item.height()))

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """List only the mistakes of one cell (true, predicted) of the confusion matrix; None lists all."""
        if cell != self._cell:
            self._cell = cell
            self._update()

    def _update(self) -> None:
        bench = self._workbench
        if bench.evaluation is None:
            self._show([], 0, "Mistakes are listed after the first look at the validation images.")
            return
        names = bench.spec.class_names
        labels = bench.validation_set.labels
        mistakes = worst_mistakes(bench.evaluation, labels, names, self._cell)
        if self._cell is None:
            text = f"No mistake: all {format_count(len(labels))} validation images are read rightly."
        else:
            true, predicted = (names[i] for i in self._cell)
            text = f"No {true} is read as {predicted}. Click the cell again to list all mistakes."
        self._show(mistakes[:MOST_SHOWN], len(mistakes), text)

    def _show(self, shown: list[Mistake], total: int, message: str) -> None:
        self.model.set_mistakes(shown, self._workbench.validation_set)
        self.message.setText(message)
        self._stack.setCurrentWidget(self.gallery if shown else self.message)
        self._fit_columns()
        count = f"all {total}" if len(shown) == total else f"{len(shown)} of {format_count(total)}"
        if self._cell is not None:
            names = self._workbench.spec.class_names
            count = f"{names[self._cell[0]]} → {names[self._cell[1]]}, {count}"
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
            ("loss", format_number(mistake.loss)),
        )
        name = f"validation #{mistake.index}"
        self._workbench.set_hover(Hover(name, rows, f"Mistakes, {name}"))

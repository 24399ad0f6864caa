"""The gallery's images as a list: which they are, and how each is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cnncore import Dataset, Evaluation
from explorer.imaging import colour
from explorer.numbers import format_number, format_percent
from explorer.theme import Theme

_CAPTION = 16
_GAP = 4
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Mistake:
    """A validation image and what it is taken for, mostly wrongly."""

    index: int
    true: str
    predicted: str
    loss: float
    confidence: float

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
    """Return the images that are read wrongly, or all of `cell` (true, predicted), largest loss first."""
    wanted = evaluation.predictions != labels
    if cell is not None:
        wanted = (labels == cell[0]) & (evaluation.predictions == cell[1])
    places = np.flatnonzero(wanted)
    order = places[np.argsort(-evaluation.losses[places], kind="stable")]
    return _images(evaluation, labels, names, order)


def least_certain(
    evaluation: Evaluation, labels: np.ndarray, names: tuple[str, ...], most: int
) -> list[Mistake]:
    """Return the `most` images, right or wrong, of whose class the network is least sure, in this order."""
    order = np.argsort(evaluation.confidence, kind="stable")[:most]
    return _images(evaluation, labels, names, order)


def _images(
    evaluation: Evaluation, labels: np.ndarray, names: tuple[str, ...], order: np.ndarray
) -> list[Mistake]:
    confidence = evaluation.confidence
    return [
        Mistake(
            int(i),
            names[labels[i]],
            names[evaluation.predictions[i]],
            float(evaluation.losses[i]),
            float(confidence[i]),
        )
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
            sure = format_percent(mistake.confidence)
            return (
                f"#{mistake.index}: a {mistake.true} read as {mistake.predicted}, "
                f"confidence {sure}, loss {loss}"
            )
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
        return QSize(max(size.width(), 34) + _GAP, size.height() + 2 + _CAPTION + 1)

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
        """Write the caption centred, a wrong answer in the warning colour, a right one in its own."""
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
        painter.setPen(theme.color("ok" if mistake.true == mistake.predicted else "warn"))
        painter.drawText(QRectF(left + width, box.top(), whole, box.height()), side, mistake.predicted)

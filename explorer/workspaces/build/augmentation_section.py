"""How images are changed while they are trained on, with some of them to look at."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QWidget
from shiboken6 import isValid

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.image_view import ImageView
from explorer.widgets.panel import Panel
from explorer.widgets.settings_fields import AUGMENTATION
from explorer.widgets.settings_form import SettingsForm
from explorer.workbench import Workbench
from explorer.workbench.planning import ChangedImages, changed_images

COUNT = 4
_GAP = 2
_HEIGHT = 122


class AugmentationSection(Panel):
    """Strengths, and training images before and after; "Again" takes others, and other chances."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Augmentation", theme, parent, role="section")
        self.setObjectName("augmentationSection")
        self._workbench = workbench
        self.seed = 0
        self._asked: object = None
        self.shown: ChangedImages | None = None
        self.again_button = IconButton("dice", theme, "Again")
        self.again_button.setObjectName("augmentAgain")
        self.again_button.setAccessibleName("Other images")
        self.again_button.setToolTip("Show other images, changed by other chances")
        self.again_button.clicked.connect(self._again)
        self.header.addWidget(self.again_button)
        self.form = SettingsForm(workbench.pending, theme, [kind.key for kind in AUGMENTATION], "build")
        self.view = ImageView(theme, name="Training images, as they are and as a step gets them")
        self.view.setObjectName("augmentPreview")
        self.view.setToolTip("Above: training images. Below: as a step gets them")
        self.view.setFixedHeight(_HEIGHT)
        self.words = QLabel("Above as they are, below as a step gets them")
        self.words.setProperty("role", "secondary")
        self.words.setWordWrap(True)
        self.body.addWidget(self.form)
        self.body.addWidget(self.view)
        self.body.addWidget(self.words)
        workbench.pending.changed.connect(self.refresh)
        workbench.dataset_changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _again(self) -> None:
        self.seed += 1
        self.refresh()

    def refresh(self) -> None:
        """Have the images changed anew in the background, if they are in sight and something is different."""
        bench = self._workbench
        key = (bench.train_set, bench.pending.wanted.augmentation, self.seed)
        if not self.isVisible() or self._asked == key:
            return
        self._asked = key
        job = partial(changed_images, *key, COUNT)
        bench.in_background(job, partial(self._show, key), lambda _: None)

    def _show(self, key: object, images: ChangedImages) -> None:
        # Something else may have been asked for since, or the page be closed.
        if isValid(self) and self._asked == key:
            self.shown = images
            self.view.set_array(_tiles(images), f"{len(images.changed)} training images, changed below")


def _tiles(images: ChangedImages) -> np.ndarray:
    """Lay originals above what became of them, with gaps: (C, 2 H + gap, N W + gaps)."""
    count, channels, height, width = images.originals.shape
    channels = channels if channels == 3 else 1
    tiles = np.zeros((channels, 2 * height + _GAP, count * (width + _GAP) - _GAP), np.float32)
    for row, batch in enumerate((images.originals, images.changed)):
        for place in range(count):
            top, left = row * (height + _GAP), place * (width + _GAP)
            tiles[:, top : top + height, left : left + width] = batch[place, :channels]
    return tiles

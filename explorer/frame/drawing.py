"""Drawing as an input: the pad in the image's place, and the way back to what was shown before."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import CnnError
from explorer.digits import FIELD, digit_from_strokes
from explorer.frame.draw_pad import PEN_SHARE, DrawPad
from explorer.workbench import Sample, Workbench

DRAWN = "your drawing"


class Drawing(QObject):
    """Hands what is drawn on the pad to the workbench while it is drawn."""

    toggled = Signal(bool)
    """Drawing has begun or ended."""

    failed = Signal(str)

    def __init__(self, workbench: Workbench, pad: DrawPad, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._pad = pad
        self._before: Sample = workbench.sample
        self._drawn: Sample | None = None
        self._sending = False
        self.active = False
        pad.changed.connect(self._send)
        pad.left.connect(lambda: self.set_active(False))
        workbench.sample_changed.connect(self._on_sample)

    def set_active(self, active: bool) -> None:
        """Begin or end. An empty pad leaves the sample that was there before."""
        if active == self.active:
            return
        self.active = active
        if active:
            # A drawing that is still on view can be gone on with.
            if self._workbench.sample is not self._drawn:
                self._drawn, self._before = None, self._workbench.sample
                self._pad.clear()
        elif self._pad.is_empty and self._drawn is not None:
            self._restore()
        self.toggled.emit(active)

    def set_label(self, label: int | None) -> None:
        """Say which class the present own image is."""
        sample = self._workbench.sample
        drawn = sample is self._drawn
        self._show(sample.image, sample.name, label, drawn=drawn)

    def _send(self) -> None:
        if not self.active or (self._pad.is_empty and self._drawn is None):
            return
        label = None if self._drawn is None or self._pad.is_empty else self._drawn.label
        if self._pad.is_empty:
            digit = np.zeros((FIELD, FIELD), dtype=np.float32)
        else:
            digit = digit_from_strokes(self._pad.strokes, 1.0, PEN_SHARE)
        self._show(digit, DRAWN, label, drawn=True)

    def _show(self, pixels: np.ndarray, name: str, label: int | None, drawn: bool) -> None:
        self._sending = True
        try:
            self._workbench.set_custom_image(pixels, name, label)
        except CnnError as error:
            self.failed.emit(str(error))
        else:
            if drawn:
                self._drawn = self._workbench.sample
        finally:
            self._sending = False

    def _restore(self) -> None:
        before, self._drawn = self._before, None
        if before.index is None:
            self._show(before.image, before.name, before.label, drawn=False)
        elif before.index < len(self._workbench.validation_set):
            self._workbench.select_sample(before.index)

    def _on_sample(self) -> None:
        """Make way when another image is chosen elsewhere."""
        if self.active and not self._sending:
            self._drawn = None
            self.set_active(False)

"""The next step of a run, asked of the training thread and forgotten when the run moves on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from .messages import Previewed
from .preview import StepPreview


class Previews(QObject):
    """Asks once, and again only when the answer holds no longer.

    Attributes
    ----------
    preview : StepPreview or None
        The next step, once it was worked out.
    awaited : bool
        Whether an answer is on its way.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview: StepPreview | None = None
        self.awaited = False
        self._request = 0

    def request(self, ask: Callable[[int], None]) -> None:
        """Call `ask` with the number of the request, unless the step is known or already asked for."""
        if self.preview is None and not self.awaited:
            self.awaited = True
            ask(self._request)

    def take(self, event: Previewed) -> None:
        """Take an answer, if it still holds."""
        if event.request == self._request:
            self.awaited = False
            if event.preview is not None:  # else there is no such step, and to ask again would not help
                self.preview = event.preview
                self.changed.emit()

    def forget(self) -> None:
        """The run will not make the step that was worked out. Comes last: whoever hears of it asks anew."""
        self._request += 1
        self.awaited = False
        if self.preview is not None:
            self.preview = None
            self.changed.emit()

"""Says on every page that a past moment of training is shown, and leads back to now."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from explorer.frame.run_progress import FULL_WIDTH, SMALLEST_WIDTH
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.workbench import Workbench

_HEIGHT = 30


class MomentNotice(QFrame):
    """Stands in the place of the run's progress while a past moment is shown."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.setObjectName("moment_notice")
        self.setProperty("role", "past")
        self.setFixedHeight(_HEIGHT)
        self.setMaximumWidth(FULL_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.label = QLabel()
        self.label.setObjectName("moment_text")
        self.label.setProperty("role", "strong")
        self.back_button = self._arrow(theme, "chevron-left", "moment_back", "The moment before")
        self.forward_button = self._arrow(theme, "chevron-right", "moment_forward", "The next moment")
        self.now_button = QPushButton("Back to now")
        self.now_button.setProperty("role", "flat")
        self.now_button.setObjectName("moment_now")
        self.now_button.setAccessibleName("Back to now")
        self.now_button.setToolTip("Show the network as it is now on all pages")
        self.now_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 2, 0)
        row.setSpacing(4)
        row.addWidget(self.label, 1)
        for button in (self.back_button, self.forward_button, self.now_button):
            row.addWidget(button)
        self.now_button.clicked.connect(lambda: workbench.show_moment(None))
        self.back_button.clicked.connect(lambda: self._step(-1))
        self.forward_button.clicked.connect(lambda: self._step(+1))
        workbench.moment_changed.connect(self._show)
        self._show()

    def _arrow(self, theme: Theme, icon: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, theme, role="flat")
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(f"{tip} of training")
        button.setAutoRepeat(True)
        return button

    def sizeHint(self) -> QSize:
        """Return the size of the progress."""
        return QSize(FULL_WIDTH, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the least width of the progress."""
        return QSize(SMALLEST_WIDTH, _HEIGHT)

    def _step(self, places: int) -> None:
        """Show another moment; behind the last one is now."""
        shown, timeline = self._workbench.shown_moment, self._workbench.timeline
        if shown is None:
            return
        place = timeline.place_of(shown) + places
        last = len(timeline) - 1
        self._workbench.show_moment(None if place >= last else int(timeline.steps[max(place, 0)]))

    def _show(self) -> None:
        shown = self._workbench.shown_moment
        text = "" if shown is None else f"Past moment: step {format_count(shown)}"
        self.label.setText(text)
        self.setAccessibleName(text)
        self.back_button.setEnabled(shown is not None and shown > int(self._workbench.timeline.steps[0]))

"""The strip under the loss: a scrubber over the moments of training that are kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QWidget

from explorer.numbers import format_count, format_number
from explorer.theme import Theme, make_font
from explorer.widgets.controls import IconButton, LogSlider, Slider
from explorer.workbench import BUDGET_BYTES, Timeline, Workbench
from explorer.workspaces.train.moment_player import MomentPlayer

HEIGHT = 28
SLOWEST, FASTEST = 1.0, 60.0
_WIDE, _SMALLEST = 620, 376
_MEGA = 1_000_000


def memory_text(timeline: Timeline, short: bool = False) -> str:
    """Say how many moments are kept and what memory they take: "214 moments · 87 MB of 200"."""
    if not timeline.fits:
        return f"Too large to keep: {format_count(timeline.state_bytes // _MEGA)} MB each"
    used = timeline.used_bytes / _MEGA
    size = format_count(round(used)) if used >= 10 else format_number(used, 1)
    memory = f"{size} MB of {format_count(BUDGET_BYTES // _MEGA)}"
    many = "s" * (len(timeline) != 1)
    return memory if short else f"{format_count(len(timeline))} moment{many} · {memory}"


class TimelineBar(QWidget):
    """Play, a scrubber, the step that is shown, the way back to now, a film to take away, the memory."""

    film_requested = Signal()

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self.player = MomentPlayer(workbench, self)
        self.setObjectName("timelineBar")
        self.setAccessibleName("Timeline")
        self.setFixedHeight(HEIGHT)
        self._make_controls()
        self._lay_out()
        self._connect()
        self._show()
        self._show_speed()

    def _make_controls(self) -> None:
        self.play_button = self._button("play", "timelinePlay", "Play the training as a film")
        self.scrubber = Slider(0, 0)
        self.scrubber.setObjectName("timelineScrubber")
        self.scrubber.setAccessibleName("Moment of training")
        self.scrubber.setToolTip("Show a past moment of training on all pages (arrow keys, Home; End is now)")
        self.speed_slider = LogSlider(SLOWEST, FASTEST)
        self.speed_slider.setObjectName("timelineSpeed")
        self.speed_slider.setAccessibleName("Speed of the film in moments a second")
        self.speed_slider.setFixedWidth(44)
        self.speed_caption = QLabel("Speed")
        self.speed_caption.setProperty("role", "label")
        self.step_label = QLabel()
        self.step_label.setObjectName("timelineStep")
        self.step_label.setProperty("role", "strong")
        self.now_button = QPushButton("Back to now")
        self.now_button.setObjectName("timelineNow")
        self.now_button.setAccessibleName("Back to now")
        self.now_button.setToolTip("Show the network as it is now (End on the scrubber)")
        self.now_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.film_button = self._button("film", "timelineFilm", "Save the film as an animated picture")
        self.memory_label = QLabel()
        self.memory_label.setObjectName("timelineMemory")
        self.memory_label.setProperty("role", "secondary")
        self.memory_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _button(self, icon: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.play_button)
        row.addWidget(self.scrubber, 1)
        row.addWidget(self.step_label)
        row.addWidget(self.now_button)
        for widget in (self.speed_caption, self.speed_slider, self.film_button, self.memory_label):
            row.addWidget(widget)

    def _connect(self) -> None:
        transport = self.player.transport
        self.play_button.clicked.connect(transport.toggle)
        self.scrubber.valueChanged.connect(transport.seek)
        self.speed_slider.number_changed.connect(transport.set_speed)
        self.now_button.clicked.connect(self.player.back_to_now)
        self.film_button.clicked.connect(self.film_requested)
        transport.speed_changed.connect(self._show_speed)
        transport.playing_changed.connect(self._show)
        transport.moved.connect(self._show)
        self.player.changed.connect(self._show)

    def minimumSizeHint(self) -> QSize:
        """Return what the narrow form takes."""
        return QSize(_SMALLEST, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the scrubber needs it."""
        super().resizeEvent(event)
        for widget in (self.speed_caption, self.speed_slider):
            widget.setVisible(self.width() >= _WIDE)
        self._row.setSpacing(8 if self.width() >= _WIDE else 5)
        self._show()

    def _show(self) -> None:
        transport, timeline = self.player.transport, self._workbench.timeline
        blocked = self.scrubber.blockSignals(True)
        self.scrubber.setRange(0, max(transport.count - 1, 0))
        self.scrubber.setValue(transport.index)
        self.scrubber.blockSignals(blocked)
        more = transport.count > 1
        for widget in (self.scrubber, self.play_button, self.film_button):
            widget.setEnabled(more)
        shown = self._workbench.shown_moment
        self.now_button.setEnabled(shown is not None)
        text = "now" if shown is None else f"step {format_count(shown)}"
        self.step_label.setText(text)
        self.scrubber.setAccessibleDescription(text)
        self.play_button.set_icon("pause" if transport.playing else "play")
        name = "Pause the film" if transport.playing else "Play the training as a film"
        self.play_button.setAccessibleName(name)
        self.play_button.setToolTip(name)
        self._show_memory(timeline)

    def _show_memory(self, timeline: Timeline) -> None:
        """Write in fields of a fixed width: one that measured itself would lay out the window each time."""
        short = self.width() < _WIDE and timeline.fits
        self.memory_label.setText(memory_text(timeline, short))
        self.memory_label.setToolTip(
            f"{memory_text(timeline)}. Moments are closer together early in the run; when the memory is "
            "full, some in between are let go."
        )
        small, strong = QFontMetrics(make_font(11)), QFontMetrics(make_font(12, 600))
        widest = "8,888 moments · 888 MB of 200" if not short else "888 MB of 200"
        texts = (widest, self.memory_label.text())
        self.memory_label.setFixedWidth(max(small.horizontalAdvance(text) for text in texts) + 4)
        last = int(self.player.steps[-1]) if len(self.player.steps) else 0
        digits = "8" * max(len(str(last)), 3)
        self.step_label.setFixedWidth(strong.horizontalAdvance(f"step {format_count(int(digits))}") + 4)

    def _show_speed(self) -> None:
        speed = self.player.transport.speed
        self.speed_slider.set_number(min(max(speed, SLOWEST), FASTEST))
        text = f"{round(speed, 1):g} moments a second"
        self.speed_slider.setToolTip(f"Speed of the film: {text}")
        self.speed_slider.setAccessibleDescription(text)

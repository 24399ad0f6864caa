"""The bar that drives a transport: buttons, speed, position."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme, make_font
from explorer.widgets.controls import IconButton, Slider, Switch
from explorer.widgets.icons import icon_pixmap
from explorer.widgets.rules import upright_rule
from explorer.widgets.sliders import LogSlider
from explorer.widgets.transport_state import FASTEST, SLOWEST, Transport

__all__ = ["Transport", "TransportBar", "bind_keys"]

HEIGHT = 54
_ROOMY, _NARROW, _SMALLEST = 640, 540, 400
# A panel's buttons are 24 high; these are 28, as in the bars.
_BUTTONS = (
    "QPushButton { min-width: 26px; max-width: 26px; min-height: 26px; padding: 0; }"
    "QPushButton:focus { min-width: 24px; max-width: 24px; min-height: 24px; padding: 0; }"
)


class TransportBar(QFrame):
    """First, back, play or pause, forward, last; speed; the cell and a scrubber.

    Attributes
    ----------
    extras : QHBoxLayout
        The right end of the bar, for what a page adds.

    Parameters
    ----------
    transport : Transport
        What the bar shows and drives.
    what : str
        What is counted: "cell" reads "cell 8 / 16" and "2 cells/s".
    with_loop : bool
        Whether there is a switch for playing in a loop.
    """

    def __init__(
        self,
        transport: Transport,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        what: str = "cell",
        with_loop: bool = False,
    ) -> None:
        super().__init__(parent)
        self.transport, self._theme, self._what = transport, theme, what
        self.setObjectName("transportBar")
        self.setAccessibleName("Transport")
        self.setProperty("role", "panel")
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 14, 0)
        row.setSpacing(6)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see minimumSizeHint
        row.addWidget(self._make_buttons())
        row.addSpacing(8)
        self._add_speed(row)
        self._rules = [upright_rule(20), upright_rule(20)] if with_loop else [upright_rule(20)]
        row.addWidget(self._rules[0])
        self._add_position(row)
        self.loop_switch: Switch | None = None
        if with_loop:
            row.addWidget(self._rules[1])
            self._add_loop(row)
        self.extras = QHBoxLayout()
        self.extras.setSpacing(6)
        row.addLayout(self.extras)
        self._connect()
        self._show_count()
        self._show_speed()
        self._show_playing()

    def _make_buttons(self) -> QWidget:
        group = QWidget()
        group.setStyleSheet(_BUTTONS)
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        what = self._what
        self.first_button = self._button("first", "transportFirst", f"First {what} (Home)")
        self.back_button = self._button("cell-back", "transportBack", f"One {what} back (←)")
        self.play_button = self._button("play", "transportPlay", "Play (Space)")
        self.play_button.set_role("primary")
        self.forward_button = self._button("cell-forward", "transportForward", f"One {what} forward (→)")
        self.last_button = self._button("last", "transportLast", f"Last {what} (End)")
        for button in (self.back_button, self.forward_button):
            button.setAutoRepeat(True)
        for button in self._buttons():
            row.addWidget(button)
        group.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return group

    def _buttons(self) -> tuple[IconButton, ...]:
        return (
            self.first_button,
            self.back_button,
            self.play_button,
            self.forward_button,
            self.last_button,
        )

    def _button(self, icon: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme)
        button.setObjectName(name)
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        return button

    def _add_speed(self, row: QHBoxLayout) -> None:
        self.speed_caption = QLabel("Speed")
        self.speed_caption.setProperty("role", "label")
        self.speed_slider = LogSlider(SLOWEST, FASTEST)
        self.speed_slider.setObjectName("transportSpeed")
        self.speed_slider.setAccessibleName(f"Speed in {self._what}s a second")
        self.speed_slider.setFixedWidth(68)
        self.speed_label = QLabel()
        self.speed_label.setProperty("role", "body")
        # Wide enough for every speed, so that nothing moves while the slider does.
        metrics = QFontMetrics(make_font(12))
        self.speed_label.setFixedWidth(metrics.horizontalAdvance(f"500 {self._what}s/s") + 4)
        for widget in (self.speed_caption, self.speed_slider, self.speed_label):
            row.addWidget(widget)

    def _add_position(self, row: QHBoxLayout) -> None:
        self.position_label = QLabel()
        self.position_label.setProperty("role", "strong")
        self.scrubber = Slider(0, 0)
        self.scrubber.setMinimumWidth(60)  # it shrinks first where there is little room
        self.scrubber.setObjectName("transportScrubber")
        self.scrubber.setAccessibleName(f"Position: {self._what}")
        self.scrubber.setToolTip(f"Drag to any {self._what}; the arrow keys step")
        row.addSpacing(4)
        row.addWidget(self.position_label)
        row.addSpacing(8)
        row.addWidget(self.scrubber, 1)
        row.addSpacing(4)

    def _add_loop(self, row: QHBoxLayout) -> None:
        self._loop_icon = QLabel()
        self.loop_switch = Switch("Loop")
        self.loop_switch.setObjectName("transportLoop")
        self.loop_switch.setAccessibleName("Loop")
        self.loop_switch.setToolTip("Loop: begin again after the last one")
        self.loop_switch.setChecked(self.transport.loop)
        self.loop_switch.toggled.connect(self.transport.set_loop)
        self.transport.loop_changed.connect(self.loop_switch.setChecked)
        self._theme.changed.connect(self._draw_loop)
        self._draw_loop()
        row.addWidget(self._loop_icon)
        row.addWidget(self.loop_switch)

    def _draw_loop(self) -> None:
        ratio = self.devicePixelRatioF()
        self._loop_icon.setPixmap(icon_pixmap("loop", self._theme.color("text2"), 16, ratio))

    def _connect(self) -> None:
        transport = self.transport
        self.first_button.clicked.connect(transport.first)
        self.back_button.clicked.connect(lambda: transport.step(-1))
        self.play_button.clicked.connect(transport.toggle)
        self.forward_button.clicked.connect(lambda: transport.step(1))
        self.last_button.clicked.connect(transport.last)
        self.speed_slider.number_changed.connect(transport.set_speed)
        self.scrubber.valueChanged.connect(transport.seek)
        transport.moved.connect(self._show_position)
        transport.count_changed.connect(self._show_count)
        transport.speed_changed.connect(self._show_speed)
        transport.playing_changed.connect(self._show_playing)

    def _show_count(self) -> None:
        transport = self.transport
        blocked = self.scrubber.blockSignals(True)
        self.scrubber.setRange(0, max(0, transport.count - 1))
        self.scrubber.setPageStep(transport.row)
        self.scrubber.blockSignals(blocked)
        widest = self._position_text("8" * len(format_count(transport.count)))
        metrics = QFontMetrics(make_font(12, 600))
        # Of a fixed size both ways, or each new text would lay out the whole window anew.
        self.position_label.setFixedSize(metrics.horizontalAdvance(widest) + 4, HEIGHT - 2)
        self._show_position()

    def _position_text(self, place: str) -> str:
        text = f"{place} / {format_count(self.transport.count)}"
        return f"{self._what} {text}" if self.width() >= _NARROW else text

    def _show_position(self) -> None:
        transport = self.transport
        blocked = self.scrubber.blockSignals(True)
        self.scrubber.setValue(transport.index)
        self.scrubber.blockSignals(blocked)
        place = min(transport.index + 1, transport.count)
        self.position_label.setText(self._position_text(format_count(place)))
        text = f"{self._what} {format_count(place)} of {format_count(transport.count)}"
        self.scrubber.setAccessibleDescription(text)
        more = transport.count > 1
        for button in (self.first_button, self.back_button):
            button.setEnabled(more and transport.index > 0)
        for button in (self.forward_button, self.last_button):
            button.setEnabled(more and not transport.at_end)
        self.play_button.setEnabled(more)
        self.scrubber.setEnabled(more)

    def minimumSizeHint(self) -> QSize:
        """Return what the narrow form takes; the wide one's parts must not keep the bar from shrinking."""
        return QSize(_SMALLEST, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room the scrubber needs it: Home, End and the tips say what is left out.
        wide = self.width() >= _NARROW
        self.speed_caption.setVisible(self.width() >= _ROOMY)
        for widget in (self.speed_label, self.first_button, self.last_button, *self._rules):
            widget.setVisible(wide)
        self.speed_slider.setFixedWidth(68 if wide else 34)
        self.layout().setSpacing(6 if wide else 4)
        if self.loop_switch is not None:
            self.loop_switch.setText("Loop" if wide else "")
            self.loop_switch.updateGeometry()
        self._show_count()

    def _show_speed(self) -> None:
        self.speed_slider.set_number(self.transport.speed)
        text = f"{round(self.transport.speed, 1):g} {self._what}s/s"
        self.speed_label.setText(text)
        self.speed_slider.setToolTip(f"Speed: {text}; {SLOWEST:g} to {FASTEST:g} are possible")
        self.speed_slider.setAccessibleDescription(text)

    def _show_playing(self) -> None:
        playing = self.transport.playing
        self.play_button.set_icon("pause" if playing else "play")
        name = "Pause" if playing else "Play"
        self.play_button.setAccessibleName(name)
        self.play_button.setToolTip(f"{name} (Space)")


def bind_keys(transport: Transport, key: Qt.Key) -> bool:
    """Do what a key means to a transport; return whether it has a meaning (for keyPressEvent)."""
    actions = {
        Qt.Key.Key_Left: lambda: transport.step(-1),
        Qt.Key.Key_Right: lambda: transport.step(1),
        Qt.Key.Key_Up: lambda: transport.step_row(-1),
        Qt.Key.Key_Down: lambda: transport.step_row(1),
        Qt.Key.Key_Home: transport.first,
        Qt.Key.Key_End: transport.last,
    }
    if key not in actions:
        return False
    actions[key]()
    return True

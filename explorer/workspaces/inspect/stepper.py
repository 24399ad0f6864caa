"""The layers as a row of chips, from the input to the loss."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import Theme, make_font
from explorer.tokens import RADIUS_BUTTON
from explorer.widgets.controls import IconButton, Segmented, Switch

from .backward.cascade_panel import CascadePanel
from .inspection import Inspection
from .stops import Stop

HEIGHT = 54
FORWARD, BACKWARD = "forward", "backward"
_CHIP_HEIGHT = 38
_TOP, _ABOVE_CHIPS, _ABOVE_BUTTONS = 3, 5, 12


class LayerChip(QAbstractButton):
    """A layer's name above the shape of its output; the one in view is filled."""

    def __init__(self, stop: Stop, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.stop = stop
        self.lit = False
        self.setText(stop.name)
        self.setCheckable(True)
        self.setObjectName(f"chip_{stop.name}")
        self.setAccessibleName(f"{stop.name}, {stop.shape_text}")
        self.setToolTip(
            f"{stop.name}: {stop.kind.replace('_', ' ')}, output {stop.shape_text} ([ and ] step)"
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        name = QFontMetricsF(make_font(12, 600)).horizontalAdvance(stop.name)
        shape = QFontMetricsF(make_font(10)).horizontalAdvance(stop.shape_text)
        self._least = round(max(name, shape)) + 12
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(max(self._least, 66))
        theme.changed.connect(self.update)

    def set_lit(self, lit: bool) -> None:
        """Light the chip whose bar is under the mouse."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(max(self._least, 60), _CHIP_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, _CHIP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, chosen = self._theme, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = "accent" if chosen else "panel2"
        painter.setBrush(theme.color(fill))
        edge = "accent" if chosen or self.lit else "hatch" if self.underMouse() else "ctlline"
        painter.setPen(QPen(theme.color(edge), 1))
        painter.drawRoundedRect(ground, RADIUS_BUTTON, RADIUS_BUTTON)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("text" if chosen else "accent"), 2))
            painter.drawRoundedRect(
                ground.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_BUTTON - 1, RADIUS_BUTTON - 1
            )
        painter.setPen(theme.color("accent_text" if chosen else "text"))
        painter.setFont(theme.font(12, 600))
        painter.drawText(QRectF(0, 4, self.width(), 16), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setPen(theme.color("accent_text" if chosen else "text2"))
        painter.setFont(theme.font(10))
        painter.drawText(QRectF(0, 20, self.width(), 13), Qt.AlignmentFlag.AlignCenter, self.stop.shape_text)


class _Chips(QWidget):
    """The chips on the line that links them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.setFixedHeight(_CHIP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, self.height() // 2, self.width(), 1), self._theme.color("line2"))


class LayerStepper(QFrame):
    """Chips, a button at each side, the switch between the ways, and the one that holds the parameters.

    On the way back the sizes of the gradients stand below the chips. Left and Right step from chip to chip
    while one of them has the keyboard.
    """

    chosen = Signal(int)
    way_chosen = Signal(str)
    """"forward" or "backward"."""

    def __init__(
        self, inspection: Inspection, cascade: CascadePanel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._inspection, self._theme = inspection, theme
        self.setProperty("role", "panel")
        self.setObjectName("layerStepper")
        self.setAccessibleName("Layers")
        self.previous_button = self._button("chevron-left", "previousLayer", "Previous layer ([)")
        self.next_button = self._button("chevron-right", "nextLayer", "Next layer (])")
        self.previous_button.clicked.connect(lambda: self._step(-1))
        self.next_button.clicked.connect(lambda: self._step(1))
        self.way_switch = Segmented(
            [
                (FORWARD, "Forward", "How each number comes about (F)"),
                (BACKWARD, "Backward", "How the loss depends on each number (B)"),
            ],
            "Way",
        )
        self.way_switch.changed.connect(self.way_chosen)
        self.freeze_switch = Switch("Freeze")
        self.freeze_switch.setObjectName("inspectFreeze")
        self.freeze_switch.setAccessibleName("Freeze the parameters")
        self.freeze_switch.toggled.connect(inspection.set_frozen)
        self.cascade = cascade
        self.chips: list[LayerChip] = []
        self._lay_out()
        cascade.strip.chosen.connect(lambda place: self.chosen.emit(place - 1))
        cascade.strip.pointed.connect(self._light)
        self._compact = False
        self.set_way(FORWARD)
        self.rebuild()
        self.show_frozen()

    def _lay_out(self) -> None:
        self._strip = _Chips(self._theme)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, _ABOVE_CHIPS, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._strip)
        column.addWidget(self.cascade.strip)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(content)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self._switches = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._switches.addWidget(self.way_switch)
        self._switches.addWidget(self.freeze_switch)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addLayout(self._switches)
        right.addWidget(self.cascade.side)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addLayout(_lowered(self.previous_button))
        row.addWidget(self._area, 1)
        row.addLayout(_lowered(self.next_button))
        row.addSpacing(6)
        row.addLayout(right)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, _TOP, 12, 0)
        page.setSpacing(0)
        page.addLayout(row, 1)
        page.addWidget(self.cascade.chain)

    @property
    def way(self) -> str:
        """Which way is shown, "forward" or "backward"."""
        return self.way_switch.value

    def set_way(self, way: str) -> None:
        """Show the sizes of the gradients below the chips, or the chips alone."""
        self.way_switch.set_value(way)
        self._arrange()

    def _arrange(self) -> None:
        backward = self.way == BACKWARD
        self.cascade.set_shown(backward)
        self.setFixedHeight(HEIGHT + (self.cascade.extra_height if backward else 0))
        directions = QBoxLayout.Direction
        self._switches.setDirection(directions.TopToBottom if self._compact else directions.LeftToRight)
        self._switches.setContentsMargins(0, 0 if self._compact else _ABOVE_BUTTONS - 1, 0, 0)
        self._switches.setSpacing(0 if self._compact else 8)

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""
        if compact != self._compact:
            self._compact = compact
            self.cascade.set_compact(compact)
            self._arrange()

    def _button(self, icon: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme)
        button.setObjectName(name)
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        return button

    def rebuild(self) -> None:
        """Make the chips of another network."""
        for chip in self.chips:
            chip.setParent(None)
            chip.deleteLater()
        self.chips = []
        self.cascade.strip.set_chips((), ())  # those that there are will be deleted
        while self._strip.row.count():
            self._strip.row.takeAt(0)
        for stop in self._inspection.stops:
            chip = LayerChip(stop, self._theme)
            chip.clicked.connect(lambda _=False, index=stop.index: self.chosen.emit(index))
            chip.installEventFilter(self)
            self._strip.row.addWidget(chip)
            self.chips.append(chip)
        self._strip.row.addStretch(0)
        self.cascade.set_chips(self.chips, [stop.name for stop in self._inspection.stops])
        self.show_stop()

    def show_stop(self) -> None:
        """Mark the chip in view."""
        index = self._inspection.index
        for chip in self.chips:
            chip.setChecked(chip.stop.index == index)
        self.previous_button.setEnabled(index > -1)
        self.next_button.setEnabled(index < self._inspection.stops.loss)
        self._area.ensureWidgetVisible(self.chips[index + 1], 40, 0)

    def show_frozen(self) -> None:
        """Say which parameters are in view."""
        inspection = self._inspection
        self.freeze_switch.setChecked(inspection.frozen)
        text = f"Step {inspection.step}" if inspection.frozen else "Freeze"
        if text != self.freeze_switch.text():
            self.freeze_switch.setText(text)
            self.freeze_switch.updateGeometry()
        tip = (
            f"Parameters of step {inspection.step} are kept; click to follow training again"
            if inspection.frozen
            else "Keep the present parameters while training goes on"
        )
        self.freeze_switch.setToolTip(f"{tip} (Z)")

    def _light(self, place: int) -> None:
        for chip in self.chips:
            chip.set_lit(chip.stop.index == place - 1)

    def _step(self, by: int) -> None:
        self.chosen.emit(self._inspection.index + by)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._area.ensureWidgetVisible(self.chips[self._inspection.index + 1], 40, 0)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        """Left and Right go to the neighbouring chip; the mouse lights a chip's bar."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave) and watched in self.chips:
            entered = event.type() == QEvent.Type.HoverEnter
            self.cascade.strip.set_lit(self.chips.index(watched) if entered else None)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            if by is not None:
                self._step(by)
                self.chips[self._inspection.index + 1].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)


def _lowered(button: QWidget) -> QVBoxLayout:
    """Put a button beside the middle of the chips."""
    column = QVBoxLayout()
    column.setContentsMargins(0, _ABOVE_BUTTONS, 0, 0)
    column.addWidget(button)
    column.addStretch(1)
    return column

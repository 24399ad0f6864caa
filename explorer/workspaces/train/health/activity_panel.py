"""Dead ReLUs, and sigmoids and their like that are saturated."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from explorer.numbers import format_count, format_percent
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.workbench import Focus, Hover, Workbench
from explorer.workspaces.train.health.activity_list import ActivityList
from explorer.workspaces.train.health.rows import CURVED_KINDS, DEAD_KINDS, ActivityRow, activity_rows

_NONE = "This network has no ReLU, sigmoid, tanh or arctan."
_DEAD = (
    "A unit is a channel of a map, or one number of a vector. It never fires when it is 0 at every place for "
    "all measured validation images; it has no gradient then and cannot learn."
)
_FLAT = (
    " A sigmoid, tanh or arctan is flat where its slope is under 5 % of its steepest: hardly any gradient "
    "passes."
)


class ActivityPanel(Panel):
    """A bar for each activation function, as measured last."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Dead ReLUs", theme, parent)
        self.setObjectName("activityPanel")
        self.setMinimumSize(170, 200)
        self._workbench = workbench
        self.when = QLabel()
        self.when.setObjectName("activityStep")
        self.when.setProperty("role", "secondary")
        self.header.addWidget(self.when)
        self.list = ActivityList(theme, "Zeros and units that never fire")
        self.list.setObjectName("activityList")
        self.message = QLabel(_NONE)
        self.message.setProperty("role", "faint")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.list.in_scroll_area())
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self.layout().setContentsMargins(10, 8, 10, 8)
        self.header.setContentsMargins(4, 0, 4, 0)
        self.list.chosen.connect(lambda layer: workbench.set_focus(Focus(layer)))
        self.list.hovered.connect(self._tell)
        workbench.health_changed.connect(self._update)
        workbench.focus_changed.connect(self._update)
        workbench.spec_changed.connect(self._take_spec)
        self._take_spec()

    def _take_spec(self) -> None:
        kinds = {layer.kind for layer in self._workbench.spec.layers}
        curved = bool(kinds & set(CURVED_KINDS))
        dead = bool(kinds & set(DEAD_KINDS))
        self.set_title("Dead ReLUs" if not curved else "Dead or flat" if dead else "Flat units")
        self.list.setToolTip(_DEAD + (_FLAT if curved else ""))
        self._update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    def _update(self) -> None:
        if not self.isVisible():
            return
        bench = self._workbench
        rows = activity_rows(bench.health, bench.spec)
        shown = rows, bench.focus.layer
        if shown != (self.list.rows, self.list.current):
            self.list.set_rows(*shown)
        self._stack.setCurrentIndex(0 if rows else 1)
        latest = bench.health.latest
        self.when.setText("" if latest is None else f"at step {format_count(latest.step)}")
        if self.list.hover[0] is not None:
            self._tell(*self.list.hover)

    def _tell(self, place: int | None, along: float | None) -> None:
        if place is None:
            self._workbench.set_hover(None)
            return
        row: ActivityRow = self.list.rows[place]
        latest = self._workbench.health.latest
        if row.activity is None or latest is None:
            rows: tuple[tuple[str, str], ...] = (("not measured yet", "–"),)
        else:
            rows = _figures(row, latest.health.images)
        self._workbench.set_hover(Hover(f"{row.name} · units", rows, f"Units of {row.name}"))


def _figures(row: ActivityRow, images: int) -> tuple[tuple[str, str], ...]:
    activity = row.activity
    units = format_count(activity.units)
    rows = (
        ("images", format_count(images)),
        ("zeros", format_percent(activity.zeros)),
        ("never fire", f"{format_count(activity.silent)} of {units}"),
    )
    if activity.saturated or activity.stuck:
        flat = (("flat", format_percent(activity.saturated)), ("always flat", f"{activity.stuck} of {units}"))
        return rows[:1] + flat
    return rows

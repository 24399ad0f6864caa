"""How far the run is: one line of numbers above a thin bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from explorer.numbers import format_count, format_duration, format_percent
from explorer.theme import Theme
from explorer.workbench import END, Goal, Progress, RunState, Workbench

FULL_WIDTH = 388
SMALLEST_WIDTH = 180
BAR_HEIGHT = 4
SEPARATOR = "  •  "


@dataclass(frozen=True)
class Part:
    """A piece of the line: runs of text, each plain or strong. The least important give way for room."""

    runs: tuple[tuple[str, bool], ...]
    importance: int

    @property
    def text(self) -> str:
        """The words without their weight."""
        return "".join(text for text, _ in self.runs)


def _counted(word: str, n: int, of: int, importance: int) -> Part:
    return Part(((f"{word} ", False), (format_count(n), True), (f"/{format_count(of)}", False)), importance)


def _duration(seconds: float | None) -> Part:
    return Part(((f"{format_duration(seconds)} left", False),), 3)


def _stepped(progress: Progress, importance: int) -> Part:
    total = f" of {format_count(progress.steps)}"
    return Part((("step ", False), (format_count(progress.step), True), (total, False)), importance)


def _goal_part(goal: Goal) -> Part | None:
    """Say until when the run goes, where that is not its end."""
    if goal.epoch is not None:
        word, number = "epoch", format_count(goal.epoch)
    elif goal.step is not None:
        word, number = "step", format_count(goal.step)
    elif goal.accuracy is not None:
        word, number = "validation", format_percent(goal.accuracy)
    else:
        return None
    return Part(((f"until {word} ", False), (number, True)), 3)


def progress_parts(
    state: RunState,
    progress: Progress,
    accuracy: float | None = None,
    goal: Goal = END,
    pace: float | None = None,
) -> list[Part]:
    """Say how far the run is.

    Parameters
    ----------
    state : RunState
        Where the run stands.
    progress : Progress
        Its numbers.
    accuracy : float, optional
        Validation accuracy in [0, 1], told when the run has finished.
    goal : Goal
        Until when it goes; told in place of the time that is left to its end.
    pace : float, optional
        Steps a second in slow motion, told in place of the speed.
    """
    epoch = _counted("epoch", progress.epoch, progress.epochs, 4)
    batch = _counted("batch", progress.batch, progress.batches, 1)
    if state is RunState.RUNNING:
        parts = [epoch, batch]
        if pace is not None:
            unit = " step/s" if pace == 1 else " steps/s"
            parts.append(Part(((f"{pace:g}", True), (unit, False)), 2))
        elif progress.images_per_second > 0:
            rate = format_count(round(progress.images_per_second))
            parts.append(Part(((rate, True), (" img/s", False)), 2))
        if (until := _goal_part(goal)) is not None:
            parts.append(until)
        elif progress.seconds_left is not None:
            parts.append(_duration(progress.seconds_left))
        return parts
    if state is RunState.READY:
        plural = "" if progress.epochs == 1 else "s"
        return [
            Part((("Ready", True),), 5),
            Part(((format_count(progress.epochs), True), (f" epoch{plural}", False)), 3),
            Part(((format_count(progress.batches), True), (" batches each", False)), 2),
        ]
    if state is RunState.FINISHED:
        parts = [Part((("Finished", True),), 5), _stepped(progress, 2)]
        if accuracy is not None:
            parts.append(Part((("validation ", False), (format_percent(accuracy), True)), 3))
        return parts
    word = "Paused" if state is RunState.PAUSED else "Stopped"
    return [Part(((word, True),), 5), epoch, batch, _stepped(progress, 2)]


class ProgressLine(QWidget):
    """The line of numbers. Where the room is short, the least important parts are left out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: list[Part] = []
        self.setFixedHeight(16)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The whole line as plain text."""
        return SEPARATOR.join(part.text for part in self._parts)

    def set_parts(self, parts: list[Part]) -> None:
        """Show another line."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(self.text)
            self.update()

    def visible_parts(self) -> list[Part]:
        """Return the parts that fit, in order."""
        parts = list(self._parts)
        while len(parts) > 1 and self._width_of(parts) > self.width():
            parts.remove(min(parts, key=lambda part: part.importance))
        return parts

    def _fonts(self):
        return {strong: self._theme.font(12, 600 if strong else 400) for strong in (False, True)}

    def _width_of(self, parts: list[Part]) -> float:
        metrics = {strong: QFontMetricsF(font) for strong, font in self._fonts().items()}
        width = sum(metrics[strong].horizontalAdvance(text) for part in parts for text, strong in part.runs)
        return width + metrics[False].horizontalAdvance(SEPARATOR) * (len(parts) - 1)

    def paintEvent(self, event: QEvent) -> None:
        """Draw the parts that fit: numbers strong, words secondary."""
        painter = QPainter(self)
        fonts = self._fonts()
        colors = {False: self._theme.color("text2"), True: self._theme.color("text")}
        runs: list[tuple[str, bool]] = []
        for place, part in enumerate(self.visible_parts()):
            runs += ([(SEPARATOR, False)] if place else []) + list(part.runs)
        x = 0.0
        for text, strong in runs:
            width = QFontMetricsF(fonts[strong]).horizontalAdvance(text)
            painter.setFont(fonts[strong])
            painter.setPen(colors[strong])
            row = QRectF(x, 0, width + 4, self.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += width


class ThinBar(QWidget):
    """A progress bar of a few pixels, rounded at both ends at any value.

    QProgressBar repaints at once with each value, and the whole window's waiting changes with it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setFixedHeight(BAR_HEIGHT)
        self.setAccessibleName("Progress of the run")
        theme.changed.connect(self.update)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        """Show that `share` is done."""
        if share != self._share:
            self._share = share
            self.setAccessibleDescription(format_percent(share, 0))
            self.update()

    def paintEvent(self, event: QEvent) -> None:
        """Draw trough and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        trough = QRectF(self.rect())
        painter.setBrush(self._theme.color("grid"))
        painter.drawRoundedRect(trough, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        if self._share > 0:
            width = max(BAR_HEIGHT, trough.width() * self._share)
            painter.setBrush(self._theme.color("accent"))
            painter.drawRoundedRect(QRectF(0, 0, width, BAR_HEIGHT), BAR_HEIGHT / 2, BAR_HEIGHT / 2)


class RunProgress(QWidget):
    """The run's progress as numbers and as a bar."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.setObjectName("run_progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(FULL_WIDTH)
        self.line = ProgressLine(theme)
        self.bar = ThinBar(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.line)
        column.addWidget(self.bar)
        told_by = ("progress_changed", "state_changed", "evaluation_changed", "pace_changed")
        for name in told_by:
            getattr(workbench, name).connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        """Return the width of the design."""
        return QSize(FULL_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width at which the most important parts still fit."""
        return QSize(SMALLEST_WIDTH, super().minimumSizeHint().height())

    def _show(self) -> None:
        progress = self._workbench.progress
        evaluation = self._workbench.evaluation
        accuracy = None if evaluation is None else evaluation.accuracy
        bench = self._workbench
        self.line.set_parts(progress_parts(bench.state, progress, accuracy, bench.goal, bench.pace))
        self.bar.set_share(progress.step / progress.steps if progress.steps else 0.0)

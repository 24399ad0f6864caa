"""The bar at the top: train, step, reset; the data; the progress; theme, files and help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QMenu, QWidget

from explorer.frame import file_actions
from explorer.frame.data_picker import DataPicker, counts_text
from explorer.frame.moment_notice import MomentNotice
from explorer.frame.rail import RAIL_WIDTH
from explorer.frame.run_control import RunControl
from explorer.frame.run_progress import SMALLEST_WIDTH, RunProgress
from explorer.theme import Theme
from explorer.widgets.controls import IconButton, repolish
from explorer.widgets.icons import icon_pixmap
from explorer.widgets.rules import upright_rule
from explorer.workbench import RunState, Workbench

BAR_HEIGHT = 48
BUTTON_HEIGHT = 28
TRAIN_WIDTH = 82
ICON_BUTTON_WIDTH = 34
LOGO_SIZE = 21
COMFORTABLE_PROGRESS = 320  # below this width of the progress line, other parts give way first
THEME_NAMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


class Logo(QWidget):
    """The program's mark above the rail."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(RAIL_WIDTH - 1)
        self.setAccessibleName("CNN Explorer")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QEvent) -> None:
        """Draw the mark in the middle."""
        pixmap = icon_pixmap("logo", self._theme.color("accent"), LOGO_SIZE, self.devicePixelRatioF())
        left, top = (self.width() - LOGO_SIZE + 1) // 2, (self.height() - LOGO_SIZE + 1) // 2
        QPainter(self).drawPixmap(left, top, pixmap)


class RunBar(QFrame):
    """Controls of the run, on every page.

    When the window is narrow, first the image counts go, then the words on the step buttons.
    """

    help_requested = Signal()

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._theme = theme
        self._needs: tuple[int, int] | None = None
        self._control: RunControl | None = None
        self.setObjectName("run_bar")
        self.setProperty("role", "bar")
        self.setAccessibleName("Run")
        self.setFixedHeight(BAR_HEIGHT)
        self._make_run_buttons()
        self.data_picker = DataPicker(workbench)
        self.counts = QLabel()
        self.counts.setProperty("role", "label")
        self.counts.setObjectName("data_counts")
        self.progress = RunProgress(workbench, theme)
        self.moment_notice = MomentNotice(workbench, theme)
        self._make_corner()
        self._lay_out()
        workbench.state_changed.connect(self._show_state)
        workbench.dataset_changed.connect(self._show_counts)
        workbench.moment_changed.connect(self._show_moment)
        self._show_state()
        self._show_moment()
        self._show_counts()

    def _button(self, icon: str, text: str, name: str, tooltip: str, role: str = "") -> IconButton:
        button = IconButton(icon, self._theme, text, role=role)
        button.setObjectName(name)
        button.setAccessibleName(text or tooltip)
        button.setToolTip(tooltip)
        button.setFixedHeight(BUTTON_HEIGHT)
        return button

    def _make_run_buttons(self) -> None:
        workbench = self._workbench
        self.train_button = self._button("play", "Train", "train", "", "primary")
        self.train_button.setFixedWidth(TRAIN_WIDTH)
        self.control_button = self._button(
            "chevron-down",
            "",
            "run_control_button",
            "Run until …, slow motion, keep the best epoch (U)",
            "primary",
        )
        self.control_button.clicked.connect(self.open_control)
        self.step_batch_button = self._button("step-batch", "Step batch", "step_batch", "Train one batch (N)")
        self.step_epoch_button = self._button(
            "step-epoch", "Step epoch", "step_epoch", "Train to the end of the epoch (Shift+N)"
        )
        self.reset_button = self._button("reset", "Reset", "reset", "Begin again with the same seed")
        self.train_button.clicked.connect(workbench.toggle)
        self.step_batch_button.clicked.connect(workbench.step_batch)
        self.step_epoch_button.clicked.connect(workbench.step_epoch)
        self.reset_button.clicked.connect(workbench.reset)
        self._words = {
            button: button.text()
            for button in (self.step_batch_button, self.step_epoch_button, self.reset_button)
        }

    def open_control(self) -> None:
        """Open the card with until when to run, how fast, and the best epoch."""
        if self._control is None:
            self._control = RunControl(self._workbench, self._theme, self.window())
        self._control.open_under(self.train_button)

    @property
    def control(self) -> RunControl | None:
        """The card, once it was opened."""
        return self._control

    def _make_corner(self) -> None:
        self.theme_button = self._button("moon", "", "theme", "Light or dark", "flat")
        self.theme_button.setMenu(self._theme_menu())
        self.help_button = self._button("help", "", "help", "Help and shortcuts (F1)", "flat")
        self.help_button.clicked.connect(self.help_requested)
        self.more_button = self._button("more", "", "more", "Checkpoints and metrics", "flat")
        self.more_button.setMenu(self._more_menu())

    def _theme_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("theme_menu")
        group = QActionGroup(menu)
        for mode, name in THEME_NAMES:
            action = menu.addAction(name)
            action.setObjectName(f"theme_{mode}")
            action.setCheckable(True)
            action.setData(mode)
            group.addAction(action)
        group.triggered.connect(lambda action: self._theme.set_mode(action.data()))
        menu.aboutToShow.connect(lambda: self._tick_theme(group))
        return menu

    def _tick_theme(self, group: QActionGroup) -> None:
        for action in group.actions():
            action.setChecked(action.data() == self._theme.mode)

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("more_menu")
        entries = (
            ("save_checkpoint", "Save checkpoint…", file_actions.ask_save_checkpoint),
            ("load_checkpoint", "Load checkpoint…", file_actions.ask_load_checkpoint),
            ("export_metrics", "Export metrics as CSV…", file_actions.ask_export_metrics),
        )
        for name, text, ask in entries:
            if name == "export_metrics":
                menu.addSeparator()
            action = QAction(text, menu)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False, ask=ask: ask(self.window(), self._workbench))
            menu.addAction(action)
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        # The layout's own least width is that of the words, which are let go when the window is narrow.
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(0, 0, 12, 1)
        row.setSpacing(0)
        row.addWidget(Logo(self._theme))
        row.addWidget(upright_rule(BAR_HEIGHT - 1))
        row.addSpacing(12)
        row.addWidget(self.train_button)
        row.addSpacing(1)
        run_buttons = (self.control_button, *self._words)
        for place, button in enumerate(run_buttons):
            row.addWidget(button)
            row.addSpacing(6 if place < len(run_buttons) - 1 else 12)
        row.addWidget(upright_rule(20), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(12)
        row.addWidget(self.data_picker)
        row.addSpacing(10)
        row.addWidget(self.counts)
        row.addStretch(1)
        row.addSpacing(10)
        row.addWidget(self.progress, 100, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.moment_notice, 100, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(14)
        row.addWidget(upright_rule(20), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        for button in (self.theme_button, self.help_button, self.more_button):
            row.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        """Return a size of no width: the window's own least width leaves room enough."""
        return QSize(0, BAR_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let go of what does not fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._needs is None:
            self._needs = (self._least_width(True, True), self._least_width(False, True))
        with_all, without_counts = self._needs
        self._show_parts(counts=self.width() >= with_all, words=self.width() >= without_counts)

    def _least_width(self, counts: bool, words: bool) -> int:
        """Return the bar's width with these parts and a comfortable progress line."""
        self._show_parts(counts, words)
        self.layout().invalidate()
        return self.layout().minimumSize().width() + COMFORTABLE_PROGRESS - SMALLEST_WIDTH

    def _show_parts(self, counts: bool, words: bool) -> None:
        self.counts.setVisible(counts)
        for button, word in self._words.items():
            if bool(button.text()) == words and button.minimumWidth():
                continue
            button.setText(word if words else "")
            button.setProperty("iconOnly", not words)
            repolish(button)
            button.setFixedWidth(button.sizeHint().width() if words else ICON_BUTTON_WIDTH)

    def _show_state(self) -> None:
        running = self._workbench.state is RunState.RUNNING
        self.train_button.set_icon("pause" if running else "play")
        self.train_button.setText("Pause" if running else "Train")
        self.train_button.setToolTip(
            "Pause after the present batch (Space, or Ctrl+Space on any page)"
            if running
            else "Train the network (Space, or Ctrl+Space on any page)"
        )
        self.step_batch_button.setEnabled(not running)
        self.step_epoch_button.setEnabled(not running)

    def _show_moment(self) -> None:
        """While a past moment is shown, that is more important than how far the run is."""
        past = self._workbench.shown_moment is not None
        self.progress.setVisible(not past)
        self.moment_notice.setVisible(past)

    def _show_counts(self) -> None:
        self.counts.setText(counts_text(self._workbench))
        self._needs = None
        self._fit()

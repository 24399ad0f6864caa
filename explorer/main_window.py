"""The window: run bar, rail, a page for each workspace, input panel, status bar, and shortcuts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.frame.help_dialog import HelpDialog
from explorer.frame.input_panel import InputPanel
from explorer.frame.messages import MessageBanner
from explorer.frame.rail import Rail
from explorer.frame.resume_card import ResumeCard
from explorer.frame.run_bar import RunBar
from explorer.frame.status_bar import StatusBar
from explorer.settings import Settings
from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workbench.own_networks import key_of
from explorer.workspaces.build import BuildWorkspace
from explorer.workspaces.descent import DescentWorkspace
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.network import NetworkWorkspace
from explorer.workspaces.runs import RunsWorkspace
from explorer.workspaces.scan import ScanWorkspace
from explorer.workspaces.train import TrainWorkspace
from explorer.workspaces.versus import VersusWorkspace

WORKSPACES = (
    TrainWorkspace,
    BuildWorkspace,
    RunsWorkspace,
    NetworkWorkspace,
    InspectWorkspace,
    ScanWorkspace,
    DescentWorkspace,
    VersusWorkspace,
)
"""The pages, in the order of the rail. A new workspace is added here and nowhere else."""

REFERENCE_SIZE = (1440, 900)
SMALLEST_SIZE = (1024, 700)


class MainWindow(QMainWindow):
    """The whole program on one workbench.

    Only the page in view is built at once. The others, and parts that take long to build, follow one by one
    after the first paint; `populate` builds whatever is missing.

    Parameters
    ----------
    workbench, theme
        Owned by the window from here on.
    settings : Settings, optional
        Where geometry, theme, page and hyperparameters are remembered; without it nothing is.
    """

    populated = Signal()

    def __init__(self, workbench: Workbench, theme: Theme, settings: Settings | None = None) -> None:
        super().__init__()
        self.workbench = workbench
        self.theme = theme
        self._settings = settings
        workbench.setParent(self)
        theme.setParent(self)
        self._pages: dict[str, QWidget] = {}
        self._unpopulated: list[QWidget] = []
        self._complete = False
        self._help: HelpDialog | None = None
        self.setObjectName("main_window")
        self.setWindowTitle("CNN Explorer")
        self.setMinimumSize(*SMALLEST_SIZE)
        self.resize(*REFERENCE_SIZE)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._add_shortcuts()
        self._restore()
        self.centralWidget().installEventFilter(self)

    def _make_parts(self) -> None:
        workbench, theme = self.workbench, self.theme
        self.run_bar = RunBar(workbench, theme)
        self.rail = Rail(WORKSPACES, theme)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.input_panel = InputPanel(workbench, theme)
        self.status_bar = StatusBar(workbench, theme)

    def _lay_out(self) -> None:
        central = QWidget()
        # A click beside the controls ends the typing in a field, and Space belongs to the page again.
        central.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(central)
        row = QHBoxLayout()
        for layout in (column, row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        row.addWidget(self.input_panel)
        column.addWidget(self.run_bar)
        column.addLayout(row, 1)
        column.addWidget(self.status_bar)
        self.setCentralWidget(central)
        self.messages = MessageBanner(self.workbench, self.theme, self.stack)
        self.resume_card = ResumeCard(self.workbench, self.theme, self.stack)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_workspace)
        self.run_bar.help_requested.connect(self.show_help)

    def _add_shortcuts(self) -> None:
        self._space_shortcut = self._shortcut("Space", self._space)
        self._shortcut("Ctrl+Space", self.workbench.toggle)
        self._shortcut("N", self.workbench.step_batch, repeats=True)
        self._shortcut("Shift+N", self.workbench.step_epoch)
        self._shortcut("U", self.run_bar.open_control)
        self._shortcut("F1", self.show_help)
        self._shortcut("Ctrl+Q", self.close)
        for number, workspace in enumerate(WORKSPACES, start=1):
            self._shortcut(f"Ctrl+{number}", lambda key=workspace.key: self.show_workspace(key))

    def _shortcut(self, keys: str, action: Callable[[], object], repeats: bool = False) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setAutoRepeat(repeats)
        shortcut.activated.connect(action)
        return shortcut

    # Pages

    @property
    def workspaces(self) -> dict[str, QWidget]:
        """The pages by key, in the order of the rail; those that are missing are built."""
        return {workspace.key: self._page(workspace.key) for workspace in WORKSPACES}

    def _page(self, key: str) -> QWidget:
        """Return a page, built when it is first asked for. Raises KeyError."""
        if key not in self._pages:
            page = {workspace.key: workspace for workspace in WORKSPACES}[key](self.workbench, self.theme)
            self._pages[key] = page
            self.stack.addWidget(page)
            if hasattr(page, "page_requested"):
                page.page_requested.connect(self.show_workspace)
            if hasattr(page, "film_requested"):
                page.film_requested.connect(lambda speed: self._page("network").save_film(speed))
            if hasattr(page, "populate"):
                self._unpopulated.append(page)
        return self._pages[key]

    @property
    def current_workspace(self) -> str:
        """The key of the page in view."""
        return self.stack.currentWidget().key

    def show_workspace(self, key: str) -> None:
        """Bring a page into view and give it the keyboard. Raises KeyError."""
        page = self._page(key)
        self.workbench.set_hover(None)
        self.stack.setCurrentWidget(page)
        for card in (self.messages, self.resume_card):
            card.raise_()  # the stack puts the page on top
        page.setFocus()
        self.rail.set_current(key)
        self.status_bar.set_hints(page.hints)
        self.workbench.set_hint(page.hint)

    def populate(self) -> None:
        """Build all that is missing. A second call does nothing."""
        while not self._complete:
            self._build_one()

    def _build_one(self) -> None:
        """Build the next missing part, the page in view first; `populated` tells when there is none left."""
        missing = [workspace.key for workspace in WORKSPACES if workspace.key not in self._pages]
        if self._unpopulated:
            self._unpopulated.pop(0).populate()
        elif missing:
            self._page(missing[0])
        elif not self._complete:
            self._complete = True
            self.populated.emit()

    def _build_on(self) -> None:
        """Build one part after the other and answer the person in between."""
        if not self._complete:
            self._build_one()
            QTimer.singleShot(0, self, self._build_on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on building once the window has been painted."""
        if event.type() == QEvent.Type.Paint:
            self.centralWidget().removeEventFilter(self)
            QTimer.singleShot(0, self, self._build_on)
        return super().eventFilter(watched, event)

    # Keys

    def _space(self) -> None:
        """Play or pause the page, unless the keyboard is on a control for which Space means something."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton | QComboBox | QAbstractItemView):
            self._space_shortcut.setEnabled(False)  # or the shortcut would take this key press as well
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
                QApplication.sendEvent(focus, key)
            self._space_shortcut.setEnabled(True)
        else:
            self.stack.currentWidget().toggle_play()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, when the page has no use for it, takes the message away."""
        if event.key() == Qt.Key.Key_Escape and self.messages.isVisible():
            self.messages.dismiss()
        else:
            super().keyPressEvent(event)

    def show_help(self) -> None:
        """Open the help beside the window, or bring it to the front."""
        if self._help is None:
            self._help = HelpDialog([workspace.title for workspace in WORKSPACES], self)
        self._help.show()
        self._help.raise_()
        self._help.activateWindow()

    # From one start to the next

    def _restore(self) -> None:
        first, settings = WORKSPACES[0].key, self._settings
        if settings is None:
            self.show_workspace(first)
            return
        self.show_workspace(settings.workspace([workspace.key for workspace in WORKSPACES]) or first)
        if not self.restoreGeometry(self._settings.geometry):
            self.resize(self.size().boundedTo(self.screen().availableGeometry().size()))

    def _remember(self) -> None:
        if self._settings is None:
            return
        self._settings.geometry = self.saveGeometry()
        self._settings.theme_mode = self.theme.mode
        self._settings.set_workspace(self.current_workspace)
        self._settings.hyperparameters = self.workbench.hyperparameters
        self._settings.own_models = self.workbench.own_models
        self._settings.set_model(key_of(self.workbench.spec))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the choices and end the threads."""
        self._remember()
        if self._help is not None:
            self._help.close()
        self.workbench.close()
        super().closeEvent(event)

"""Why the settings cannot be, and the nearest that can, as buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.icons import icon_pixmap

from .fields import chip
from .holder import LabHolder

_BUTTONS = 4


class ProblemBar(QFrame):
    """Lies over the dimmed picture while there is a problem."""

    def __init__(self, holder: LabHolder, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._holder, self._theme = holder, theme
        self.setObjectName("scanProblem")
        self.setProperty("role", "panel")
        self.icon = QLabel()
        self.reason = QLabel()
        self.reason.setProperty("role", "strong")
        self.reason.setWordWrap(True)
        self.reason.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.icon)
        head.addWidget(self.reason, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._row)
        holder.changed.connect(self._show)
        theme.changed.connect(self._draw_icon)
        self._draw_icon()
        self._show()

    def _draw_icon(self) -> None:
        self.icon.setPixmap(icon_pixmap("warning", self._theme.color("warn"), 18, self.devicePixelRatioF()))

    def _show(self) -> None:
        problem = self._holder.problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        self.reason.setText(problem.reason)
        self.setAccessibleName(f"Impossible settings: {problem.reason}")
        while self._row.count():
            item = self._row.takeAt(0)
            if item.widget() is not None:
                item.widget().deleteLater()
        self.buttons = []
        self._row.addWidget(QLabel("Try"))
        for place, suggestion in enumerate(problem.suggestions[:_BUTTONS]):
            name = f"Use {suggestion.text}"
            button = chip(suggestion.text, f"suggestion {place}", name, checkable=False)
            button.setAccessibleName(name)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, setup=suggestion.setup: self._use(setup))
            self.buttons.append(button)
            self._row.addWidget(button)
        self._row.addStretch(1)
        self.place()

    def _use(self, setup: object) -> None:
        changes = {name: getattr(setup, name) for name in setup.__dataclass_fields__}
        self._holder.set_state(self._holder.state.with_setup(**changes))

    def place(self) -> None:
        """Stand in the middle of the parent's upper part."""
        if self.isHidden():
            return
        parent = self.parentWidget()
        buttons = sum(button.sizeHint().width() + self._row.spacing() for button in self.buttons)
        width = min(parent.width() - 24, max(buttons + 70, self.reason.sizeHint().width() + 60, 380))
        # The layout takes a wrapped text to be as low as at its own favourite width.
        margins = self.layout().contentsMargins()
        text_width = width - margins.left() - margins.right() - self.icon.sizeHint().width() - 10
        self.reason.setMinimumHeight(self.reason.heightForWidth(text_width))
        self.layout().invalidate()
        self.layout().activate()
        height = max(self.layout().totalHeightForWidth(width), self.layout().totalMinimumSize().height(), 76)
        self.setGeometry((parent.width() - width) // 2, 64, width, height)
        self.raise_()

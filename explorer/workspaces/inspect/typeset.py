"""Formulas set in type: LaTeX to SVG, off the screen's thread, each once for each theme."""

from __future__ import annotations

from functools import lru_cache, partial

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from explorer.theme import Theme
from explorer.workbench import Workbench

from .formulas import Formula, in_colours

SIZE = 18
HEIGHT, LOW_HEIGHT = 46, 32
"""Room for fractions and sums with what stands below and above them: at full size, and in a small window."""
PAUSE_MS = 60


@lru_cache(maxsize=128)
def render(latex: str, color: str) -> bytes:
    """Return a formula as SVG. The first call loads the typesetter, which takes about half a second."""
    import ziamath

    ziamath.config.svg2 = False  # symbols are drawn as paths; Qt does not read SVG 2's references
    svg: str = ziamath.Latex(latex, size=SIZE, color=color).svg()
    return svg.encode()


class Typesetter(QObject):
    """Renders formulas in the background and keeps them; `ready` tells when one has come."""

    ready = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._kept: dict[tuple[str, str], bytes] = {}
        self._asked: set[tuple[str, str]] = set()
        self._waiting: list[tuple[str, str]] = []
        # The page is drawn first: the typesetter would compete with it for Python.
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)

    def svg(self, latex: str, color: str) -> bytes | None:
        """Return the SVG if it is there; else it is made, and `ready` follows."""
        key = (latex, color)
        if key not in self._kept and key not in self._asked:
            self._asked.add(key)
            self._waiting.append(key)
            self._pause.start()
        return self._kept.get(key)

    def _begin(self) -> None:
        for key in self._waiting:
            self._workbench.in_background(partial(render, *key), partial(self._keep, key), self._give_up)
        self._waiting.clear()

    def _keep(self, key: tuple[str, str], svg: bytes) -> None:
        self._kept[key] = svg
        if isValid(self):  # the page may be closed before the workbench is done
            self.ready.emit()

    def _give_up(self, error: Exception) -> None:
        """The formula stays in words; nothing else depends on it."""


class FormulaView(QWidget):
    """One formula; in words until it is set."""

    def __init__(self, typesetter: Typesetter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter, self._theme = typesetter, theme
        self._formula: Formula | None = None
        self._renderer: QSvgRenderer | None = None
        self.setObjectName("inspectFormula")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        typesetter.ready.connect(self._render)
        theme.changed.connect(self._render)

    @property
    def typeset(self) -> bool:
        """Whether the formula is set in type by now."""
        return self._renderer is not None

    def set_formula(self, formula: Formula) -> None:
        """Show a formula."""
        if formula != self._formula:
            self._formula = formula
            self.setAccessibleName(formula.spoken)
            self._render()

    def _render(self) -> None:
        if self._formula is None:
            return
        tokens = self._theme.tokens
        colours = {role: getattr(tokens, f"{role}_text") for role in ("window", "kernel", "output")}
        svg = self._typesetter.svg(in_colours(self._formula.latex, colours), tokens.text)
        self._renderer = None if svg is None else QSvgRenderer(QByteArray(svg))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._renderer is None:
            if self._formula is not None:
                painter.setPen(self._theme.color("text2"))
                painter.setFont(self._theme.font(12, italic=True))
                painter.drawText(self.rect(), 0x1000 | 0x0080, self._formula.spoken)
            return
        size = self._renderer.viewBoxF().size()
        # In a low line formulas are about equally large, however high they are.
        most = min(1.0, self.height() / HEIGHT * 1.1)
        factor = min(most, self.width() / size.width(), self.height() / size.height())
        area = QRectF(0, 0, size.width() * factor, size.height() * factor)
        area.moveTop((self.height() - area.height()) / 2)
        self._renderer.render(painter, area)

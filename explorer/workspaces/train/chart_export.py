"""The button that copies or saves a chart."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer.widgets.controls import IconButton
from explorer.workbench import Workbench
from explorer.workspaces.train.chart_picture import render, to_png, to_svg

if TYPE_CHECKING:
    from explorer.workspaces.train.history_panel import HistoryPanel

_KINDS = "PNG picture (*.png);;SVG drawing (*.svg)"


class ExportButton(IconButton):
    """Opens a menu with what can be done with the chart of a panel."""

    def __init__(self, panel: HistoryPanel, workbench: Workbench) -> None:
        super().__init__("download", panel.theme, parent=panel)
        self._panel, self._workbench = panel, workbench
        self.setObjectName(f"{panel.view.key}Export")
        self.setAccessibleName("Copy or save the chart")
        self.setToolTip("Copy or save the chart as a picture")
        menu = QMenu(self)
        menu.setObjectName(f"{panel.view.key}ExportMenu")
        for name, text, action in (
            ("Copy", "Copy the picture", self.copy),
            ("Save", "Save the picture…", self.ask),
        ):
            menu.addAction(text, action).setObjectName(f"{panel.view.key}{name}")
        self.menu = menu
        self.clicked.connect(self._open)

    def _open(self) -> None:
        for action in self.menu.actions():
            action.setEnabled(self._panel.chart is not None)
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    @property
    def _parts(self) -> tuple:
        return self._panel.chart, self._panel.view, self._panel.theme

    def copy(self) -> None:
        """Put the chart on the clipboard."""
        QGuiApplication.clipboard().setImage(render(*self._parts))
        self._workbench.succeeded.emit(f"The picture of the {self._panel.view.name} was copied.")

    def ask(self) -> None:
        """Ask for a file and write the chart."""
        suggestion = f"{self._panel.view.title.lower().replace(' ', '-')}.png"
        path, _ = QFileDialog.getSaveFileName(self.window(), "Save the picture", suggestion, _KINDS)
        if path:
            self.write(Path(path))

    def write(self, path: Path) -> None:
        """Write the chart: SVG by that ending, else PNG, whose ending is put behind any other."""
        if path.suffix.lower() == ".svg":
            drawing = to_svg(*self._parts)
            self._workbench.save_file(path, lambda: drawing, "picture")
            return
        if path.suffix.lower() != ".png":
            path = path.with_name(f"{path.name}.png")
        self._workbench.save_file(path, partial(to_png, render(*self._parts)), "picture")

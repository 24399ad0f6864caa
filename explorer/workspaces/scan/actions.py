"""What is done with a set-up: copying, pasting, pictures, handing it to the network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.theme import Theme
from explorer.widgets.transport import Transport
from explorer.workbench import Workbench

from .export_dialog import ExportDialog
from .hand_over import HandOverError, hand_over
from .holder import LabHolder
from .lab_json import SetupError, from_json, to_json
from .picture import write_png, write_svg


class LabActions(QObject):
    """Each action tells by the workbench's messages how it went."""

    def __init__(
        self, holder: LabHolder, transport: Transport, workbench: Workbench, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._holder, self._transport, self._workbench, self._theme = holder, transport, workbench, theme
        self._page = parent
        self.dialog: ExportDialog | None = None

    def copy(self) -> None:
        """Put the set-up on the clipboard as one line of JSON."""
        QGuiApplication.clipboard().setText(to_json(self._holder.state))
        self._workbench.succeeded.emit("The set-up was copied as text.")

    def paste(self) -> None:
        """Use the set-up on the clipboard."""
        try:
            state = from_json(QGuiApplication.clipboard().text())
        except SetupError as error:
            self._workbench.failed.emit("There is no set-up to paste.", str(error))
            return
        self._holder.set_state(state)

    def hand_over(self) -> None:
        """Give kernel size, stride and padding to the network."""
        if self._holder.problem is not None:
            self._workbench.failed.emit("The settings cannot be used.", self._holder.problem.reason)
            return
        try:
            done = hand_over(self._workbench, self._holder.state.setup)
        except HandOverError as error:
            self._workbench.failed.emit("The network stays as it is.", str(error))
            return
        self._workbench.succeeded.emit(done)

    def ask_picture(self) -> None:
        """Ask for a file and write the present picture."""
        self._transport.pause()
        name, _ = QFileDialog.getSaveFileName(
            self._page, "Save the picture", "scan.png", "PNG picture (*.png);;SVG drawing (*.svg)"
        )
        if name:
            self.write_picture(Path(name))

    def write_picture(self, path: Path) -> None:
        """Write the present picture: SVG by that ending, else PNG."""
        numbers = self._holder.numbers
        index = min(self._transport.index, numbers.count - 1)
        write = write_svg if path.suffix.lower() == ".svg" else write_png
        try:
            write(path, numbers, index, self._holder.channel, self._theme)
        except OSError as error:
            self._workbench.failed.emit("The picture could not be saved.", str(error))
        else:
            self._workbench.succeeded.emit(f"The picture was saved as {path.name}.")

    def open_export(self) -> ExportDialog:
        """Open the dialog that saves the animation."""
        self._transport.pause()
        holder = self._holder
        dialog = ExportDialog(holder.numbers, holder.channel, self._transport.speed, self._theme, self._page)
        dialog.saved.connect(
            lambda name: self._workbench.succeeded.emit(f"The animation was saved as {name}.")
        )
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()
        return dialog

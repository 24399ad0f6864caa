"""What is done with a set-up: copying, pasting, pictures, handing it to the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.animation.dialog import ExportDialog
from explorer.widgets.transport import Transport
from explorer.workbench import Workbench

from .compare import Comparison
from .hand_over import HandOverError, hand_over, restarts
from .holder import LabHolder
from .lab_json import SetupError, from_json, to_json
from .lab_numbers import LabNumbers
from .picture import film_of, write_png, write_svg


class LabActions(QObject):
    """Each action tells by the workbench's messages how it went."""

    def __init__(
        self,
        holder: LabHolder,
        transport: Transport,
        workbench: Workbench,
        theme: Theme,
        parent: QWidget,
        compared: Callable[[], Comparison | None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._holder, self._transport, self._workbench, self._theme = holder, transport, workbench, theme
        self._page, self._compared = parent, compared
        self.dialog: ExportDialog | None = None
        self.question: QMessageBox | None = None

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
            if restarts(self._workbench, self._holder.state.setup):
                self._ask_restart()
                return
        except HandOverError as error:
            self._workbench.failed.emit("The network stays as it is.", str(error))
            return
        self._hand_over()

    def _ask_restart(self) -> None:
        """Ask before steps of training are lost."""
        step = format_count(self._workbench.progress.step)
        box = QMessageBox(self._page)
        box.setObjectName("scanRestart")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("Use these settings and begin the training again?")
        box.setInformativeText(f"Steps of training that will be lost: {step}.")
        use = box.addButton("Use and begin again", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        use.clicked.connect(self._hand_over)
        box.finished.connect(box.deleteLater)
        self.question = box
        box.open()

    def _hand_over(self) -> None:
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
        """Write the present picture: SVG by that ending, else PNG, whose ending is put behind any other."""
        if path.suffix.lower() not in (".png", ".svg"):
            path = path.with_name(f"{path.name}.png")
        numbers, index, title = self._shown()
        write = write_svg if path.suffix.lower() == ".svg" else write_png
        try:
            write(path, numbers, index, self._holder.channel, self._theme)
        except OSError as error:
            self._workbench.failed.emit("The picture could not be saved.", str(error))
        else:
            self._workbench.succeeded.emit(f"The picture{title} was saved as {path.name}.")

    def _shown(self) -> tuple[LabNumbers, int, str]:
        """Return the scan for a file and its position; of two compared ones the first, with its title."""
        comparison = self._compared()
        if comparison is None:
            numbers = self._holder.numbers
            return numbers, min(self._transport.index, numbers.count - 1), ""
        place = comparison.positions(self._transport.index)[0]
        return comparison.numbers[0], place, f" of “{comparison.titles[0]}”"

    def open_export(self) -> ExportDialog:
        """Open the dialog that saves the animation."""
        self._transport.pause()
        numbers, _, title = self._shown()
        film = film_of(numbers, self._holder.channel, self._theme, title)
        dialog = ExportDialog(film, self._transport.speed, self._theme, self._page)
        dialog.saved.connect(
            lambda name: self._workbench.succeeded.emit(f"The animation was saved as {name}.")
        )
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()
        return dialog

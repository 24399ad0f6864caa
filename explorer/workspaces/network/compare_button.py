"""The button that chooses the run to compare with."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton

from .rival import Rival

_NONE = "No other run of this network is kept"


class CompareButton(IconButton):
    """Opens a menu of the runs that fit; is pressed as long as one is compared."""

    def __init__(self, rival: Rival, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("compare", theme, "Compare", parent)
        self._rival = rival
        self.setObjectName("networkCompare")
        self.setToolTip("Put the maps of another run beside these, for the same image")
        self.setCheckable(True)
        self.clicked.connect(self._open)
        rival.changed.connect(self._follow)
        self._follow()

    def set_brief(self, brief: bool) -> None:
        """Show the icon alone where there is little room."""
        self.setText("" if brief else "Compare")

    def _follow(self) -> None:
        row = self._rival.row
        self.setChecked(row is not None)
        self.setAccessibleName(
            "Compare with another run" if row is None else f"Compared with {row.record.name}"
        )

    def menu_of_runs(self) -> QMenu:
        """Return the menu; whoever shows it sees to its end."""
        menu = QMenu(self)
        menu.setObjectName("networkCompareMenu")
        chosen = self._rival.row
        stop = menu.addAction("This run alone")
        stop.setCheckable(True)
        stop.setChecked(chosen is None)
        stop.triggered.connect(lambda: self._rival.choose(None))
        menu.addSeparator()
        candidates = self._rival.candidates
        for row in candidates:
            key = row.record.key
            seed = row.record.hyperparameters.seed
            action = menu.addAction(f"{row.record.name} · seed {seed}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(chosen is not None and chosen.record.key == key)
            action.triggered.connect(partial(self._choose, key))
        if not candidates:
            menu.addAction(_NONE).setEnabled(False)
        return menu

    def _choose(self, key: str, checked: bool = True) -> None:
        self._rival.choose(key)

    def _open(self) -> None:
        self._follow()  # the click has pressed it; the choice will
        menu = self.menu_of_runs()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

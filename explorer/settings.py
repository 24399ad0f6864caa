"""What the program remembers from one start to the next.

Whatever is read is checked, because a settings file can be cut short, edited by hand or written by another
version: a value that makes no sense counts as never written.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from cnncore import CnnError, ModelSpec
from explorer.workbench import Augmentation, Hyperparameters
from explorer.workbench.own_networks import MOST

THEME_MODES = ("system", "light", "dark")
LONGEST_GEOMETRY = 1000  # characters; Qt writes fewer than 100
LONGEST_AUGMENTATION = 1000
LONGEST_OWN_MODELS = 400_000


def _augmentation(text: str) -> Augmentation:
    if len(text) > LONGEST_AUGMENTATION:
        raise ValueError("This is more than six strengths.")
    return Augmentation.from_json(json.loads(text))


_READERS: Mapping[type, Callable[[str], Any]] = {
    str: str,
    float: float,
    int: int,
    bool: {"True": True, "False": False}.get,
    Augmentation: _augmentation,
}


class Settings:
    """Typed, checked access to a settings store.

    Parameters
    ----------
    store : QSettings
        Where the values are kept, all of them as plain text.
    """

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @classmethod
    def of_user(cls) -> Settings:
        """Open the settings of the person who runs the program."""
        return cls(
            QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnn-explorer", "cnn-explorer")
        )

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    @property
    def theme_mode(self) -> str:
        """The theme that was chosen: system, light or dark."""
        mode = self._text("window/theme")
        return mode if mode in THEME_MODES else "system"

    @theme_mode.setter
    def theme_mode(self, mode: str) -> None:
        self._store.setValue("window/theme", mode)

    @property
    def geometry(self) -> QByteArray:
        """What `QWidget.restoreGeometry` takes; empty when nothing usable is remembered."""
        text = self._text("window/geometry")
        if len(text) > LONGEST_GEOMETRY:
            return QByteArray()
        try:
            return QByteArray(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            return QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", base64.b64encode(geometry.data()).decode("ascii"))

    def workspace(self, keys: Collection[str]) -> str | None:
        """Return the workspace that was open, if it is one of `keys`."""
        key = self._text("window/workspace")
        return key if key in keys else None

    def set_workspace(self, key: str) -> None:
        """Remember which workspace is open."""
        self._store.setValue("window/workspace", key)

    def model(self, names: Collection[str]) -> str | None:
        """Return the name of the last model, if it is one of `names`."""
        name = self._text("training/model")
        return name if name in names else None

    def set_model(self, name: str) -> None:
        """Remember which model is in use, by its key."""
        self._store.setValue("training/model", name)

    @property
    def own_models(self) -> tuple[ModelSpec, ...]:
        """The networks that a person built; a damaged one is left out."""
        text = self._text("training/own_models")
        if len(text) > LONGEST_OWN_MODELS:
            return ()
        try:
            entries = json.loads(text) if text else []
        except (ValueError, RecursionError):
            return ()
        found = []
        for entry in entries[:MOST] if isinstance(entries, list) else ():
            try:
                found.append(ModelSpec.from_json(entry))
            except CnnError:
                continue
        return tuple(found)

    @own_models.setter
    def own_models(self, models: Iterable[ModelSpec]) -> None:
        entries = [model.to_json() for model in models]
        while len(text := json.dumps(entries)) > LONGEST_OWN_MODELS:
            entries.pop(0)
        self._store.setValue("training/own_models", text)

    @property
    def hyperparameters(self) -> Hyperparameters:
        """The last hyperparameters; a single damaged one falls back to its default."""
        result = Hyperparameters()
        for field in fields(Hyperparameters):
            text = self._text(f"training/{field.name}")
            if not text:
                continue
            try:
                value = _READERS[type(getattr(result, field.name))](text)
                result = replace(result, **{field.name: value})
            except (ValueError, OverflowError, RecursionError):
                continue
        return result

    @hyperparameters.setter
    def hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        for field in fields(Hyperparameters):
            value = getattr(hyperparameters, field.name)
            text = json.dumps(value.to_json()) if isinstance(value, Augmentation) else str(value)
            self._store.setValue(f"training/{field.name}", text)

"""The draft that is being built, the layer that is looked at, and whether it is the network in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Focus, Workbench
from explorer.workbench.building import Draft, Editor, Report, Suggestion, check, suggestions

INPUT = -1
"""Stands for the image that goes in, where a layer's place is asked for."""


class BuildModel(QObject):
    """A draft with the way back and forth through its edits.

    When the network in use becomes another one, the draft follows if it was that network; work that is not in
    use yet stays. Either way nothing is lost: following can be undone, too.

    Attributes
    ----------
    draft : Draft
        The present draft.
    report : Report
        How it stands.
    place : int
        The layer that is looked at, `INPUT` for none of them.
    """

    changed = Signal()
    """The draft is another one, or the network in use is."""
    selected = Signal()
    """Another layer is looked at."""
    refused = Signal(str)
    """Why there is no such draft, for an edit that belongs to no field."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self._editor = Editor(Draft.of(workbench.spec))
        self._in_use = workbench.spec
        self.place = 0
        self._read()
        workbench.spec_changed.connect(self._follow)
        workbench.focus_changed.connect(self._follow_focus)

    @property
    def draft(self) -> Draft:
        return self._editor.draft

    def _read(self) -> None:
        self.report: Report = check(self.draft)
        self.spec: ModelSpec | None = self.draft.spec() if self.report.valid else None
        self._suggestions: tuple[Suggestion, ...] | None = None
        self.place = min(max(self.place, INPUT), len(self.draft.layers) - 1)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """What would help a draft that is no network."""
        if self._suggestions is None:
            self._suggestions = suggestions(self.draft, self.report)
        return self._suggestions

    @property
    def is_in_use(self) -> bool:
        """Whether the draft is the network that is trained."""
        return self.spec == self.workbench.spec

    @property
    def layer(self) -> LayerSpec | None:
        """The layer that is looked at."""
        return None if self.place == INPUT else self.draft.layers[self.place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._editor.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit that was taken back."""
        return self._editor.can_redo

    # Edits

    def edit(self, make: Callable[[], Draft], place: int | None = None) -> str:
        """Make an edit and look at the layer at `place`; return why it cannot be, else an empty text."""
        before = self.draft
        refusal = self._editor.attempt(make)
        if self.draft is not before:
            self.place = self.place if place is None else place
            self._tell()
        return refusal

    def replace(self, draft: Draft) -> None:
        """Go on with another draft; it can be undone."""
        self.edit(lambda: draft)

    def insert(self, kind: str, **options: Any) -> None:
        """Put a new layer behind the one that is looked at."""
        place = self.place + 1
        self._told(self.edit(partial(self.draft.inserted, place, kind, **options), place))

    def remove(self) -> None:
        """Take out the layer that is looked at."""
        if self.place != INPUT:
            self.edit(partial(self.draft.removed, self.place))

    def duplicate(self) -> None:
        """Put a copy behind the layer that is looked at."""
        if self.place != INPUT:
            self._told(self.edit(partial(self.draft.duplicated, self.place), self.place + 1))

    def move(self, place: int, to: int) -> None:
        """Put a layer elsewhere, so that it is the layer at `to`, and look at it."""
        last = len(self.draft.layers) - 1
        if 0 <= place <= last and 0 <= to <= last and place != to:
            self.edit(partial(self.draft.moved, place, to), to)

    def undo(self) -> None:
        """Take the last edit back."""
        if self._editor.undo():
            self._tell()

    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        if self._editor.redo():
            self._tell()

    def select(self, place: int) -> None:
        """Look at a layer, or with `INPUT` at none."""
        place = min(max(place, INPUT), len(self.draft.layers) - 1)
        if place != self.place:
            self.place = place
            self.selected.emit()
            if self.is_in_use and place != self.workbench.focus.layer:
                self.workbench.set_focus(Focus(place))

    def _told(self, refusal: str) -> None:
        if refusal:
            self.refused.emit(refusal)

    def _tell(self) -> None:
        self._read()
        self.changed.emit()

    # The network in use

    def _follow_focus(self) -> None:
        """Look at the layer that the other pages look at, as long as it is the same network."""
        layer = self.workbench.focus.layer
        if self.is_in_use and layer is not None:
            self.select(layer)

    def _follow(self) -> None:
        before, self._in_use = self._in_use, self.workbench.spec
        draft = self.draft
        if self.spec == before:
            self._editor.change(Draft.of(self._in_use))
        elif (draft.input_shape, draft.class_names) != (self._in_use.input_shape, self._in_use.class_names):
            self._editor.change(draft.for_images(self._in_use.input_shape, self._in_use.class_names))
        self._tell()

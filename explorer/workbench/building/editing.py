"""A draft with the way back and forth through its edits."""

from __future__ import annotations

from collections.abc import Callable

from cnncore import SpecError

from .draft import Draft

MOST_STEPS = 1000


class Editor:
    """The present draft, those before it and those that were taken back."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._before: list[Draft] = []
        self._after: list[Draft] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit that was taken back."""
        return bool(self._after)

    def change(self, draft: Draft) -> bool:
        """Make another draft the present one; return whether it is another one."""
        if draft == self.draft:
            return False
        self._before = [*self._before[1 - MOST_STEPS :], self.draft]
        self._after.clear()
        self.draft = draft
        return True

    def attempt(self, edit: Callable[[], Draft]) -> str:
        """Make an edit; return why there is no such draft, or an empty text when all is well."""
        try:
            self.change(edit())
        except SpecError as error:
            return str(error)
        return ""

    def undo(self) -> bool:
        """Take the last edit back; return whether there was one."""
        if self._before:
            self._after.append(self.draft)
            self.draft = self._before.pop()
            return True
        return False

    def redo(self) -> bool:
        """Make the edit again that was taken back last; return whether there was one."""
        if self._after:
            self._before.append(self.draft)
            self.draft = self._after.pop()
            return True
        return False

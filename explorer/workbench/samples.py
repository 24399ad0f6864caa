"""Which validation images the panel on the right walks through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncore import Dataset, Evaluation


@dataclass(frozen=True)
class SampleFilter:
    """Only images of `class_` (None: of any), and only those the network gets wrong if so wished."""

    class_: int | None = None
    only_misclassified: bool = False

    def matching(self, dataset: Dataset, evaluation: Evaluation | None) -> np.ndarray:
        """Return the indices that pass, ascending. Nothing is known to be wrong before an evaluation."""
        passes = np.ones(len(dataset), dtype=bool)
        if self.class_ is not None:
            passes &= dataset.labels == self.class_
        if self.only_misclassified:
            wrong = (
                np.zeros(len(dataset), bool)
                if evaluation is None
                else evaluation.predictions != dataset.labels
            )
            passes &= wrong
        return np.flatnonzero(passes)


def neighbour(matching: np.ndarray, index: int | None, direction: int) -> int | None:
    """Return the index in `matching` next to `index` (direction +1 or -1), round the end; None when empty."""
    if len(matching) == 0:
        return None
    if index is None:
        return int(matching[0 if direction > 0 else -1])
    if direction > 0:
        place = int(np.searchsorted(matching, index, side="right"))
    else:
        place = int(np.searchsorted(matching, index, side="left")) - 1
    return int(matching[place % len(matching)])

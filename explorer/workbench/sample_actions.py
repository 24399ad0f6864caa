"""The part of the workbench that chooses the image on the right."""

from __future__ import annotations

import numpy as np

from cnncore import DataError, ShapeError

from .samples import SampleFilter, neighbour
from .state import Sample


class SampleActions:
    """Methods of `Workbench`. Signals tell of another image and of another filter."""

    @property
    def class_filter(self) -> int | None:
        """The class whose images are walked through, None for all."""
        return self._filter.class_

    @property
    def only_misclassified(self) -> bool:
        """Whether only images that the network gets wrong are walked through."""
        return self._filter.only_misclassified

    @property
    def matching(self) -> np.ndarray:
        """Indices of the validation images that pass the filter."""
        return self._filter.matching(self.validation_set, self.evaluation)

    def select_sample(self, index: int) -> None:
        """Show validation image `index`. Raises IndexError."""
        if not 0 <= index < len(self.validation_set):
            raise IndexError(f"There is no validation image {index}.")
        if index != self.sample.index:
            self._set_sample(Sample.from_validation_set(self.validation_set, index))

    def _select(self, index: int | None) -> None:
        if index is not None:
            self.select_sample(index)

    def next_sample(self) -> None:
        """Show the next image that passes the filter; nothing happens when none does."""
        self._select(neighbour(self.matching, self.sample.index, +1))

    def previous_sample(self) -> None:
        """Show the image before that passes the filter; nothing happens when none does."""
        self._select(neighbour(self.matching, self.sample.index, -1))

    def random_sample(self) -> None:
        """Show any other image that passes the filter; nothing happens when none does."""
        others = self.matching[self.matching != self.sample.index]
        if len(others):
            self.select_sample(int(self._sample_rng.choice(others)))

    def set_filter(self, class_: int | None, only_misclassified: bool) -> None:
        """Walk through these images only; when the present one is not among them, the next one is shown."""
        chosen = SampleFilter(class_, only_misclassified)
        if chosen == self._filter:
            return
        self._filter = chosen
        self.filter_changed.emit()
        self._keep_to_filter()

    def _keep_to_filter(self) -> None:
        matching = self.matching
        self._filter_matches = len(matching) > 0
        if self.sample.index not in matching:
            self.next_sample()

    def set_custom_image(self, pixels: np.ndarray, name: str, label: int | None = None) -> None:
        """Show an own image: (H, W) or (C, H, W), values in [0, 1]. Raises ShapeError, ArgumentError."""
        image = np.array(pixels, dtype=np.float32, ndmin=3)
        if image.shape != tuple(self.spec.input_shape):
            raise ShapeError(
                f"The image has shape {image.shape}; the network takes {tuple(self.spec.input_shape)}."
            )
        if not np.isfinite(image).all() or image.min() < 0.0 or image.max() > 1.0:
            raise DataError("The pixels of an image must be numbers from 0 to 1.")
        if label is not None and not 0 <= label < len(self.spec.class_names):
            raise DataError(f"There is no class {label}.")
        image.flags.writeable = False
        self._set_sample(Sample(image, label, name, None))

    def _on_evaluation(self) -> None:
        self.evaluation_changed.emit()
        if self.only_misclassified:
            self.filter_changed.emit()
            # The mistakes change with every epoch; the image in view changes only if there was none to show.
            if not self._filter_matches:
                self._keep_to_filter()

"""What goes together: data with a model, a checkpoint with a model."""

from __future__ import annotations

from cnncore import CheckpointError, DataError, Dataset, ModelSpec, ShapeError


def check_fit(spec: ModelSpec, dataset: Dataset) -> None:
    """Raise ShapeError or DataError when `dataset` cannot go through a network of `spec`."""
    if dataset.image_shape != tuple(spec.input_shape):
        raise ShapeError(
            f"The images are {_sizes(dataset.image_shape)}; the model {spec.title} takes "
            f"{_sizes(spec.input_shape)}."
        )
    if dataset.labels.max(initial=0) >= len(spec.class_names):
        raise DataError(
            f"The data has more classes than the {len(spec.class_names)} of the model {spec.title}."
        )


def check_same_model(spec: ModelSpec, saved: ModelSpec) -> None:
    """Raise CheckpointError when parameters of `saved` do not belong into a network of `spec`."""
    if any(
        getattr(spec, part) != getattr(saved, part) for part in ("input_shape", "layers", "standardisation")
    ):
        raise CheckpointError(
            f"It belongs to the model {saved.title}; the present model is {spec.title}. "
            "Choose that model first."
        )


def _sizes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))

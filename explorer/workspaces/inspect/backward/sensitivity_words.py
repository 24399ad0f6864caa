"""What a map of sensitivity says, in plain sentences. Pure: no widget."""

from __future__ import annotations

from ..wording import number, plural
from .scale import Scale
from .sensitivity_model import ABSOLUTE, CLASS, INTEGRATED, LOSS, PRODUCT, RAW, Integration, Sensitivity

TITLES = {
    RAW: "Gradient by the pixels",
    ABSOLUTE: "Size of the gradient",
    PRODUCT: "Input × gradient",
    INTEGRATED: "Integrated gradients",
}
NUMBERS = {RAW: "gradient", ABSOLUTE: "size", PRODUCT: "product", INTEGRATED: "share"}


def target_text(model: Sensitivity, class_names: tuple[str, ...]) -> str:
    """Say whose derivative it is: "the score of class 7"."""
    if model.of == LOSS:
        return "the loss"
    if model.of == CLASS:
        return f"the score of class {class_names[model.class_shown]}"
    name, unit = model.stop.name, model.unit
    return f"{name}[{', '.join(map(str, unit))}]"


def sentence_of(mode: str, target: str) -> str:
    """Say how the map is to be read."""
    return {
        RAW: f"Where a pixel is orange, a little more of it raises {target}; where it is blue, a little more "
        "lowers it. The stronger the colour, the stronger the effect.",
        ABSOLUTE: f"How strongly {target} answers when a pixel changes a little, whichever way.",
        PRODUCT: f"Pixel times gradient: a rough guess of what each pixel adds to {target}. "
        "A pixel that is 0 adds nothing.",
        INTEGRATED: f"What each pixel adds to {target} on the way from an empty image (all 0) to this one: "
        "pixel times the mean gradient on that way.",
    }[mode]


def completeness(found: Integration, total: float, target: str) -> str:
    """Say that the shares of all pixels add up to what the image changes."""
    gap = abs(total - found.difference)
    verdict = "equal as written" if number(total) == number(found.difference) else f"{gap:.2g} apart"
    return (
        f"All pixels together: {number(total)}. For {target}, f(image) − f(empty image) = "
        f"{number(found.output, sign=False)} − {_bracketed(found.baseline_output)} = "
        f"{number(found.difference)}: {verdict}, with {plural(found.steps, 'point')} on the way."
    )


def _bracketed(x: float) -> str:
    text = number(x, sign=False)
    return f"({text})" if x < 0 else text


def dead_text(target: str) -> str:
    """Say why a map is empty."""
    return f"The gradient is 0 at every pixel: no small change of this image changes {target}."


def sum_text(total: float, scale: Scale) -> str:
    """Say what the products add up to."""
    return f"All products together: {scale.with_unit(total)}."


def integral_text(model: Sensitivity, target: str) -> str:
    """Say how far the integral is, or what it adds up to."""
    found, progress = model.integral, model.progress
    if found is not None:
        return completeness(found, float(found.attribution.sum()), target)
    if model.in_training:
        return "They are worked out as soon as training rests."
    if model.cancelled:
        return "They have not been worked out."
    if model.problem:
        return f"They could not be worked out: {model.problem}"
    if progress is None:
        return "They are being worked out."
    return f"{progress.done} of {plural(progress.steps, 'point')} on the way are done."

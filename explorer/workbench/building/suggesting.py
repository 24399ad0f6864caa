"""What would help a draft that is no network. Each suggestion is tried before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from cnncore import LayerSpec, SpecError
from cnncore.shapes import Shape

from .checking import Report, check, measure
from .draft import Draft
from .reasons import IMAGE_KINDS, WINDOW_KINDS, sizes, window

MOST = 4
_KEEPS_SHAPE = ("dropout", "relu", "leakyrelu", "sigmoid", "tanh", "arctan", "softmax")


@dataclass(frozen=True)
class Suggestion:
    """A short text for a button, and the draft it leads to."""

    text: str
    draft: Draft


def suggestions(draft: Draft, report: Report | None = None) -> tuple[Suggestion, ...]:
    """Return at most 4 drafts near to one that has a problem, in which that problem is gone.

    Those that make it a network come first. Without a problem there are none.
    """
    report = report or check(draft)
    if report.valid:
        return ()
    found: list[tuple[bool, Suggestion]] = []
    for text, candidate in _candidates(draft, report):
        after = check(candidate)
        better = after.valid or _is_further(after, len(candidate.layers), report, len(draft.layers))
        if better and all(candidate != one.draft for _, one in found):
            found.append((not after.valid, Suggestion(text, candidate)))
    found.sort(key=lambda pair: pair[0])
    return tuple(one for _, one in found[:MOST])


def _is_further(after: Report, count_after: int, before: Report, count_before: int) -> bool:
    """Whether fewer layers are left, from the first problem on, than before."""
    if after.place is None or before.place is None:
        return False
    if (
        before.standings[before.place].shape is not None
    ):  # the last layer, and nothing but the right end helps
        return False
    # A problem at the end, with a shape, means that every layer fits.
    left = 0 if after.standings[after.place].shape is not None else count_after - after.place
    return left < count_before - before.place


def _candidates(draft: Draft, report: Report) -> Iterator[tuple[str, Draft]]:
    edits = _edits_at_the_end(draft, report) if _fails_at_the_end(report) else _edits(draft, report)
    for text, edit in edits:
        try:
            yield text, edit()
        except SpecError:  # there is no room for one layer more
            continue


def _fails_at_the_end(report: Report) -> bool:
    return report.place is None or report.standings[report.place].shape is not None


_Edit = tuple[str, Callable[[], Draft]]


def _edits(draft: Draft, report: Report) -> Iterator[_Edit]:
    place = report.place
    assert place is not None
    layer = draft.layers[place]
    shape = report.shape_before(place, draft)
    assert shape is not None
    used = sum(standing.parameters for standing in report.standings[:place])
    if layer.kind in IMAGE_KINDS and len(shape) != 3:
        for to in range(place - 1, -1, -1):
            before = report.shape_before(to, draft)
            if before is not None and len(before) == 3:
                yield f"Move before {draft.layers[to].name}", partial(draft.moved, place, to)
                break
    elif layer.kind == "linear" and len(shape) == 3:
        yield "Insert Flatten before it", partial(draft.inserted, place, "flatten")
        yield "Average each map, then Flatten", partial(_averaged, draft, place)
    else:
        for key, text, value in _options(layer, shape, used):
            yield text, partial(draft.with_options, place, **{key: value})
        if layer.kind in WINDOW_KINDS:
            yield "Plain 1×1 window", partial(_plain, draft, place)
    yield "Remove it", partial(draft.removed, place)


def _averaged(draft: Draft, place: int) -> Draft:
    return draft.inserted(place, "flatten").inserted(place, "adaptiveavgpool2d")


def _plain(draft: Draft, place: int) -> Draft:
    plain = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros"}
    known = draft.layers[place].options
    return draft.with_options(place, **{key: value for key, value in plain.items() if key in known})


def _edits_at_the_end(draft: Draft, report: Report) -> Iterator[_Edit]:
    classes, count = len(draft.class_names), len(draft.layers)
    for place in range(count - 1, -1, -1):
        layer = draft.layers[place]
        if layer.kind == "linear":
            yield f"{layer.name}: {classes} outputs", partial(draft.with_options, place, out_features=classes)
        if layer.kind not in _KEEPS_SHAPE:
            break
    shape = report.standings[-1].shape if count else draft.input_shape
    if shape is not None and len(shape) == 1:
        yield f"Add Linear {classes}", partial(draft.inserted, count, "linear", out_features=classes)
    else:
        yield f"Add Flatten, Linear {classes}", partial(_ended, draft, False)
        yield f"Add average, Flatten, Linear {classes}", partial(_ended, draft, True)
    if count:
        yield "Remove it", partial(draft.removed, count - 1)


def _ended(draft: Draft, average: bool) -> Draft:
    if average:
        draft = draft.inserted(len(draft.layers), "adaptiveavgpool2d")
    draft = draft.inserted(len(draft.layers), "flatten")
    return draft.inserted(len(draft.layers), "linear", out_features=len(draft.class_names))


def _options(layer: LayerSpec, shape: Shape, used: int) -> Iterator[tuple[str, str, Any]]:
    """For each option, the nearest value with which the layer takes its input."""
    for key, say, values in _values(layer, shape):
        for value in values:
            changed = LayerSpec(layer.kind, layer.name, {**layer.options, key: value})
            if changed != layer and measure(changed, shape, used).shape is not None:
                yield key, say(changed.options[key]), value
                break


def _values(layer: LayerSpec, shape: Shape) -> Iterator[tuple[str, Callable[[Any], str], Iterable[Any]]]:
    options = layer.options
    if layer.kind in WINDOW_KINDS:
        taps = max(window(layer)[0])
        yield "kernel_size", lambda value: f"Window {_square(value)}", _downwards(taps - 1)
        yield "stride", lambda value: f"Stride {_one(value)}", (1,)
        yield "padding", lambda value: f"Padding {_one(value)}", _paddings(layer, shape)
    if "dilation" in options:
        most = max(window(layer)[0][0], 2) if isinstance(options["dilation"], int) else 1
        start = options["dilation"] - 1 if isinstance(options["dilation"], int) else most
        yield "dilation", lambda value: f"Dilation {_one(value)}", _downwards(start)
    if "groups" in options:
        near = sorted(range(1, shape[0] + 1), key=lambda value: abs(value - options["groups"]))
        yield "groups", lambda value: f"{value} groups" if value > 1 else "1 group", near
        yield "padding_mode", lambda value: "Zeros around", ("zeros",)
    for key, word in (("out_channels", "maps"), ("out_features", "outputs")):
        if key in options:
            yield key, lambda value, word=word: f"{value:,} {word}", _counts(options, key)


def _paddings(layer: LayerSpec, shape: Shape) -> Iterator[int]:
    """Half the window; no more than the mode can make; then enough for the window; then none."""
    kernel, span = window(layer)
    mode = layer.options.get("padding_mode", "zeros")
    if mode != "zeros":
        yield max(0, min(shape[1:]) - 1)
    yield min(kernel) // 2
    lack = max(size - extent for size, extent in zip(span, shape[1:], strict=True))
    yield min(max(-(-lack // 2), 0), 1024)
    yield 0


def _counts(options: Any, key: str) -> Iterator[int]:
    present, groups = options[key], options.get("groups", 1)
    if present % groups:
        yield from (present // groups * groups or groups, (present // groups + 1) * groups)
    while present > 1:
        present //= 2
        yield max(present // groups * groups, groups)


def _downwards(value: int) -> range:
    return range(value, 0, -1)


def _square(value: Any) -> str:
    return sizes(value) if isinstance(value, tuple) else f"{value}×{value}"


def _one(value: Any) -> str:
    return sizes(value) if isinstance(value, tuple) else str(value)

"""Equations (10) and (11) with a convolution's own stride, dilation and padding, as rich text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtGui import QTextDocument

from explorer.theme import Theme, make_font

_SIZES = (14, 13, 12, 11, 10)


def weight_formulas(layer: Any, theme: Theme) -> tuple[str, ...]:
    """Return equation (11), which gives dW, and a shorter form of it."""
    tokens = theme.tokens
    read = ", ".join(
        _sum_of((layer.stride[axis], name), (layer.dilation[axis], tap), layer.padding[2 * axis])
        for axis, (name, tap) in enumerate((("y", "i"), ("x", "j")))
    )
    dw, x = _bold("dW", tokens.kernel_text), _bold("X", tokens.window_text)
    end = f"<i><b>dZ</b>[y, x]</i> · <i>{x}[{read}]</i>"
    return (
        f"<i>{dw}[i, j]</i> = Σ<sub>y</sub> Σ<sub>x</sub> {end}",
        f"<i>{dw}</i> = Σ {end}",
    )


def input_formulas(layer: Any, theme: Theme) -> tuple[str, ...]:
    """Return equation (10), which gives dX, and a shorter form of it."""
    tokens = theme.tokens
    places = []
    for axis, (name, tap) in enumerate((("y", "i"), ("x", "j"))):
        stride, padding = layer.stride[axis], layer.padding[2 * axis]
        place = f"{name}{f'+{padding}' if padding else ''}−{_times(layer.dilation[axis], tap)}"
        places.append(f"({place})/{stride}" if stride > 1 else place)
    dx, w = _bold("dX", tokens.output_text), _bold("W", tokens.kernel_text)
    end = f"<i>{w}<sub>f</sub>[i, j]</i> · <i><b>dZ</b><sub>f</sub>[{', '.join(places)}]</i>"
    return (
        f"<i>{dx}[y, x]</i> = Σ<sub>f</sub> Σ<sub>i</sub> Σ<sub>j</sub> {end}",
        f"<i>{dx}[y, x]</i> = Σ {end}",
    )


def fitting(formulas: Sequence[str], room: float) -> str:
    """Return the longest formula in the largest type that fits; the shortest in the smallest if none does."""
    sized = [f'<span style="font-size:{size}px">{text}</span>' for text in formulas for size in _SIZES]
    return next((text for text in sized if _width(text) <= room), sized[-1])


def _sum_of(step: tuple[int, str], tap: tuple[int, str], padding: int) -> str:
    text = f"{_times(*step)}+{_times(*tap)}"
    return f"{text}−{padding}" if padding else text


def _times(factor: int, name: str) -> str:
    return f"{factor if factor > 1 else ''}{name}"


def _bold(symbol: str, colour: str) -> str:
    return f'<b style="color:{colour}">{symbol}</b>'


@lru_cache(maxsize=128)
def _width(text: str) -> float:
    document = QTextDocument()
    document.setDefaultFont(make_font(14))
    document.setDocumentMargin(0)
    document.setHtml(text)
    return document.idealWidth()

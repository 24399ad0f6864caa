"""How the lab writes its numbers."""

from __future__ import annotations

from explorer.numbers import MINUS, format_count, format_number
from explorer.widgets.cells import text_of


def short(value: float) -> str:
    """Write a number with as many decimals as tell something: none for whole ones, else two."""
    return text_of(value, 0 if float(value).is_integer() else 2)


def sum_text(value: float) -> str:
    """Write a sum: whole numbers plainly, others with three decimals."""
    return text_of(value, 0 if float(value).is_integer() else 3)


def signed_text(value: float) -> str:
    """Write a summand with its sign in front: "+ 0.5", "− 2"."""
    text = format_number(abs(value), 0 if float(value).is_integer() else 2)
    return f"{MINUS if value < 0 and text.strip('0.') else '+'} {text}"


def work_text(count: int) -> str:
    """Write how many multiply-adds a scan takes."""
    return f"{format_count(count)} multiply-add{'' if count == 1 else 's'}"

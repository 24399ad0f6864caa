"""Networks that a person built: which ones they are, and what each is known by."""

from __future__ import annotations

from collections.abc import Iterable

from cnncore import ALL_MODELS, ModelSpec

MOST = 12
"""How many are kept; the one that was used longest ago goes first."""
_PREFIX = "own:"


def is_built_in(spec: ModelSpec) -> bool:
    """Whether the program ships this network."""
    return any(make() == spec for make in ALL_MODELS.values())


def key_of(spec: ModelSpec) -> str:
    """Return what a network is known by in lists and settings."""
    return spec.name if is_built_in(spec) else f"{_PREFIX}{spec.title}"


def with_own(known: Iterable[ModelSpec], spec: ModelSpec) -> tuple[ModelSpec, ...]:
    """Return the own networks with `spec` among them, latest last; of one title there is one."""
    others = [other for other in known if other.title != spec.title]
    return (*others, spec)[-MOST:] if not is_built_in(spec) else tuple(known)

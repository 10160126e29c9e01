"""A page of anything, and the cursor that continues it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in order. `cursor` is None on the last page."""

    items: tuple[T, ...]
    cursor: str | None = None

"""What seed 002 wraps every answer in (`APIResponse`), and its lists: `limit` and `offset` in, `total` out.

A list sits in `data` under its own name:

    class UserList(OffsetPage):
        users: list[UserOut]

    @routes.get("/", permission="users:read", response_model=APIResponse[UserList])
    async def list_users(window: Window) -> APIResponse[UserList]:
        return wrapped(UserList(users=window.of(found), **window.facts(found)), "Users retrieved")

Errors have the same shape: shared/api/dialects.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypedDict, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from shared.core.clock import iso_micros, utc_now

T = TypeVar("T")
DEFAULT, MOST, FARTHEST = 50, 100, 10**6


class APIResponse(BaseModel, Generic[T]):
    """An answer that succeeded. `timestamp` is when it was made, UTC."""

    success: bool = True
    message: str
    data: T
    errors: list[str] | None = None
    timestamp: str = Field(default_factory=lambda: iso_micros(utc_now()))


def wrapped(data: T, message: str) -> APIResponse[T]:
    """The answer around its data."""
    return APIResponse(message=message, data=data)


class OffsetPage(BaseModel):
    """What every list says of itself: how many there are in all, and which part this is."""

    total: int
    limit: int
    offset: int


class PageFacts(TypedDict):
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class OffsetWindow:
    """The part of a list that a caller asks for."""

    limit: int = DEFAULT
    offset: int = 0

    def of(self, everything: Sequence[T]) -> Sequence[T]:
        return everything[self.offset : self.offset + self.limit]

    def facts(self, everything: Sequence[object]) -> PageFacts:
        return {"total": len(everything), "limit": self.limit, "offset": self.offset}


async def _window(
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT, offset: Annotated[int, Query(ge=0, le=FARTHEST)] = 0
) -> OffsetWindow:
    return OffsetWindow(limit, offset)


Window = Annotated[OffsetWindow, Depends(_window)]

"""Permissions, who has them and why, and the export for an access review."""

from typing import Annotated, Literal

from fastapi import Query, Request, Response

from functions.users.schemas.review import (
    COLUMNS,
    DecisionOut,
    HoldersOut,
    ReviewedOut,
    ReviewOut,
    role_holdings,
    user_holdings,
)
from functions.users.schemas.roles import PermissionList
from shared.api.access import caller_of
from shared.api.csv_text import csv_response
from shared.api.envelope import APIResponse, OffsetWindow, Window, wrapped
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.directory.review import AccessReview, access_review

routes = Routes("/api/v1/users", tag="users", token=True)
Review = Annotated[AccessReview, provided(access_review)]
Permission = Annotated[str, Query(min_length=1, max_length=64)]
# What one answer of a Lambda holds (6 MB) at 800 bytes a user, with room to spare.
MOST_REVIEWED = 5_000


@routes.get("/permissions/list", permission="users:read", response_model=APIResponse[PermissionList])
async def list_permissions() -> APIResponse[PermissionList]:
    """Every permission there is."""
    return wrapped(PermissionList.of_all(), "Permissions retrieved")


@routes.get("/permissions/check", permission="users:read", response_model=APIResponse[DecisionOut])
async def check_permission(
    permission: Permission, review: Review, request: Request, user_id: str | None = None
) -> APIResponse[DecisionOut]:
    """Whether a user (nobody named: the caller) has a permission, by which rule, or why not."""
    decision = (
        review.of_caller(caller_of(request), permission) if user_id is None else review.of_user(user_id, permission)
    )
    return wrapped(DecisionOut.of(decision), decision.reason)


@routes.get("/permissions/who", permission="users:read", response_model=APIResponse[HoldersOut])
async def who_has_permission(permission: Permission, review: Review, window: Window) -> APIResponse[HoldersOut]:
    """The roles that include a permission, and the users who have it now."""
    roles, users = review.holders(permission)
    found = HoldersOut(
        permission=permission,
        roles=role_holdings(roles),
        users=user_holdings(window.of(users)),
        **window.facts(users),
    )
    return wrapped(found, "Holders retrieved")


@routes.get("/access-review", permission="users:read", response_model=APIResponse[ReviewOut])
async def export_access_review(
    review: Review,
    limit: Annotated[int, Query(ge=1, le=MOST_REVIEWED)] = 1_000,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
    format: Literal["json", "csv"] = "json",
) -> APIResponse[ReviewOut] | Response:
    """Every user with role, permissions, status, last sign-in and teams, as JSON or as a CSV file."""
    everybody, window = review.everybody(), OffsetWindow(limit, offset)
    shown = [ReviewedOut.of(reviewed) for reviewed in window.of(everybody)]
    if format == "csv":
        return csv_response(COLUMNS, [row.cells() for row in shown], "access-review.csv")
    return wrapped(ReviewOut(users=shown, **window.facts(everybody)), "Access review")

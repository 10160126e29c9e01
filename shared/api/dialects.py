"""The five ways in which the seeds print an error, and the status of each kind of error: both stand here only.

A path chooses its dialect by prefix (docs/decisions/0002, conflict C10).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.core.clock import iso_micros, iso_seconds, utc_now
from shared.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitReached,
    Malformed,
    NotBuilt,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

STATUS: Mapping[type[DomainError], int] = {
    Invalid: 422,
    Malformed: 400,
    TooLarge: 413,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LimitReached: 429,
    Unavailable: 503,
    NotBuilt: 501,
}
AVAILABLE_ENDPOINTS = ["/health", "/docs", "/dashboard/metrics", "/models", "/training/jobs", "/analytics/summary"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An error on its way out, before it has a shape. `fields` are FastAPI's validation entries."""

    status: int
    code: str
    message: str
    path: str
    request_id: str
    fields: Sequence[Mapping[str, Any]] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


Render = Callable[[Failure], dict[str, Any]]


def status_of(error: DomainError) -> int:
    """The status of the nearest ancestor that has one; 500 for an error nobody placed."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def render(failure: Failure) -> dict[str, Any]:
    """The body of a failure in the dialect of its path."""
    return render_of(failure.path)(failure)


def render_of(path: str) -> Render:
    """The dialect of a path."""
    return next(shape for pattern, shape in DIALECTS if pattern.match(path))


def enterprise(failure: Failure) -> dict[str, Any]:
    """Seed 000. `path` is the path only; every 404 carries available_endpoints, every 422 the fields."""
    body: dict[str, Any] = {
        "error": True,
        "status_code": failure.status,
        "message": failure.message,
        "path": failure.path,
        "timestamp": iso_micros(utc_now()),
    }
    if failure.status == 404:
        body["available_endpoints"] = AVAILABLE_ENDPOINTS
    if failure.status == 422:
        body["details"] = [_field(entry) for entry in failure.fields] or [
            {"loc": [], "msg": failure.message, "type": failure.code}
        ]
    return body


MLOPS_CODES = {
    400: "INVALID_FORMAT",
    413: "FILE_TOO_LARGE",
    422: "INVALID_PARAMETERS",
    409: "CONFLICT",
    500: "INTERNAL_ERROR",
}


def mlops(failure: Failure) -> dict[str, Any]:
    """Seed 001: always five keys."""
    code = failure.details.get("mlops_code") or MLOPS_CODES.get(failure.status) or failure.code.upper()
    return {
        "error": failure.message.split(":", 1)[0],
        "details": failure.message,
        "code": code,
        "timestamp": iso_seconds(utc_now()),
        "request_id": failure.request_id,
    }


def envelope(failure: Failure) -> dict[str, Any]:
    """Seed 002: APIResponse with success false."""
    return {
        "success": False,
        "message": failure.message,
        "data": None,
        "errors": [_sentence(entry) for entry in failure.fields] or [failure.message],
        "error_code": failure.code,
        "timestamp": iso_micros(utc_now()),
    }


def xai(failure: Failure) -> dict[str, Any]:
    """Seed 003's explanations."""
    missing = any(entry["type"] == "missing" for entry in failure.fields)
    error = "Missing required fields" if missing else failure.message
    return {"success": False, "error": error, "explanation": "Unable to generate explanation"}


def account(failure: Failure) -> dict[str, Any]:
    """Seed 003's accounts and quotas: like `detail`, with the seed's own words for two mistakes."""
    if failure.status == 401:
        return {"detail": "Unauthorized"}
    if any(entry["loc"][-1:] == ["resource"] or entry["loc"][-1:] == ("resource",) for entry in failure.fields):
        return {"detail": "Invalid resource"}
    return detail(failure)


def detail(failure: Failure) -> dict[str, Any]:
    """Seeds 003 and 004: one text, or an object where the seed prints one (a used-up quota)."""
    return {"detail": failure.details.get("detail", failure.message)}


DIALECTS: tuple[tuple[re.Pattern[str], Render], ...] = (
    (re.compile(r"/api/v1(/|$)"), envelope),
    (re.compile(r"/api/(status|upload|train|training|models|predict|settings|activity)(/|$)"), mlops),
    (re.compile(r"/xai(/|$)"), xai),
    (re.compile(r"/api/(users/profile|quota/|admin/)"), account),
    (re.compile(r"/api(/|$)"), detail),
    (re.compile(r""), enterprise),
)


def invalid_status(path: str) -> int:
    """The status of a request that misses a field or has a wrong one: 400 in seed 003, 422 elsewhere (C11)."""
    return 400 if render_of(path) in (account, xai) else 422


def validation_message(fields: Sequence[Mapping[str, Any]]) -> str:
    """One sentence for people: the first three faults, each with its place."""
    return "Invalid request parameters: " + "; ".join(_sentence(entry) for entry in fields[:3])


def _sentence(entry: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in entry["loc"] if part != "body") or "body"
    return f"{place}: {entry['msg']}"


def _field(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"loc": list(entry["loc"]), "msg": entry["msg"], "type": entry["type"]}

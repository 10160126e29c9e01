"""One OpenAPI document for all groups, although each function knows only its own routes (conflict C21).

`python -m infra.openapi FILE` writes it; the docs function serves the file.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.routes import application
from shared.access.permissions import PUBLIC, SIGNING_IN
from shared.api.dialects import DIALECTS, Failure, Render, account, detail, enterprise, envelope, mlops, xai
from shared.api.routing import EXTRA, TOKEN
from shared.catalogue import FALLBACK_FUNCTION, FUNCTIONS

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/"
# FastAPI's own error body, which no seed speaks.
DROPPED = ("HTTPValidationError", "ValidationError")
ERROR_OF: dict[Render, str] = {
    enterprise: "EnterpriseError",
    mlops: "MlopsError",
    envelope: "EnvelopeError",
    xai: "XaiError",
    account: "DetailError",
    detail: "DetailError",
}
JSON_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def api_functions() -> list[str]:
    """Every API function but the fallback, which serves what has no route."""
    return [f.name for f in FUNCTIONS.values() if f.kind == "api" and f.name != FALLBACK_FUNCTION]


def build(functions: Iterable[str]) -> Json:
    """The document of these functions."""
    paths: dict[str, Json] = {}
    schemas: Json = _error_schemas()
    for function in functions:
        part = _renamed(application(function).openapi(), function, schemas)
        schemas |= part.get("components", {}).get("schemas", {})
        for path, operations in part["paths"].items():
            for operation in operations.values():
                _complete(path, operation)
            paths.setdefault(path, {}).update(operations)
    _make_unique(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vedette", "version": "1.0.0", "description": "Five APIs of security teams in one backend."},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"bearer": BEARER}},
    }


BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def _renamed(part: Json, function: str, taken: Json) -> Json:
    """A group's document in which no component has a name that another group uses for something else."""
    own = part.get("components", {}).get("schemas", {})
    for name in DROPPED:
        own.pop(name, None)
    prefix = "".join(word.title() for word in function.split("_"))
    new_names: dict[str, str] = {}
    while clashing := _clashing(own, taken, new_names):
        new_names |= {SCHEMAS + name: f"{SCHEMAS}{prefix}{name}" for name in clashing}
    part["components"] = {
        "schemas": {prefix + name if SCHEMAS + name in new_names else name: own[name] for name in own}
    }
    renamed: Json = _with_refs(part, new_names)
    return renamed


def _clashing(own: Json, taken: Json, new_names: dict[str, str]) -> list[str]:
    """Names that stand for something else elsewhere; what refers to a renamed component is something else, too."""
    candidates = [name for name in own if name in taken and SCHEMAS + name not in new_names]
    return [name for name in candidates if taken[name] != _with_refs(own[name], new_names)]


def _with_refs(value: Any, new_names: dict[str, str]) -> Any:
    """The same document with every `$ref` (and discriminator mapping) pointing to the new names."""
    if isinstance(value, dict):
        return {key: _with_refs(inner, new_names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_refs(inner, new_names) for inner in value]
    return new_names.get(value, value) if isinstance(value, str) else value


def _complete(path: str, operation: Json) -> None:
    """Add what FastAPI cannot know: the error body of the path's dialect, and whether a token is needed."""
    operation.setdefault("responses", {}).pop("422", None)
    dialect = next(render for pattern, render in DIALECTS if pattern.match(path))
    schema = {"$ref": SCHEMAS + ERROR_OF[dialect]}
    operation["responses"]["default"] = {
        "description": "An error in the dialect of this path",
        "content": {"application/json": {"schema": schema}},
    }
    if operation.get(EXTRA) not in (PUBLIC, SIGNING_IN):
        # In open mode the open seeds ask for nothing, so there the empty requirement stands beside the token.
        operation["security"] = [{"bearer": []}] if operation.get(TOKEN) else [{"bearer": []}, {}]


def _error_schemas() -> Json:
    """One schema per dialect, read off what the dialect really renders."""
    failure = Failure(404, "not_found", "No such thing", "/path", "req_1")
    return {name: _schema_of(render(failure)) for render, name in ERROR_OF.items()}


def _schema_of(body: Json) -> Json:
    properties = {key: {"type": JSON_TYPES[type(value)]} if value is not None else {} for key, value in body.items()}
    return {"type": "object", "properties": properties, "required": list(body), "example": body}


def _make_unique(paths: dict[str, Json]) -> None:
    """Operation ids name functions in generated clients; both spellings of a path would share one."""
    seen: dict[str, int] = {}
    for operations in paths.values():
        for operation in operations.values():
            name = operation["operationId"]
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                operation["operationId"] = f"{name}_{seen[name]}"


def write(target: Path) -> int:
    """Write the document of the whole platform; the number of its paths."""
    document = build(api_functions())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
    return len(document["paths"])


if __name__ == "__main__":
    print(f"{sys.argv[1]}: {write(Path(sys.argv[1]))} paths")

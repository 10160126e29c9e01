"""The documentation: every route in one document, and pages that need nothing from the internet."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from functions.docs.app import STATIC, document, handler
from infra.openapi import SCHEMAS, api_functions, build
from infra.routes import routes
from shared.core.settings import settings
from tests.builders.http import get


@pytest.fixture(scope="module")
def everything() -> dict[str, Any]:
    return build(api_functions())


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The pages are open in strict mode, too."""
    monkeypatch.setenv("VEDETTE_AUTH_MODE", "strict")
    monkeypatch.setenv("VEDETTE_OPENAPI_PATH", str(tmp_path / "openapi.json"))
    settings.cache_clear()
    document.cache_clear()


@pytest.mark.parametrize(("path", "word"), [("/docs", "swagger"), ("/redoc", "redoc")])
def test_a_page_loads_only_what_we_serve(path: str, word: str) -> None:
    answer = get(handler, path)

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"].startswith("text/html")
    assert word in answer["body"].lower()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer["body"])
    assert len(loaded) >= 2
    assert all(get(handler, address)["statusCode"] == 200 for address in loaded)
    assert "//" not in "".join(loaded)


@pytest.mark.parametrize("file", STATIC)
def test_static_files_are_the_packages_own(file: str) -> None:
    answer = get(handler, f"/docs/static/{file}")

    content = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    assert answer["headers"]["content-type"].startswith(STATIC[file])
    assert len(content) > 500
    assert len(answer["body"]) < 6_000_000


@pytest.mark.parametrize("file", ["core.py", "..%2Fcore.py", "../core.py", "swagger-ui.css/..", ""])
def test_other_files_are_not_served(file: str) -> None:
    assert get(handler, f"/docs/static/{file}")["statusCode"] == 404


def test_the_document_is_served_as_it_was_built(everything: dict[str, Any], tmp_path: Path) -> None:
    assert get(handler, "/openapi.json")["statusCode"] == 503
    (tmp_path / "openapi.json").write_text(json.dumps(everything))

    answer = get(handler, "/openapi.json")

    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(answer["body"]) == everything


def test_the_document_has_every_route_with_its_permission(everything: dict[str, Any]) -> None:
    documented = {
        (path, method.upper()): operation["x-permission"]
        for path, operations in everything["paths"].items()
        for method, operation in operations.items()
    }

    assert documented == {(route.path, route.method): route.permission for route in routes()}


def test_every_reference_has_a_target_and_no_name_means_two_things(everything: dict[str, Any]) -> None:
    schemas = everything["components"]["schemas"]

    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(everything)))
    assert referred <= set(schemas)
    names = [operation["operationId"] for path in everything["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def test_errors_are_documented_in_the_dialect_of_the_path(everything: dict[str, Any]) -> None:
    def error_of(path: str) -> str:
        content = everything["paths"][path]["get"]["responses"]["default"]["content"]
        return str(content["application/json"]["schema"]["$ref"]).removeprefix(SCHEMAS)

    assert [error_of(path) for path in ("/health", "/api/status", "/api/health")] == [
        "EnterpriseError", "MlopsError", "DetailError",
    ]  # fmt: skip


def test_components_of_one_name_and_two_meanings_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi import FastAPI
    from pydantic import create_model

    def app_with(kind: type) -> FastAPI:
        app, part = FastAPI(), create_model("Part", value=(kind, ...))
        whole = create_model("Whole", part=(part, ...))
        app.get(f"/{kind.__name__}", response_model=whole)(lambda: None)
        return app

    apps = {"first": app_with(int), "second_one": app_with(str)}
    monkeypatch.setattr("infra.openapi.application", apps.__getitem__)

    document = build(apps)

    schemas = document["components"]["schemas"]
    assert schemas["Part"]["properties"]["value"]["type"] == "integer"
    assert schemas["SecondOnePart"]["properties"]["value"]["type"] == "string"
    assert schemas["SecondOneWhole"]["properties"]["part"] == {"$ref": SCHEMAS + "SecondOnePart"}

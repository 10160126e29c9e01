"""What can be seen in the source: no client without limits, no scan, no put that overwrites another's write."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.core.aws import client

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("shared", "functions") for path in (ROOT / folder).rglob("*.py"))
FORBIDDEN = {"scan", "execute_statement", "batch_execute_statement", "execute_transaction", "put_item"}
SERVICES = ("dynamodb", "s3", "lambda", "stepfunctions", "cognito-idp", "apigatewaymanagementapi")
# Puts without a condition, and why nobody else's write can be lost by them.
UNCONDITIONAL = {
    "shared/outbox/model.py": "the id is derived from a change whose own write is conditional",
    "shared/incidents/repository.py": "points at a case that the same transaction creates",
    "shared/baselines/repository.py": "the same day gives the same document",
    "shared/geography/repository.py": "the key is the later logon; written with the person's versioned state",
    "shared/live/events.py": "the number is taken by a condition of the same transaction",
    "shared/directory/api_keys.py": "points at a key that the same transaction creates",
    "shared/identities/sign_outs.py": "the row has a random name of its own",
}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_clients_are_made_in_one_place() -> None:
    makers = {"create_client", "get_session", "Session", "resource"}
    found = {str(path.relative_to(ROOT)) for path in SOURCES for call in calls(path) if named(call) in makers}
    imported = {str(path.relative_to(ROOT)) for path in SOURCES if "import boto3" in path.read_text()}

    assert found <= {"shared/core/aws.py"}
    assert imported == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_client_has_timeouts_and_bounded_retries(tables: object, service: str) -> None:
    endpoint = "https://abc.execute-api.eu-central-1.amazonaws.com/ws" if service.startswith("apigateway") else None

    config = client(service, endpoint).meta.config

    assert 0 < config.connect_timeout <= 3
    assert 0 < config.read_timeout <= 5
    assert config.retries == {"mode": "standard", "total_max_attempts": config.retries["total_max_attempts"]}
    assert 3 <= config.retries["total_max_attempts"] <= 6


def test_every_service_that_is_called_is_checked_here() -> None:
    made = {
        argument.value
        for path in SOURCES
        for call in calls(path)
        if named(call) == "client"
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant)
    }

    assert made == set(SERVICES)


def test_nothing_scans_and_nothing_writes_past_the_store() -> None:
    found = {(str(path.relative_to(ROOT)), named(call)) for path in SOURCES for call in calls(path)}

    assert {where for where in found if where[1] in FORBIDDEN} == set()


def test_a_row_is_put_under_a_condition_or_for_a_reason() -> None:
    bare = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for call in calls(path)
        if named(call) == "Put" and len(call.args) < 3 and not any(word.arg == "condition" for word in call.keywords)
    }

    assert bare == set(UNCONDITIONAL)


def test_a_case_and_a_state_are_written_under_their_version() -> None:
    sources = {
        name: (ROOT / "shared" / name).read_text() for name in ("incidents/repository.py", "activities/repository.py")
    }

    assert "condition=unchanged(case.version - 1)" in sources["incidents/repository.py"]
    assert "unchanged(before.version)" in sources["activities/repository.py"]

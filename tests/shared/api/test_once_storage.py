"""Idempotency-Key: what is kept of requests and answers, and what never is."""

import random
from typing import Any

import pytest

from infra.bench.read_budget import read_budget
from shared.core.clock import utc_now
from tests.builders.calls import call
from tests.builders.stored import once_row, rows_of, stored_text
from tests.builders.tokens import bearer, trust
from tests.shared.api.desk import Desk, a_desk, replayed, same


@pytest.fixture
def desk(tables: Any) -> Desk:
    return a_desk()


def test_without_a_key_nothing_is_stored_and_nothing_asked(desk: Desk, tables: Any) -> None:
    with read_budget(tables) as spent:
        call(desk.handler, "POST", "/api/things", json={"number": 1})

    assert spent.calls == 0


def test_a_large_answer_is_compressed(desk: Desk) -> None:
    desk.text = "all work and no play " * 50_000

    first, again = desk.ask(), desk.ask()

    assert replayed(again)
    assert same(first, again)


def test_an_answer_that_no_row_can_hold_is_not_repeated_and_not_made_again(desk: Desk) -> None:
    desk.text = random.Random(1).randbytes(450_000).hex()

    first, again = desk.ask(), desk.ask()

    assert first.status == 201
    assert again.status == 409
    assert "answered with 201" in again.body["detail"]
    assert "too large" in again.body["detail"]
    assert len(desk.done) == 1


@pytest.mark.parametrize(("path", "why"), [("/api/keys", "secret"), ("/api/stream", "stream")])
def test_what_cannot_or_must_not_be_kept_is_not_made_twice(desk: Desk, tables: Any, path: str, why: str) -> None:
    desk.text = "sesame"
    assert desk.ask(path=path).status in (200, 201)

    again = desk.ask(path=path)

    assert again.status == 409
    assert why in again.body["detail"]
    assert len(desk.done) == 1
    assert "body" not in once_row(tables)
    assert why in once_row(tables)["unkept"]["S"]
    assert "sesame" not in stored_text(tables)


def test_the_search_for_secrets_looks_into_kept_bodies(desk: Desk, tables: Any) -> None:
    """Or the test above could not fail: kept bodies are compressed."""
    desk.text = "sesame"
    desk.ask()

    assert "sesame" in stored_text(tables)
    assert "sesame" not in str(once_row(tables))


def test_at_a_public_door_the_key_means_nothing_and_nothing_is_stored(desk: Desk, tables: Any) -> None:
    answers = [desk.ask(path="/api/door", json={"number": number}) for number in (1, 1, 2)]

    assert {one.status for one in answers} == {201}
    assert not any(map(replayed, answers))
    assert tables.scan(TableName="vedette-local-requests")["Items"] == []


def test_nothing_of_the_request_is_stored_in_clear(desk: Desk, tables: Any) -> None:
    desk.ask(headers={"idempotency-key": "very-special-key"}, json={"number": 987654321})

    (row,) = tables.scan(TableName="vedette-local-requests")["Items"]

    assert "very-special-key" not in str(row)
    assert int(row["expires_at"]["N"]) == pytest.approx(utc_now().timestamp() + 86_400, abs=30)


def test_the_digest_of_a_body_cannot_be_guessed_without_the_key(desk: Desk, tables: Any) -> None:
    """A body may hold a password: equal bodies under other keys must not look equal, or one could try them out."""
    for number in range(3):
        desk.ask(headers={"idempotency-key": f"key-{number}"})
    contents = {row["content"]["S"] for row in rows_of(tables, "vedette-local-requests")}

    assert len(contents) == 3


def test_the_digest_of_a_body_differs_from_caller_to_caller(
    desk: Desk, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch)
    for name in ("ana", "bo"):
        desk.ask(headers=bearer(name, "admin"))
    contents = {row["content"]["S"] for row in rows_of(tables, "vedette-local-requests")}

    assert len(contents) == 2

"""Idempotency-Key at the front door: what is a repeat of what, and whose keys they are."""

from typing import Any

import pytest

from tests.builders.http import get_event
from tests.builders.tokens import bearer, trust
from tests.shared.api.desk import KEY, Desk, a_desk, replayed, same


@pytest.fixture
def desk(tables: Any) -> Desk:
    return a_desk()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_repeat_is_answered_like_the_first_request_and_does_nothing(desk: Desk, method: str) -> None:
    path = "/api/things/7" if method == "DELETE" else "/api/things"
    first, again = desk.ask(method, path), desk.ask(method, path)

    assert first.status == 201
    assert not replayed(first)
    assert replayed(again)
    assert same(first, again)
    assert len(desk.done) == 1


def test_reads_have_no_key(desk: Desk) -> None:
    assert not any(replayed(desk.ask("GET")) for _ in range(2))
    assert len(desk.done) == 2


def test_another_request_with_the_same_key_is_refused(desk: Desk) -> None:
    desk.ask()

    others = [desk.ask(json={"number": 2}), desk.ask(query={"a": 1}), desk.ask(text="{}"), desk.ask(text="")]

    assert [one.status for one in others] == [422] * 4
    assert "another request" in others[0].body["detail"]
    assert len(desk.done) == 1


def test_the_same_json_may_be_spelled_otherwise(desk: Desk) -> None:
    first = desk.ask(text='{"number": 1, "more": {"a": 1, "b": 2}}')
    again = desk.ask(
        text=' {"more":{"b":2,"a":1},"number":1}\n', headers={"content-type": "application/json; charset=utf-8"}
    )

    assert replayed(again)
    assert first.body == again.body


def test_a_key_belongs_to_one_route(desk: Desk) -> None:
    asked = [
        desk.ask(),
        desk.ask(path="/api/others"),
        desk.ask("PUT"),
        desk.ask("PATCH"),
        desk.ask("DELETE", "/api/things/1"),
    ]

    assert {one.status for one in asked} == {201}
    assert not any(replayed(one) for one in asked)
    assert len(desk.done) == 5


def test_a_key_belongs_to_one_path_as_called(desk: Desk) -> None:
    assert not any(replayed(desk.ask("DELETE", f"/api/things/{name}")) for name in "abc")


def test_a_key_belongs_to_one_caller(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    callers: list[dict[str, str]] = [
        bearer("ana", "admin"),
        bearer("bo", "admin"),
        bearer("ana", "admin", sub="somebody-else-with-her-name"),
        {},
    ]

    first = [desk.ask(headers=headers) for headers in callers]
    again = [desk.ask(headers=headers) for headers in callers]

    assert not any(map(replayed, first))
    assert all(map(replayed, again))
    assert [one.body for one in first] == [one.body for one in again]
    assert len(desk.done) == 4


def test_callers_without_a_name_are_told_apart_by_address(desk: Desk) -> None:
    def from_address(address: str) -> dict[str, Any]:
        event = get_event("/api/things", **KEY, **{"content-type": "application/json"})
        event["requestContext"]["http"] |= {"method": "POST", "sourceIp": address}
        answer: dict[str, Any] = desk.handler({**event, "body": '{"number": 1}'}, None)
        return answer

    answers = [from_address(address) for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1")]

    assert ["idempotency-replayed" in answer["headers"] for answer in answers] == [False, False, True]
    assert len(desk.done) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\tb", "ключ", "schlüssel", "a\x7f", "\x1f"])
def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    answer = desk.ask(headers={"idempotency-key": key})

    assert answer.status == 422
    assert "1 to 255 printable ASCII" in answer.body["detail"]
    assert desk.done == []


@pytest.mark.parametrize("key", ["x" * 255, " ", "'; DROP TABLE requests; --", "../../etc/passwd", "{}", "ONCE#1", "~"])
def test_any_printable_key_is_a_key(desk: Desk, key: str) -> None:
    first, again = (desk.ask(headers={"idempotency-key": key}) for _ in range(2))

    assert (first.status, replayed(again)) == (201, True)


def test_keys_never_meet(desk: Desk) -> None:
    """Neither with each other nor with the separators of what they are put together with."""
    for key in ("a", "A", "a ", "a,b", '"a"', "a\\", "a#ONCE"):
        assert not replayed(desk.ask(headers={"idempotency-key": key}))
    assert len(desk.done) == 7


BODIES = {
    "no json": "{not json",
    "nothing": "",
    "deep": "[" * 100_000,
    "not a number": '{"number": NaN}',
    "long number": '{"number": ' + "9" * 5000 + "}",
    "twice": '{"number": 1, "number": 2}',
    "surrogate": '{"number": "\\ud800"}',
    "nul": "\x00",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_strange_body_is_repeated_like_any_other(desk: Desk, name: str) -> None:
    first, again = (desk.ask(path="/api/raw", text=BODIES[name]) for _ in range(2))

    assert first.status == 201
    assert replayed(again)
    assert desk.ask(path="/api/raw", text=BODIES[name] + "1").status == 422

"""Hostile requests: refused in the dialect of seed 002, with nothing changed."""

from typing import Any

import pytest

from tests.builders.directory import add_user, ask, body_of, rows

NAMES = [
    "",
    " ",
    "-ana",
    "a" * 65,
    "a" * 100_000,
    "ana\x00",
    "a/b",
    "ana@example.com",
    "äna",
    "a\nb",
    "\ud800",
    "ana\u202e",
    ["ana"],
    {"not": "a string"},
    1,
    None,
    True,
]
MAILS = [
    "",
    "ana",
    "@example.com",
    "ana@",
    "ana@@example.com",
    "a@b@example.com",
    "ana@example",
    "ana @example.com",
    "ana@exa mple.com",
    "a\x00na@example.com",
    "ana@example.com\n",
    "ana@" + "x" * 260 + ".com",
    "a" * 100_000 + "@example.com",
    ["ana@example.com"],
    None,
]
OTHERS: list[dict[str, Any]] = [
    {"full_name": "\x00"},
    {"full_name": "x" * 100_000},
    {"full_name": {"$ne": 1}},
    {"role": "\x00"},
    {"role": "x" * 100_000},
    {"role": ["admin"]},
    {"role": None},
    {"status": "suspended"},
    {"status": "ACTIVE"},
    {"status": []},
    {"teams": "team"},
    {"teams": ["no-such"]},
    {"teams": ["x"] * 51},
    {"teams": [["x"]]},
]
BODIES = [
    "",
    "null",
    "[]",
    '"ana"',
    "{",
    "NaN",
    '{"username": NaN}',
    '{"a":' * 100_000,
    "[" * 100_000,
    "\x00",
]


@pytest.fixture
def nothing(pool: Any, tables: Any) -> Any:
    """Checks afterwards that the directory and the pool are as empty as before."""
    yield
    assert rows(tables) == []
    assert not pool.users


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_user_name_is_422(name: Any) -> None:
    answer = ask("POST", json=body_of("ana") | {"username": name})

    assert answer.status == 422, answer.body
    assert answer.body["success"] is False
    assert len(str(answer.body)) < 2_000


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("mail", MAILS)
def test_what_is_no_address_is_422(mail: Any) -> None:
    assert ask("POST", json=body_of("ana") | {"email": mail}).status == 422


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("wrong", OTHERS)
def test_what_is_no_user_is_422(wrong: dict[str, Any]) -> None:
    assert ask("POST", json=body_of("ana") | wrong).status == 422


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("text", BODIES)
@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("POST", "/teams"), ("POST", "/roles")])
def test_what_is_no_object_is_4xx(text: str, method: str, path: str) -> None:
    answer = ask(method, path, text=text)

    assert answer.status in (400, 413, 422), answer.body
    assert answer.body["success"] is False


@pytest.mark.parametrize(
    "wrong", [{"email": "x"}, {"status": "gone"}, {"role": "nobody"}, {"full_name": "\x00"}, *OTHERS[3:5]]
)
def test_a_change_that_makes_no_sense_changes_nothing(pool: Any, tables: Any, wrong: dict[str, Any]) -> None:
    ana = add_user("ana")
    before = rows(tables)

    assert ask("PUT", f"/{ana}", json={"full_name": "Other", **wrong}).status == 422
    assert rows(tables) == before


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "\x00"}, {"name": "x" * 100_000}, {"description": "x" * 100_000}, {"owner": "x" * 65}],
)
def test_a_team_that_makes_no_sense_is_422(wrong: dict[str, Any]) -> None:
    assert ask("POST", "/teams", json={"name": "Blue"} | wrong).status == 422


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("path", ["/%00", "/%ff", "/" + "x" * 5_000, "/..%2f..%2fteams"])
def test_odd_ids_are_404(path: str) -> None:
    assert ask("GET", path).status == 404
    assert ask("PUT", path, json={}).status == 404

"""The profile through the front door: seed 003's fields, who has one, and who is refused."""

import re
import time
from typing import Any

import pytest

from tests.builders.tokens import bearer, trust
from tests.functions.accounts.builders import JOHN, ROOT, add_accounts, ask, increment

FIELDS = {
    "username", "email", "role", "usage", "networksCount", "trainingsCount", "simulationsCount", "createdAt",
    "lastLogin",
}  # fmt: skip
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@pytest.fixture(autouse=True)
def people(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    add_accounts()


def test_the_profile_has_exactly_the_seeds_fields() -> None:
    for resource in ("network", "network", "simulation"):
        assert increment(resource).status == 200

    answer = ask("GET", "/users/profile")

    assert answer.status == 200
    assert set(answer.body) == FIELDS
    created = answer.body.pop("createdAt")
    assert MOMENT.fullmatch(created)
    assert answer.body == {
        "username": "john_doe",
        "email": "john_doe@example.com",
        "role": "free",
        "usage": {"networks": 2, "trainings": 0, "simulations": 1},
        "networksCount": 2,
        "trainingsCount": 0,
        "simulationsCount": 1,
        "lastLogin": None,
    }


def test_a_person_who_signs_in_finds_a_free_account() -> None:
    profile = ask("GET", "/users/profile", bearer("ana", "viewer"))

    assert profile.status == 200
    assert (profile.body["username"], profile.body["role"]) == ("ana", "free")
    assert MOMENT.fullmatch(profile.body["lastLogin"])
    assert ask("GET", "/users/profile", bearer("ana", "viewer")).body == profile.body


def test_the_role_makes_the_admin_and_nothing_else_does() -> None:
    roles = [
        ask("GET", "/users/profile", bearer("ana", *groups), **sent).body["role"]
        for groups, sent in (
            ((), {}),
            (("premium",), {}),
            ((), {"headers": {"x-role": "admin"}}),
            ((), {"query": {"role": "admin", "plan": "premium"}}),
            (("admin",), {}),
            (("viewer",), {}),
        )
    ]

    assert roles == ["free", "free", "free", "free", "admin", "free"]


def test_the_last_login_is_when_the_token_says_that_somebody_signed_in() -> None:
    now = int(time.time())

    logins = [
        ask("GET", "/users/profile", bearer("ana", auth_time=at)).body["lastLogin"] for at in (now - 600, now, now - 60)
    ]

    assert logins[0] < logins[1] == logins[2]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcg==",
        "Bearer not-a-token",
        "Bearer a.b.c",
        "user:507f1f77bcf86cd799439011",
        "Bearer USER:507f1f77bcf86cd799439011",
        "Bearer " + "x" * 100_000,
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/profile"),
        ("GET", "/quota/check/network"),
        ("POST", "/quota/increment"),
        ("GET", "/admin/metrics"),
        ("PUT", f"/admin/users/{JOHN}/plan"),
    ],
)
def test_nobody_gets_in_without_a_good_token(authorization: str | None, method: str, path: str) -> None:
    headers = {} if authorization is None else {"authorization": authorization}

    answer = ask(method, path, headers, json={"resource": "network", "plan": "premium"})

    assert (answer.status, answer.body) == (401, {"detail": "Unauthorized"})
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "account_id",
    ["f" * 24, "nobody", "unknown", "", "507f1f77bcf86cd79943901\x00", "x" * 100_000, "../" + JOHN, f"{JOHN}#", "🐍"],
)
def test_an_account_that_does_not_exist_is_not_found(account_id: str) -> None:
    answers = [
        ask("GET", "/users/profile", account_id),
        ask("GET", "/quota/check/network", account_id),
        increment("network", account_id),
    ]

    # An empty or blank id is no token at all.
    assert {answer.status for answer in answers} <= {401, 404}
    assert all(answer.body == {"detail": "User not found"} for answer in answers if answer.status == 404)


def test_a_made_up_token_is_nothing_in_strict_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "strict")

    for account_id in (JOHN, ROOT):
        assert ask("GET", "/users/profile", account_id).status == 401
    assert ask("GET", "/users/profile", bearer("ana")).status == 200


def test_a_made_up_token_does_not_open_the_account_of_a_person() -> None:
    from shared.accounts.sightings import account_id_of

    assert ask("GET", "/users/profile", bearer("ana", "admin")).body["role"] == "admin"

    assert ask("GET", "/users/profile", account_id_of("sub-ana")).status == 404
    assert ask("GET", "/admin/metrics", account_id_of("sub-ana")).status == 403


def test_an_api_key_has_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.access.caller import Caller
    from shared.access.principals import Principals

    key = Caller("key:0123456789ab", permissions=("*",), kind="key")
    monkeypatch.setattr(Principals, "caller", lambda self, credential: key)

    answer = ask("GET", "/users/profile", {"authorization": "Bearer vk_0123456789ab_" + "a" * 43})

    assert (answer.status, answer.body) == (404, {"detail": "User not found"})

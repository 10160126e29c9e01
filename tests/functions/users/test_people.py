"""Platform users through the front door."""

from typing import Any

import pytest

from tests.builders.directory import ADMIN, add_user, as_user, ask, body_of, user
from tests.builders.tokens import bearer

pytestmark = pytest.mark.usefixtures("pool")
SPELLINGS = ["", "/"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_new_user_is_found_twice_and_listed(spelling: str) -> None:
    made = ask("POST", spelling, json=body_of("ana", role="analyst", id="evil", created_at="1999-01-01T00:00:00"))
    user_id = made.body["data"]["user_id"]

    listed = ask("GET", spelling).body["data"]

    assert made.status == 201
    assert set(made.body) == {"success", "message", "data", "errors", "timestamp"}
    for _ in range(2):
        shown = user(user_id)
        assert shown["id"] == user_id != "evil"
        assert shown["username"] == "ana"
        assert shown["role"] == "analyst"
        assert shown["status"] == "invited"
        assert shown["created_at"] > "2020"
        assert shown["last_login"] is None
        assert shown["teams"] == []
        assert shown["linked"]
    assert [one["id"] for one in listed["users"]] == [user_id]
    assert {name: listed[name] for name in ("total", "limit", "offset")} == {"total": 1, "limit": 50, "offset": 0}


def test_lists_are_filtered_and_paged() -> None:
    ids = {name: add_user(name, role) for name, role in (("ana", "analyst"), ("bo", "viewer"), ("cy", "viewer"))}
    team = ask("POST", "/teams", json={"name": "Blue", "members": [ids["bo"]]}).body["data"]["team_id"]
    ask("POST", f"/{ids['cy']}/deactivate")

    def names(**query: Any) -> list[str]:
        return [one["username"] for one in ask("GET", query=query).body["data"]["users"]]

    assert names() == ["ana", "bo", "cy"]
    assert names(role="viewer") == ["bo", "cy"]
    assert names(status="inactive") == names(status="deactivated") == ["cy"]
    assert names(team=team) == names(team="Blue") == ["bo"]
    assert names(team="Red") == names(role="nobody") == []
    assert names(q="A@EXAMPLE") == ["ana"]
    assert names(limit=1, offset=1) == ["bo"]
    assert ask("GET", query={"limit": 1, "offset": 1}).body["data"]["total"] == 3


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"status": "zz"}])
def test_what_cannot_be_asked_for_is_422(query: dict[str, Any]) -> None:
    assert ask("GET", query=query).status == 422


def test_names_are_unique_whatever_their_case() -> None:
    add_user("ana")

    again = ask("POST", json=body_of("ana"))
    other_case = ask("POST", json=body_of("ANA", email="other@example.com"))

    assert again.status == other_case.status == 409
    assert again.body["success"] is False
    assert again.body["data"] is None
    assert again.body["errors"]


def test_addresses_are_unique_whatever_their_case_and_move_with_their_user(pool: Any) -> None:
    ana = add_user("ana")
    taken = ask("POST", json=body_of("bo", email="ANA@example.com"))

    moved = ask("PUT", f"/{ana}", json={"email": "ana@other.example"})
    bo = ask("POST", json=body_of("bo", email="ana@example.com"))
    back = ask("PUT", f"/{ana}", json={"email": "ana@example.com"})

    assert taken.status == 409
    assert moved.status == 200
    assert bo.status == 201
    assert back.status == 409
    assert user(ana)["email"] == "ana@other.example"
    assert {one.username: _email(one) for one in pool.users.values()} == {
        "ana": "ana@other.example",
        "bo": "ana@example.com",
    }


def _email(identity: Any) -> str:
    return next(pair["Value"] for pair in identity.attributes if pair["Name"] == "email")


def test_a_repeated_keyed_request_makes_one_user_and_hears_the_same() -> None:
    headers = {**ADMIN, "idempotency-key": "k1"}

    answers = [ask("POST", headers=headers, json=body_of("ana")) for _ in range(2)]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body["data"] == answers[1].body["data"]


def test_a_change_shows_and_leaves_the_rest_as_it_was() -> None:
    ana = add_user("ana", full_name="Ana")

    changed = ask("PUT", f"/{ana}", json={"username": "ana", "full_name": "Ana B", "role": "developer"})

    shown = user(ana)
    assert changed.status == 200
    assert changed.body["data"] == {
        "user_id": ana, "role": "developer", "status": "active", "identity_synced": True,
    }  # fmt: skip
    assert (shown["full_name"], shown["role"], shown["email"]) == ("Ana B", "developer", "ana@example.com")


def test_a_user_name_never_changes() -> None:
    ana = add_user("ana")

    refused = ask("PUT", f"/{ana}", json={"username": "bo"})

    assert refused.status == 409
    assert "never changes" in refused.body["message"]


def test_teams_can_be_said_at_the_user() -> None:
    red, blue = (ask("POST", "/teams", json={"name": name}).body["data"]["team_id"] for name in ("Red", "Blue"))
    ana = add_user("ana", teams=[red])
    assert user(ana)["teams"] == [red]

    moved = ask("PUT", f"/{ana}", json={"teams": [blue]})

    teams = {team["id"]: team["members"] for team in ask("GET", "/teams/list").body["data"]["teams"]}
    assert moved.status == 200
    assert user(ana)["teams"] == [blue]
    assert teams == {red: [], blue: [ana]}
    assert ask("PUT", f"/{ana}", json={"teams": ["team_unknown"]}).status == 422


LIFE = [
    ("suspend", 200, "suspended"),
    ("suspend", 200, "suspended"),
    ("invite", 409, "suspended"),
    ("reactivate", 200, "active"),
    ("invite", 409, "active"),
    ("deactivate", 200, "deactivated"),
    ("reactivate", 409, "deactivated"),
    ("suspend", 409, "deactivated"),
    ("invite", 200, "invited"),
    ("invite", 200, "invited"),
    ("suspend", 200, "suspended"),
]


def test_the_life_of_a_user(pool: Any) -> None:
    ana = add_user("ana")

    for verb, status, then in LIFE:
        answer = ask("POST", f"/{ana}/{verb}")
        assert answer.status == status, (verb, answer.body)
        assert user(ana)["status"] == then
        assert pool.users["ana"].enabled == (then in ("active", "invited"))
        assert answer.status == 409 or answer.body["data"]["identity_synced"]


def test_inactive_is_another_word_for_deactivated() -> None:
    ana = add_user("ana")

    assert ask("PUT", f"/{ana}", json={"status": "inactive"}).status == 200
    assert user(ana)["status"] == "deactivated"
    assert ask("PUT", f"/{ana}", json={"status": "active"}).status == 409
    assert ask("POST", json=body_of("bo", status="inactive")).status == 422


UNKNOWN = [("GET", "", None), ("PUT", "", body_of("ana")), *(("POST", f"/{verb}", None) for verb, *_ in LIFE)]


@pytest.mark.parametrize(("method", "path", "body"), UNKNOWN)
@pytest.mark.parametrize("user_id", ["no-such", "usr_" + "0" * 24, "x" * 3000])
def test_an_unknown_user_is_404(method: str, path: str, body: Any, user_id: str) -> None:
    sent = {"json": body} if body else {}

    assert ask(method, f"/{user_id}{path}", **sent).status == 404


ROUTES = [
    ("GET", "/", "users:read"),
    ("GET", "/x", "users:read"),
    ("GET", "/teams/list", "teams:read"),
    ("GET", "/roles/list", "users:read"),
    ("GET", "/permissions/list", "users:read"),
    ("GET", "/permissions/check", "users:read"),
    ("GET", "/permissions/who", "users:read"),
    ("GET", "/access-review", "users:read"),
    ("POST", "/", "users:write"),
    ("PUT", "/x", "users:write"),
    ("POST", "/x/suspend", "users:write"),
    ("POST", "/x/reactivate", "users:write"),
    ("POST", "/x/deactivate", "users:write"),
    ("POST", "/x/invite", "users:write"),
    ("POST", "/teams", "teams:write"),
    ("PUT", "/teams/x/members", "teams:write"),
    ("DELETE", "/teams/x", "teams:write"),
    ("POST", "/roles", "roles:write"),
    ("PUT", "/roles/x", "roles:write"),
    ("DELETE", "/roles/x", "roles:write"),
]


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
def test_permission_comes_before_existence_and_before_the_body(method: str, path: str, permission: str) -> None:
    nobody = ask(method, path, headers={})
    broken = ask(method, path, headers={"authorization": "Bearer broken.x"})
    viewer = ask(method, path, headers=bearer("vi", "viewer"), json=[[]])

    assert nobody.status == broken.status == 401
    assert nobody.body["success"] is False
    assert nobody.headers["www-authenticate"] == "Bearer"
    if permission.endswith(":write"):
        assert viewer.status == 403
        assert viewer.body["message"] == f"Permission '{permission}' required"
    else:
        assert viewer.status in (200, 404, 422)


def test_a_users_role_takes_effect_at_once_and_the_pools_groups_say_nothing_of_them() -> None:
    ana = add_user("ana", "viewer")
    headers = as_user("ana", **{"cognito:groups": ["admin"]})
    assert ask("GET", headers=headers).status == 200
    assert ask("POST", headers=headers, json=body_of("bo")).status == 403

    ask("PUT", f"/{ana}", json={"role": "admin"})

    assert ask("POST", headers=headers, json=body_of("bo")).status == 201

"""Who may do what, and the export of it."""

import csv
import io
from typing import Any

import pytest

from shared.access.permissions import PERMISSIONS
from shared.directory.api_keys import api_key_service
from tests.builders.directory import ADMIN, add_user, as_user, ask, body_of
from tests.builders.tokens import bearer

pytestmark = pytest.mark.usefixtures("pool")


def check(permission: str, headers: dict[str, str] = ADMIN, **query: str) -> dict[str, Any]:
    answer = ask("GET", "/permissions/check", headers=headers, query={"permission": permission, **query})
    assert answer.status == 200
    data: dict[str, Any] = answer.body["data"]
    return data


def test_a_decision_names_the_rule() -> None:
    ana = add_user("ana", "analyst")

    assert check("incidents:respond", user_id=ana) == {
        "permission": "incidents:respond",
        "allowed": True,
        "role": "analyst",
        "rule": "incidents:respond",
        "reason": "'incidents:respond' in the role 'analyst' includes it",
    }
    assert check("users:read", user_id=ana)["rule"] == "*:read"
    assert check("users:write", as_user("ana")) == check("users:write", user_id=ana)
    assert check("users:write", user_id=ana)["allowed"] is False


def test_what_is_denied_says_why() -> None:
    ana = add_user("ana", "admin")
    add_user("bo", "admin")
    assert check("users:read", user_id=ana)["allowed"]
    ask("POST", f"/{ana}/suspend")

    assert check("users:read", user_id=ana)["reason"] == "The user is suspended"
    assert not check("users:read", user_id=ana)["allowed"]
    assert not check("*")["allowed"]
    assert "no such permission" in check("users:explode")["reason"]
    assert ask("GET", "/permissions/check").status == 422
    unknown = {"permission": "users:read", "user_id": "no-such"}
    assert ask("GET", "/permissions/check", query=unknown).status == 404


def test_a_decision_is_what_a_request_would_meet() -> None:
    """The explanation and the admission must never disagree."""
    ids = {role: add_user(role, role) for role in ("admin", "developer", "viewer", "analyst", "responder", "auditor")}

    for role, user_id in ids.items():
        made = ask("POST", headers=as_user(role), json=body_of(f"new-{role}")).status
        assert check("users:write", user_id=user_id)["allowed"] == (made == 201)
        assert check("users:read", user_id=user_id)["allowed"] == (ask("GET", headers=as_user(role)).status == 200)


def test_a_key_is_explained_by_its_scopes() -> None:
    from shared.access.principals import principals

    add_user("ana", "admin")
    caller = principals().caller(as_user("ana")["authorization"].split()[1])
    _, secret = api_key_service().create(caller, "robot", ["users:read"], 1)
    headers = {"authorization": f"Bearer {secret}"}

    assert check("users:read", headers)["rule"] == "users:read"
    assert not check("users:write", headers)["allowed"]


def test_who_can() -> None:
    ana, bo = add_user("ana", "analyst"), add_user("bo", "responder")
    ask("POST", "/roles", json={"name": "night", "permissions": ["incidents:*"]})
    cy = add_user("cy", "night")
    ask("POST", f"/{bo}/suspend")

    found = ask("GET", "/permissions/who", query={"permission": "incidents:respond"}).body["data"]

    assert {role["name"]: role["rule"] for role in found["roles"]} == {
        "admin": "*",
        "analyst": "incidents:respond",
        "responder": "incidents:respond",
        "night": "incidents:*",
    }
    assert found["users"] == [
        {"user_id": ana, "username": "ana", "role": "analyst", "rule": "incidents:respond"},
        {"user_id": cy, "username": "cy", "role": "night", "rule": "incidents:*"},
    ]
    assert found["total"] == 2
    assert ask("GET", "/permissions/who", query={"permission": "nothing"}).status == 422


def test_the_access_review_shows_everybody() -> None:
    ana, bo = add_user("ana", "admin"), add_user("bo", "viewer")
    team = ask("POST", "/teams", json={"name": "Blue", "members": [bo]}).body["data"]["team_id"]
    ask("POST", f"/{bo}/deactivate")

    page = ask("GET", "/access-review").body["data"]

    assert page["total"] == 2
    assert page["users"][0]["permissions"] == sorted(PERMISSIONS)
    assert page["users"][0]["user"] == "ana"
    assert page["users"][1] == {
        "user": "bo",
        "email": "bo@example.com",
        "full_name": "Bo",
        "role": "viewer",
        "permissions": [],
        "status": "deactivated",
        "last_login": None,
        "teams": [team],
    }
    assert ana != bo


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_the_csv_calculates_nothing(name: str) -> None:
    add_user("ana", full_name=name)

    answer = ask("GET", "/access-review", query={"format": "csv"})

    lines = list(csv.DictReader(io.StringIO(answer.body)))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert [line["user"] for line in lines] == ["ana"]
    assert lines[0]["full_name"] == "'" + name
    assert "users:read" in lines[0]["permissions"].split()


def test_a_review_of_a_part() -> None:
    for name in ("ana", "bo", "cy"):
        add_user(name)

    part = ask("GET", "/access-review", query={"limit": 1, "offset": 1}).body["data"]["users"]

    assert [one["user"] for one in part] == ["bo"]
    assert ask("GET", "/access-review", query={"limit": 5001}).status == 422
    assert ask("GET", "/access-review", query={"format": "xml"}).status == 422
    assert ask("GET", "/access-review", headers=bearer("au", "auditor")).status == 200

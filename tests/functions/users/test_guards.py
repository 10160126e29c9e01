"""Nobody rises above themselves, judges themselves or commands a superior, and one administrator is always left."""

from typing import Any

import pytest

from tests.builders.directory import add_user, as_user, ask, body_of, problems, user
from tests.builders.together import together

HELPDESK = ["users:read", "users:write", "roles:write", "teams:read", "teams:write"]


@pytest.fixture
def helpdesk(pool: Any) -> dict[str, str]:
    """The headers of somebody who may write users and roles, and little else."""
    assert ask("POST", "/roles", json={"name": "helpdesk", "permissions": HELPDESK}).status == 201
    add_user("hal", "helpdesk")
    return as_user("hal")


@pytest.mark.parametrize("role", ["admin", "viewer", "analyst", "developer"])
def test_nobody_gives_more_than_they_have(helpdesk: dict[str, str], role: str) -> None:
    """A viewer reads everything: more than the help desk does."""
    bo = add_user("bo", "helpdesk")

    made = ask("POST", headers=helpdesk, json=body_of("cy", role=role))
    given = ask("PUT", f"/{bo}", headers=helpdesk, json={"role": role})

    assert made.status == given.status == 403
    assert user(bo)["role"] == "helpdesk"
    assert ask("GET").body["data"]["total"] == 2
    assert ask("POST", headers=helpdesk, json=body_of("cy", role="helpdesk")).status == 201


@pytest.mark.parametrize("patterns", [["*"], ["*:read"], ["incidents:respond"], ["users:*", "keys:write"]])
def test_nobody_puts_more_into_a_role_than_they_have(helpdesk: dict[str, str], patterns: list[str]) -> None:
    ask("POST", "/roles", json={"name": "small", "permissions": ["users:read"]})

    made = ask("POST", "/roles", headers=helpdesk, json={"name": "big", "permissions": patterns})
    grown = ask("PUT", "/roles/small", headers=helpdesk, json={"permissions": patterns})
    own = ask("PUT", "/roles/helpdesk", headers=helpdesk, json={"permissions": [*HELPDESK, *patterns]})

    assert {made.status, grown.status, own.status} == {403}
    roles = {role["name"]: role for role in ask("GET", "/roles/list").body["data"]["roles"]}
    assert "big" not in roles
    assert roles["small"]["permissions"] == ["users:read"]
    assert roles["helpdesk"]["permissions"] == HELPDESK


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"email": "hal@attacker.example"}),
        ("PUT", "", {"role": "helpdesk"}),
        ("PUT", "", {"status": "suspended"}),
        ("POST", "/suspend", None),
        ("POST", "/deactivate", None),
        ("POST", "/invite", None),
    ],
)
def test_nobody_commands_a_superior(helpdesk: dict[str, str], method: str, path: str, body: Any) -> None:
    """With another address of an administrator the next password reset would be the help desk's."""
    boss, before = add_user("boss", "admin"), "boss@example.com"

    refused = ask(method, f"/{boss}{path}", headers=helpdesk, **({"json": body} if body else {}))

    assert refused.status == 403
    assert (user(boss)["email"], user(boss)["role"], user(boss)["status"]) == (before, "admin", "active")


def test_nobody_changes_their_own_role_or_status(helpdesk: dict[str, str]) -> None:
    hal = ask("GET", query={"q": "hal"}).body["data"]["users"][0]["id"]
    ask("POST", "/roles", json={"name": "small", "permissions": ["users:read"]})

    assert ask("PUT", f"/{hal}", headers=helpdesk, json={"role": "small"}).status == 403
    assert ask("POST", f"/{hal}/suspend", headers=helpdesk).status == 403
    assert ask("PUT", f"/{hal}", headers=helpdesk, json={"role": "helpdesk", "full_name": "Hal 9"}).status == 200
    assert user(hal)["full_name"] == "Hal 9"


def test_a_body_sets_nothing_that_is_not_its_business(pool: Any) -> None:
    evil = {"id": "evil", "user_id": "evil", "version": 99, "subject": "sub-root", "signed_out_at": 0, "linked": True,
            "permissions": ["*"], "operation": "x", "last_login": "2020-01-01T00:00:00"}  # fmt: skip
    ana = ask("POST", json=body_of("ana", **evil)).body["data"]["user_id"]
    before = user(ana)

    assert ask("PUT", f"/{ana}", json={**evil, "created_at": "2000-01-01T00:00:00"}).status == 200

    assert ana != "evil"
    assert user(ana) == before
    assert before["last_login"] is None
    assert as_user("ana")["authorization"]
    assert ask("GET", headers=as_user("ana", sub="sub-root")).status == 401


@pytest.mark.parametrize("body", [{"role": "admin"}, {"permissions": ["*"]}, {"roles": ["admin"]}])
def test_a_viewer_gets_nothing_by_asking(pool: Any, body: dict[str, Any]) -> None:
    ana = add_user("ana", "viewer")
    headers = {**as_user("ana"), "x-role": "admin", "x-user-role": "admin"}

    assert ask("POST", headers=headers, json=body_of("bo", **body)).status == 403
    assert ask("PUT", f"/{ana}", headers=headers, json=body).status == 403


DEMOTIONS = [("PUT", "", {"role": "viewer"}), ("POST", "/suspend", None), ("POST", "/deactivate", None)]


@pytest.mark.parametrize(("method", "path", "body"), DEMOTIONS)
def test_the_last_administrator_stays(pool: Any, tables: Any, method: str, path: str, body: Any) -> None:
    first, second = add_user("ann", "admin"), add_user("abe", "admin")
    sent = {"json": body} if body else {}

    assert ask(method, f"/{first}{path}", **sent).status == 200
    refused = ask(method, f"/{second}{path}", **sent)

    assert refused.status == 409
    assert "last administrator" in refused.body["message"]
    assert (user(second)["role"], user(second)["status"]) == ("admin", "active")
    assert problems(tables, pool) == []


@pytest.mark.parametrize("count", [2, 6])
def test_administrators_who_go_at_the_same_moment_leave_one(pool: Any, tables: Any, count: int) -> None:
    ids = [add_user(f"admin{number}", "admin") for number in range(count)]

    for method, path, body in DEMOTIONS:
        sent = {"json": body} if body else {}
        answers = together(count, lambda n, m=method, p=path, s=sent: ask(m, f"/{ids[n]}{p}", **s))  # type: ignore[misc]
        left = [one for one in ask("GET", query={"role": "admin"}).body["data"]["users"] if one["status"] == "active"]
        assert {answer.status for answer in answers} <= {200, 409}
        assert len(left) == 1
        assert problems(tables, pool) == []


def test_an_administrator_who_was_never_linked_is_none(pool: Any) -> None:
    """The row of a creation that died does not keep the last real administrator from being protected."""
    from tests.faults.plan import FaultPlan, no_waiting

    real = add_user("ann", "admin")
    with no_waiting(), FaultPlan().add("lose_request", "AdminCreateUser"):
        assert ask("POST", json=body_of("ghost", role="admin")).status == 503

    assert ask("PUT", f"/{real}", json={"role": "viewer"}).status == 409


def test_who_writes_users_but_no_teams_puts_nobody_into_one(pool: Any) -> None:
    team = ask("POST", "/teams", json={"name": "red"}).body["data"]["team_id"]
    ask("POST", "/roles", json={"name": "desk", "permissions": ["users:read", "users:write"]})
    hal = add_user("hal", "desk")

    joined = ask("PUT", f"/{hal}", headers=as_user("hal"), json={"teams": [team]})
    born = ask("POST", headers=as_user("hal"), json={**body_of("cy", role="desk"), "teams": [team]})
    unchanged = ask("PUT", f"/{hal}", headers=as_user("hal"), json={"teams": [], "full_name": "Hal"})

    assert (joined.status, born.status, unchanged.status) == (403, 403, 200)
    assert user(hal)["teams"] == []

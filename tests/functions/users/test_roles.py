"""Roles and permissions through the front door."""

import json
from typing import Any

import pytest

from shared.access.permissions import PERMISSIONS
from shared.access.roles import ROLES
from tests.builders.directory import ADMIN, add_user, as_user, ask, body_of, problems, user
from tests.builders.together import together

pytestmark = pytest.mark.usefixtures("pool")
SMALL = {"name": "small", "description": "Reads users", "permissions": ["users:read"]}


def roles() -> dict[str, dict[str, Any]]:
    return {role["name"]: role for role in ask("GET", "/roles/list").body["data"]["roles"]}


def test_the_systems_roles_and_all_permissions_are_listed() -> None:
    listed = ask("GET", "/permissions/list").body["data"]

    assert set(roles()) == set(ROLES)
    assert all(role["is_system_role"] and role["description"] for role in roles().values())
    assert roles()["admin"]["permissions"] == ["*"]
    assert {one["id"] for one in listed["permissions"]} == set(PERMISSIONS)
    assert listed["total"] == len(PERMISSIONS)
    for one in listed["permissions"]:
        assert f"{one['resource']}:{one['action']}" == one["id"] == one["name"]
        assert one["description"]


def test_the_life_of_a_role() -> None:
    made = ask("POST", "/roles", json=SMALL)
    assert (made.status, made.body["data"]) == (201, {"role_id": "small"})
    assert roles()["small"] == {**SMALL, "id": "small", "is_system_role": False}
    add_user("ana", "small")
    headers = as_user("ana")
    assert ask("GET", headers=headers).status == 200
    assert ask("GET", "/teams/list", headers=headers).status == 403

    changed = ask("PUT", "/roles/small", json={"permissions": ["teams:*"]})

    assert changed.body["data"]["permissions"] == ["teams:*"]
    assert roles()["small"]["description"] == "Reads users"
    assert ask("GET", headers=headers).status == 403
    assert ask("GET", "/teams/list", headers=headers).status == 200


def test_a_role_that_somebody_has_stays(tables: Any, pool: Any) -> None:
    ask("POST", "/roles", json=SMALL)
    ana = add_user("ana", "small")
    ask("POST", f"/{ana}/deactivate")

    held = ask("DELETE", "/roles/small")
    ask("PUT", f"/{ana}", json={"role": "viewer"})
    gone = ask("DELETE", "/roles/small")

    assert (held.status, gone.status) == (409, 200)
    assert "small" not in roles()
    assert ask("DELETE", "/roles/small").status == 404
    assert problems(tables, pool) == []


def test_a_role_is_not_deleted_under_somebody_who_gets_it(tables: Any, pool: Any) -> None:
    for turn in range(4):
        name = f"role{turn}"
        ask("POST", "/roles", json={**SMALL, "name": name})
        ana = add_user(f"ana{turn}")
        deeds = [
            lambda n=name: ask("DELETE", f"/roles/{n}"),
            lambda n=name, a=ana: ask("PUT", f"/{a}", json={"role": n}),
        ]

        answers = together(2, lambda number, d=deeds: d[number]())  # type: ignore[misc]

        assert sorted(answer.status for answer in answers) in ([200, 409], [200, 422]), [a.body for a in answers]
        assert user(ana)["role"] in (*roles(), "viewer")
        assert problems(tables, pool) == []


def test_one_name_is_one_role() -> None:
    keyed = {**ADMIN, "idempotency-key": "k"}
    answers = together(8, lambda number: ask("POST", "/roles", json=SMALL))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert ask("POST", "/roles", headers=keyed, json={**SMALL, "name": "other"}).status == 201
    assert ask("POST", "/roles", headers=keyed, json={**SMALL, "name": "other"}).status == 201
    assert ask("POST", "/roles", json={**SMALL, "name": "other"}).status == 409


@pytest.mark.parametrize("name", list(ROLES))
def test_the_systems_roles_do_not_change(name: str) -> None:
    assert ask("POST", "/roles", json={**SMALL, "name": name}).status == 409
    assert ask("PUT", f"/roles/{name}", json={"permissions": ["users:read"]}).status == 409
    assert ask("DELETE", f"/roles/{name}").status == 409
    assert roles()[name]["permissions"] == list(ROLES[name])


@pytest.mark.parametrize(
    "wrong",
    [
        {"permissions": []},
        {"permissions": ["users:explode"]},
        {"permissions": ["nothing:*"]},
        {"permissions": ["**"]},
        {"permissions": ["users:read"] * 65},
        {"permissions": "users:read"},
        {"name": "Small"},
        {"name": "a" * 65},
        {"name": ""},
    ],
)
def test_a_role_that_makes_no_sense_is_422(wrong: dict[str, Any]) -> None:
    assert ask("POST", "/roles", json=SMALL | wrong).status == 422
    assert set(roles()) == set(ROLES)


def test_unknown_roles() -> None:
    assert ask("PUT", "/roles/nobody", json={"description": "x"}).status == 404
    assert ask("DELETE", "/roles/nobody").status == 404
    assert ask("DELETE", "/roles/" + "x" * 3000).status == 404
    assert ask("POST", json=body_of("ana", role="nobody")).status == 422
    assert json.dumps(ask("GET").body["data"]["users"]) == "[]"

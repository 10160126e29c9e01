"""Teams through the front door."""

from typing import Any

import pytest

from shared.access.caller import Caller
from shared.directory.teams import NewTeam, team_service
from tests.builders.directory import ADMIN, add_user, as_user, ask, user
from tests.builders.together import together

pytestmark = pytest.mark.usefixtures("pool")


def add_team(name: str = "Blue", **more: Any) -> str:
    answer = ask("POST", "/teams", json={"name": name, **more})
    assert answer.status == 201, answer.body
    return str(answer.body["data"]["team_id"])


def teams() -> dict[str, dict[str, Any]]:
    return {team["id"]: team for team in ask("GET", "/teams/list").body["data"]["teams"]}


def test_a_new_team_is_found_with_its_members() -> None:
    ana = add_user("ana")

    team_id = add_team(description="defends", members=[ana], owner=ana, workspace_id="w1", id="evil")

    found = teams()[team_id]
    assert found.pop("created_at") > "2020"
    assert found == {
        "id": team_id, "name": "Blue", "description": "defends", "members": [ana], "owner": ana, "workspace_id": "w1",
    }  # fmt: skip
    assert user(ana)["teams"] == [team_id]


def test_the_owner_is_the_caller_if_they_are_in_the_directory() -> None:
    ana = add_user("ana", "admin")
    by_ana = ask("POST", "/teams", headers=as_user("ana"), json={"name": "Red"}).body["data"]["team_id"]
    by_somebody = add_team()

    assert teams()[by_ana]["owner"] == ana
    assert teams()[by_somebody]["owner"] is None


@pytest.mark.parametrize("wrap", [lambda ids: ids, lambda ids: {"member_ids": ids}, lambda ids: {"members": ids}])
def test_members_are_set_whatever_they_are_wrapped_in(wrap: Any) -> None:
    ana, bo, team_id = add_user("ana"), add_user("bo"), add_team()

    answer = ask("PUT", f"/teams/{team_id}/members", json=wrap([bo, ana, bo]))

    assert answer.status == 200
    assert answer.body["data"] == {"team_id": team_id, "member_count": 2}
    assert teams()[team_id]["members"] == [bo, ana]
    ask("PUT", f"/teams/{team_id}/members", json=wrap([ana]))
    assert user(bo)["teams"] == []
    assert user(ana)["teams"] == [team_id]


def test_membership_points_at_nobody_never() -> None:
    from tests.builders.directory import body_of
    from tests.faults.plan import FaultPlan, no_waiting

    ana, team_id = add_user("ana"), add_team()
    with no_waiting(), FaultPlan().add("lose_request", "AdminCreateUser"):
        assert ask("POST", json=body_of("ghost")).status == 503
    ghost = ask("GET", query={"q": "ghost"}).body["data"]["users"][0]
    assert not ghost["linked"]

    for members in ([ana, "usr_" + "0" * 24], ["x"], [ghost["id"]]):
        assert ask("PUT", f"/teams/{team_id}/members", json=members).status == 422
        assert ask("POST", "/teams", json={"name": "Red", "members": members}).status == 422
    assert ask("POST", "/teams", json={"name": "Red", "owner": "usr_" + "0" * 24}).status == 422
    assert ask("PUT", f"/{ghost['id']}", json={"teams": [team_id]}).status == 409
    assert [team["members"] for team in teams().values()] == [[]]


def test_a_deleted_team_leaves_its_members() -> None:
    ana = add_user("ana")
    team_id = add_team(members=[ana])

    assert ask("DELETE", f"/teams/{team_id}").body["data"] == {"team_id": team_id}
    assert user(ana)["teams"] == []
    assert ask("DELETE", f"/teams/{team_id}").status == 404


def test_deactivated_users_stay_members() -> None:
    ana = add_user("ana")
    team_id = add_team(members=[ana])
    ask("POST", f"/{ana}/deactivate")

    assert teams()[team_id]["members"] == [ana]
    assert user(ana)["teams"] == [team_id]


@pytest.mark.parametrize("team_id", ["no-such", "team_" + "0" * 24, "x" * 3000])
def test_unknown_teams_are_404(team_id: str) -> None:
    assert ask("PUT", f"/teams/{team_id}/members", json=["nobody"]).status == 404
    assert ask("DELETE", f"/teams/{team_id}").status == 404


def test_a_repeated_keyed_request_makes_one_team() -> None:
    headers = {**ADMIN, "idempotency-key": "k"}
    made = together(8, lambda number: ask("POST", "/teams", headers=headers, json={"name": "Blue"}))
    again = ask("POST", "/teams", headers=headers, json={"name": "Blue"})

    ids = {answer.body["data"]["team_id"] for answer in [*made, again] if answer.status == 201}
    assert {answer.status for answer in made} <= {201, 409}  # 409: the first has not been answered yet
    assert again.status == 201
    assert ids == set(teams())
    assert len(ids) == 1


def test_one_operation_makes_one_team_whoever_remembers_its_answer() -> None:
    """Below the store of answers, which a dead function never reached."""
    root = Caller("root", ("admin",), ("*",), subject="sub-root")

    made = together(8, lambda number: team_service().create(root, NewTeam("Blue"), "op_1"))

    assert {team.team_id for team in made} == set(teams())
    assert len(teams()) == 1


def test_people_who_join_at_the_same_moment_are_all_in() -> None:
    """One request names the whole list, the others a user's teams: nobody's membership is lost."""
    ids = [add_user(f"user{number}") for number in range(6)]
    team_id = add_team()

    answers = together(6, lambda number: ask("PUT", f"/{ids[number]}", json={"teams": [team_id]}))

    assert {answer.status for answer in answers} == {200}
    assert sorted(teams()[team_id]["members"]) == sorted(ids)


@pytest.mark.parametrize(
    "body", [{}, [1], ["x" * 65], {"members": "ana"}, {"members": None}, ["a"] * 1001, "ana", None]
)
def test_what_is_no_list_of_members_is_422(body: Any) -> None:
    assert ask("PUT", f"/teams/{add_team()}/members", json=body).status == 422


def test_teams_are_paged_by_name() -> None:
    for name in ("cc", "aa", "bb"):
        add_team(name)

    page = ask("GET", "/teams/list", query={"limit": 2, "offset": 1}).body["data"]

    assert [team["name"] for team in page["teams"]] == ["bb", "cc"]
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 1)

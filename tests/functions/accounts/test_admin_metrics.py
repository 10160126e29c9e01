"""The administrator's page and plans through the front door."""

import re
from datetime import timedelta
from typing import Any

import pytest

from functions.accounts.schemas.accounts import MetricsOut, percent
from shared.accounts.activity_log import activity_log
from shared.accounts.figures import figure_repository
from shared.accounts.metrics import MetricsService
from shared.accounts.quotas import quota_service
from shared.accounts.repository import account_repository
from shared.core.clock import utc_now
from shared.traffic.model import TrafficFigures
from tests.builders.tokens import bearer, trust
from tests.faults.plan import FaultPlan
from tests.functions.accounts.builders import JANE, JOHN, ROOT, add_accounts, ask, increment

FIELDS = {
    "totalUsers", "usersOnline", "activeTrainings", "activeSimulations", "totalNetworks", "trainingsToday",
    "simulationsToday", "networksToday", "newUsersToday", "usersByRole", "topUsers", "recentActivities", "uptime",
    "avgResponseTime", "apiRequestsPerMin", "errorRate", "cacheHitRate",
}  # fmt: skip
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@pytest.fixture(autouse=True)
def people(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    add_accounts()


def read(who: Any = ROOT) -> dict[str, Any]:
    answer = ask("GET", "/admin/metrics", who)
    assert answer.status == 200, answer
    return dict(answer.body)


def test_the_page_has_the_seeds_fields_and_its_moment() -> None:
    page = read()

    assert set(page) == FIELDS | {"as_of"}
    assert (page["totalUsers"], page["usersByRole"]) == (3, {"free": 1, "premium": 1, "admin": 1})
    for name in ("uptime", "errorRate", "cacheHitRate"):
        assert re.fullmatch(r"\d+(\.\d+)?%", page[name])
    assert re.fullmatch(r"\d+(\.\d+)?ms", page["avgResponseTime"])
    assert (page["uptime"], page["errorRate"], page["apiRequestsPerMin"]) == ("100%", "0%", 0)


def test_what_accounts_do_is_on_the_page_at_once() -> None:
    before = read()
    for resource, who in (("network", JOHN), ("network", JANE), ("training", JANE), ("simulation", JOHN)):
        assert increment(resource, who).status == 200

    page = read()

    grown = {name: page[name] - before[name] for name in FIELDS if isinstance(page[name], int)}
    assert {name: count for name, count in grown.items() if count} == {
        "totalNetworks": 2, "networksToday": 2, "trainingsToday": 1, "simulationsToday": 1, "usersOnline": 2,
    }  # fmt: skip
    top = [(user["activityCount"], user["username"], user["role"]) for user in page["topUsers"]]
    assert sorted(top, reverse=True) == [(2, "john_doe", "free"), (2, "jane_roe", "premium"), (0, "root", "admin")]
    assert [count for count, _, _ in top] == [2, 2, 0]
    latest = page["recentActivities"][0]
    assert {name: latest[name] for name in ("type", "description", "userId")} == {
        "type": "simulation_run",
        "description": "User ran a simulation",
        "userId": JOHN,
    }
    assert MOMENT.fullmatch(latest["timestamp"])


def test_people_who_come_are_new_and_online() -> None:
    ask("GET", "/users/profile", bearer("ana"))
    page = read(bearer("chief", "admin"))

    assert (page["totalUsers"], page["newUsersToday"], page["usersOnline"]) == (4, 1, 1)
    kinds = [(one["type"], one["description"]) for one in page["recentActivities"][:2]]
    assert sorted(kinds) == [("user_login", "User logged in"), ("user_signup", "User created an account")]


def test_work_in_progress_is_active_until_its_deadline() -> None:
    for number, ends_in in enumerate((60, 60, -1)):
        ends = utc_now() + timedelta(seconds=ends_in)
        quota_service().reserve(JANE, "simulation", f"s{number}", ends)
    quota_service().reserve(JANE, "training", "t", utc_now() + timedelta(hours=1))

    page = read()
    assert (page["activeTrainings"], page["activeSimulations"], page["simulationsToday"]) == (1, 2, 0)
    quota_service().commit("t")
    quota_service().release("s0")
    page = read()
    assert (page["activeTrainings"], page["activeSimulations"], page["trainingsToday"]) == (0, 1, 1)


def test_ten_users_and_fifty_activities_at_the_most() -> None:
    for number in range(12):
        headers = bearer(f"p{number}")
        for _ in range(5 - number // 4):
            assert increment("network", headers).status == 200

    page = read()

    counts = [user["activityCount"] for user in page["topUsers"]]
    assert counts == [5, 5, 5, 5, 4, 4, 4, 4, 3, 3]
    assert len(page["recentActivities"]) == 50
    moments = [one["timestamp"] for one in page["recentActivities"]]
    assert moments == sorted(moments, reverse=True)


def test_the_page_costs_the_same_for_more_accounts() -> None:
    def calls() -> list[str]:
        with FaultPlan() as plan:
            read()
        return [call.operation for call in plan.calls]

    read()
    few = calls()
    for number in range(20):
        ask("GET", "/users/profile", bearer(f"p{number}"))

    assert calls() == few
    assert len(few) <= 8


def test_the_traffic_is_printed_as_the_seed_does() -> None:
    traffic = TrafficFigures(0.9994, 45.4, 1233.6, 0.00004, 0.89)
    service = MetricsService(figure_repository(), account_repository(), activity_log(), lambda now: traffic, utc_now)

    page = MetricsOut.of(service.read()).model_dump()

    assert {name: page[name] for name in ("uptime", "avgResponseTime", "apiRequestsPerMin", "errorRate")} == {
        "uptime": "99.9%",
        "avgResponseTime": "45ms",
        "apiRequestsPerMin": 1234,
        "errorRate": "0.1%",
    }
    assert page["cacheHitRate"] == "89%"


@pytest.mark.parametrize(
    ("fraction", "text"), [(0, "0%"), (1, "100%"), (0.99999, "99.9%"), (0.5, "50%"), (1e-9, "0.1%")]
)
def test_a_percent_says_all_or_nothing_of_all_or_nothing_only(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@pytest.mark.parametrize("who", [JOHN, JANE, bearer("ana"), bearer("ana", "viewer"), bearer("ana", "developer")])
def test_only_admins_see_it(who: Any) -> None:
    for answer in (
        ask("GET", "/admin/metrics", who),
        ask("PUT", f"/admin/users/{JOHN}/plan", who, json={"plan": "premium"}),
    ):
        assert (answer.status, answer.body) == (403, {"detail": "Admin access required"})
    assert ask("GET", "/users/profile").body["role"] == "free"


def test_a_plan_is_set_and_holds_at_once() -> None:
    for _ in range(5):
        increment("network")
    assert increment("network").status == 429

    answer = ask("PUT", f"/admin/users/{JOHN}/plan", ROOT, json={"plan": "premium"})

    assert (answer.status, answer.body) == (
        200,
        {"userId": JOHN, "username": "john_doe", "email": "john_doe@example.com", "role": "premium"},
    )
    assert increment("network").body == {"success": True, "newUsage": 6, "remaining": 4}
    assert read()["usersByRole"] == {"free": 0, "premium": 2, "admin": 1}


def test_an_admins_plan_follows_the_role() -> None:
    answer = ask("PUT", f"/admin/users/{ROOT}/plan", ROOT, json={"plan": "free"})

    assert answer.status == 409
    assert read()["usersByRole"]["admin"] == 1


@pytest.mark.parametrize("account_id", ["f" * 24, "nobody", "a%00b", "x" * 5_000, "%2e%2e", "%F0%9F%90%8D"])
def test_an_unknown_account_has_no_plan(account_id: str) -> None:
    answer = ask("PUT", f"/admin/users/{account_id}/plan", ROOT, json={"plan": "free"})

    assert (answer.status, answer.body) == (404, {"detail": "User not found"})


@pytest.mark.parametrize("plan", ["admin", "gold", None, 1, {"a": 1}, ["free"], "free\x00", "x" * 100_000])
def test_there_are_two_plans_to_set(plan: Any) -> None:
    answer = ask("PUT", f"/admin/users/{JOHN}/plan", ROOT, json={"plan": plan})

    assert answer.status == 400
    assert set(answer.body) == {"detail"}
    assert ask("GET", "/users/profile").body["role"] == "free"

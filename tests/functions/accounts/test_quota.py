"""Quotas through the front door: seed 003's answers, the headers, and what comes from hostile callers."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.insiders.app import handler as insiders
from shared.accounts.sightings import account_id_of
from shared.activities.service import ActivityService
from shared.core.errors import Unavailable
from shared.subjects.repository import subject_repository
from tests.builders.calls import Answer, call
from tests.builders.people import a_person
from tests.builders.tokens import bearer, trust
from tests.faults.plan import FaultPlan
from tests.functions.accounts.builders import (
    JANE,
    JOHN,
    PLURAL,
    ROOT,
    add_accounts,
    ask,
    increment,
    next_midnight,
)
from tests.shared.accounts.invariants import problems


@pytest.fixture(autouse=True)
def people(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    add_accounts()


@pytest.fixture(autouse=True)
def nothing_wrong(people: None, tables: Any) -> Any:
    yield
    assert problems(tables) == []


def check(resource: str, who: Any = JOHN) -> Answer:
    return ask("GET", f"/quota/check/{resource}", who)


def told(answer: Answer, header: str) -> list[str]:
    """What a RateLimit header says of quotas; the caller's rate stands in the same list."""
    items = answer.headers.get(header, "").split(", ")
    return [item for item in items if item.partition(";")[0].strip('"') in PLURAL]


def test_a_check_has_the_seeds_fields() -> None:
    increment("network")
    increment("network")

    answer = check("network")

    assert (answer.status, answer.body) == (
        200,
        {
            "available": 5,
            "used": 2,
            "remaining": 3,
            "resetTime": next_midnight(),
            "limit": 5,
            "unlimited": False,
        },
    )
    assert told(answer, "ratelimit-policy") == ['"network";q=5;w=86400']
    (left,) = told(answer, "ratelimit")
    assert re.fullmatch(r'"network";r=3;t=\d{1,5}', left)


@pytest.mark.parametrize(
    ("who", "limits"), [(JOHN, (5, 1, 100)), (JANE, (10, 5, 500)), (ROOT, (1_000_000_000,) * 3)], ids=["f", "p", "a"]
)
def test_every_plan_has_its_limits(who: str, limits: tuple[int, ...]) -> None:
    checks = [check(resource, who).body for resource in PLURAL]

    assert tuple(one["available"] for one in checks) == tuple(one["remaining"] for one in checks) == limits
    assert {one["unlimited"] for one in checks} == {who == ROOT}


def test_an_unlimited_account_is_told_so_in_numbers() -> None:
    answer = check("training", ROOT)

    assert answer.body["limit"] is None
    assert told(answer, "ratelimit") == told(answer, "ratelimit-policy") == []
    assert increment("training", ROOT).body == {"success": True, "newUsage": 1, "remaining": 1_000_000_000}


def test_an_increment_has_the_seeds_fields() -> None:
    answers = [increment("simulation") for _ in range(2)]

    assert [answer.body for answer in answers] == [
        {"success": True, "newUsage": 1, "remaining": 99},
        {"success": True, "newUsage": 2, "remaining": 98},
    ]
    assert told(answers[1], "ratelimit")[0].startswith('"simulation";r=98;t=')


def test_a_used_up_day_is_the_seeds_429() -> None:
    assert increment("training").body == {"success": True, "newUsage": 1, "remaining": 0}

    refused = increment("training")

    assert refused.status == 429
    detail = refused.body["detail"]
    assert list(refused.body) == ["detail"]
    assert {name: detail[name] for name in ("error", "remaining", "resetTime", "limit", "used")} == {
        "error": "You have reached your training limit for today",
        "remaining": 0,
        "resetTime": next_midnight(),
        "limit": 1,
        "used": 1,
    }
    assert 0 < detail["retryAfterSeconds"] <= 86_400
    assert refused.headers["retry-after"] == str(detail["retryAfterSeconds"])
    assert told(refused, "ratelimit")[0].startswith('"training";r=0;t=')
    assert check("training").body["used"] == 1


@pytest.mark.parametrize(
    "resource", ["banana", "networks", "Network", "%00", "network%00", "x" * 10_000, "..", "null", "1"]
)
def test_another_resource_is_a_400(resource: str) -> None:
    answer = check(resource)

    assert (answer.status, answer.body) == (400, {"detail": "Invalid resource"})


BODIES = [
    "{}",
    '{"resource": "banana"}',
    '{"resource": null}',
    '{"resource": 1}',
    '{"resource": {"a": 1}}',
    '{"resource": ["network"]}',
    '{"resource": NaN}',
    '{"resource": "network\\u0000"}',
    '{"resource": "\\ud800"}',
    json.dumps({"resource": "n" * 100_000}),
    '{"resource": ' + "[" * 500 + "]" * 500 + "}",
    '{"Resource": "network"}',
]


@pytest.mark.parametrize("text", BODIES, ids=range(len(BODIES)))
def test_a_body_without_a_good_resource_is_a_400(text: str) -> None:
    answer = ask("POST", "/quota/increment", text=text)

    assert (answer.status, answer.body) == (400, {"detail": "Invalid resource"})
    assert check("network").body["used"] == 0


@pytest.mark.parametrize("text", ["", "garbage", "[]", "null", '"network"', "[" * 100_000, "{", "\x00"])
def test_a_body_that_is_no_object_is_a_400(text: str) -> None:
    answer = ask("POST", "/quota/increment", text=text)

    assert answer.status == 400, answer
    assert set(answer.body) == {"detail"}
    assert isinstance(answer.body["detail"], str)


def test_what_else_stands_in_a_body_does_not_count() -> None:
    body = {
        "resource": "training", "role": "admin", "plan": "premium", "userId": JANE, "account_id": JANE, "used": -5,
        "limit": 99, "amount": -1,
    }  # fmt: skip

    answers = [ask("POST", "/quota/increment", json=body) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
    assert check("training").body["limit"] == 1
    assert check("training", JANE).body["used"] == 0


def test_a_repeated_key_is_one_unit_whoever_else_uses_it() -> None:
    mine = [increment("network", **{"idempotency-key": "k1"}) for _ in range(2)]
    others = increment("network", JANE, **{"idempotency-key": "k1"})

    assert {answer.body["newUsage"] for answer in mine} == {1}
    assert others.body["newUsage"] == 1
    assert check("network").body["used"] == check("network", JANE).body["used"] == 1


def test_a_key_that_was_used_for_another_resource_is_refused() -> None:
    increment("network", **{"idempotency-key": "k1"})

    answer = increment("simulation", **{"idempotency-key": "k1"})

    assert answer.status == 422
    assert set(answer.body) == {"detail"}
    assert check("simulation").body["used"] == 0


def in_its_own_loop(deed: Any) -> Any:
    import asyncio

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return deed()
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@pytest.mark.parametrize("round_", range(3))
def test_a_crowd_at_the_front_door_is_let_in_to_the_limit(round_: int) -> None:
    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(lambda _: in_its_own_loop(lambda: increment("network")), range(48)))

    admitted = [answer.body["newUsage"] for answer in answers if answer.status == 200]
    assert sorted(admitted) == [1, 2, 3, 4, 5]
    assert {answer.status for answer in answers} == {200, 429}


# What drills cost.


def trigger(headers: dict[str, str] | None, **more: str) -> Answer:
    query = {"user_id": "U901", "anomaly_type": "data_exfiltration"}
    return call(insiders, "POST", "/api/trigger/anomaly", query=query, headers={**(headers or {}), **more})


def simulate(headers: dict[str, str], user_id: str = "U901") -> Answer:
    query = {"user_id": user_id, "activity_count": 1}
    return call(insiders, "POST", "/api/simulate/activity", query=query, headers=headers)


@pytest.fixture
def ana() -> dict[str, str]:
    """Somebody with a free account, of which 98 simulations are used."""
    from shared.accounts.quotas import quota_service

    subject_repository().add(a_person("U901"))
    headers = bearer("ana", "analyst")
    assert ask("GET", "/users/profile", headers).status == 200
    for number in range(98):
        quota_service().increment(account_id_of("sub-ana"), "simulation", f"before-{number}")
    return headers


def test_drills_are_charged_to_who_has_an_account(ana: dict[str, str]) -> None:
    answers = [trigger(ana), simulate(ana), trigger(ana), simulate(ana)]

    assert [answer.status for answer in answers] == [200, 200, 429, 429]
    assert told(answers[0], "ratelimit")[0].startswith('"simulation";r=1;t=')
    assert told(answers[2], "ratelimit")[0].startswith('"simulation";r=0;t=')
    assert answers[2].body["detail"]["error"] == "You have reached your simulation limit for today"
    assert int(answers[2].headers["retry-after"]) > 0
    profile = ask("GET", "/users/profile", ana).body
    assert (profile["usage"]["simulations"], profile["simulationsCount"]) == (100, 100)


def test_a_drill_that_fails_costs_nothing(ana: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert simulate(ana, "U999").status == 404

    def busy(*_: Any, **__: Any) -> None:
        raise Unavailable("try again")

    monkeypatch.setattr(ActivityService, "ingest", busy)
    assert trigger(ana).status == 503
    assert check("simulation", ana).body["used"] == 98


def test_a_drill_without_an_account_costs_nothing_and_makes_none(tables: Any) -> None:
    subject_repository().add(a_person("U901"))

    answers = [trigger(None), trigger(bearer("bo", "analyst")), trigger({"authorization": f"Bearer user:{JOHN}"})]

    assert {answer.status for answer in answers} == {200}
    assert [told(answer, "ratelimit-policy") for answer in answers] == [[], [], []]
    found = tables.get_item(
        TableName="vedette-local-accounts",
        Key={"pk": {"S": f"ACCOUNT#{account_id_of('sub-bo')}"}, "sk": {"S": "ACCOUNT"}},
    )
    assert "Item" not in found
    assert check("simulation").body["used"] == 0


def test_a_repeated_drill_is_paid_once(ana: dict[str, str]) -> None:
    answers = [trigger(ana, **{"idempotency-key": "d1"}) for _ in range(3)]

    assert {answer.status for answer in answers} == {200}
    assert check("simulation", ana).body["used"] == 99


def test_what_charging_costs(ana: dict[str, str]) -> None:
    """Calls on the table of accounts, as docs/accounts.md says them."""

    def calls(request: Any) -> list[str]:
        request()
        with FaultPlan() as plan:
            request()
        return [call.operation for call in plan.calls if b"vedette-local-accounts" in call.body]

    look = ["GetItem", "BatchGetItem"]
    assert calls(lambda: check("network", ana)) == look
    assert calls(lambda: ask("GET", "/users/profile", ana)) == look
    assert calls(lambda: increment("network", ana)) == [*look, "TransactWriteItems"]
    assert calls(lambda: simulate(ana)) == [*look, "TransactWriteItems", "GetItem", "TransactWriteItems"]
    assert calls(lambda: trigger(None)) == []


def test_a_key_pays_with_its_owners_quota(ana: dict[str, str]) -> None:
    from shared.access.caller import Caller
    from shared.accounts.service import account_service

    known = account_service().known(Caller("key:0123456789ab", kind="key", subject="sub-ana", owner="ana"))

    assert known is not None
    assert known.account_id == account_id_of("sub-ana")
    assert account_service().known(Caller("key:0123456789ab", kind="key", subject="sub-of-nobody")) is None

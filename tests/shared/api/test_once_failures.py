"""Idempotency-Key: refusals, failures, dead functions, requests at the same moment, and the end of the day."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from shared.api import once
from shared.core.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from shared.requests.once import AnsweredRequests
from shared.storage.store import store
from tests.builders.http import get_event
from tests.builders.together import together
from tests.builders.tokens import bearer, trust
from tests.shared.api.desk import KEY, Desk, a_desk, replayed, same


@pytest.fixture
def desk(tables: Any) -> Desk:
    return a_desk()


@pytest.mark.parametrize("error", [NotFound("No such thing"), Conflict("Taken")])
def test_what_the_work_decided_is_kept(desk: Desk, error: Exception) -> None:
    desk.error = error
    first = desk.ask()
    desk.error = None
    again = desk.ask()

    assert first.status in (404, 409)
    assert replayed(again)
    assert same(first, again)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid("x"), 422), (LimitReached("x", retry_after=9), 429), (Unavailable("x"), 503), (ValueError("x"), 500)],
)
def test_a_refusal_and_a_failure_are_not_kept(desk: Desk, error: Exception, status: int) -> None:
    desk.error = error
    assert desk.ask().status == status
    desk.error = None

    again = desk.ask()

    assert (again.status, replayed(again)) == (201, False)


def test_after_a_refusal_the_key_may_be_used_for_a_better_request(desk: Desk) -> None:
    assert desk.ask(json={"number": "x"}).status == 422
    assert desk.ask(json={"number": 2}).status == 201


def test_after_a_failure_the_key_stays_with_its_request(desk: Desk) -> None:
    """Nobody knows how far it came: with another body it might be answered with the first one's work."""
    desk.error = Unavailable("x")
    desk.ask()
    desk.error = None

    assert desk.ask(json={"number": 2}).status == 422
    assert desk.ask().status == 201


def test_nobody_who_is_refused_at_the_door_leaves_a_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, auth_mode="strict")

    assert desk.ask().status == 401
    assert desk.ask(headers=bearer("ana", "viewer")).status == 403
    # Also not by a replay, once the right to it is gone.
    assert desk.ask(headers=bearer("ana", "admin")).status == 201
    assert desk.ask(headers=bearer("ana", "viewer")).status == 403


def with_clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(once, "answered_requests", lambda: AnsweredRequests(store(), lambda: clock.now))
    return clock


def test_an_answer_is_repeated_for_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = with_clock(monkeypatch)
    desk.ask()
    clock.now += timedelta(hours=23, minutes=59)
    assert replayed(desk.ask())
    clock.now += timedelta(minutes=2)

    assert not replayed(desk.ask())
    assert len(desk.done) == 2


def test_another_request_may_have_the_key_after_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = with_clock(monkeypatch)
    desk.ask()
    clock.now += timedelta(hours=24, seconds=1)

    assert desk.ask(json={"number": 2}).status == 201


class Died(BaseException):
    """Like a Lambda whose time is up: no handler sees it."""


def die(desk: Desk, **context: Any) -> None:
    event = get_event("/api/things", **KEY, **{"content-type": "application/json"})
    event["requestContext"]["http"]["method"] = "POST"
    desk.error = Died()  # type: ignore[assignment]
    desk.handler({**event, "body": '{"number": 1}'}, SimpleNamespace(**context) if context else None)
    desk.error = None


@pytest.mark.parametrize(
    ("context", "seconds"), [({}, 29), ({"get_remaining_time_in_millis": lambda: 5000}, 5)], ids=["unknown", "told"]
)
def test_the_record_of_a_dead_function_frees_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, context: dict[str, Any], seconds: int
) -> None:
    clock = with_clock(monkeypatch)
    die(desk, **context)
    clock.now += timedelta(seconds=seconds)
    early = desk.ask()
    clock.now += timedelta(seconds=1.5)
    late_other, late = desk.ask(json={"number": 2}), desk.ask()

    assert early.status == 409
    assert 1 <= int(early.headers["retry-after"]) <= 2
    assert "still running" in early.body["detail"]
    assert late_other.status == 422
    assert (late.status, replayed(late)) == (201, False)


def test_equal_requests_at_once_are_one(desk: Desk) -> None:
    answers = together(16, lambda _: desk.ask())

    fresh = [one for one in answers if one.status == 201 and not replayed(one)]
    assert len(desk.done) == len(fresh) == 1
    assert {one.status for one in answers} <= {201, 409}
    assert all("retry-after" in one.headers for one in answers if one.status == 409)
    assert all(one.body == fresh[0].body for one in answers if replayed(one))

"""Records of keyed requests: who may finish one, and when it is free again."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.core.errors import Conflict, OtherRequest, StillRunning
from shared.requests.model import Answer, Claim, KeyedRequest
from shared.requests.once import KEPT, MOST_BYTES, AnsweredRequests
from shared.requests.operations import made_by, operation_puts
from shared.storage.store import ConditionFailed, store
from tests.builders.together import together

REQUEST = KeyedRequest("name", "content")
OTHER = KeyedRequest("name", "other content")
FIRST, SECOND = (Answer(201, (("content-type", "text/plain"),), body) for body in (b"first", b"second \xff\x00"))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(tables: Any) -> Clock:
    return Clock()


@pytest.fixture
def records(clock: Clock) -> AnsweredRequests:
    return AnsweredRequests(store(), clock)


def claim(records: AnsweredRequests, request: KeyedRequest = REQUEST) -> Claim:
    found = records.begin(request, lives=30)
    assert isinstance(found, Claim)
    return found


ENDINGS: dict[str, Callable[[AnsweredRequests, Claim], bool]] = {
    "finish": lambda records, claim: records.finish(claim, FIRST),
    "fail": lambda records, claim: records.fail(claim),
    "forget": lambda records, claim: records.forget(claim),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_was_thought_dead_ends_nothing(records: AnsweredRequests, clock: Clock, ending: str) -> None:
    dead = claim(records)
    clock.now += timedelta(seconds=30)
    living = claim(records)

    assert not ENDINGS[ending](records, dead)
    with pytest.raises(StillRunning):
        records.begin(REQUEST, 30)
    assert records.finish(living, SECOND)
    assert not ENDINGS[ending](records, dead)
    assert records.begin(REQUEST, 30) == SECOND


def test_what_is_finished_is_finished(records: AnsweredRequests) -> None:
    one = claim(records)
    assert records.finish(one, FIRST)

    assert not records.finish(one, SECOND)
    assert not records.fail(one)
    assert not records.forget(one)
    assert records.begin(REQUEST, 30) == FIRST


def test_a_failed_request_is_free_for_its_like_only(records: AnsweredRequests) -> None:
    records.fail(claim(records))

    with pytest.raises(OtherRequest):
        records.begin(OTHER, 30)
    assert records.finish(claim(records), FIRST)


def test_a_forgotten_request_is_free_for_all(records: AnsweredRequests) -> None:
    records.forget(claim(records))

    assert records.finish(claim(records, OTHER), FIRST)


@pytest.mark.parametrize("request_", [REQUEST, OTHER])
def test_a_record_is_gone_after_a_day_although_its_row_is_not(
    records: AnsweredRequests, clock: Clock, request_: KeyedRequest
) -> None:
    records.finish(claim(records), FIRST)
    clock.now += KEPT - timedelta(seconds=1)
    assert records.begin(REQUEST, 30) == FIRST
    clock.now += timedelta(seconds=1)

    assert records.finish(claim(records, request_), SECOND)


@pytest.mark.parametrize(("left", "wait"), [(30, 2), (1.5, 2), (0.4, 1)])
def test_how_long_to_wait_for_who_still_runs(records: AnsweredRequests, clock: Clock, left: float, wait: int) -> None:
    claim(records)
    clock.now += timedelta(seconds=30 - left)

    with pytest.raises(StillRunning) as refused:
        records.begin(REQUEST, 30)

    assert refused.value.details == {"retry_after": wait}


def test_one_of_many_gets_the_claim(records: AnsweredRequests, clock: Clock) -> None:
    claim(records)
    clock.now += timedelta(seconds=31)

    def one(_: int) -> Any:
        try:
            return records.begin(REQUEST, 30)
        except StillRunning:
            return None

    assert sum(isinstance(found, Claim) for found in together(16, one)) == 1


@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_every_byte_comes_back(records: AnsweredRequests, size: int) -> None:
    answer = Answer(200, (("a", "b"), ("a", "c")), random.Random(size).randbytes(size))
    records.finish(claim(records), answer)

    assert records.begin(REQUEST, 30) == answer


def test_an_unkept_answer_says_so(records: AnsweredRequests) -> None:
    records.finish(claim(records), Answer(200, (("a", "x" * MOST_BYTES),), b""))

    with pytest.raises(Conflict, match="answered with 200; the answer was not kept because it is too large"):
        records.begin(REQUEST, 30)


def test_an_operation_is_made_once_a_day(clock: Clock) -> None:
    store().transact(operation_puts("op_1", "7", clock.now))

    with pytest.raises(ConditionFailed):
        store().transact(operation_puts("op_1", "8", clock.now))
    assert made_by(store(), "op_1", clock.now) == "7"
    assert made_by(store(), "op_2", clock.now) is None

    clock.now += KEPT + timedelta(seconds=1)
    assert made_by(store(), "op_1", clock.now) is None
    store().transact(operation_puts("op_1", "9", clock.now))
    assert made_by(store(), "op_1", clock.now) == "9"


def test_a_request_without_a_key_writes_no_operation(clock: Clock) -> None:
    assert operation_puts(None, "7", clock.now) == ()
    assert made_by(store(), None, clock.now) is None


def test_whoever_takes_over_from_the_dead_does_the_same_operation(records: AnsweredRequests, clock: Clock) -> None:
    dead = claim(records)
    clock.now += timedelta(seconds=30)

    heir = claim(records)

    assert (heir.operation, heir.claim_id == dead.claim_id) == (dead.operation, False)


def test_a_key_that_is_used_again_the_next_day_is_another_operation(records: AnsweredRequests, clock: Clock) -> None:
    """A nightly job with the key `nightly` is charged every night."""
    first = claim(records)
    records.finish(first, FIRST)
    clock.now += KEPT + timedelta(seconds=1)

    assert claim(records).operation != first.operation

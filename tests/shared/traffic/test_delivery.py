"""Deliveries of CloudWatch Logs: what is in them, and that bad lines cost the good ones nothing."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.traffic.delivery import delivery_of
from shared.traffic.model import Counts, total
from tests.builders.logs import a_delivery, a_line, an_entry, packed

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)


def test_lines_become_counts() -> None:
    event = a_delivery(
        an_entry(NOON, a_line(200, 12.3, cache_hits=1, cache_misses=0)),
        an_entry(NOON, a_line(499, 0.1)),
        an_entry(NOON + timedelta(seconds=40), a_line(500, 20, cache_misses=2)),
    )

    delivery = delivery_of(event)

    assert total(line.counts for line in delivery.lines) == Counts(3, 1, 32_400, 1, 2)
    assert [line.at for line in delivery.lines] == [NOON, NOON, NOON + timedelta(seconds=40)]
    assert delivery.skipped == 0


POISON = [
    "",
    "no json",
    "[" * 100_000,
    "null",
    "[]",
    '"request"',
    "{}",
    json.dumps({"message": "started", "status": 200, "ms": 1}),
    a_line().replace('"status": 200', '"status": "200"'),
    a_line(status=-1),
    a_line(ms=-0.1),
    a_line(ms=1e300),
    a_line().replace("10.0", "NaN"),
    a_line().replace("10.0", '"10"'),
    a_line(cache_hits=0.5),
    a_line(cache_misses=-1),
    a_line(cache_misses=10**40),
]


@pytest.mark.parametrize("poison", POISON, ids=lambda line: line[:80])
def test_a_bad_line_is_skipped_and_counted(poison: str) -> None:
    delivery = delivery_of(a_delivery(an_entry(NOON, a_line()), an_entry(NOON, poison), an_entry(NOON, a_line(503))))

    assert total(line.counts for line in delivery.lines) == Counts(2, 1, 20_000)
    assert delivery.skipped == 1


@pytest.mark.parametrize("at", [None, "noon", 10**20, -(10**20), float("inf")])
def test_a_line_of_no_time_is_skipped(at: Any) -> None:
    delivery = delivery_of(a_delivery(an_entry(NOON, a_line()) | {"timestamp": at}, an_entry(NOON, a_line())))

    assert (len(delivery.lines), delivery.skipped) == (1, 1)


@pytest.mark.parametrize("entry", [None, 1, "x", [], {}])
def test_an_entry_that_is_none_is_skipped(entry: Any) -> None:
    delivery = delivery_of(a_delivery(entry, an_entry(NOON, a_line())))

    assert (len(delivery.lines), delivery.skipped) == (1, 1)


def test_a_control_message_has_no_lines() -> None:
    entry = an_entry(NOON, "CWL CONTROL MESSAGE: Checking health of destination Lambda function.")

    delivery = delivery_of(a_delivery(entry, messageType="CONTROL_MESSAGE"))

    assert (delivery.lines, delivery.skipped) == ((), 0)


def test_the_same_lines_are_the_same_batch_and_others_are_not() -> None:
    first, second = an_entry(NOON, a_line()), an_entry(NOON, a_line())

    same = {delivery_of(a_delivery(first, second)).batch_id for _ in range(2)}
    others = [
        a_delivery(first),
        a_delivery(second),
        a_delivery(second, first),
        a_delivery(first, second, logGroup="/aws/lambda/other"),
        a_delivery(first, second, logStream="other"),
    ]

    assert len(same) == 1
    assert len({delivery_of(event).batch_id for event in others} | same) == 6


@pytest.mark.parametrize("data", ["", "no base64!", "aGVsbG8=", packed([]), packed({"messageType": "DATA_MESSAGE"})])
def test_an_event_that_is_no_delivery_fails(data: str) -> None:
    """It ends in the failure queue, where a person finds it."""
    with pytest.raises((ValueError, KeyError, OSError, EOFError, TypeError)):
        delivery_of({"awslogs": {"data": data}})

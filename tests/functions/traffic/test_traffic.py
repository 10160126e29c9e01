"""The worker from its event to the figures: redelivered, dying at any call, and its sample events."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.traffic.handler import handler
from shared.core.aws import client
from shared.core.clock import utc_now
from shared.core.settings import settings
from shared.traffic.repository import traffic_repository
from tests.builders.logs import a_delivery, a_line, an_entry
from tests.faults.plan import no_waiting
from tests.faults.sweep import Operation, sweep

SAMPLES = sorted((Path(__file__).parents[3] / "events" / "traffic").glob("*.json"))


def recorded(requests: int, **line: Any) -> dict[str, Any]:
    """A delivery of the minute before this one."""
    at = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    return a_delivery(*(an_entry(at, a_line(**line)) for _ in range(requests)))


def counted() -> tuple[float, float]:
    """Requests and error rate of the last hour, whatever minute it is meanwhile."""
    figures = traffic_repository().figures(utc_now())
    return figures.requests_per_minute * 5, figures.error_rate


def test_requests_become_figures(tables: Any) -> None:
    event = recorded(20, status=200, ms=12.5)

    assert handler(event, None) == {"requests": 20, "skipped": 0, "repeated": False}
    assert handler(recorded(5, status=503, ms=12.5), None)["requests"] == 5
    assert handler(event, None) == {"requests": 20, "skipped": 0, "repeated": True}

    figures = traffic_repository().figures(utc_now())
    assert (figures.requests_per_minute, figures.average_ms) == (5.0, 12.5)
    assert (figures.error_rate, figures.uptime) == (0.2, 0.8)


def test_dying_at_any_call_is_mended_by_the_second_delivery(tables: Any) -> None:
    """Lambda delivers an event again that its function did not finish."""
    event = recorded(7, status=500)

    def problems() -> list[str]:
        found = counted()
        return [] if found == (7.0, 1.0) else [f"counted {found}"]

    with no_waiting():
        swept = sweep(Operation(forget, lambda: handler(event, None), lambda: handler(event, None), problems))

    assert swept.failures == []
    assert (swept.calls, swept.cases) == (("TransactWriteItems",), 2)


def forget() -> None:
    name = settings().table_prefix + "traffic"
    for row in client("dynamodb").scan(TableName=name)["Items"]:
        client("dynamodb").delete_item(TableName=name, Key={"pk": row["pk"], "sk": row["sk"]})


def test_a_control_message_changes_nothing(tables: Any) -> None:
    assert handler(a_delivery(messageType="CONTROL_MESSAGE"), None)["requests"] == 0
    assert client("dynamodb").scan(TableName=settings().table_prefix + "traffic")["Count"] == 0


def test_skipped_lines_are_told_without_what_was_in_them(tables: Any, caplog: pytest.LogCaptureFixture) -> None:
    event = a_delivery(an_entry(utc_now(), "a secret"), an_entry(utc_now(), a_line()))

    assert handler(event, None) == {"requests": 1, "skipped": 1, "repeated": False}

    (line,) = caplog.records
    assert (line.getMessage(), vars(line)["lines"]) == ("lines skipped", 1)
    assert "secret" not in str(vars(line))


def test_an_event_that_is_no_delivery_fails(tables: Any) -> None:
    with pytest.raises(OSError, match="Not a gzipped file"):
        handler({"awslogs": {"data": "aGVsbG8="}}, None)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_event_is_counted(tables: Any, sample: Path) -> None:
    """`make invoke FUNCTION=traffic EVENT=events/traffic/...`: its lines get older, and are still read."""
    expected = {"control": (0, 0), "requests": (3, 0), "poison_between_two": (2, 1)}[sample.stem]

    answer = handler(json.loads(sample.read_text()), None)

    assert (answer["requests"], answer["skipped"]) == expected


def test_there_are_samples() -> None:
    assert len(SAMPLES) == 3

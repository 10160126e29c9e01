"""Training progress on the sockets: flat for clients of seed 001, enveloped for enterprise clients that subscribed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.live_fanout.handler import handler
from shared.outbox.model import Announcement
from shared.storage.attributes import to_item
from shared.training.announcements import announced
from shared.training.model import Job, Wanted
from tests.builders.outbox import a_record, an_announcement
from tests.builders.sockets import Gateway, opened

SEED = {
    "type", "job_id", "status", "progress", "current_stage", "message", "live_accuracy", "estimated_remaining",
}  # fmt: skip


def feed(*records: dict[str, Any]) -> None:
    assert handler({"Records": list(records)}, None) == {"batchItemFailures": []}


def record_of(job: Job) -> dict[str, Any]:
    image = to_item(announced(job).item)
    return {"dynamodb": {"NewImage": image, "SequenceNumber": str(100 + job.version)}}


def a_job(version: int, **facts: Any) -> Job:
    pace = {"fits": {"forest": 3}, "fits_total": 6, "live_accuracy": 0.847}
    given = {"status": "running", "step": "Model selection", **pace}
    started = datetime.now(UTC) - timedelta(seconds=30)
    return Job("job_1", Wanted("file_1"), started_at=started, by="ana", version=version, **{**given, **facts})


@pytest.fixture
def audience(gateway: Gateway, say: Callable[..., Any]) -> Gateway:
    """One silent socket, one that spoke seed 001, and enterprise ones with and without the subscription."""
    for name in ("silent", "mlops", "subscribed", "elsewhere"):
        assert opened(name) == 200
    say("mlops", {"type": "ping", "timestamp": 1})
    say("subscribed", {"type": "subscribe", "data": {"type": "training"}})
    say("elsewhere", {"type": "subscribe", "data": {"type": "alerts"}})
    for queue in gateway.posted.values():
        queue.clear()
    return gateway


def test_progress_reaches_everybody_in_their_own_words(audience: Gateway) -> None:
    feed(record_of(a_job(2)))

    (message,) = audience.posted["mlops"]
    assert audience.posted["silent"] == [message]
    assert set(message) >= SEED
    assert (message["type"], message["job_id"], message["status"]) == ("training_progress", "job_1", "training")
    assert (message["progress"], message["live_accuracy"]) == (47, 0.847)
    assert message["message"] == "Model selection - 47% complete"
    assert isinstance(message["estimated_remaining"], str)
    assert "data" not in message
    (enveloped,) = audience.posted["subscribed"]
    assert (enveloped["type"], enveloped["topic"], enveloped["data"]["kind"]) == (
        "training", "training", "training_progress",
    )  # fmt: skip
    assert audience.posted["elsewhere"] == []


def test_progress_comes_in_order_and_once(audience: Gateway) -> None:
    records = [record_of(a_job(version, fits={"forest": version})) for version in (1, 2, 3, 4)]

    feed(*records[:2], *records[:2])
    feed(*records)

    assert [message["progress"] for message in audience.posted["mlops"]] == [29, 38, 47, 56]


def test_the_end_is_the_last_progress_and_an_event_of_its_own(audience: Gateway) -> None:
    done = a_job(9, status="completed", step="Done", ended_at=datetime.now(UTC), model_id="model_1")

    feed(record_of(done))

    progress, completed = audience.posted["mlops"]
    assert (progress["type"], progress["progress"], progress["status"]) == ("training_progress", 100, "completed")
    assert (completed["type"], completed["model_id"]) == ("training_completed", "model_1")


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_a_failure_says_why(audience: Gateway, status: Any) -> None:
    feed(record_of(a_job(9, status=status, ended_at=datetime.now(UTC), reason="no rows left")))

    (message,) = audience.posted["mlops"]
    assert (message["type"], message["reason"]) == (f"training_{status}", "no rows left")


def test_other_topics_stay_with_those_who_subscribed(audience: Gateway) -> None:
    feed(a_record(an_announcement("a1")))

    assert audience.posted["mlops"] == audience.posted["silent"] == []
    assert len(audience.posted["elsewhere"]) == 1


def test_a_payload_of_strange_fields_harms_nobody(audience: Gateway) -> None:
    odd = Announcement(
        "a1", "training", "training_progress", {"type": "pong", "text": "x" * 200_000}, datetime.now(UTC)
    )

    feed(a_record(odd, 100))

    (message,) = audience.posted["mlops"]
    assert (message["type"], message["truncated"]) == ("training_progress", True)

"""New activities for a platform, one after the other, each answer timed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from statistics import median

from infra.bench.client import Client
from infra.bench.population import people, today_activities
from shared.activities.model import Activity
from shared.core.clock import utc_now

REQUESTS = 20  # a round
INGEST = "/api/activities/ingest"


@dataclass(slots=True)
class Sender:
    """Keeps the milliseconds of each answer. Those with an alert are counted apart, because they do more."""

    client: Client
    activities: Iterator[Activity]
    kept: list[float] = field(default_factory=list)
    alarming: int = 0

    def block(self) -> float:
        """One round on a connection of its own; its median."""
        self.client.reconnect()
        taken = [self.client.post(INGEST, _body(next(self.activities))) for _ in range(REQUESTS)]
        self.kept += [milliseconds for milliseconds, answer in taken if answer["alert"] is None]
        self.alarming += sum(answer["alert"] is not None for _, answer in taken)
        return median(milliseconds for milliseconds, _ in taken)

    def measured(self) -> list[float]:
        """Everything but the first block, which warmed up."""
        return self.kept[REQUESTS:]


def sender(client: Client, subject_ids: Collection[str], tag: str) -> Sender:
    """What these people do from half an hour ago on, in turn."""
    begin = utc_now() - timedelta(minutes=30)
    sources = [today_activities(subject, tag, begin) for subject in people() if subject.subject_id in subject_ids]
    return Sender(client, (next(source) for source in cycle(sources)))


def _body(activity: Activity) -> dict[str, object]:
    return {
        "user_id": activity.subject_id,
        "activity_type": activity.activity_type,
        "timestamp": activity.at.isoformat(),
        "details": dict(activity.details),
        "ip_address": activity.ip_address,
        "device_id": activity.device_id,
        "event_id": activity.event_id,
    }

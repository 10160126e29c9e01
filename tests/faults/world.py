"""What clients, streams and schedules do to the platform, and what they remember of the answers."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from functions.baselines.handler import handler as baselines
from functions.dashboard.app import handler as dashboard
from functions.health.app import handler as health
from functions.incidents.app import handler as incidents
from functions.insiders.app import handler as insiders
from functions.live.app import handler as live
from functions.live.sockets import handler as sockets
from functions.live_fanout.handler import handler as live_fanout
from functions.projections.handler import handler as projections
from shared.activities.model import Activity
from shared.activities.service import activity_service
from shared.baselines.repository import baseline_repository
from shared.baselines.service import baseline_service
from shared.drills.service import drill_service
from shared.storage.schema import TABLES
from shared.subjects.repository import subject_repository
from tests.builders.activities import an_activity, an_exfiltration
from tests.builders.calls import Answer, call
from tests.builders.people import a_person
from tests.builders.sockets import socket_event
from tests.conftest import definition
from tests.faults.invariants import Stored, problems
from tests.faults.plan import FaultPlan

PEOPLE = ("U901", "U902", "U903")
PREFIX = "vedette-local-"
API = {"dashboard": dashboard, "health": health, "incidents": incidents, "insiders": insiders, "live": live}
__all__ = ["API", "World", "baselines", "live_fanout", "projections"]


class World:
    """`acknowledged` holds what senders of events were answered; `problems` compares it with what is stored."""

    def __init__(self, dynamodb: Any) -> None:
        self.dynamodb = dynamodb
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self._add_people()

    def reset(self) -> None:
        """Empty tables, and processes that remember nothing of the full ones. The detector stays loaded."""
        for table in TABLES.values():
            self.dynamodb.delete_table(TableName=PREFIX + table.name)
            self.dynamodb.create_table(**definition(table))
        for service in (baseline_repository, activity_service, drill_service, baseline_service):
            service.cache_clear()
        self.acknowledged.clear()
        self._add_people()

    def _add_people(self) -> None:
        for subject_id in PEOPLE:
            subject_repository().add(a_person(subject_id))

    def stored(self) -> Stored:
        return Stored.read(self.dynamodb)

    def problems(self) -> list[str]:
        return problems(self.stored(), self.acknowledged)

    def send(self, activity: Activity) -> Answer:
        """A client's request for one event, remembered if it was acknowledged."""
        answer = call(insiders, "POST", "/api/activities/ingest", json=body_of(activity))
        if answer.status == 200:
            alert = answer.body["alert"]
            brief = alert and {"number": int(alert["alert_id"][3:]), "its": alert["its_score"]}
            self.acknowledged[activity.event_id] = {"its": answer.body["its_score"], "alert": brief}
        return answer

    def send_all(self, activities: Sequence[Activity]) -> list[Answer]:
        return [self.send(activity) for activity in activities]

    def trigger(self, subject_id: str = "U901") -> Answer:
        query = {"user_id": subject_id, "anomaly_type": "data_exfiltration"}
        return call(insiders, "POST", "/api/trigger/anomaly", query=query)

    def open_incident(self, subject_id: str = "U901", **headers: str) -> Answer:
        body = {"user_id": subject_id, "severity": "high", "description": "Suspicious activity"}
        return call(incidents, "POST", "/api/incidents", json=body, headers=headers)

    def move(self, number: int, status: str, **more: Any) -> Answer:
        return call(incidents, "PATCH", f"/api/incidents/{number}/status", json={"status": status, **more})

    def resolve(self, number: int, notes: str = "was allowed", **more: Any) -> Answer:
        return call(incidents, "POST", f"/api/incidents/{number}/resolve", json={"resolution_notes": notes, **more})

    def view(self, *numbers: int) -> Answer:
        return call(incidents, "POST", "/api/alerts/mark-viewed", json={"alert_ids": list(numbers) or None})

    def ask(self, function: str, path: str, **query: Any) -> Answer:
        """A read."""
        return call(API[function], "GET", path, query=query)

    def connect(self, connection_id: str) -> int:
        return int(sockets(socket_event("$connect", connection_id), None)["statusCode"])

    def disconnect(self, connection_id: str) -> int:
        return int(sockets(socket_event("$disconnect", connection_id), None)["statusCode"])

    def subscribe(self, connection_id: str, topic: str = "all") -> None:
        frame = json.dumps({"type": "subscribe", "data": {"type": topic}})
        assert self.connect(connection_id) == 200
        sockets(socket_event("$default", connection_id, frame), None)


def body_of(activity: Activity) -> dict[str, Any]:
    return {
        "event_id": activity.event_id,
        "user_id": activity.subject_id,
        "activity_type": activity.activity_type,
        "timestamp": activity.at.isoformat(),
        "details": dict(activity.details),
        "ip_address": activity.ip_address,
        "device_id": activity.device_id,
    }


def noon(days_ago: int = 0) -> datetime:
    """A moment of a past day that no test run can be before; today's is the last full minute."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return now if days_ago == 0 else now.replace(hour=12, minute=0) - timedelta(days=days_ago)


def a_theft(subject_id: str = "U901", days_ago: int = 1) -> list[Activity]:
    """Eight events of one day that make an alert before they end."""
    return an_exfiltration(subject_id, noon(days_ago))


def a_read(subject_id: str = "U901", days_ago: int = 1, **more: Any) -> Activity:
    return an_activity(subject_id, at=noon(days_ago), event_id=f"evt-{uuid4().hex}", **more)


def posts(plan: FaultPlan) -> list[tuple[str, dict[str, Any]]]:
    """What went to which socket, in order; attempts that were refused are among them."""
    made = [one for one in plan.calls if one.operation == "PostToConnection"]
    return [(one.url.rpartition("/")[2], json.loads(one.body)) for one in made]

"""What a replay has seen so far: events, failures, delays, alerts, and how fast known incidents were noticed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from infra.replay.events import Row
from infra.replay.platform import Taken


@dataclass(slots=True)
class Raised:
    """An alert that answers to this replay named. Times of events, `answered` in perf_counter seconds."""

    alert_id: str
    user_id: str
    first_at: datetime
    its: float
    risk: str
    answered: float
    days: dict[date, datetime] = field(default_factory=dict)  # first alarming event of each day


@dataclass(slots=True)
class Incident:
    """A labelled incident as far as it has been sent."""

    incident_id: str
    first_at: datetime
    last_at: datetime
    users: set[str]
    events: int = 0


@dataclass(slots=True)
class Tally:
    """Counts; `labels` maps malicious event ids to incidents."""

    labels: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    duplicates: int = 0
    retries: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    raised: dict[str, Raised] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    at: datetime | None = None

    def answered(self, row: Row, taken: Taken, now: float) -> None:
        """Counts one answered event; `now` in perf_counter seconds."""
        self.sent += 1
        self.retries += taken.retries
        self.seconds.append(taken.seconds)
        self.at = max(self.at, row.at) if self.at else row.at
        self._label(row)
        if taken.problem:
            self.failures[taken.problem] += 1
            return
        self.duplicates += bool(taken.answer.get("duplicate"))
        alert = taken.answer.get("alert")
        if isinstance(alert, dict) and alert.get("alert_id"):
            self._alarm(row, alert, now)

    def _alarm(self, row: Row, alert: dict[str, Any], now: float) -> None:
        alert_id = str(alert["alert_id"])
        its, risk = float(alert.get("its_score") or 0), str(alert.get("risk_level", ""))
        known = self.raised.setdefault(alert_id, Raised(alert_id, row.user_id, row.at, its, risk, now))
        known.its, known.risk = max(known.its, its), risk
        known.answered = now
        known.days.setdefault(row.at.date(), row.at)

    def _label(self, row: Row) -> None:
        name = self.labels.get(row.event_id)
        if name is None:
            return
        incident = self.incidents.setdefault(name, Incident(name, row.at, row.at, set()))
        incident.first_at, incident.last_at = min(incident.first_at, row.at), max(incident.last_at, row.at)
        incident.users.add(row.user_id)
        incident.events += 1

    def delay_of(self, incident: Incident) -> timedelta | None:
        """From an incident's first event to the first alarm about its people, None if there was none.

        Alarms until the day after the last event count: a day's score may cross the line with its last events.
        """
        end = incident.last_at.date() + timedelta(days=1)
        alarms = [
            at
            for alert in self.raised.values()
            if alert.user_id in incident.users
            for day, at in alert.days.items()
            if at >= incident.first_at and day <= end
        ]
        return min(alarms) - incident.first_at if alarms else None

    def outside(self) -> list[Raised]:
        """Alerts on people who are in no incident."""
        guilty = set[str]().union(*(incident.users for incident in self.incidents.values()))
        return [alert for alert in self.raised.values() if alert.user_id not in guilty]

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the events was answered (nearest rank), 0 without any."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

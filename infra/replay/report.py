"""What is said about alerts: one line as each arrives, a block with its evidence at the end, and the summary."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from infra.replay.screen import Screen, clean
from infra.replay.tally import Raised, Tally

CONTRIBUTIONS = 3  # of the explanation that are printed
EVENT_IDS = 5


class AlertFeed:
    """Prints alerts as the socket delivers them; keeps the delay between answer and message."""

    def __init__(self, tally: Tally, screen: Screen) -> None:
        self._tally = tally
        self._screen = screen
        self.heard: dict[str, float] = {}  # alert id -> ms from the ingest answer to the first message

    def __call__(self, alert: Mapping[str, Any], now: float) -> None:
        alert_id = str(alert.get("alert_id"))
        raised = self._tally.raised.get(alert_id)
        # The message may overtake the answer: then nobody waited for it.
        delay = 1000 * (now - raised.answered) if raised else 0.0
        self.heard.setdefault(alert_id, max(0.0, delay))
        self._screen.line(f"{self._line(alert, raised)}  [{delay:+.0f} ms]")

    def _line(self, alert: Mapping[str, Any], raised: Raised | None) -> str:
        at = f"{max(raised.days.values()):%Y-%m-%d %H:%M}" if raised else clean(alert.get("last_seen", ""))[:16]
        who, score = clean(alert.get("user_id")), clean(alert.get("its_score"))
        risk = self._screen.risk(str(alert.get("risk_level", "")))
        anomalies = ", ".join(clean(name, 60) for name in _list(alert.get("anomalies")))
        kind = "worse" if str(alert.get("kind", "")).endswith("worsened") else "ALERT"
        told = clean(alert.get("explanation", ""))
        return f"{kind} {at}  {who}  ITS {score} {risk}  {anomalies}\n      {told}"


def alert_block(alert: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """An alert with the newest evidence, from GET /api/alerts/{alert_id}."""
    risk = screen.risk(str(alert.get("risk_level", "")))
    who = f"{clean(alert.get('user', ''))} ({clean(alert.get('user_id'))})"
    yield f"{clean(alert.get('alert_id'))}  {who}  ITS {clean(alert.get('its_score'))} {risk}"
    yield f"  {clean(alert.get('explanation', ''))}"
    evidence = _list(alert.get("evidence"))
    if evidence and isinstance(evidence[-1], dict):
        yield from _evidence(evidence[-1])


def _evidence(evidence: Mapping[str, Any]) -> Iterator[str]:
    explanation = evidence.get("explanation")
    rows = _list(explanation.get("contributions")) if isinstance(explanation, dict) else []
    for row in [row for row in rows if isinstance(row, dict)][:CONTRIBUTIONS]:
        normal = f"own {clean(row.get('own_typical'), 12)}, peers {clean(row.get('peer_typical'), 12)}"
        points, today = clean(row.get("points"), 8), clean(row.get("today"), 12)
        yield f"  {points:>6} points  {clean(row.get('label'), 60)}: {today} ({normal})"
    ids = _list(evidence.get("event_ids"))
    named = ", ".join(clean(name, 60) for name in ids[:EVENT_IDS])
    rest = " ..." if len(ids) > EVENT_IDS else ""
    yield f"  day {clean(evidence.get('day', '?'), 20)}, {len(ids)} events: {named}{rest}"


def summary(tally: Tally, feed: AlertFeed, total: int, seconds: float) -> Iterator[str]:
    """Counts and times. Percentiles are of the answers to ingest, as the client saw them."""
    rate = tally.sent / seconds if seconds else 0.0
    again = f", {tally.duplicates:,} known already" if tally.duplicates else ""
    pace = f"in {seconds:.1f} s ({rate:,.0f}/s)"
    yield f"events   {tally.sent:,} of {total:,} sent {pace}{again}, {tally.retries:,} retries"
    for reason, count in tally.failures.most_common():
        yield f"failed   {count:,}  {clean(reason)}"
    yield f"ingest   p50 {tally.percentile(0.5):.1f} ms, p99 {tally.percentile(0.99):.1f} ms"
    delays = sorted(feed.heard[alert_id] for alert_id in tally.raised if alert_id in feed.heard)
    pushed = f", {len(delays)} pushed (median {delays[len(delays) // 2]:.0f} ms after the answer)" if delays else ""
    people = len({alert.user_id for alert in tally.raised.values()})
    yield f"alerts   {len(tally.raised)} on {people} people{pushed}"


def incident_lines(tally: Tally) -> Iterator[str]:
    """How long each labelled incident went unnoticed, and who was alarming without being in one."""
    delays = {name: tally.delay_of(incident) for name, incident in sorted(tally.incidents.items())}
    for name, delay in delays.items():
        users = ", ".join(sorted(tally.incidents[name].users))
        events = tally.incidents[name].events
        yield f"incident {name}  {users}  {events} events  {_told(delay)}"
    found = sum(delay is not None for delay in delays.values())
    outside = tally.outside()
    names = ", ".join(sorted({alert.user_id for alert in outside})[:10])
    yield f"noticed  {found} of {len(delays)} incidents"
    yield f"outside  {len(outside)} alerts on people outside incidents{': ' if names else ''}{names}"


def _told(delay: timedelta | None) -> str:
    if delay is None:
        return "not noticed"
    return f"noticed after {delay.total_seconds() / 3600:.1f} h"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

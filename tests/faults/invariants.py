"""What must be true of the stored state at any moment, whatever failed before. Each function names what is not.

| I1 | figures equal what is stored: activities, edges, alerts of a day, and each person's behaviour        |
| I2 | everything acknowledged is there once, with the answer that was given                                |
| I3 | a case's history starts at 1, ends at the case, has legal steps and no gap                           |
| I6 | an announced alert can be read; every change is announced once; one case for one detection           |
| I7 | a false positive takes its days out of the person's risk, whatever else is written to the person     |
| I9 | slots equal connections; the sequence of live events has no hole                                     |
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from itertools import chain, pairwise
from typing import Any

from shared.activities.model import Activity
from shared.activities.repository import SHARDS, activity_of
from shared.behaviour.state import BehaviourState
from shared.core.clock import from_iso
from shared.core.ids import derived_id
from shared.incidents.model import Case
from shared.incidents.repository import case_of
from shared.incidents.service import MOVES
from shared.storage.attributes import Item, from_doc, from_item
from shared.storage.schema import TABLES
from shared.subjects.repository import watched_of

Acknowledged = Mapping[str, Mapping[str, Any]]


class Stored:
    """Everything in the tables, read at a quiet moment."""

    def __init__(self, rows: Mapping[str, list[Item]]) -> None:
        insiders, incidents = rows["insiders"], rows["incidents"]
        self.live, self.insiders = rows["live"], insiders
        self.outbox = {row["pk"]: row for row in rows["outbox"]}
        events = [row for row in insiders if row["pk"].startswith("EVENT#")]
        self.answers = {row["pk"].removeprefix("EVENT#"): from_doc(row["answer"]) for row in events}
        self.activities = [activity_of(row) for row in events]
        self.people = {row["sk"]: watched_of(row) for row in insiders if row["pk"] == "DIRECTORY"}
        self.cases = {int(row["sk"]): case_of(row) for row in incidents if row["pk"] == "CASES"}
        self.histories = documents(incidents, "HISTORY#")
        self.evidence = documents(incidents, "EVIDENCE#")
        self.counts = {row["sk"]: row for row in incidents if row["pk"] == "COUNTS"}
        self.repeats = {row["sk"]: int(row["number"]) for row in incidents if row["pk"] == "REPEATS"}
        self.counter = max((int(row["last"]) for row in incidents if row["pk"] == "COUNTER"), default=0)

    @classmethod
    def read(cls, dynamodb: Any, prefix: str = "vedette-local-") -> "Stored":
        pages = dynamodb.get_paginator("scan").paginate
        found = {
            name: [from_item(item) for page in pages(TableName=prefix + name) for item in page["Items"]]
            for name in TABLES
        }
        return cls(found)

    def of(self, subject_id: str) -> list[Activity]:
        return [activity for activity in self.activities if activity.subject_id == subject_id]

    def partition(self, pk: str) -> list[Item]:
        return [row for row in (*self.insiders, *self.live) if row["pk"] == pk]


def documents(rows: list[Item], prefix: str) -> dict[int, dict[int, dict[str, Any]]]:
    """Documents by number and version, of the partitions that begin with a prefix."""
    found: dict[int, dict[int, dict[str, Any]]] = {}
    for row in rows:
        if row["pk"].startswith(prefix):
            found.setdefault(int(row["pk"].removeprefix(prefix)), {})[int(row["sk"])] = from_doc(row["doc"])
    return found


def problems(stored: Stored, acknowledged: Acknowledged | None = None) -> list[str]:
    """Every invariant, over everything."""
    return list(
        chain(
            wrong_figures(stored),
            wrong_behaviour(stored),
            lost(stored, acknowledged or {}),
            *(broken_history(stored, case) for case in stored.cases.values()),
            *(unexplained(stored, case) for case in stored.cases.values()),
            orphans(stored),
            ignored_verdicts(stored),
            wrong_slots(stored),
            holes(stored),
        )
    )


def wrong_figures(stored: Stored) -> Iterator[str]:
    """I1: counters against the rows they count."""
    expected = Counter(str(zlib.crc32(activity.subject_id.encode()) % SHARDS) for activity in stored.activities)
    counted = {row["sk"]: int(row["activities"]) for row in stored.partition("COUNTS")}
    if counted != dict(expected):
        yield f"I1 activities by shard are counted as {counted}, stored are {dict(expected)}"
    edges = {row["sk"]: int(row["accesses"]) for row in stored.partition("EDGES")}
    if edges != dict(Counter(map(_edge, filter(_is_access, stored.activities)))):
        yield f"I1 edges {edges} are not what was touched"
    alerts = {day: int(row["alerts"]) for day, row in stored.counts.items()}
    raised = Counter(case.raised_at.astimezone(UTC).date().isoformat() for case in stored.cases.values())
    if alerts != dict(raised):
        yield f"I1 alerts by day are counted as {alerts}, stored are {dict(raised)}"


def _is_access(activity: Activity) -> bool:
    touches = activity.activity_type == "file_access" and activity.details.get("file_path")
    return bool(touches) and not activity.synthetic


def _edge(activity: Activity) -> str:
    return f"{activity.subject_id}#{derived_id('file', activity.details['file_path'])}"


def wrong_behaviour(stored: Stored) -> Iterator[str]:
    """I1: a person's state is what their stored events make, in whatever order they came."""
    states = {row["pk"].removeprefix("SUBJECT#"): row for row in stored.insiders if row["sk"] == "STATE"}
    for subject_id, watched in stored.people.items():
        mine = sorted(stored.of(subject_id), key=lambda activity: activity.at)
        row = states.get(subject_id)
        if (row is None) != (not mine):
            yield f"I1 {subject_id} has {len(mine)} events and {'no' if row is None else 'a'} state"
        if row is None or not mine:
            continue
        state = BehaviourState.for_subject(watched.subject)
        for activity in mine:
            state.apply(activity)
        if state.to_bytes() != row["doc"]:
            yield f"I1 the state of {subject_id} is not that of their {len(mine)} events"
        if from_iso(row["last_at"]) != mine[-1].at:
            yield f"I1 the last event of {subject_id} is {mine[-1].at}, not {row['last_at']}"


def lost(stored: Stored, acknowledged: Acknowledged) -> Iterator[str]:
    """I2: acknowledged events with their answers (`its`, `alert`), as the sender knows them."""
    for event_id, given in acknowledged.items():
        kept = stored.answers.get(event_id)
        if kept is None:
            yield f"I2 the acknowledged event {event_id} is lost"
        elif {name: kept[name] for name in given} != given:
            yield f"I2 {event_id} was answered {given}, kept is {kept}"


def broken_history(stored: Stored, case: Case) -> Iterator[str]:
    """I3, with two views of how often a case repeated: its count, and the versions without an entry."""
    entries = [entry for _, entry in sorted(stored.histories.get(case.number, {}).items())]
    if not entries or (entries[0]["version"], entries[0]["what"]) != (1, "raised"):
        yield f"I3 the history of case {case.number} does not begin with its raising"
        return
    for before, after in pairwise(entries):
        if before["status"] != after["status"]:
            if after["status"] not in MOVES[before["status"]]:
                yield f"I3 case {case.number} went from {before['status']} to {after['status']}"
        elif after["what"] != "worsened" and not _adds_notes(before, after):
            yield f"I3 case {case.number} moved from {before['status']} to itself"
    if entries[-1]["status"] != case.status or (case.status == "resolved") != (case.resolved_at is not None):
        yield f"I3 case {case.number} is {case.status}, its history ends with {entries[-1]['status']}"
    worsened = sum(entry["what"] == "worsened" for entry in entries)
    if case.count - 1 != case.version - len(entries) + worsened:
        yield f"I3 case {case.number} at version {case.version} counts {case.count} with {len(entries)} entries"


def _adds_notes(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """A case that was resolved by its status alone gets its notes later."""
    return bool(after["status"] == "resolved" and before.get("notes") is None and after.get("notes"))


def unexplained(stored: Stored, case: Case) -> Iterator[str]:
    """I6: announced iff it happened, with evidence that is there, for a person who is."""
    entries = stored.histories.get(case.number, {})
    expected = {name for version, entry in entries.items() for name in _announcements(case, version, entry["what"])}
    found = {name for name in stored.outbox if name.startswith(f"case-{case.number}-")}
    if expected != found:
        yield f"I6 case {case.number} announced {sorted(found)}, changed {sorted(expected)}"
    detected = case.origin != "analyst"
    frozen = {version for version, entry in entries.items() if detected and entry["what"] in ("raised", "worsened")}
    if frozen != set(stored.evidence.get(case.number, {})):
        yield f"I6 case {case.number} has evidence of {sorted(stored.evidence.get(case.number, {}))}"
    for event_id in chain(*(one["event_ids"] for one in stored.evidence.get(case.number, {}).values())):
        if event_id not in stored.answers:
            yield f"I6 the evidence of case {case.number} names {event_id}, which is not stored"
    if case.subject_id not in stored.people:
        yield f"I6 case {case.number} is about {case.subject_id}"


def _announcements(case: Case, version: int, what: str) -> list[str]:
    topics = {"raised": ("alerts", "incidents"), "worsened": ("alerts",)}.get(what, ("incidents",))
    return [f"case-{case.number}-{version}-{topic}" for topic in topics]


def orphans(stored: Stored) -> Iterator[str]:
    """I6: nothing speaks of a case that is not there, and every alert that a sender was told of is."""
    told = {answer["alert"]["number"] for answer in stored.answers.values() if answer["alert"]}
    announced = {int(name.split("-")[1]) for name in stored.outbox if name.startswith("case-")}
    spoken_of = told | announced | set(stored.histories) | set(stored.evidence) | set(stored.repeats.values())
    for number in spoken_of - set(stored.cases):
        yield f"I6 case {number} is spoken of and cannot be read"
    if stored.cases and stored.counter < max(stored.cases):
        yield f"I6 the number {max(stored.cases)} is used and will be given out again"
    for case in stored.cases.values():
        answered = sum(bool(one["alert"]) and one["alert"]["number"] == case.number for one in stored.answers.values())
        if case.origin == "detector" and answered != case.count:
            yield f"I6 case {case.number} counts {case.count}, its senders were told {answered} times"


def ignored_verdicts(stored: Stored) -> Iterator[str]:
    """I7: two verdicts about one person at once are two verdicts."""
    for case in stored.cases.values():
        if case.status == "resolved" and case.verdict == "false_positive":
            missing = set(days_of(case)) - stored.people[case.subject_id].dismissed
            if missing:
                yield f"I7 case {case.number} is a false positive, {sorted(map(str, missing))} still weigh"


def days_of(case: Case) -> list[date]:
    first, last = case.first_seen.date(), case.last_seen.date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def wrong_slots(stored: Stored) -> Iterator[str]:
    """I9"""
    rows, taken = len(stored.partition("CONNECTION")), sum(int(row["taken"]) for row in stored.partition("SLOTS"))
    if rows != taken:
        yield f"I9 {rows} connections hold {taken} slots"


def holes(stored: Stored) -> Iterator[str]:
    """I9: every announcement that was numbered has its own number, from 1 without a hole, in its topic's order."""
    numbered = [row for row in stored.live if row["pk"].startswith("ANNOUNCED#")]
    numbers = sorted(int(row["sequence"]) for row in numbered)
    last = {row["sk"]: int(row["last"]) for row in stored.partition("SEQUENCE")}
    if numbers != list(range(1, last.get("all", 0) + 1)):
        yield f"I9 the live sequence is {numbers}, its end {last}"
    events = [row for row in stored.live if row["pk"].startswith("EVENTS#")]
    kept = [(row["pk"].removeprefix("EVENTS#"), int(row["sk"])) for row in events]
    if sorted(kept) != sorted((row["topic"], int(row["sequence"])) for row in numbered):
        yield f"I9 the kept events are {sorted(kept)}"


def undelivered(received: list[dict[str, Any]], names: list[str]) -> Iterator[str]:
    """At least once each, and for the first time in the order of the stream."""
    got = [message["id"] for message in received]
    if list(dict.fromkeys(got)) != names:
        yield f"I9 a socket got {got} instead of {names}"

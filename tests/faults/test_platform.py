"""Acceptance: the running platform keeps its promises under a crowd, and when it is killed in the middle of one."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.activities.model import Activity
from shared.incidents.model import Case
from tests.faults.invariants import Stored, problems
from tests.faults.platform import Crowd, Platform, Reply, running
from tests.faults.world import a_read, a_theft, body_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PEOPLE = ("U901", "U902", "U903", "U904")
INCIDENTS = (1, 2, 3, 4)
THREADS, SECONDS = 24, 5.0
KILLED_AFTER, SENDERS = 100, 12
INGEST = "/api/activities/ingest"
Request = tuple[str, str, Any]


def settle(platform: Platform) -> None:
    """People, and an incident about each, opened by hand."""
    for subject_id in PEOPLE:
        person = {"user_id": subject_id, "name": "Ada Any", "email": "ada@example.com"}
        answer = platform.ask("POST", "/api/users", {**person, "role": "Developer", "department": "Engineering"})
        assert answer.status == 201, answer


def open_incidents(platform: Platform) -> None:
    for number, subject_id in zip(INCIDENTS, PEOPLE, strict=True):
        report = {"user_id": subject_id, "severity": "high", "description": "Suspicious activity"}
        assert platform.ask("POST", "/api/incidents", report).body["alert_id"] == number


def ingest(activity: Activity) -> Request:
    return "POST", INGEST, body_of(activity)


def acknowledged(answers: list[tuple[Request, Reply]]) -> dict[str, dict[str, Any]]:
    """Events by id, with the answer as it is kept; a repeated event's answers must all be the same one."""
    found: dict[str, dict[str, Any]] = {}
    for (_, path, body), reply in answers:
        if path == INGEST and reply.status == 200:
            alert = reply.body["alert"]
            brief = alert and {"number": int(alert["alert_id"][3:]), "its": alert["its_score"]}
            answer = {"its": reply.body["its_score"], "alert": brief}
            assert found.setdefault(body["event_id"], answer) == answer
    return found


def busy_analyst(me: int, thefts: list[Request], until: float) -> Iterator[Request]:
    """Every one of 24 does everything, in an order of their own, about the same few people and incidents."""
    chance = random.Random(me)
    turn = 0
    while time.monotonic() < until or turn < 6:
        turn += 1
        number = chance.choice(INCIDENTS)
        status = chance.choice(["open", "in_progress", "resolved"])
        yield chance.choice(
            [
                ("PATCH", f"/api/incidents/{number}/status", {"status": status}),
                ("POST", f"/api/incidents/{number}/resolve", {"resolution_notes": f"{me}-{turn}"}),
                ("POST", f"/api/incidents/{number}/resolve", {"resolution_notes": "same", "verdict": "false_positive"}),
                ("POST", "/api/alerts/mark-viewed", {"alert_ids": chance.choice([None, [number]])}),
                ingest(a_read(chance.choice(PEOPLE))),
                chance.choice(thefts),
            ]
        )


def test_24_clients_at_once_lose_no_update_and_double_no_alert(tmp_path: Path) -> None:
    with running(tmp_path / "data") as platform:
        settle(platform)
        open_incidents(platform)
        thefts = [ingest(event) for subject_id in PEOPLE for event in a_theft(subject_id)]
        until = time.monotonic() + SECONDS
        crowd = Crowd(platform)

        ended = crowd.run([lambda me=me: busy_analyst(me, thefts, until) for me in range(THREADS)])
        rest = Crowd(platform)
        rest.run([lambda: iter(thefts)])
        stored = platform.stored()

    answers = crowd.answers + rest.answers
    assert ended == THREADS
    assert {reply.status for _, reply in answers} <= {200, 409, 503}
    assert all(reply.headers.get("retry-after") for _, reply in answers if reply.status == 503)
    assert problems(stored, acknowledged(answers)) == []
    assert unexplained_events(stored, answers) == []
    assert [one for case in stored.cases.values() for one in unexplained_changes(stored, case, answers)] == []
    assert Counter(case.subject_id for case in stored.cases.values() if case.origin == "detector") == dict.fromkeys(
        PEOPLE, 1
    )
    marked = sum(
        reply.body["marked_count"] for (_, path, _), reply in answers if "viewed" in path and reply.status == 200
    )
    assert marked == sum(case.viewed for case in stored.cases.values())


def unexplained_events(stored: Stored, answers: list[tuple[Request, Reply]]) -> list[str]:
    """Stored events that nobody sent."""
    sent = {body["event_id"] for (_, path, body), _ in answers if path == INGEST}
    return sorted(set(stored.answers) - sent)


def unexplained_changes(stored: Stored, case: Case, answers: list[tuple[Request, Reply]]) -> Iterator[str]:
    """Each acknowledged change is the state of the case at the version that its answer names."""
    history = stored.histories[case.number]
    for (_, path, body), reply in answers:
        if f"/incidents/{case.number}/" not in path or reply.status != 200:
            continue
        entry = history[max(version for version in history if version <= reply.body["version"])]
        wanted = body.get("status", "resolved")
        if entry["status"] != wanted:
            yield f"{body} was acknowledged as version {reply.body['version']}, which is {entry}"
        if "resolution_notes" in body and entry["notes"] != body["resolution_notes"]:
            yield f"{body} was acknowledged, {entry} is kept"


def sender(me: int, events: list[Activity]) -> Callable[[], Iterator[Request]]:
    return lambda: (ingest(event) for event in events[me::SENDERS])


def test_a_platform_killed_under_load_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    thefts = [event for subject_id in PEOPLE for event in a_theft(subject_id)]
    reads = [a_read(PEOPLE[n % len(PEOPLE)], days_ago=1 + n % 3) for n in range(288)]
    events = thefts[:16] + reads[:144] + thefts[16:] + reads[144:]

    with running(tmp_path / "data") as platform:
        settle(platform)
        crowd = Crowd(platform)
        load = threading.Thread(target=crowd.run, args=([sender(me, events) for me in range(SENDERS)],))
        load.start()
        came = crowd.wait_for(KILLED_AFTER, 100)
        platform.kill()
        load.join()

    given = acknowledged(crowd.answers)
    assert came
    assert KILLED_AFTER <= len(given) < len(events)

    with running(tmp_path / "data") as platform:
        after_death = platform.stored()
        assert problems(after_death, given) == []
        assert len(after_death.answers) - len(given) <= SENDERS

        unanswered = [event for event in events if event.event_id not in given]
        again = Crowd(platform)
        assert again.run([sender(me, unanswered) for me in range(SENDERS)]) == SENDERS
        assert {reply.status for _, reply in again.answers} == {200}
        final = platform.stored()
        announced = {row["pk"] for row in final.outbox.values() if row["kind"] == "alert.raised"}
        shown = [platform.ask("GET", f"/api/alerts/{name.split('-')[1]}") for name in announced]
        listed = {one["alert_db_id"] for one in platform.ask("GET", "/api/alerts").body}

    assert problems(final, given | acknowledged(again.answers)) == []
    assert set(final.answers) == {event.event_id for event in events}
    assert len(announced) == len(listed) == len(PEOPLE)
    assert {(one.status, one.body["alert_db_id"] in listed) for one in shown} == {(200, True)}

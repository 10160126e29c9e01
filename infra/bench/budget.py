"""Section 4: DynamoDB calls and items of every route, with little and with much history behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.bench.calls import ALARMING, Call, calls
from infra.bench.emulation import emulated, handler_of
from infra.bench.population import FILES_EACH, every_file, history, people
from infra.bench.read_budget import Spent, read_budget
from infra.bench.report import Row, Section
from infra.bench.trust import hold_moment, trusted
from infra.local.demonstration import ingest_all
from infra.routes import Route
from shared.activities.service import pipeline
from shared.baselines.service import baseline_service
from shared.core.clock import utc_now
from shared.drills.service import drill_service
from shared.incidents.repository import case_repository
from shared.subjects.repository import subject_repository

SIZES = (50, 5_000)
PEOPLE = 10
METHOD = (
    "Each API function's handler called in this process against moto's tables, counted by botocore hooks "
    "(`infra/bench/read_budget.py`). {people} people, the same {files} files each and the same {alerts} alerts at both "
    "sizes; only the history of the last 60 days differs: {small:,} and {large:,} activities beside the files' own."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one call spent. `rows` is the number of activities that it answered."""

    route: Route
    call: Call
    spent: Spent
    rows: int


def section(sizes: tuple[int, int] = SIZES) -> Section:
    """The table."""
    small, large = (counted(events) for events in sizes)
    rows = [_row(small[name], large[name]) for name in small]
    method = METHOD.format(people=PEOPLE, files=FILES_EACH, alerts=len(ALARMING), small=sizes[0], large=sizes[1])
    return Section("DynamoDB calls and items per route", method, rows, _notes(small, large))


def counted(events: int) -> dict[str, Counted]:
    """Every route called once, warm, with `events` activities stored before today; by `METHOD /path`."""
    with emulated() as dynamodb, trusted() as token:
        prepare(events)
        planned = calls()
        hold_moment()
        for route, call in planned:
            if call.method == "GET":
                answer(route, call, token)
        return {call.name: count(dynamodb, route, call, token) for route, call in planned}


def prepare(events: int) -> None:
    """People, `events` activities beside one access to each file, a baseline, and an alert for each of ALARMING.

    RuntimeError if the history raised alerts of its own: then it is not the history alone that differs.
    """
    service, now = pipeline(opens_days=False), utc_now()
    for subject in people(PEOPLE):
        subject_repository().add(subject)
        past = history(subject, events // PEOPLE, now.date()) + every_file(subject, now.date())
        ingest_all(service, sorted(past, key=lambda activity: activity.at))
    baseline_service().build(now.date())
    for subject_id in ALARMING:
        drill_service().trigger(subject_id, "data_exfiltration")
    raised = len(case_repository().list_newest(1000))
    if raised != len(ALARMING):
        raise RuntimeError(f"{events} activities raised {raised - len(ALARMING)} alerts of their own")


def count(dynamodb: Any, route: Route, call: Call, token: str) -> Counted:
    """One call and what it spent. RuntimeError unless it succeeds."""
    with read_budget(dynamodb) as spent:
        body = answer(route, call, token)
    return Counted(route, call, spent, body.count('"event_id"'))


def answer(route: Route, call: Call, token: str) -> str:
    """The body of a successful answer."""
    found = handler_of(route.function)(call.event(token), None)
    if found["statusCode"] >= 400:
        raise RuntimeError(f"{call.name} answered {found['statusCode']}: {found['body'][:300]}")
    return str(found["body"])


def _row(small: Counted, large: Counted) -> Row:
    what = f"`{small.call.name}`{' [1]' if small.call.grows else ''}"
    measured = _said(small.spent) if same(small, large) else f"{_said(small.spent)} -> {_said(large.spent)}"
    faults = small.spent.faults + large.spent.faults
    goal = "equal, no Scan, no filter" if not small.call.grows else "no Scan, no filter"
    return Row(what, measured + "".join(f", {fault}" for fault in faults), goal, _met(small, large))


def _met(small: Counted, large: Counted) -> bool:
    return not small.spent.faults + large.spent.faults and (bool(small.call.grows) or same(small, large))


def same(small: Counted, large: Counted) -> bool:
    """Whether both sizes cost the same."""
    return (small.spent.calls, small.spent.items) == (large.spent.calls, large.spent.items)


def _said(spent: Spent) -> str:
    counts = [(spent.calls, "call"), (spent.items, "item"), (spent.writes, "write")]
    return ", ".join(f"{number} {name}{'s' * (number != 1)}" for number, name in counts if number or name == "call")


def _notes(small: Mapping[str, Counted], large: Mapping[str, Counted]) -> list[str]:
    found = []
    for name, one in small.items():
        if one.call.grows:
            each = [
                f"{seen.rows} rows, {seen.spent.items / max(1, seen.rows):.2f} items a row"
                for seen in (one, large[name])
            ]
            found.append(f"[1] `{name}` {one.call.grows}: {each[0]} -> {each[1]}. A call brings up to 1,000 rows.")
    return [
        *found,
        "Items are those that a read looked at, found or not. Writes are those of all transactions of the call.",
    ]

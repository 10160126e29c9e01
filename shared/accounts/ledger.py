"""What became of an operation that a quota pays for, and the writes of each step, always one transaction.

                     ┌───────────── charged again ────────────┐
                     ▼                                        │
    (nothing) ──► held ──► committed        held ──► released, expired ──► committed or uncharged
        └──────────────────────▲                        (the work was done all the same)

`held` and `committed` are counted in the usage of the day they were charged to. `committed` and `uncharged` are done
work: they are in the account's counts, in the figures and in the log. The writes of a step follow from the difference
between the two states, so that no path can forget one of them.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from shared.accounts import activity_log, figures
from shared.accounts.keys import account_key, hold_key, ledger_key, usage_key
from shared.accounts.model import LOGGED, PLURAL, Plan, Resource
from shared.core.clock import from_iso, iso_micros
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import ACCOUNTS
from shared.storage.writes import ABSENT, PRESENT, Condition, Delete, Put, Update, Write, unchanged

State = Literal["held", "committed", "released", "expired", "uncharged"]
CHARGED: tuple[State, ...] = ("held", "committed")
DONE: tuple[State, ...] = ("committed", "uncharged")
# A closed operation is remembered longer than any retry of it lives; a day's usage longer than any hold's work.
CLOSED_KEPT = timedelta(days=8)
USAGE_KEPT = timedelta(days=40)
REFUNDED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation. `used` and `limit` are the day's numbers right after the charge: the first answer, kept."""

    operation_id: str
    account_id: str
    resource: Resource
    day: date
    state: State
    used: int
    limit: int | None
    deadline: datetime | None = None
    version: int = 1


def step(before: Entry | None, after: Entry, now: datetime, plan: Plan | None = None) -> list[Write]:
    """The writes that lead from one entry to the next. A charge names the plan under which it was allowed."""
    return [
        _entry_put(before, after, now),
        *_usage(before, after, now),
        *_hold(before, after),
        _account(before, after, plan),
        *_done(before, after, now),
    ]


def _charged(entry: Entry | None) -> bool:
    return entry is not None and entry.state in CHARGED


def _is_newly_done(before: Entry | None, after: Entry) -> bool:
    return after.state in DONE and (before is None or before.state not in DONE)


def _held(entry: Entry | None) -> int:
    return int(entry is not None and entry.state == "held")


def _entry_put(before: Entry | None, after: Entry, now: datetime) -> Put:
    doc = asdict(after) | {"day": after.day.isoformat(), "deadline": after.deadline and iso_micros(after.deadline)}
    row = {**ledger_key(after.operation_id), "version": after.version, "doc": to_doc(doc)}
    if after.state != "held":
        row["expires_at"] = int((now + CLOSED_KEPT).timestamp())
    return Put(ACCOUNTS, row, unchanged(before.version if before else 0))


def _usage(before: Entry | None, after: Entry, now: datetime) -> list[Update]:
    name = PLURAL[after.resource]
    if _charged(after) and not _charged(before):
        text = f"#{name} = :seen" if after.used > 1 else f"attribute_not_exists(#{name}) OR #{name} = :seen"
        expires = int((now + USAGE_KEPT).timestamp())
        condition = Condition(text, {"seen": after.used - 1})
        return [
            Update(
                ACCOUNTS,
                usage_key(after.account_id, after.day),
                add={name: 1},
                set={"expires_at": expires},
                condition=condition,
            )
        ]
    if before is not None and _charged(before) and not _charged(after) and _is_kept(before.day, now):
        taken = Condition(f"#{name} > :none", {"none": 0})
        return [Update(ACCOUNTS, usage_key(before.account_id, before.day), add={name: -1}, condition=taken)]
    return []


def _is_kept(day: date, now: datetime) -> bool:
    """Whether the day's usage is still stored; giving something back to a forgotten day would bring it to -1."""
    return now.astimezone(UTC).date() - day <= REFUNDED_WITHIN


def _hold(before: Entry | None, after: Entry) -> list[Write]:
    key = hold_key(after.account_id, after.operation_id)
    if _held(before) and not _held(after):
        return [Delete(ACCOUNTS, key, PRESENT)]
    if _held(after) and after.deadline:
        ends = {"held_pk": f"HELD#{after.resource}", "deadline": iso_micros(after.deadline)}
        return [Put(ACCOUNTS, {**key, **ends}, ABSENT)]
    return []


def _account(before: Entry | None, after: Entry, plan: Plan | None) -> Update:
    """The account's counts; a charge demands the plan whose limit was looked at."""
    counts = {"holds": _held(after) - _held(before)}
    if _is_newly_done(before, after):
        counts |= {PLURAL[after.resource]: 1, "activities": 1}
    key = account_key(after.account_id)
    condition = Condition("#plan = :plan", {"plan": plan}) if plan else PRESENT
    return Update(ACCOUNTS, key, add={name: count for name, count in counts.items() if count}, condition=condition)


def _done(before: Entry | None, after: Entry, now: datetime) -> list[Write]:
    if not _is_newly_done(before, after):
        return []
    line = activity_log.Entry(LOGGED[after.resource], after.account_id, now)
    counted = figures.work_done(after.account_id, after.resource, after.day)
    return [*counted, activity_log.entry_put(line, after.operation_id)]


def entry_of(row: Item) -> Entry:
    """The entry in a row."""
    doc = from_doc(row["doc"])
    doc["day"] = date.fromisoformat(doc["day"])
    doc["deadline"] = from_iso(doc["deadline"]) if doc["deadline"] else None
    return Entry(**doc)


def hold_of(row: Item) -> tuple[str, datetime]:
    """Operation and deadline in the row of a reservation."""
    return str(row["sk"]).removeprefix("HOLD#"), from_iso(row["deadline"])

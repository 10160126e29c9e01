"""The events of the last ten minutes, numbered, so that a client can resume after a break or poll instead of listening.

| question                        | pk                          | sk                   | attributes                 |
| last number of all / of a topic | SEQUENCE                    | all, or <topic>      | last                       |
| events of a topic after a number| EVENTS#<topic>              | <number, 12 digits>  | doc, at, previous          |
| what became of an announcement  | ANNOUNCED#<announcement id> | STATE                | topic, sequence, delivered |

One sequence numbers all topics without holes; `previous` links an event to the one before it in its topic. So a reader
can tell "nothing happened" from "it is gone".
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.core.clock import Clock
from shared.core.errors import Unavailable
from shared.live.event import Event, numbered
from shared.live.model import EVERYTHING, TOPICS
from shared.live.protocols import encode
from shared.outbox.model import KEPT, Announcement
from shared.storage.attributes import Item, from_doc
from shared.storage.schema import LIVE
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import ABSENT, PRESENT, Condition, Put, Update, Write

MOST_KEPT = 200
WINDOW = timedelta(minutes=10)
NUMBER_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Replay:
    """Events after a number. `gap`: some that came after it are not kept any more."""

    events: tuple[Event, ...]
    last_sequence: int
    gap: bool


class EventLog:
    """Numbers announcements once each, and reads them back."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        self._now = now

    def record(self, announcement: Announcement) -> Event:
        """The event of an announcement: a new number the first time, the same one whenever it comes again."""
        for _ in range(NUMBER_ATTEMPTS):
            known = self._find(announcement)
            if known is not None:
                return known
            total, topic = self._store.get_together((LIVE, _last(EVERYTHING)), (LIVE, _last(announcement.topic)))
            event = numbered(announcement, _number(total) + 1, _number(topic))
            try:
                self._store.transact(self._writes(announcement, event))
            except ConditionFailed:
                continue
            return event
        raise Unavailable("the sequence is busy; try again")

    def mark_delivered(self, announcement: Announcement) -> None:
        """From now on a repeated record is a duplicate, to be dropped."""
        key = _state(announcement.announcement_id)
        try:
            self._store.transact([Update(LIVE, key, set={"delivered": True}, condition=PRESENT)])
        except ConditionFailed:
            return

    def replay(self, topic: str, since: int) -> Replay:
        """The kept events of a topic (or of all) with a number above `since`, in order."""
        topics = TOPICS if topic == EVERYTHING else (topic,)
        kept = sorted((event for one in topics for event in self._kept(one, since)), key=lambda event: event.sequence)
        last = _number(self._store.get(LIVE, _last(topic)))
        return Replay(tuple(kept), last, _has_gap(kept, since, last, whole=topic == EVERYTHING))

    def _kept(self, topic: str, since: int) -> list[Event]:
        page = self._store.query(LIVE, f"EVENTS#{topic}", newest_first=True, limit=MOST_KEPT)
        oldest = (self._now() - WINDOW).timestamp()
        rows = [row for row in page.items if row["at"] >= oldest]
        return [_from_row(topic, row) for row in rows if int(row["sk"]) > since]

    def _find(self, announcement: Announcement) -> Event | None:
        state = self._store.get(LIVE, _state(announcement.announcement_id))
        if state is None:
            return None
        row = self._store.get(LIVE, _place(state["topic"], state["sequence"]))
        if row is None:  # delivered or not, it is older than what anybody still waits for
            return replace(numbered(announcement, state["sequence"], 0), delivered=True)
        return replace(_from_row(state["topic"], row), delivered=state["delivered"])

    def _writes(self, announcement: Announcement, event: Event) -> list[Write]:
        now, number = self._now(), event.sequence
        unmoved = Condition("#last = :seen", {"seen": number - 1}) if number > 1 else ABSENT
        state = {"topic": event.topic, "sequence": number, "delivered": False, "expires_at": _expiry(now, KEPT)}
        row = {"doc": encode(event.message).decode(), "at": now.timestamp(), "previous": event.previous}
        return [
            Put(LIVE, _state(announcement.announcement_id) | state, ABSENT),
            Update(LIVE, _last(EVERYTHING), set={"last": number}, condition=unmoved),
            Update(LIVE, _last(event.topic), set={"last": number}),
            Put(LIVE, _place(event.topic, number) | row | {"expires_at": _expiry(now, WINDOW)}),
        ]


def _has_gap(kept: list[Event], since: int, last: int, *, whole: bool) -> bool:
    """Whether the chain from `since` to `last` misses a link."""
    if not kept:
        return last > since
    if kept[-1].sequence < last:
        return True
    before = [event.sequence - 1 if whole else event.previous for event in kept]
    return before[0] > since or any(link != event.sequence for link, event in zip(before[1:], kept, strict=False))


def _from_row(topic: str, row: Item) -> Event:
    return Event(topic, int(row["sk"]), row["previous"], from_doc(row["doc"]))


def _number(row: Item | None) -> int:
    return int(row["last"]) if row else 0


def _last(topic: str) -> dict[str, str]:
    return {"pk": "SEQUENCE", "sk": topic}


def _place(topic: str, number: int) -> dict[str, str]:
    return {"pk": f"EVENTS#{topic}", "sk": f"{number:012d}"}


def _state(announcement_id: str) -> dict[str, str]:
    return {"pk": f"ANNOUNCED#{announcement_id}", "sk": "STATE"}


def _expiry(now: Any, after: timedelta) -> int:
    return int((now + after).timestamp())

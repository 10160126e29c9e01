"""What follows a commit: rows and stream records become durable together, then the event sources hear of them."""

from collections.abc import Callable

from infra.local.moto_repairs.stream_records import Record, publish, records_of
from infra.local.moto_repairs.writes import Change, add_listener

# Writes one commit to disk; the call that made the commit is answered afterwards.
Journal = Callable[[list[Change], dict[str, list[Record]]], None]
_journals: list[Journal] = []


def add_journal(journal: Journal) -> Callable[[], None]:
    """Keep every commit from now on; the answer takes the journal away again."""
    _journals.append(journal)
    return lambda: _journals.remove(journal)


def _committed(changes: list[Change]) -> None:
    records = records_of(changes)
    for journal in _journals:
        journal(changes, records)
    publish(records)


def install() -> None:
    add_listener(_committed)

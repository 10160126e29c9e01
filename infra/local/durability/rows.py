"""DynamoDB's rows and stream records in SQLite: in the write-ahead log before a write is answered.

A killed process loses nothing, because what it has written to the log belongs to the kernel by then. A power cut may
cost the last moments: nothing waits for the disk.
"""

import base64
import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.moto_repairs.items import attributes
from infra.local.moto_repairs.operations import key_of
from infra.local.moto_repairs.stream_records import Record, continue_after
from infra.local.moto_repairs.writes import LOCK, Change, find, write_restored

SCHEMA = """
create table if not exists item (name text, key text, value text, primary key (name, key)) without rowid;
create table if not exists record (name text, number integer, value text, primary key (name, number)) without rowid;
create table if not exists delivered (source text primary key, number integer);
create table if not exists fact (name text primary key, value text);
"""
# Checkpoints copy the log into the database; rarely, because the thread that meets one pays for it.
CHECKPOINT_PAGES = 20_000


# SQLite's integers end before DynamoDB's sequence numbers begin.
STREAM_START = 1_100_000_000_017_454_423_009


class Rows:
    """One connection for everything, used under its own lock; writers hold moto's lock as well."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = off")
        self._db.execute(f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.execute("pragma wal_checkpoint(truncate)")
            self._db.close()

    def journal(self, changes: list[Change], records: dict[str, list[Record]]) -> None:
        """Commit what one call changed, rows and stream records together."""
        puts = [(c.table.name, _key(c), json.dumps(attributes(c.new), default=_text)) for c in changes if c.new]
        deletes = [(c.table.name, _key(c)) for c in changes if c.new is None]
        kept = [(name, record_number(r), json.dumps(r, default=_text)) for name, of in records.items() for r in of]
        with self._lock:
            self._db.execute("begin immediate")
            self._db.executemany("insert or replace into item values (?, ?, ?)", puts)
            self._db.executemany("delete from item where name = ? and key = ?", deletes)
            self._db.executemany("insert or replace into record values (?, ?, ?)", kept)
            self._db.execute("commit")

    def restore(self, backend: DynamoDBBackend) -> int:
        """Fill the tables that provisioning has made; rows of tables that are no more stay where they are."""
        count = 0
        with LOCK:
            for table in backend.tables.values():
                for value in self._select("select value from item where name = ?", table.name):
                    _restore(table, json.loads(value[0]))
                    count += 1
                self._continue_stream(table)
        return count

    def undelivered(self, source: str, table: str) -> list[Record]:
        """The records that an event source has not confirmed, in order."""
        query = (
            "select value from record where name = ? and number > "
            "coalesce((select number from delivered where source = ?), 0) order by number"
        )
        return [json.loads(value[0]) for value in self._select(query, table, source)]

    def confirm(self, source: str, table: str, number: int, sources: list[str]) -> None:
        """An event source is through up to here; records that all sources are through with are dropped."""
        with self._lock:
            self._db.execute("begin immediate")
            self._db.execute("insert or replace into delivered values (?, ?)", (source, number))
            marks = dict(self._db.execute("select source, number from delivered").fetchall())
            lowest = min(marks.get(each, 0) for each in sources)
            # The last record stays: numbering goes on from it after a restart.
            self._db.execute("delete from record where name = ? and number < ?", (table, lowest))
            self._db.execute("commit")

    def fact(self, name: str) -> str | None:
        found = self._select("select value from fact where name = ?", name)
        return str(found[0][0]) if found else None

    def facts(self, prefix: str) -> dict[str, str]:
        return dict(self._select("select name, value from fact where name glob ? || '*'", prefix))

    def set_facts(self, facts: dict[str, str], forgotten: Iterable[str] = ()) -> None:
        with self._lock:
            self._db.execute("begin immediate")
            self._db.executemany("insert or replace into fact values (?, ?)", facts.items())
            self._db.executemany("delete from fact where name = ?", [(name,) for name in forgotten])
            self._db.execute("commit")

    def _select(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _continue_stream(self, table: Table) -> None:
        if table.stream_shard is None:
            return
        last = self._select("select max(number) from record where name = ?", table.name)[0][0]
        if last is not None:
            continue_after(table.stream_shard, STREAM_START - 1 + last)


def record_number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"]) - STREAM_START + 1


def _key(change: Change) -> str:
    range_key = change.range_key.to_json() if change.range_key is not None else None
    return json.dumps([change.hash_key.to_json(), range_key], default=_text)


def _text(value: Any) -> str:
    return base64.b64encode(value).decode()


def _restore(table: Table, attrs: dict[str, Any]) -> None:
    hash_key, range_key = key_of(table, attrs)
    if find(table, hash_key, range_key) is None:
        write_restored(table, hash_key, range_key, Item(hash_key, range_key, attrs))

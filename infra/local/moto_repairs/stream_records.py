"""Stream records of committed changes, in commit order: none for a no-op, one INSERT for an upsert, no undone ones."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models.table import StreamShard, Table

from infra.local.moto_repairs.items import attributes
from infra.local.moto_repairs.writes import Change

# The shard of a table remembers this many records for the DynamoDB Streams API; event sources keep their own.
REMEMBERED = 5_000

Record = dict[str, Any]
# Called under the lock with the records of one commit, by table name, after the change is durable.
Sink = Callable[[str, list[Record]], None]
_sinks: list[Sink] = []


class StoredRecord:
    """A record as moto's Streams API wants to find it in a shard."""

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record

    def to_json(self) -> Record:
        return self.record


def add_sink(sink: Sink) -> Callable[[], None]:
    """Hear of every record; the answer takes the sink away again."""
    _sinks.append(sink)
    return lambda: _sinks.remove(sink)


def records_of(changes: list[Change]) -> dict[str, list[Record]]:
    """The records of one commit by table; also puts them in the shards."""
    found: dict[str, list[Record]] = {}
    for change in changes:
        shard: StreamShard | None = change.table.stream_shard
        if shard is not None:
            record = _record(shard, change)
            _remember(shard, record)
            found.setdefault(change.table.name, []).append(record)
    return found


def publish(records: dict[str, list[Record]]) -> None:
    for table, of_table in records.items():
        for sink in _sinks:
            sink(table, of_table)


def continue_after(shard: StreamShard, sequence_number: int) -> None:
    """After a restart: number on from the last record of the previous run, so that order can be told across runs."""
    shard.items.clear()
    shard.starting_sequence_number = max(shard.starting_sequence_number, sequence_number + 1)


def _record(shard: StreamShard, change: Change) -> Record:
    table: Table = change.table
    keys = {table.hash_key_attr: change.hash_key.to_json()}
    if table.range_key_attr is not None and change.range_key is not None:
        keys[table.range_key_attr] = change.range_key.to_json()
    view = (table.stream_specification or {}).get("StreamViewType", "NEW_AND_OLD_IMAGES")
    stream: Record = {
        "ApproximateCreationDateTime": float(int(time.time())),
        "Keys": keys,
        "SequenceNumber": str(shard.starting_sequence_number + len(shard.items)),
        "SizeBytes": sum(item.size() for item in (change.old, change.new) if item is not None),
        "StreamViewType": view,
    }
    if change.new is not None and view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
        stream["NewImage"] = attributes(change.new)
    if change.old is not None and view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
        stream["OldImage"] = attributes(change.old)
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "INSERT" if change.old is None else "REMOVE" if change.new is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": table.region_name,
        "dynamodb": stream,
    }


def _remember(shard: StreamShard, record: Record) -> None:
    shard.items.append(StoredRecord(record))
    if len(shard.items) > 2 * REMEMBERED:
        del shard.items[:REMEMBERED]
        shard.starting_sequence_number += REMEMBERED


def _get(self: StreamShard, start: int, quantity: int) -> list[Record]:
    """Records from a sequence number on; those that were forgotten meanwhile are skipped."""
    first = max(0, start - self.starting_sequence_number)
    return [stored.to_json() for stored in self.items[first : first + quantity]]


def install() -> None:
    StreamShard.get = _get
    # Changes reach a shard through records_of only, once they are committed.
    StreamShard.add = lambda self, old, new: None

"""Time to live: rows past their expiry attribute are deleted, as DynamoDB does some time after."""

import threading
import time
from collections.abc import Iterator

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.moto_repairs.item_order import stored_items
from infra.local.moto_repairs.writes import LOCK
from infra.local.runtime.invocation import ACCOUNT, REGION

SWEEP_SECONDS = 60.0
# The lock is given back between these, so that nobody waits for a sweep.
AT_ONCE = 200


class Expiry:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="expiry", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            sweep(self._prefix, time.time())


def sweep(prefix: str, now: float) -> int:
    """The number of rows that were deleted."""
    count = 0
    for name, table in list(dynamodb_backends[ACCOUNT][REGION].tables.items()):
        if name.startswith(prefix) and table.ttl.get("TimeToLiveStatus") == "ENABLED":
            with LOCK:
                expired = list(_expired(table, table.ttl["AttributeName"], now))
            for start in range(0, len(expired), AT_ONCE):
                count += _delete(table, expired[start : start + AT_ONCE])
    return count


def _expired(table: Table, attribute: str, now: float) -> Iterator[Item]:
    for item in stored_items(table):
        value = item.attrs.get(attribute)
        if value is not None and value.is_number() and float(value.value) < now:
            yield item


def _delete(table: Table, items: list[Item]) -> int:
    """Unless the row was written again meanwhile."""
    with LOCK:
        same = [item for item in items if table.get_item(item.hash_key, item.range_key) is item]
        for item in same:
            table.delete_item(item.hash_key, item.range_key)
    return len(same)

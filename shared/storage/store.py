"""Reading and writing the tables: the only module that calls DynamoDB's data operations.

Counted reads, no `Scan`: what is not a key or an index of shared/storage/schema.py cannot be asked for.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.backoff import pause
from shared.core.errors import Unavailable
from shared.core.paging import Page
from shared.core.settings import settings
from shared.storage.attributes import Item, from_item, to_attribute, to_item
from shared.storage.schema import Index, Table
from shared.storage.writes import Update, Write

CONFLICT_ATTEMPTS = 12
# Reasons of a cancelled transaction that go away by themselves; botocore repeats none of them.
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
BATCH = 100


class ConditionFailed(Exception):
    """A write found the row in another state than it demanded. `position` is the write's place in the call."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the condition of write {position} does not hold")
        self.position = position


@dataclass(frozen=True, slots=True)
class Range:
    """A slice of the sort key, both ends included; or everything that begins with `prefix`."""

    low: str | None = None
    high: str | None = None
    prefix: str | None = None


class Store:
    """DynamoDB, seen from a repository."""

    def __init__(self, dynamodb: Any, prefix: str) -> None:
        self._dynamodb = dynamodb
        self._prefix = prefix

    def get(self, table: Table, key: Mapping[str, str]) -> Item | None:
        """One row as it is now (a consistent read), or None."""
        answer = self._dynamodb.get_item(TableName=self._prefix + table.name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def get_together(self, *keys: tuple[Table, Mapping[str, str]]) -> list[Item | None]:
        """Several rows as they were at one moment, in the order asked for."""
        reads = [{"Get": {"TableName": self._prefix + table.name, "Key": to_item(key)}} for table, key in keys]
        answer = self._retry_conflicts(lambda: self._dynamodb.transact_get_items(TransactItems=reads))
        return [from_item(found["Item"]) if found.get("Item") else None for found in answer["Responses"]]

    def get_many(self, table: Table, keys: Sequence[Mapping[str, str]]) -> Iterator[Item]:
        """Rows by key, a hundred a call, those that exist, in no order. What DynamoDB leaves out is asked for again."""
        name = self._prefix + table.name
        for start in range(0, len(keys), BATCH):
            wanted: dict[str, Any] = {
                name: {"Keys": [to_item(key) for key in keys[start : start + BATCH]], "ConsistentRead": True}
            }
            for attempt in range(CONFLICT_ATTEMPTS):
                answer = self._dynamodb.batch_get_item(RequestItems=wanted)
                yield from map(from_item, answer["Responses"].get(name, []))
                wanted = answer.get("UnprocessedKeys") or {}
                if not wanted:
                    break
                pause(attempt)
            else:
                raise Unavailable("the rows could not be read; try again")

    def query(
        self,
        table: Table,
        pk: str,
        *,
        index: Index | None = None,
        range_: Range | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Item]:
        """One page of a partition (1 MB or `limit` rows). Base tables are read consistently, indexes cannot be."""
        request = self._query_request(table, pk, index, range_ or Range())
        request |= {"ScanIndexForward": not newest_first}
        if limit is not None:
            request["Limit"] = limit
        if cursor is not None:
            request["ExclusiveStartKey"] = _from_cursor(cursor)
        answer = self._dynamodb.query(**request)
        return Page(tuple(map(from_item, answer["Items"])), _to_cursor(answer.get("LastEvaluatedKey")))

    def query_all(self, table: Table, pk: str, *, most: int, **options: Any) -> list[Item]:
        """Every row of a partition, page by page, `most` at the most."""
        found: list[Item] = []
        cursor: str | None = None
        while len(found) < most:
            page = self.query(table, pk, limit=min(1000, most - len(found)), cursor=cursor, **options)
            found += page.items
            cursor = page.cursor
            if cursor is None:
                break
        return found

    def transact(self, writes: Iterable[Write]) -> None:
        """All writes or none. ConditionFailed says which one did not hold; conflicts with others are retried.

        A lost answer is safe: botocore sends one ClientRequestToken with every attempt of the call.
        """
        requests = [write.request(self._prefix) for write in writes]
        try:
            self._retry_conflicts(lambda: self._dynamodb.transact_write_items(TransactItems=requests))
        except self._dynamodb.exceptions.TransactionCanceledException as cancelled:
            codes = [reason.get("Code") for reason in cancelled.response["CancellationReasons"]]
            if "ConditionalCheckFailed" not in codes:
                raise
            raise ConditionFailed(codes.index("ConditionalCheckFailed")) from cancelled

    def apply(self, write: Update) -> None:
        """One update alone. Unlike transactions, updates of one row do not collide; a lost answer may add twice."""
        request = write.request(self._prefix)["Update"]
        try:
            self._dynamodb.update_item(**request)
        except self._dynamodb.exceptions.ConditionalCheckFailedException as failed:
            raise ConditionFailed(0) from failed

    def count_up(self, table: Table, key: Mapping[str, str], counter: str) -> int:
        """Add one and return the new value: a number that nobody else gets. Lost answers leave gaps, never doubles."""
        answer = self._dynamodb.update_item(
            TableName=self._prefix + table.name,
            Key=to_item(key),
            UpdateExpression="ADD #counter :one",
            ExpressionAttributeNames={"#counter": counter},
            ExpressionAttributeValues={":one": to_attribute(1)},
            ReturnValues="UPDATED_NEW",
        )
        return int(from_item(answer["Attributes"])[counter])

    def _query_request(self, table: Table, pk: str, index: Index | None, range_: Range) -> dict[str, Any]:
        pk_name, sk_name = (index.pk, index.sk) if index else ("pk", table.sk)
        text, values = _key_condition(range_)
        names = {"#pk": pk_name} | ({"#sk": str(sk_name)} if text else {})
        request: dict[str, Any] = {
            "TableName": self._prefix + table.name,
            "KeyConditionExpression": "#pk = :pk" + text,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {":pk": to_attribute(pk), **values},
        }
        return request | ({"IndexName": index.name} if index else {"ConsistentRead": True})

    def _retry_conflicts(self, call: Any) -> Any:
        """Another transaction holds a row, or the row is hot: botocore gives up at once, we wait a little."""
        for attempt in range(CONFLICT_ATTEMPTS):
            try:
                return call()
            except self._dynamodb.exceptions.TransactionCanceledException as cancelled:
                codes = {reason.get("Code") for reason in cancelled.response["CancellationReasons"]}
                if not codes & PASSING or "ConditionalCheckFailed" in codes:
                    raise
            pause(attempt)
        raise Unavailable("the rows are busy; try again")


def _key_condition(range_: Range) -> tuple[str, dict[str, Any]]:
    if range_.prefix is not None:
        return " AND begins_with(#sk, :prefix)", {":prefix": to_attribute(range_.prefix)}
    if range_.low is not None and range_.high is not None:
        return " AND #sk BETWEEN :low AND :high", {":low": to_attribute(range_.low), ":high": to_attribute(range_.high)}
    if range_.low is not None:
        return " AND #sk >= :low", {":low": to_attribute(range_.low)}
    if range_.high is not None:
        return " AND #sk <= :high", {":high": to_attribute(range_.high)}
    return "", {}


def _to_cursor(key: Mapping[str, Any] | None) -> str | None:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode() if key else None


def _from_cursor(cursor: str) -> dict[str, Any]:
    key: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor))
    return key


@cache
def store() -> Store:
    """The store of this process."""
    return Store(client("dynamodb"), settings().table_prefix)

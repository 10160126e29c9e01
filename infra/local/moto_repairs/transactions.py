"""TransactWriteItems: check everything, then apply everything; the same client token means the same transaction."""

import hashlib
import json
import time
from collections import OrderedDict
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb import responses
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.responses import DynamoHandler

from infra.local.moto_repairs.items import attributes
from infra.local.moto_repairs.limits import check_batch
from infra.local.moto_repairs.operations import key_of
from infra.local.moto_repairs.writes import LOCK, atomic, find

MAX_OPERATIONS = 100
TOKEN_SECONDS = 600
Reason = tuple[str | None, str | None, dict[str, Any] | None]

_stock_validate = DynamoHandler.transact_write_items
_stock_batch_write = DynamoHandler.batch_write_item
Tokens = OrderedDict[str, tuple[float, str, ActionResult]]


class IdempotentParameterMismatch(JsonRESTError):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "The request uses the same client token as a previous, but non-identical request.",
        )


def transact_write(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    if len(transact_items) > MAX_OPERATIONS:
        raise TooManyTransactionsException()
    with atomic():
        operations = [_single_operation(item) for item in transact_items]
        _check_unique(self, operations)
        reasons = [_reason_against(self, kind, operation) for kind, operation in operations]
        if any(code for code, _, _ in reasons):
            raise TransactionCanceledException(reasons)
        for kind, operation in operations:
            _apply(self, kind, operation)


def _single_operation(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if len(item) != 1:
        raise TransactWriteSingleOpException
    return next(iter(item.items()))


def _check_unique(backend: DynamoDBBackend, operations: list[tuple[str, dict[str, Any]]]) -> None:
    seen = set()
    for kind, operation in operations:
        table = backend.get_table(operation["TableName"])
        target = (table.name, key_of(table, operation["Item" if kind == "Put" else "Key"]))
        if target in seen:
            raise MultipleTransactionsException()
        seen.add(target)


def _reason_against(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> Reason:
    expression = operation.get("ConditionExpression")
    if not expression:
        return None, None, None
    table = backend.get_table(operation["TableName"])
    current = find(table, *key_of(table, operation["Item" if kind == "Put" else "Key"]))
    names, values = operation.get("ExpressionAttributeNames"), operation.get("ExpressionAttributeValues")
    if get_filter_expression(expression, names, values).expr(current):
        return None, None, None
    return "ConditionalCheckFailed", str(ConditionalCheckFailed().message), _shown(operation, current)


def _shown(operation: dict[str, Any], current: Item | None) -> dict[str, Any] | None:
    if current is None or operation.get("ReturnValuesOnConditionCheckFailure") != "ALL_OLD":
        return None
    return attributes(current)


def _apply(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> None:
    match kind:
        case "Put":
            backend.get_table(operation["TableName"]).put_item(operation["Item"], overwrite=True)
        case "Delete":
            backend.delete_item(operation["TableName"], operation["Key"])
        case "Update":
            backend.update_item(
                operation["TableName"],
                operation["Key"],
                operation["UpdateExpression"],
                operation.get("ExpressionAttributeNames"),
                operation.get("ExpressionAttributeValues"),
            )


def transact_write_items(self: DynamoHandler) -> ActionResult:
    token = self.body.get("ClientRequestToken")
    if not token:
        return _stock_validate(self)
    fingerprint = hashlib.sha256(json.dumps(self.body["TransactItems"], sort_keys=True, default=repr).encode())
    with LOCK:
        return _once(self, token, fingerprint.hexdigest())


def _once(handler: DynamoHandler, token: str, fingerprint: str) -> ActionResult:
    # Kept in the backend, so that moto forgets them together with its tables.
    tokens: Tokens = handler.dynamodb_backend.__dict__.setdefault("client_tokens", OrderedDict())
    now = time.monotonic()
    while tokens and next(iter(tokens.values()))[0] < now - TOKEN_SECONDS:
        tokens.popitem(last=False)
    if token in tokens:
        _, first_fingerprint, answer = tokens[token]
        if first_fingerprint != fingerprint:
            raise IdempotentParameterMismatch
        return answer
    answer = _stock_validate(handler)
    tokens[token] = (now, fingerprint, answer)
    return answer


def batch_write_item(self: DynamoHandler) -> ActionResult:
    check_batch(self.body["RequestItems"])
    with atomic():
        return _stock_batch_write(self)


def install() -> None:
    # Reads together were 25 once; AWS takes 100 since 2022, as many as writes.
    responses.TRANSACTION_MAX_ITEMS = MAX_OPERATIONS
    DynamoDBBackend.transact_write_items = transact_write
    DynamoHandler.transact_write_items = transact_write_items
    DynamoHandler.batch_write_item = batch_write_item

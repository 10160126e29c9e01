"""Canaries for our repairs. On plain moto 5.2.5 the limit with threads, the client token, the streams, the index key,
nesting, digits and the long batches fail; the others guard what a repair could break.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.moto_repairs import stream_records

THREADS = 24
LIMIT = 100


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def key(pk: str, sk: str = "-") -> dict[str, dict[str, str]]:
    return {"pk": text(pk), "sk": text(sk)}


def put(pk: str, **operation: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": key(pk), **operation}}


@pytest.fixture
def records() -> Iterator[list[dict[str, Any]]]:
    """The stream records of this test, in commit order."""
    found: list[dict[str, Any]] = []
    remove = stream_records.add_sink(lambda table, records: found.extend(records))
    yield found
    remove()


def test_a_limit_in_a_transaction_holds_with_24_threads(table: Any) -> None:
    for round_number in range(3):
        quota = key(f"quota{round_number}")
        table.put_item(TableName="t", Item={**quota, "used": number(0)})
        acknowledged: list[str] = []

        def work(me: int, quota: Any = quota, done: list[str] = acknowledged, turn: int = round_number) -> None:
            for attempt in range(8):
                try:
                    table.transact_write_items(TransactItems=[_increment(quota), put(f"{turn}-{me}-{attempt}")])
                except table.exceptions.TransactionCanceledException:
                    return
                done.append(f"{turn}-{me}-{attempt}")

        run_in_threads(work)

        used = table.get_item(TableName="t", Key=quota)["Item"]["used"]["N"]
        assert (len(acknowledged), used) == (LIMIT, str(LIMIT))
        assert all("Item" in table.get_item(TableName="t", Key=key(name)) for name in acknowledged)


def _increment(quota: Any) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": "t",
            "Key": quota,
            "UpdateExpression": "ADD used :one",
            "ConditionExpression": "used < :limit",
            "ExpressionAttributeValues": {":one": number(1), ":limit": number(LIMIT)},
        }
    }


def run_in_threads(work: Any) -> None:
    threads = [threading.Thread(target=work, args=(me,)) for me in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_failed_transaction_leaves_nothing_and_emits_nothing(table: Any, records: list[dict[str, Any]]) -> None:
    table.put_item(TableName="t", Item=key("there"))
    records.clear()

    with pytest.raises(table.exceptions.TransactionCanceledException) as failure:
        table.transact_write_items(
            TransactItems=[put("new"), put("there", ConditionExpression="attribute_not_exists(pk)")]
        )

    codes = [reason["Code"] for reason in failure.value.response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]
    assert "Item" not in table.get_item(TableName="t", Key=key("new"))
    assert records == []


def test_a_transaction_that_fails_half_way_is_undone(table: Any, records: list[dict[str, Any]]) -> None:
    table.put_item(TableName="t", Item={**key("word"), "n": text("not a number")})
    records.clear()
    wrong = {
        "Update": {
            "TableName": "t",
            "Key": key("word"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": number(1)},
        }
    }

    with pytest.raises(ClientError, match="ValidationException"):
        table.transact_write_items(TransactItems=[put("new"), wrong])

    assert "Item" not in table.get_item(TableName="t", Key=key("new"))
    assert records == []


def test_the_same_client_token_writes_once(table: Any) -> None:
    table.put_item(TableName="t", Item={**key("n"), "used": number(0)})

    for _ in range(3):
        table.transact_write_items(TransactItems=[_increment(key("n"))], ClientRequestToken="token-1")

    assert table.get_item(TableName="t", Key=key("n"))["Item"]["used"] == number(1)
    with pytest.raises(table.exceptions.IdempotentParameterMismatchException):
        table.transact_write_items(TransactItems=[put("other")], ClientRequestToken="token-1")


def test_streams_have_one_record_per_change_in_order(table: Any, records: list[dict[str, Any]]) -> None:
    table.put_item(TableName="t", Item=key("a"))
    table.put_item(TableName="t", Item=key("a"))  # changes nothing
    values = {":one": number(1)}
    for _ in range(2):  # the first one inserts
        table.update_item(TableName="t", Key=key("b"), UpdateExpression="ADD n :one", ExpressionAttributeValues=values)
    table.delete_item(TableName="t", Key=key("a"))

    told = [(record["eventName"], record["dynamodb"]["Keys"]["pk"]["S"]) for record in records]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert told == [("INSERT", "a"), ("INSERT", "b"), ("MODIFY", "b"), ("REMOVE", "a")]
    assert numbers == sorted(set(numbers))
    assert records[1]["dynamodb"]["NewImage"] == {**key("b"), "n": number(1)}
    assert "OldImage" not in records[1]["dynamodb"]


def test_the_streams_api_shows_the_same_records(table: Any, aws: Any) -> None:
    table.put_item(TableName="t", Item=key("a"))
    streams = aws("dynamodbstreams")
    arn = table.describe_table(TableName="t")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]

    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    found = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]

    assert [record["eventName"] for record in found] == ["INSERT"]


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "bottom"}
    for _ in range(levels):
        value = {"M": {"down": value}}
    return value


@pytest.mark.parametrize(
    "attributes",
    [
        {"owner": {"N": "1"}},
        {"deep": nested(33)},
        {"n": {"N": "1" * 39}},
        {"big": {"S": "x" * 410_000}},
    ],
    ids=["index key of the wrong type", "too deep", "too many digits", "too big"],
)
def test_what_dynamodb_refuses_is_refused(table: Any, attributes: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.put_item(TableName="t", Item={**key("a"), **attributes})


def test_thirty_two_levels_and_thirty_eight_digits_are_accepted(table: Any) -> None:
    table.put_item(TableName="t", Item={**key("a"), "deep": nested(32), "n": {"N": "1" * 38}})


def test_batches_and_transactions_that_are_too_long_are_refused(table: Any) -> None:
    requests = [{"PutRequest": {"Item": key(str(at))}} for at in range(26)]
    with pytest.raises(ClientError, match="ValidationException"):
        table.batch_write_item(RequestItems={"t": requests})
    with pytest.raises(ClientError, match="ValidationException"):
        table.transact_write_items(TransactItems=[put(str(at)) for at in range(101)])


def test_100_rows_are_read_together_and_not_101(table: Any) -> None:
    reads = [{"Get": {"TableName": "t", "Key": key(f"row{n}")}} for n in range(101)]

    assert len(table.transact_get_items(TransactItems=reads[:100])["Responses"]) == 100
    with pytest.raises(ClientError, match="less than or equal to 100"):
        table.transact_get_items(TransactItems=reads)

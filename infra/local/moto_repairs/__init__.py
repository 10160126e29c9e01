"""Repairs to moto 5.2.5's DynamoDB: what a race, a rollback or a stream consumer can tell apart from AWS's; and to its
Cognito: what somebody could get in by who may not.

`install` patches moto in this process, for the server and for mock_aws alike; the canaries in
tests/infra/local/test_moto_repairs.py and test_cognito.py fail on moto without it. Private names of moto are used: the
version is pinned.
"""

from functools import cache


@cache
def install() -> None:
    """Repair moto in this process; calling it again changes nothing."""
    from infra.local.moto_repairs import (
        cognito,
        commits,
        dispatch,
        expressions,
        items,
        operations,
        query,
        stream_records,
        transactions,
    )

    for repair in (items, expressions, operations, query, stream_records, transactions, dispatch, commits, cognito):
        repair.install()

"""The tables as plain data. CDK, the local platform and the tests build from this and nothing else.

Every table has a string partition key `pk` and, unless it says otherwise, a string sort key `sk`.
What the keys look like stands in the docstring of the repository that owns them.
Standard library only.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projection` is ALL, KEYS_ONLY, or the names of the attributes it carries.

    `counts` says that the sort key is a number, which writes may count up.
    """

    name: str
    pk: str
    sk: str
    projection: str | tuple[str, ...] = "ALL"
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One DynamoDB table: on demand, point-in-time recovery on. `ttl` names the expiry attribute (epoch seconds)."""

    name: str
    sk: str | None = "sk"
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    stream: bool = False


INSIDERS = Table(
    "insiders",
    indexes=(Index("timeline", pk="timeline_pk", sk="timeline_sk", projection=("doc",)),),
    ttl="expires_at",
)
INCIDENTS = Table(
    "incidents",
    indexes=(
        Index("by_status", pk="status_pk", sk="sk"),
        Index("by_unread", pk="unread_pk", sk="sk"),
    ),
)
OUTBOX = Table("outbox", sk=None, ttl="expires_at", stream=True)
LIVE = Table("live", ttl="expires_at")
ACCOUNTS = Table(
    "accounts",
    indexes=(
        Index("by_activity", pk="ranked_pk", sk="activities", counts=True),
        Index("by_deadline", pk="held_pk", sk="deadline", projection="KEYS_ONLY"),
    ),
    ttl="expires_at",
)
DIRECTORY = Table("directory")
REQUESTS = Table("requests", ttl="expires_at")
TRAFFIC = Table("traffic", ttl="expires_at")
EXPLANATIONS = Table("explanations", ttl="expires_at")
TABULAR = Table("tabular", indexes=(Index("by_kind", pk="kind_pk", sk="sk"),), ttl="expires_at")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (INSIDERS, INCIDENTS, OUTBOX, LIVE, ACCOUNTS, DIRECTORY, REQUESTS, TRAFFIC, EXPLANATIONS, TABULAR)
}
BUCKETS: tuple[str, ...] = ("data",)

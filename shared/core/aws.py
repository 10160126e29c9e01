"""AWS clients: made on first use, kept while the process lives, every one with explicit timeouts and retries.

Clients and not resources: only clients are thread-safe, and the resource layer doubles the parsing cost.
"""

from functools import cache
from typing import Any

from shared.core.settings import settings

CONNECT_SECONDS = 2
READ_SECONDS = 5
ATTEMPTS = 4


@cache
def session() -> Any:
    """One botocore session: a second one would load the service descriptions again (45 ms)."""
    import botocore.session

    return botocore.session.get_session()


@cache
def client(
    service: str, endpoint: str | None = None, *, read_seconds: int = READ_SECONDS, attempts: int = ATTEMPTS
) -> Any:
    """The client of a service, e.g. `client("dynamodb")`.

    Four attempts with at most 7 s between them: with four reads of 5 s still less than a function lives (29 s), so
    that the caller hears our 503 and not the gateway's.
    """
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=32,
        # Requests are built by shared/storage from typed values; checking them again costs a tenth of a call.
        parameter_validation=False,
    )
    return session().create_client(service, config=config, endpoint_url=endpoint)


def sockets() -> Any:
    """The client that posts to WebSocket connections (`/@connections`)."""
    return client("apigatewaymanagementapi", settings().sockets_endpoint)

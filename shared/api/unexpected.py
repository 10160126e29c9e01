"""The last resort: errors that nobody raised on purpose. Neither answer says what broke; the log does."""

from fastapi import Request
from fastapi.responses import JSONResponse

from shared.api.dialects import Failure, render
from shared.core.logging import logger

# botocore's errors that mean "try again", whatever the service calls them, after its own attempts.
BUSY = (
    "Throttl",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "SlowDown",
    "ServiceUnavailable",
    "InternalServerError",
    "TransactionInProgress",
)


async def unexpected_error(request: Request, error: Exception) -> JSONResponse:
    """503 for a dependency that is down longer than our retries, 500 for a mistake of ours; in the path's dialect."""
    request_id = request.state.request_id
    logger().error("unexpected error", exc_info=error, extra={"request_id": request_id})
    path = request.url.path
    if _is_busy(error):
        failure = Failure(503, "unavailable", "Service temporarily unavailable, try again", path, request_id)
        return JSONResponse(render(failure), 503, {"retry-after": "2"})
    return JSONResponse(render(Failure(500, "internal", "Internal server error", path, request_id)), 500)


def _is_busy(error: Exception) -> bool:
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

    if isinstance(error, ClientError):
        return any(word in error.response["Error"]["Code"] for word in BUSY)
    return isinstance(error, ConnectionError | HTTPClientError)

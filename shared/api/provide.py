"""Services as dependencies of endpoints: `Alerts = Annotated[AlertService, provided(alert_service)]`."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends


def provided(factory: Callable[[], Any]) -> Any:
    """A dependency on what a cached factory gives. Asynchronous, because FastAPI sends plain functions to a thread."""

    async def give() -> Any:
        return factory()

    return Depends(give)

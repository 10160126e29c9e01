"""Clients of the running platform for the commands and for the platform itself."""

from functools import cache
from typing import Any

from infra.local.runtime.invocation import REGION


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


@cache
def client(service: str, endpoint: str) -> Any:
    """Kept, because reading the description of a service takes longer than any call."""
    return _session().create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )

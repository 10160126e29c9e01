"""A platform in this process whose AWS can fail: the handlers of the functions, and the rows they leave."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.plan import no_waiting
from tests.faults.world import World

SOCKETS = "https://abc.execute-api.eu-central-1.amazonaws.com/ws"
WORKFLOWS = "arn:aws:states:eu-central-1:123456789012:stateMachine:vedette-local-"


@pytest.fixture
def world(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    from shared.core.settings import settings

    monkeypatch.setenv("VEDETTE_SOCKETS_ENDPOINT", SOCKETS)
    monkeypatch.setenv("VEDETTE_WORKFLOW_ARN_PREFIX", WORKFLOWS)
    settings.cache_clear()
    with no_waiting():
        yield World(tables)

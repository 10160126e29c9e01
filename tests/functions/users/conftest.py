"""The users' function with a user pool of its own."""

from typing import Any

import pytest
from moto.cognitoidp.models import CognitoIdpUserPool

from tests.builders.directory import a_pool


@pytest.fixture
def pool(tables: Any, monkeypatch: pytest.MonkeyPatch) -> CognitoIdpUserPool:
    return a_pool(monkeypatch)

"""A user pool and tables of this test's own."""

from typing import Any

import pytest
from moto.cognitoidp.models import CognitoIdpUserPool

from tests.builders.directory import a_pool


@pytest.fixture
def pool(tables: Any, monkeypatch: pytest.MonkeyPatch) -> CognitoIdpUserPool:
    return a_pool(monkeypatch)

"""The local platform's user pool, open for sign-up; what it mails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.pool import Mails, user_pool


@pytest.fixture
def mails(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mails]:
    with user_pool(monkeypatch) as sent:
        yield sent

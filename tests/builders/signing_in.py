"""Requests to /auth/* through the front door."""

import time
from typing import Any

from functions.accounts.app import handler
from tests.builders.calls import Answer, call
from tests.builders.pool import PASSWORD


def post(path: str, token: str | None = None, **body: Any) -> Answer:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return call(handler, "POST", f"/auth{path}", json=body, headers=headers)


def me(token: str) -> Answer:
    return call(handler, "GET", "/auth/me", headers={"authorization": f"Bearer {token}"})


def log_in(username: str = "ana", password: str = PASSWORD) -> Answer:
    return post("/login", username=username, password=password)


def next_second() -> None:
    """In the second of a sign-out new tokens are as dead as old ones, which would hide a refresh token that lives."""
    time.sleep(1.01 - time.time() % 1)


def dies(*_: Any) -> None:
    raise RuntimeError("the process is killed")

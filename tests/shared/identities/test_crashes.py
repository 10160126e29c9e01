"""The process dies at any call of AWS, and the client does the next sensible thing: what ended stays ended."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from functions.accounts.app import handler
from shared.access.principals import principals
from tests.builders.calls import Answer, call
from tests.builders.pool import OTHER_PASSWORD, PASSWORD, Mails, a_person, user_pool
from tests.faults.sweep import Operation, sweep


class World:
    """One person after the other, each with a session of their own."""

    def __init__(self, mails: Mails) -> None:
        self.mails, self._numbers = mails, itertools.count()

    def begin(self) -> None:
        self.name = f"ana{next(self._numbers)}"
        a_person(self.name)
        self.session = self.log_in(PASSWORD).body

    def log_in(self, password: str) -> Answer:
        return self.post("/login", username=self.name, password=password)

    def post(self, path: str, token: str | None = None, **body: Any) -> Answer:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return call(handler, "POST", f"/auth{path}", json=body, headers=headers)

    def log_out(self) -> Answer:
        return self.post("/logout", self.session["access_token"])

    def living(self) -> list[str]:
        """What of the first session still opens something."""
        headers = {"authorization": f"Bearer {self.session['access_token']}"}
        found = ["access"] if call(handler, "GET", "/auth/me", headers=headers).status != 401 else []
        # In the second of the sign-out itself new tokens are as dead as the old ones, which would hide a living one.
        time.sleep(1.01 - time.time() % 1)
        refresh = self.post("/refresh", refresh_token=self.session["refresh_token"])
        return found + (["refresh"] if refresh.status != 401 else [])


@pytest.fixture
def world(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with user_pool(monkeypatch) as mails:
        yield World(mails)


def test_a_log_out_can_be_repeated_until_it_is_done(world: World) -> None:
    def again() -> None:
        principals().forget()  # another process: it does not remember the caller
        world.log_out()

    swept = sweep(Operation(world.begin, world.log_out, again, world.living))

    assert swept.failures == []
    assert swept.cases >= 4, swept.calls


@pytest.mark.slow
def test_a_reset_ends_the_sessions_of_the_old_password_whenever_it_dies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare() -> None:
        monkeypatch.setattr("shared.identities.sign_outs.FUNCTION_SECONDS", 30)
        world.begin()
        world.post("/password/forgot", username=world.name)

    def reset() -> Answer:
        code = world.mails.code()
        return world.post("/password/reset", username=world.name, code=code, new_password=OTHER_PASSWORD)

    def go_on() -> None:
        """The person tries again, and half a minute later the new password, twice if they are asked to."""
        reset()
        monkeypatch.setattr("shared.identities.sign_outs.FUNCTION_SECONDS", -1)
        if world.log_in(OTHER_PASSWORD).status == 503:
            world.log_in(OTHER_PASSWORD)

    def problems() -> list[str]:
        let_in = [
            name for name, word in (("old", PASSWORD), ("new", OTHER_PASSWORD)) if world.log_in(word).status == 200
        ]
        return world.living() + ([] if let_in == ["new"] else [f"opens: {let_in}"])

    swept = sweep(Operation(prepare, reset, go_on, problems))

    assert swept.failures == []
    assert swept.cases >= 12, swept.calls


def test_a_login_that_died_can_be_repeated(world: World) -> None:
    again: list[int] = []

    def problems() -> list[str]:
        return [] if again[-1] == 200 else [f"status {again[-1]}"]

    def log_in() -> None:
        again.append(world.log_in(PASSWORD).status)

    swept = sweep(Operation(world.begin, log_in, log_in, problems))

    assert swept.failures == []
    assert swept.cases >= 10, swept.calls


def test_a_confirmation_that_died_leaves_an_account_with_the_address(world: World) -> None:
    numbers = itertools.count(1000)

    def prepare() -> None:
        world.name = f"bob{next(numbers)}"
        world.post("/sign-up", username=world.name, email=f"{world.name}@example.com", password=PASSWORD)

    def confirm() -> Answer:
        return world.post("/confirm", username=world.name, code=world.mails.code())

    def go_on() -> None:
        confirm()
        world.log_in(PASSWORD)

    def problems() -> list[str]:
        token = world.log_in(PASSWORD).body.get("access_token", "")
        headers = {"authorization": f"Bearer {token}"}
        profile = call(handler, "GET", "/api/users/profile", headers=headers).body
        return [] if profile.get("email") == f"{world.name}@example.com" else [str(profile)]

    swept = sweep(Operation(prepare, confirm, go_on, problems))

    assert swept.failures == []
    assert swept.cases >= 8, swept.calls

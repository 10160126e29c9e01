"""From credentials to callers: what the directory says now is what counts."""

import hashlib
import json
import time
from typing import Any

import pytest

from shared.access.permissions import PERMISSIONS
from shared.access.principals import FRESH_SECONDS, Principals, narrowed
from shared.access.tokens import TokenVerifier
from shared.core.errors import Unauthenticated
from shared.directory.keys import api_key_key, role_key, sign_out_key
from shared.storage.schema import DIRECTORY
from shared.storage.store import store
from shared.storage.writes import Put, Update
from tests.builders.directory_rows import a_user_row, an_api_key
from tests.builders.tokens import CLIENT, ISSUER, KEY, token


class Clock:
    """A clock that stands until it is told to go."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def callers(tables: Any, clock: Clock) -> Principals:
    verifier = TokenVerifier(ISSUER, CLIENT, "http://127.0.0.1:1/jwks.json")
    verifier._keys, verifier._fetched_at = {"one": KEY.public_key()}, time.monotonic() + 10**6
    return Principals(store(), verifier, clock)


def test_without_a_row_the_groups_count_and_unknown_ones_do_not(callers: Principals) -> None:
    caller = callers.caller(token("ana", "analyst", "root"))

    assert (caller.caller_id, caller.roles, caller.subject) == ("ana", ("analyst",), "sub-ana")
    assert (caller.may("incidents:respond"), caller.may("users:write")) == (True, False)


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_the_directory_wins_over_the_groups(callers: Principals, role: str) -> None:
    a_user_row("ana", "sub-ana", role=role)

    caller = callers.caller(token("ana", "admin"))

    assert (caller.roles, caller.may("users:write"), caller.may("users:read")) == ((role,), False, True)


def test_the_row_is_found_whatever_the_case_of_the_name(callers: Principals) -> None:
    a_user_row("Ana", "sub-ana", role="viewer")

    assert callers.caller(token("ANA", "admin", sub="sub-ana")).roles == ("viewer",)


def test_a_name_alone_inherits_nothing(callers: Principals) -> None:
    """Somebody who signed up with the name of a user."""
    a_user_row("ana", "sub-of-another", role="admin")

    with pytest.raises(Unauthenticated):
        callers.caller(token("ana"))


def test_a_row_that_is_not_linked_gives_nothing_and_takes_nothing(callers: Principals) -> None:
    """Whoever may create users could otherwise lock out a person whom only the pool knows: by a row of their name."""
    a_user_row("ana", "", role="admin")

    assert callers.caller(token("ana")).permissions == ()
    assert callers.caller(token("ana", "viewer")).roles == ("viewer",)


@pytest.mark.parametrize("name", ["key:0123456789ab", "account:1", "anonymous", "Detector", "system", "a\u202eb"])
def test_a_name_that_histories_would_misread_is_refused(callers: Principals, name: str) -> None:
    assert not _gets_in(callers, token(name, "admin"))


@pytest.mark.parametrize(("status", "gets_in"), [("active", True), ("invited", True), ("suspended", False)])
def test_only_the_living_get_in(callers: Principals, status: Any, gets_in: bool) -> None:
    a_user_row("ana", "sub-ana", role="admin", status=status)

    assert _gets_in(callers, token("ana")) == gets_in


def test_a_role_of_the_organisation_is_what_its_row_says(callers: Principals, clock: Clock) -> None:
    a_user_row("ana", "sub-ana", role="night-shift")
    given = token("ana")
    assert callers.caller(given).permissions == (), "no such role, no rights"

    _set_role("night-shift", "incidents:*")
    clock.now += FRESH_SECONDS

    assert callers.caller(given).permissions == ("incidents:*",)


def test_what_was_read_is_believed_for_a_second(callers: Principals, clock: Clock) -> None:
    a_user_row("ana", "sub-ana", role="admin")
    given = token("ana")
    callers.caller(given)
    a_user_row("ana", "sub-ana", role="admin", status="suspended")

    clock.now += FRESH_SECONDS - 0.01
    assert _gets_in(callers, given)
    clock.now += 0.01
    assert not _gets_in(callers, given)
    assert (callers.hits, callers.misses) == (1, 2)


def test_what_changed_here_counts_at_once(callers: Principals) -> None:
    a_user_row("ana", "sub-ana")
    given = token("ana")
    callers.caller(given)
    a_user_row("ana", "sub-ana", status="suspended")

    callers.forget()

    assert not _gets_in(callers, given)


def test_a_cached_caller_ends_with_the_token(callers: Principals, clock: Clock) -> None:
    given = token("ana", exp=int(clock.now) + 1)
    callers.caller(given)

    clock.now = int(clock.now) + 1

    callers.caller(given)  # within the leeway: read again, not believed
    assert callers.misses == 2


def test_a_sign_out_kills_what_was_issued_until_then(callers: Principals) -> None:
    now = int(time.time())
    store().transact([Put(DIRECTORY, {**sign_out_key("sub-ana"), "before": now})])

    found = {age: _gets_in(callers, token("ana", iat=now - age)) for age in (-1, 0, 1)}

    assert found == {-1: True, 0: False, 1: False}
    assert _gets_in(callers, token("bob", iat=now)), "others are not concerned"


def test_a_suspension_that_is_over_revives_no_old_token(callers: Principals) -> None:
    now = int(time.time())
    a_user_row("ana", "sub-ana", signed_out_at=now)

    assert [_gets_in(callers, token("ana", iat=now + age)) for age in (-1, 0, 1)] == [False, False, True]


def test_a_key_does_what_its_scopes_and_its_owner_may(callers: Principals) -> None:
    a_user_row("ana", "sub-ana", role="viewer")
    secret = an_api_key("ana", "incidents:*", "users:write")

    caller = callers.caller(secret)

    assert (caller.kind, caller.caller_id) == ("key", f"key:{secret[3:15]}")
    assert caller.permissions == ("incidents:read",)


def test_a_key_loses_with_its_owner(callers: Principals, clock: Clock) -> None:
    a_user_row("ana", "sub-ana", role="admin")
    secret = an_api_key("ana", "*")
    assert callers.caller(secret).may("users:write")

    a_user_row("ana", "sub-ana", role="viewer")
    clock.now += FRESH_SECONDS
    assert not callers.caller(secret).may("users:write")

    a_user_row("ana", "sub-ana", role="viewer", status="deactivated")
    clock.now += FRESH_SECONDS
    assert not _gets_in(callers, secret)


def test_a_key_is_dead_from_its_last_second_on(callers: Principals, clock: Clock) -> None:
    a_user_row("ana", "sub-ana")
    until = int(clock.now) + 10
    secret = an_api_key("ana", "*", until=until)

    clock.now = until - 0.5
    assert _gets_in(callers, secret)
    clock.now = until
    assert not _gets_in(callers, secret), "not even for the second that was believed"


def test_after_a_rotation_both_secrets_open_until_the_overlap_is_over(callers: Principals, clock: Clock) -> None:
    a_user_row("ana", "sub-ana")
    old = an_api_key("ana", "*")
    new = old[:16] + "B" * 43
    rotated = {
        "digest": hashlib.sha256(new.encode()).hexdigest(),
        "previous_digest": hashlib.sha256(old.encode()).hexdigest(),
        "previous_until": int(clock.now) + 100,
    }
    store().transact([Update(DIRECTORY, api_key_key(old[3:15]), set=rotated)])

    assert (_gets_in(callers, old), _gets_in(callers, new)) == (True, True)
    clock.now += 100
    assert (_gets_in(callers, old), _gets_in(callers, new)) == (False, True)


def test_scopes_are_narrowed_to_what_the_owner_may() -> None:
    assert narrowed(["*"], ["*:read"]) == tuple(sorted(name for name in PERMISSIONS if name.endswith(":read")))
    assert narrowed(["users:write"], ["*:read"]) == ()
    assert narrowed(["nonsense:*", "users:*"], ["*"]) == ("users:read", "users:write")


def _set_role(name: str, *patterns: str) -> None:
    store().transact([Put(DIRECTORY, {**role_key(name), "permissions": json.dumps(patterns), "version": 1})])


def _gets_in(callers: Principals, credential: str) -> bool:
    try:
        callers.caller(credential)
    except Unauthenticated:
        return False
    return True

"""API keys: shown once, no wider than their owner, rotated with an overlap, revoked for good."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.access.caller import ANONYMOUS, Caller
from shared.access.principals import Principals, principals
from shared.core.clock import utc_now
from shared.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unauthenticated
from shared.directory.api_key_rows import ApiKey, use_key, used
from shared.directory.api_keys import MOST_KEYS, ApiKeyService, api_key_service
from shared.directory.guards import is_oneself
from shared.directory.keys import user_id_of
from shared.directory.repository import directory_repository
from shared.storage.schema import REQUESTS
from shared.storage.store import store
from tests.builders.directory import add_user, as_user, ask, rows
from tests.builders.together import together
from tests.builders.tokens import bearer

pytestmark = pytest.mark.usefixtures("pool")


def caller_of(headers: dict[str, str]) -> Caller:
    return principals().caller(headers["authorization"].split()[1])


@pytest.fixture
def ana() -> Caller:
    add_user("ana", "analyst")
    return caller_of(as_user("ana"))


def make(caller: Caller, *scopes: str, days: int = 90) -> tuple[ApiKey, str]:
    return api_key_service().create(caller, "robot", scopes or ("users:read",), days)


def opens(secret: str, at: Callable[[], float] | None = None) -> bool:
    who = Principals(store(), principals()._tokens, at) if at else principals()
    try:
        return who.caller(secret).may("users:read")
    except Unauthenticated:
        return False


def in_hours(hours: float) -> Callable[[], float]:
    return lambda: (utc_now() + timedelta(hours=hours)).timestamp()


def test_a_key_opens_what_its_scopes_say_and_is_shown_once(ana: Caller, tables: Any) -> None:
    key, secret = make(ana, "users:read", "incidents:*")

    caller = principals().caller(secret)
    assert secret.startswith(f"vk_{key.key_id}_")
    assert caller.caller_id == f"key:{key.key_id}"
    assert caller.may("users:read")
    assert caller.may("incidents:respond")
    assert not caller.may("teams:read")
    (listed,) = api_key_service().list(ana)
    assert (replace(listed, last_used_at=None),) == (replace(key, created_at=key.created_at.replace(microsecond=0),
                                                   until=key.until.replace(microsecond=0)),)  # fmt: skip
    assert secret not in json.dumps(rows(tables))
    assert secret.rpartition("_")[2] not in json.dumps(rows(tables))


@pytest.mark.parametrize("scopes", [["*"], ["users:*"], ["users:write"], ["users:read", "accounts:administer"]])
def test_nobody_makes_a_key_that_does_more_than_they(ana: Caller, scopes: list[str], tables: Any) -> None:
    with pytest.raises(Forbidden):
        make(ana, *scopes)
    assert [row for row in rows(tables) if row["pk"] == "KEYS"] == []


def test_a_key_shrinks_with_its_owner(ana: Caller) -> None:
    _, secret = make(ana, "incidents:respond")
    ask("PUT", f"/{ask('GET').body['data']['users'][0]['id']}", json={"role": "viewer"})

    assert not principals().caller(secret).may("incidents:respond")


@pytest.mark.parametrize(
    ("scopes", "days"),
    [([], 90), (["nothing:read"], 90), (["users:read\x00"], 90), (["users:read"], 0), (["users:read"], 366)],
)
def test_what_makes_no_sense_is_invalid(ana: Caller, scopes: list[str], days: int) -> None:
    with pytest.raises(Invalid):
        api_key_service().create(ana, "robot", scopes, days)


def test_only_users_of_the_directory_have_keys(ana: Caller) -> None:
    _, secret = make(ana)
    with pytest.raises(Conflict, match="directory"):
        make(caller_of(bearer("root", "admin")))
    for nobody in (principals().caller(secret), ANONYMOUS, Caller("account:1", kind="account")):
        for deed in (
            lambda who=nobody: make(who),
            lambda who=nobody: api_key_service().list(who),
            lambda who=nobody: api_key_service().rotate(who, "0" * 12),
        ):
            with pytest.raises(DomainError) as refused:
                deed()
            assert isinstance(refused.value, Forbidden | NotFound)


def test_a_rotated_key_has_two_secrets_for_a_while(ana: Caller) -> None:
    key, old = make(ana)
    again, new = api_key_service().rotate(ana, key.key_id, overlap_hours=2)

    assert again.key_id == key.key_id
    assert opens(old)
    assert opens(new)
    assert not opens(old, in_hours(2.1))
    assert opens(new, in_hours(2.1))


def test_without_an_overlap_the_old_secret_is_dead_at_once(ana: Caller) -> None:
    key, old = make(ana)
    assert opens(old)

    _, new = api_key_service().rotate(ana, key.key_id)

    assert not opens(old)
    assert opens(new)


def test_two_rotations_leave_two_secrets_at_most(ana: Caller) -> None:
    key, first = make(ana)
    _, second = api_key_service().rotate(ana, key.key_id, 24)
    _, third = api_key_service().rotate(ana, key.key_id, 24)

    assert [opens(secret) for secret in (first, second, third)] == [False, True, True]


def test_of_rotations_at_the_same_moment_one_succeeds(ana: Caller) -> None:
    key, _ = make(ana)

    def rotate(number: int) -> str | None:
        try:
            return api_key_service().rotate(ana, key.key_id)[1]
        except Conflict:
            return None

    made = [secret for secret in together(8, rotate) if secret]

    assert made
    assert [opens(secret) for secret in made].count(True) == 1


def test_a_key_expires_and_is_not_rotated_back_to_life(ana: Caller) -> None:
    key, secret = make(ana, days=1)
    tomorrow = ApiKeyService(store(), directory_repository(), lambda: utc_now() + timedelta(hours=25))

    assert opens(secret, in_hours(23))
    assert not opens(secret, in_hours(25))
    with pytest.raises(Conflict):
        tomorrow.rotate(ana, key.key_id)


def test_an_overlap_ends_when_the_old_secret_would_have(ana: Caller) -> None:
    key, old = make(ana, days=1)
    soon = ApiKeyService(store(), directory_repository(), lambda: utc_now() + timedelta(hours=23))

    _, new = soon.rotate(ana, key.key_id, 24)

    assert not opens(old, in_hours(24.5))
    assert opens(new, in_hours(24.5))


def test_a_revoked_key_is_dead_and_stays_so(ana: Caller) -> None:
    key, secret = make(ana)
    assert opens(secret)

    assert api_key_service().revoke(ana, key.key_id).status == "revoked"
    assert api_key_service().revoke(ana, key.key_id).status == "revoked"

    assert not opens(secret)
    assert api_key_service().list(ana) == ()
    with pytest.raises(Conflict):
        api_key_service().rotate(ana, key.key_id)


def test_other_peoples_keys_are_not_there(ana: Caller) -> None:
    key, secret = make(ana)
    add_user("bo", "viewer")
    bo = caller_of(as_user("bo"))

    assert api_key_service().list(bo) == ()
    for deed in (api_key_service().rotate, api_key_service().revoke):
        for key_id in (key.key_id, "0" * 12, "x" * 5000, "\x00"):
            with pytest.raises(NotFound):
                deed(bo, key_id)
    assert opens(secret)


def test_who_writes_users_may_revoke_but_not_take_over_a_key(ana: Caller) -> None:
    key, secret = make(ana)
    root = caller_of(bearer("root", "admin"))
    smaller = replace(root, permissions=("users:write",))

    with pytest.raises(NotFound):
        api_key_service().rotate(root, key.key_id)
    with pytest.raises(Forbidden):
        api_key_service().revoke(smaller, key.key_id)
    assert opens(secret)
    api_key_service().revoke(root, key.key_id)

    assert not opens(secret)


def test_a_key_stands_for_its_owner_where_that_matters(ana: Caller) -> None:
    """Quotas, call rates and "nobody changes their own role" look at the person behind the key."""
    _, secret = make(ana)

    caller = principals().caller(secret)

    assert (caller.owner, caller.subject, caller.kind) == ("ana", ana.subject, "key")
    assert is_oneself(caller, user_id_of("ANA"))


def test_the_last_use_is_written_once_a_minute(ana: Caller) -> None:
    key, _ = make(ana)
    now = utc_now().timestamp()
    seen = []

    for later in (0, 30, 59, 61, 90):
        used(store(), key.key_id, now + later)
        seen.append(int((store().get(REQUESTS, use_key(key.key_id)) or {})["last_used_at"] - int(now)))

    assert seen == [0, 0, 0, 61, 61]
    assert api_key_service().list(ana)[0].last_used_at is not None


def test_whoever_opens_with_a_key_is_seen_to_have_used_it(ana: Caller) -> None:
    key, secret = make(ana)
    before = api_key_service().list(ana)[0].last_used_at

    assert opens(secret)
    assert (before, api_key_service().list(ana)[0].key_id) == (None, key.key_id)
    assert api_key_service().list(ana)[0].last_used_at is not None


def test_somebody_elses_identity_of_the_same_name_makes_no_key(ana: Caller) -> None:
    with pytest.raises(Conflict):
        make(replace(ana, subject="sub-of-somebody-else"))


def test_nobody_hoards_keys(ana: Caller) -> None:
    for _ in range(MOST_KEYS):
        make(ana)
    with pytest.raises(Conflict, match="revoke"):
        make(ana)

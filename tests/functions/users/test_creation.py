"""Making a user when others make the same one, when somebody was in the pool before, and when the pool is away."""

from typing import Any

import pytest

from shared.access.caller import Caller
from shared.core.aws import client
from shared.core.errors import DomainError
from shared.directory.creation import NewUser, user_creation
from shared.directory.keys import user_id_of
from tests.builders.directory import ADMIN, add_user, as_user, ask, body_of, problems, rows, user
from tests.builders.together import together
from tests.builders.tokens import POOL, bearer
from tests.faults.plan import FaultPlan, no_waiting

ROOT = Caller("root", ("admin",), ("*",), subject="sub-root")
ROUNDS = 3


def test_of_sixteen_users_of_one_name_one_is_made(pool: Any, tables: Any) -> None:
    for turn in range(ROUNDS):
        name = f"ana{turn}"
        bodies = [body_of(name, email=f"{name}-{number}@example.com") for number in range(16)]

        answers = together(16, lambda number, b=bodies: ask("POST", json=b[number]))  # type: ignore[misc]

        assert sorted(answer.status for answer in answers) == [201] + [409] * 15
        assert ask("GET", query={"q": name}).body["data"]["total"] == 1
        assert user(user_id_of(name))["linked"]
        assert problems(tables, pool) == []


def test_of_sixteen_equal_requests_one_makes_the_user(pool: Any, tables: Any) -> None:
    answers = together(16, lambda number: ask("POST", json=body_of("ana", role="admin")))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 15
    assert user(user_id_of("ana"))["linked"]
    assert list(pool.users) == ["ana"]
    assert problems(tables, pool) == []


def test_of_sixteen_users_with_one_address_one_is_made(pool: Any, tables: Any) -> None:
    answers = together(16, lambda number: ask("POST", json=body_of(f"user{number}", email="one@example.com")))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 15
    assert ask("GET").body["data"]["total"] == 1
    assert len(pool.users) == 1
    assert problems(tables, pool) == []


def test_of_sixteen_keyed_twins_one_makes_the_user(pool: Any, tables: Any) -> None:
    headers = {**ADMIN, "idempotency-key": "k"}

    answers = together(16, lambda number: ask("POST", headers=headers, json=body_of("ana")))
    again = ask("POST", headers=headers, json=body_of("ana"))

    assert {answer.status for answer in answers} <= {201, 409}
    assert again.status == 201
    assert ask("GET").body["data"]["total"] == 1
    assert problems(tables, pool) == []


def test_one_operation_makes_one_user_whoever_remembers_its_answer(pool: Any, tables: Any) -> None:
    """Below the store of answers, which a dead function never reached: every twin hears the same id."""
    new = NewUser("ana", "ana@example.com", role="admin")

    made = together(16, lambda number: user_creation().create(ROOT, new, "op_1"))

    assert set(made) == {user_id_of("ana")}
    assert user(user_id_of("ana"))["linked"]
    assert problems(tables, pool) == []


def sign_up(username: str, email: str, *, confirmed: bool) -> str:
    """Somebody makes an identity of their own in the pool, before an administrator thinks of it; their subject."""
    idp = client("cognito-idp")
    made = idp.create_user_pool_client(UserPoolId=POOL, ClientName="client")["UserPoolClient"]["ClientId"]
    attributes = [{"Name": "email", "Value": email}]
    signed = idp.sign_up(ClientId=made, Username=username, Password="Passw0rd!Passw0rd", UserAttributes=attributes)
    if confirmed:
        idp.admin_confirm_sign_up(UserPoolId=POOL, Username=username)
    return str(signed["UserSub"])


@pytest.mark.parametrize("confirmed", [True, False])
def test_who_signed_up_with_the_name_beforehand_does_not_inherit_the_role(
    pool: Any, tables: Any, confirmed: bool
) -> None:
    subject = sign_up("boss", "boss@example.com", confirmed=confirmed)

    refused = ask("POST", json=body_of("boss", role="admin", status="active"))

    assert refused.status == 409
    assert ask("GET").body["data"]["total"] == 0
    assert [row for row in rows(tables) if row["sk"] == "EMAIL"] == []
    assert ask("GET", headers=bearer("boss", sub=subject)).status == 403
    assert problems(tables, pool) == []


def test_who_signs_up_while_the_user_is_being_made_does_not_inherit_the_role(pool: Any, tables: Any) -> None:
    with FaultPlan().meanwhile("AdminCreateUser", lambda: sign_up("boss", "boss@example.com", confirmed=True)):
        refused = ask("POST", json=body_of("boss", role="admin"))

    assert refused.status == 409
    assert ask("GET").body["data"]["total"] == 0
    assert problems(tables, pool) == []


def test_an_identity_with_another_address_is_not_ours(pool: Any) -> None:
    attributes = [{"Name": "email", "Value": "else@example.com"}]
    client("cognito-idp").admin_create_user(UserPoolId=POOL, Username="ana", UserAttributes=attributes)

    assert ask("POST", json=body_of("ana")).status == 409
    assert ask("POST", json=body_of("ana", email="else@example.com")).status == 201


def test_a_row_whose_identity_is_not_known_opens_nothing(pool: Any) -> None:
    with no_waiting(), FaultPlan().add("lose_request", "AdminCreateUser"):
        assert ask("POST", json=body_of("boss", role="admin")).status == 503

    assert ask("GET", headers=bearer("boss")).status == 403
    # What the pool itself says of somebody stays true: else whoever creates users could lock such a person out.
    assert ask("GET", headers=bearer("boss", "admin")).status == 200


@pytest.mark.parametrize("fault", ["lose_request", "lose_answer", "throttle", "internal"])
def test_a_pool_that_is_away_is_503_and_the_next_try_succeeds(pool: Any, tables: Any, fault: str) -> None:
    with no_waiting(), FaultPlan().add(fault, "AdminCreateUser"):
        refused = ask("POST", json=body_of("ana", role="admin"))
    again = ask("POST", json=body_of("ana", role="analyst", full_name="Ana the second"))

    assert refused.status == 503
    assert refused.headers["retry-after"]
    assert again.status == 201
    assert (user(user_id_of("ana"))["role"], user(user_id_of("ana"))["full_name"]) == ("analyst", "Ana the second")
    assert ask("GET", headers=as_user("ana")).status == 200
    assert problems(tables, pool) == []


def test_who_died_long_ago_is_taken_over_with_another_address_too(pool: Any, tables: Any) -> None:
    from datetime import timedelta

    from shared.core.clock import utc_now
    from shared.directory.creation import UserCreation
    from shared.directory.identities import identities
    from shared.directory.repository import directory_repository
    from shared.storage.store import store

    with no_waiting(), FaultPlan().add("lose_request", "AdminCreateUser"):
        ask("POST", json=body_of("ana", email="wrong@example.com"))
    assert ask("POST", json=body_of("ana")).status == 409

    later = UserCreation(directory_repository(), store(), identities(), lambda: utc_now() + timedelta(seconds=31))
    later.create(ROOT, NewUser("ana", "ana@example.com"), "op_2")

    assert user(user_id_of("ana"))["email"] == "ana@example.com"
    assert ask("POST", json=body_of("bo", email="wrong@example.com")).status == 201
    assert problems(tables, pool) == []


def test_a_keyed_request_does_not_make_another_role_of_an_old_one(pool: Any) -> None:
    """The same operation with another body, after the first died: the caller's rights are asked for what it says."""
    small = Caller("hal", (), ("users:read", "users:write"), subject="sub-hal")
    with no_waiting(), FaultPlan().add("lose_request", "AdminCreateUser"), pytest.raises(DomainError):
        user_creation().create(ROOT, NewUser("ana", "ana@example.com", role="admin"), "op_1")
    with pytest.raises(DomainError):
        user_creation().create(small, NewUser("ana", "ana@example.com", role="admin"), "op_1")
    user_creation().create(ROOT, NewUser("ana", "ana@example.com", role="viewer"), "op_1")

    assert user(user_id_of("ana"))["role"] == "viewer"


def test_a_deployment_without_a_pool_makes_nobody(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.core.settings import settings
    from tests.builders.tokens import trust

    trust(monkeypatch)
    monkeypatch.setenv("VEDETTE_USER_POOL_ID", "")
    settings.cache_clear()

    assert ask("POST", json=body_of("ana")).status == 503


def test_an_address_that_the_pool_refuses_is_422_and_free_again(pool: Any) -> None:
    class Refusing:
        def create(self, *_: str) -> str:
            from shared.core.errors import Invalid

            raise Invalid("The user pool refuses this: Invalid email address format.")

    from shared.core.clock import utc_now
    from shared.directory.creation import UserCreation
    from shared.directory.repository import directory_repository
    from shared.storage.store import store

    refusing = UserCreation(directory_repository(), store(), Refusing(), utc_now)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="refuses"):
        refusing.create(ROOT, NewUser("ana", "ana@example.com"), "op_1")

    assert ask("GET").body["data"]["total"] == 0
    assert add_user("ana")

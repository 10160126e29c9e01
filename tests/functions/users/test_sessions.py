"""What a suspension ends: tokens and API keys, on every group, and in processes that have not heard of it."""

import importlib
import re
import time
from typing import Any

import pytest

from infra.routes import routes
from shared.access.permissions import PUBLIC, SIGNED_IN
from shared.access.principals import FRESH_SECONDS, Principals, principals
from shared.core.aws import client
from shared.core.errors import Unauthenticated
from shared.directory.api_keys import api_key_service
from shared.storage.store import store
from tests.builders.calls import call
from tests.builders.directory import a_pool, add_user, as_user, ask
from tests.builders.tokens import POOL
from tests.faults.plan import FaultPlan, no_waiting

ENDINGS = ["suspend", "deactivate"]


def one_route_of_each_group() -> dict[str, tuple[str, str]]:
    """Method and path of a route of every group that asks who is calling."""
    found: dict[str, tuple[str, str]] = {}
    for route in routes():
        if route.permission not in (PUBLIC, SIGNED_IN):
            found.setdefault(route.function, (route.method, re.sub(r"\{[^}]+\}", "x", route.path)))
    return found


@pytest.fixture
def strict(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return a_pool(monkeypatch, "strict")


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_suspended_users_token_is_refused_on_every_group(ending: str) -> None:
    ana = add_user("ana", "admin")
    add_user("bo", "admin")
    headers = as_user("ana")
    handlers = {name: importlib.import_module(f"functions.{name}.app").handler for name in one_route_of_each_group()}
    assert len(handlers) >= 5
    assert ask("GET", headers=headers).status == 200

    ask("POST", f"/{ana}/{ending}")

    for name, (method, path) in one_route_of_each_group().items():
        assert call(handlers[name], method, path, headers=headers).status == 401, (name, method, path)


@pytest.mark.usefixtures("strict")
def test_another_process_believes_what_it_read_for_a_second_only() -> None:
    ana, now = add_user("ana"), [time.time()]
    elsewhere = Principals(store(), principals()._tokens, lambda: now[0])
    token = as_user("ana")["authorization"].split()[1]
    assert elsewhere.caller(token).roles == ("viewer",)

    ask("POST", f"/{ana}/suspend")
    now[0] += FRESH_SECONDS

    with pytest.raises(Unauthenticated):
        elsewhere.caller(token)


@pytest.mark.usefixtures("strict")
def test_old_tokens_stay_dead_after_the_return() -> None:
    ana, before = add_user("ana"), int(time.time())
    ask("POST", f"/{ana}/suspend")
    ask("POST", f"/{ana}/reactivate")

    assert ask("GET", headers=as_user("ana", iat=before)).status == 401
    assert ask("GET", headers=as_user("ana", iat=before + 5)).status == 200


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("ending", ENDINGS)
def test_the_keys_of_a_suspended_owner_are_dead(ending: str) -> None:
    ana = add_user("ana", "admin")
    add_user("bo", "admin")
    caller = principals().caller(as_user("ana")["authorization"].split()[1])
    _, secret = api_key_service().create(caller, "robot", ["users:read"], 1)
    headers = {"authorization": f"Bearer {secret}"}
    assert ask("GET", headers=headers).status == 200

    ask("POST", f"/{ana}/{ending}")

    assert ask("GET", headers=headers).status == 401


def test_the_pool_is_told_and_a_failure_there_is_mended_by_asking_again(strict: Any) -> None:
    ana = add_user("ana")

    with no_waiting(), FaultPlan().add("lose_request", "AdminDisableUser"):
        first = ask("POST", f"/{ana}/suspend")
    assert (first.status, first.body["data"]["identity_synced"]) == (200, False)
    assert ask("GET", headers=as_user("ana")).status == 401
    assert strict.users["ana"].enabled

    again = ask("POST", f"/{ana}/suspend")

    assert (again.status, again.body["data"]["identity_synced"]) == (200, True)
    assert not strict.users["ana"].enabled


def test_an_identity_that_is_gone_from_the_pool_is_told_of(strict: Any) -> None:
    ana = add_user("ana")
    client("cognito-idp").admin_delete_user(UserPoolId=POOL, Username="ana")

    answer = ask("POST", f"/{ana}/suspend")

    assert (answer.status, answer.body["data"]["identity_synced"]) == (200, False)

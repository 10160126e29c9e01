"""Forged credentials on every group: refused in the group's dialect, with nothing changed."""

import hashlib
import importlib
import time
from typing import Any

import jwt
import pytest
from moto.utilities.utils import load_resource

from infra.routes import Route, routes
from shared.access import tokens
from shared.access.permissions import PUBLIC, SIGNED_IN, SIGNING_IN
from shared.api.dialects import Failure, render
from shared.core.aws import client
from shared.core.settings import Settings, settings
from shared.storage.schema import TABLES
from tests.builders.calls import Answer, call
from tests.builders.directory_rows import a_user_row, an_api_key
from tests.builders.forgeries import claims, forgeries
from tests.builders.tokens import CLIENT, KEY, POOL, bearer, token, trust

FORGED = forgeries()
# Every API function has a guarded route but the documentation and the fallback, where there is nothing to guard.
UNGUARDED = {"docs", "fallback"}


def chosen_routes() -> list[Route]:
    """One guarded route of every API function: one that reads, if there is one, and names nothing."""
    guarded = [route for route in routes() if route.permission not in (PUBLIC, SIGNING_IN)]
    order = sorted(guarded, key=lambda route: (route.permission == SIGNED_IN, route.method != "GET", "{" in route.path))
    first: dict[str, Route] = {}
    for route in order:
        first.setdefault(route.function, route)
    return list(first.values())


CHOSEN = chosen_routes()
every_group = pytest.mark.parametrize("route", CHOSEN, ids=lambda route: route.function)


@pytest.fixture
def strict(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, auth_mode="strict")
    a_user_row("boss", "sub-boss", role="admin")


def send(route: Route, credential: str, **headers: str) -> Answer:
    handler = importlib.import_module(f"functions.{route.function}.app").handler
    path = route.path.replace("{", "").replace("}", "")
    return call(handler, route.method, path, json={}, headers={"authorization": credential, **headers})


def rows() -> str:
    """A digest of everything that is stored."""
    found = [client("dynamodb").scan(TableName=settings().table_prefix + name)["Items"] for name in TABLES]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def faults(route: Route, credentials: dict[str, str]) -> dict[str, Any]:
    """What let somebody in, broke, or spoke the wrong dialect, by the name of the forgery."""
    expected = set(render(Failure(401, "unauthenticated", "x", route.path, "req-1")))
    found: dict[str, Any] = {}
    for name, credential in credentials.items():
        answer = send(route, f"Bearer {credential}")
        if answer.status != 401 or set(answer.body) != expected or "www-authenticate" not in answer.headers:
            found[name] = (answer.status, answer.body)
    return found


def test_there_are_enough_of_them_and_every_group_is_asked() -> None:
    from shared.catalogue import FUNCTIONS

    assert len(set(FORGED.values())) == len(FORGED) >= 100
    assert {route.function for route in CHOSEN} == {f.name for f in FUNCTIONS.values() if f.kind == "api"} - UNGUARDED


@every_group
def test_forged_tokens_open_nothing_and_leave_no_trace(strict: None, route: Route) -> None:
    before = rows()

    assert faults(route, FORGED) == {}
    assert rows() == before


@every_group
def test_bad_api_keys_open_nothing_and_leave_no_trace(strict: None, route: Route) -> None:
    a_user_row("gone", "sub-gone", role="admin", status="suspended")
    good = an_api_key("boss", "*")
    credentials = {
        "unknown": "vk_" + "0" * 12 + "_" + "A" * 43,
        "wrong secret": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "another key's secret": good[:16] + an_api_key("boss", "*")[16:],
        "expired": an_api_key("boss", "*", until=int(time.time()) - 1),
        "revoked": an_api_key("boss", "*", status="revoked"),
        "of a suspended user": an_api_key("gone", "*"),
        "of nobody": an_api_key("nobody", "*"),
        "the digest": f"{good[:16]}{hashlib.sha256(good.encode()).hexdigest()}",
        "shorter": good[:-1],
        "longer": good + "A",
        "upper case": good.upper(),
        "without a secret": good[:16],
        "of another shape": good.replace("_", "-"),
        "with a NUL": good + "\0",
        "a wildcard": "vk_************_" + "*" * 43,
    }
    before = rows()

    assert faults(route, credentials) == {}
    assert rows() == before
    assert send(route, f"Bearer {good}").status not in (401, 403), "or this test could not fail"


@every_group
def test_other_schemes_are_no_credentials(strict: None, route: Route) -> None:
    good = token("ana", "admin")

    schemes = ["", good, f"Basic {good}", f"Token {good}", f"Bearer{good}", "Bearer", "Bearer ", f"Bearer,{good}"]

    assert [send(route, scheme).status for scheme in schemes] == [401] * len(schemes)


@every_group
def test_good_tokens_open_what_they_should(strict: None, route: Route) -> None:
    assert send(route, f"Bearer {token('ana', 'admin')}").status not in (401, 403)
    assert send(route, f"bearer   {token('boss', sub='sub-boss')}").status not in (401, 403)


RIGHTS_THAT_DO_NOT_COUNT: dict[str, dict[str, Any]] = {
    "custom:role": {"custom:role": "admin"},
    "role": {"role": "admin"},
    "roles": {"roles": ["admin"]},
    "groups": {"groups": ["admin"]},
    "permissions": {"permissions": ["*"]},
    "scope": {"scope": "aws.cognito.signin.user.admin admin *"},
    "cognito:roles": {"cognito:roles": ["arn:aws:iam::1:role/admin"], "cognito:preferred_role": "admin"},
    "admin": {"admin": True, "is_admin": True, "superuser": 1},
    "nested groups": {"cognito:groups": [["admin"]]},
    "a group in an object": {"cognito:groups": [{"name": "admin"}]},
    "another case": {"cognito:groups": ["ADMIN", "Admin", " admin", "admin ", "admin\0"]},
    "patterns": {"cognito:groups": ["*", "*:*", "incidents:create"]},
    "cognito:username": {"cognito:username": "boss"},
    "email": {"email": "boss@example.com"},
}


@pytest.mark.parametrize("claim", RIGHTS_THAT_DO_NOT_COUNT)
def test_claims_that_a_user_may_influence_give_no_rights(strict: None, claim: str) -> None:
    answer = _incident({"authorization": f"Bearer {token('eve', **RIGHTS_THAT_DO_NOT_COUNT[claim])}"})

    assert answer.status == 403, answer


@pytest.mark.parametrize(
    "name", ["x-role", "x-roles", "x-user", "x-user-id", "x-forwarded-user", "x-permissions", "x-amzn-oidc-identity"]
)
@pytest.mark.parametrize("value", ["admin", "boss", '["admin"]'])
def test_a_role_in_a_header_never_counts(strict: None, name: str, value: str) -> None:
    assert _incident({**bearer("eve", "viewer"), name: value}).status == 403
    assert _incident({name: value}).status == 401


def test_a_role_in_body_query_or_cookie_never_counts(strict: None) -> None:
    good = token("ana", "admin")
    for query in ({"role": "admin"}, {"token": good}, {"access_token": good}, {"authorization": f"Bearer {good}"}):
        assert _incident({}, query=query).status == 401
        assert _incident(bearer("eve", "viewer"), query=query).status == 403
    assert _incident({"cookie": f"token={good}; access_token={good}; Authorization=Bearer {good}"}).status == 401
    assert _incident(bearer("eve", "viewer"), role="admin", permissions=["*"], caller="boss").status == 403


def _incident(headers: dict[str, str], query: dict[str, str] | None = None, **more: Any) -> Answer:
    from functions.incidents.app import handler

    body = {"user_id": "U001", "severity": "HIGH", "description": "x", **more}
    return call(handler, "POST", "/api/incidents", json=body, query=query, headers=headers)


def test_the_packaged_key_of_the_emulator_is_refused_by_name(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if a deployed pool's key set contained it: everybody can sign with it."""
    private = jwt.algorithms.RSAAlgorithm.from_jwk(load_resource("cognitoidp/resources/jwks-private.json"))
    forged = jwt.encode(claims(), private, "RS256", headers={"kid": "dummy"})  # type: ignore[arg-type]
    statuses = {}
    for stage in ("local", "dev", "prod"):
        given = Settings(stage=stage, auth_mode="strict", user_pool_id=POOL, user_pool_client_id=CLIENT)
        made = tokens.verifier_for(given, "http://127.0.0.1:1")
        made._keys, made._fetched_at = {"dummy": private.public_key()}, time.monotonic() + 10**6  # type: ignore[union-attr]
        trust(monkeypatch, auth_mode="strict")
        monkeypatch.setattr("shared.access.principals.verifier", lambda made=made: made)
        statuses[stage] = send(CHOSEN[0], f"Bearer {forged}").status

    assert statuses["local"] not in (401, 403), "or this test could not fail"
    assert (statuses["dev"], statuses["prod"]) == (401, 401)
    assert KEY is not private


@pytest.mark.parametrize("path", ["/api/v1/users", "/auth/me", "/auth/api-keys"])
def test_made_up_accounts_end_at_seed_003s_own_routes(tables: Any, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """In open mode, where `user:{id}` is taken at all: outside of its own group it is no credential."""
    trust(monkeypatch, auth_mode="open")
    (route,) = (route for route in routes() if (route.method, route.path) == ("GET", path))

    assert send(route, "Bearer user:507f1f77bcf86cd799439011").status == 401
    assert send(route, f"Bearer {token('ana', 'admin')}").status not in (401, 403)

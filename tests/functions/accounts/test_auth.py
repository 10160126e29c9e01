"""Signing up, in and out through the front door, against the local platform's pool."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.accounts.app import handler
from infra.local.identities import POOL_ID, the_pool
from shared.access.principals import principals
from shared.core.aws import client
from shared.identities import service as service_module
from shared.identities.attempts import LOGIN
from shared.identities.passwords import POLICY
from shared.identities.pool import Pool
from shared.identities.refusals import NOT_CONFIRMED, WRONG_CODE
from tests.builders.calls import call
from tests.builders.directory_rows import a_user_row
from tests.builders.pool import (
    OTHER_PASSWORD,
    PASSWORD,
    Mails,
    a_person,
    payload,
    user_pool,
)
from tests.builders.signing_in import dies, log_in, me, next_second, post
from tests.builders.stored import rows_of, stored_text

ANA = {"username": "ana", "email": "ana@example.com", "password": PASSWORD, "full_name": "Ana Lytics"}


def test_a_new_person_signs_up_confirms_and_signs_in(mails: Mails) -> None:
    assert post("/sign-up", **ANA).status == 201
    assert mails[0][:2] == ("ana@example.com", "Confirm your e-mail address")
    assert post("/confirm", username="ana", code=mails.code()).status == 200

    answer = log_in()

    assert answer.status == 200, answer
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 3600)
    assert answer.body["user"] == {
        "username": "ana",
        "email": "ana@example.com",
        "kind": "user",
        "subject": the_pool()._get_user("ana").id,
        "roles": [],
        "permissions": [],
    }
    assert me(answer.body["access_token"]).body["username"] == "ana"


def test_who_has_confirmed_has_an_account_with_the_address(mails: Mails) -> None:
    post("/sign-up", **ANA)
    post("/confirm", username="ana", code=mails.code())

    token = log_in().body["access_token"]
    profile = call(handler, "GET", "/api/users/profile", headers={"authorization": f"Bearer {token}"})

    assert profile.status == 200, profile
    assert (profile.body["username"], profile.body["email"]) == ("ana", "ana@example.com")
    assert profile.body["lastLogin"] is not None


def test_an_unconfirmed_person_is_told_what_is_missing(mails: Mails) -> None:
    post("/sign-up", **ANA)

    assert (log_in().status, "not confirmed" in log_in().body["message"]) == (403, True)
    assert log_in(password=OTHER_PASSWORD).status == 401, "only to whoever knows the password"


def test_sign_up_is_closed_unless_it_was_opened(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with user_pool(monkeypatch, sign_up="closed") as mails:
        answer = post("/sign-up", **ANA)

    assert (answer.status, answer.body["message"]) == (403, "Sign-up is closed; ask an administrator")
    assert (list(the_pool().users), mails) == ([], [])


def test_a_name_is_taken_whatever_its_case(mails: Mails) -> None:
    a_person("ana")

    assert post("/sign-up", **{**ANA, "username": "ANA"}).status == 409
    assert len(the_pool().users) == 1


def test_an_address_belongs_to_who_confirmed_it_first(mails: Mails) -> None:
    a_person("ana")
    assert post("/sign-up", **{**ANA, "username": "bob"}).status == 201, "tells nothing yet"

    assert post("/confirm", username="bob", code=mails.code()).status == 422
    assert log_in("bob").status == 403, "not confirmed"
    assert log_in("ana@example.com").body["user"]["username"] == "ana"


def test_a_made_up_code_does_not_tell_whose_address_it_is(mails: Mails) -> None:
    a_person("ana")
    codes = {}
    for name, email in (("taken", "ana@example.com"), ("free", "free@example.com")):
        post("/sign-up", **{**ANA, "username": name, "email": email})
        codes[name] = f"{(int(mails.code()) + 1) % 10**6:06}"

    answers = [post("/confirm", username=name, code=codes[name]) for name in codes]

    assert {(answer.status, answer.body["message"]) for answer in answers} == {(422, NOT_CONFIRMED)}


def test_a_pool_that_looks_at_the_address_first_tells_as_little(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    def clash(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AliasExistsException", "Message": "x"}}, "ConfirmSignUp")

    post("/sign-up", **ANA)
    monkeypatch.setattr(client("cognito-idp"), "confirm_sign_up", clash)

    answer = post("/confirm", username="ana", code="000000")

    assert (answer.status, answer.body["message"]) == (422, NOT_CONFIRMED)


@pytest.mark.parametrize("password", ["short", "x" * 257, "no-upper-case-1", "", "Nul-\x00-inside-1"])
def test_passwords_the_pool_does_not_want_are_refused(mails: Mails, password: str) -> None:
    answer = post("/sign-up", **{**ANA, "password": password})

    assert (answer.status, password in str(answer.body) and password != "") == (422, False)
    assert the_pool().users == {}


@pytest.mark.parametrize(
    "change",
    [
        {"username": "ana@example.com"},
        {"username": "a" * 65},
        {"username": "ana\x00"},
        {"username": ["ana"]},
        {"username": "аna"},  # the first letter is Cyrillic
        {"email": "nobody"},
        {"email": "a@b@c"},
        {"email": "ana@example.com\r\nBcc: all@example.com"},
        {"email": "a" * 100_000 + "@example.com"},
        {"full_name": "x" * 100_000},
        {"password": {"$ne": ""}},
    ],
)
def test_odd_sign_ups_are_refused_and_make_nobody(mails: Mails, change: dict[str, Any]) -> None:
    assert post("/sign-up", **{**ANA, **change}).status == 422
    assert (the_pool().users, mails) == ({}, [])


def test_nobody_gives_themselves_a_role(mails: Mails) -> None:
    given = {"role": "admin", "groups": ["admin"], "custom:role": "admin", "email_verified": True, "permissions": ["*"]}
    post("/sign-up", **ANA, **given)
    post("/confirm", username="ana", code=mails.code(), **given)

    signed_in = post("/login", username="ana", password=PASSWORD, **given).body["user"]

    assert (signed_in["roles"], signed_in["permissions"]) == ([], [])
    assert sorted(the_pool()._get_user("ana").attribute_lookup) == ["email", "email_verified", "name", "sub"]


def test_three_wrong_codes_use_up_the_right_one(mails: Mails) -> None:
    post("/sign-up", **ANA)
    right = mails.code()
    wrong = f"{(int(right) + 1) % 10**6:06}"

    refused = [post("/confirm", username="ana", code=wrong) for _ in range(3)]

    assert {answer.status for answer in refused} == {422}
    assert post("/confirm", username="ana", code=right).status == 422
    post("/confirm/resend", username="ana")
    assert post("/confirm", username="ana", code=mails.code()).status == 200


def test_wrong_password_unknown_and_disabled_people_look_the_same(mails: Mails) -> None:
    a_person("ana")
    a_person("dis")
    client("cognito-idp").admin_disable_user(UserPoolId=POOL_ID, Username="dis")

    answers = [log_in("ana", OTHER_PASSWORD), log_in("nobody"), log_in("dis"), log_in("nobody@example.com")]

    assert {(answer.status, answer.body["message"]) for answer in answers} == {(401, "Incorrect user name or password")}
    assert {frozenset(answer.headers) for answer in answers} == {frozenset(answers[0].headers)}


def test_codes_are_asked_for_without_telling_who_exists(mails: Mails) -> None:
    a_person("ana")
    post("/sign-up", **{**ANA, "username": "bob", "email": "bob@example.com"})
    client("cognito-idp").admin_create_user(UserPoolId=POOL_ID, Username="eve", UserAttributes=[])

    names = ("ana", "bob", "eve", "nobody")
    answers = [post(path, username=name) for path in ("/password/forgot", "/confirm/resend") for name in names]

    assert len({(answer.status, answer.body["message"]) for answer in answers}) == 1
    assert answers[0].status == 200


def test_a_code_of_nobody_and_a_wrong_code_look_the_same(mails: Mails) -> None:
    a_person("ana")
    post("/password/forgot", username="ana")
    wrong = f"{(int(mails.code()) + 1) % 10**6:06}"

    resets = [
        post("/password/reset", username=name, code=wrong, new_password=OTHER_PASSWORD) for name in ("ana", "nobody")
    ]
    confirmations = [post("/confirm", username=name, code=wrong) for name in ("ana", "nobody")]

    assert {(answer.status, answer.body["message"]) for answer in resets} == {(422, WRONG_CODE)}
    assert {(answer.status, answer.body["message"]) for answer in confirmations} == {(422, NOT_CONFIRMED)}


@pytest.mark.parametrize("weak", ["x", "no-upper-case-1", "Blank-at-the-end-1 ", "Long-1" + "x" * 200])
def test_the_rules_for_passwords_do_not_tell_who_exists(mails: Mails, weak: str) -> None:
    """No matter who: first the rules, then the code. A password within the rules meets none of them at the pool."""
    a_person("ana")
    post("/sign-up", **{**ANA, "username": "bob", "email": "bob@example.com"})
    names = ("ana", "ana@example.com", "bob", "nobody")

    answers = [post("/password/reset", username=name, code="000000", new_password=weak) for name in names]

    text = WRONG_CODE if weak.startswith("Long") else POLICY
    assert {(answer.status, answer.body["message"]) for answer in answers} == {(422, text)}


def test_the_eleventh_guess_waits_even_if_it_is_right(mails: Mails) -> None:
    a_person("ana")
    guesses = [log_in("ana", f"Wrong-guess-{n}").status for n in range(10)]

    answer = log_in("ANA")

    assert (guesses, answer.status) == ([401] * 10, 429)
    assert LOGIN.seconds - 60 < int(answer.headers["retry-after"]) <= LOGIN.seconds
    assert log_in("bob").status == 401, "others are not concerned"


def test_a_right_password_clears_the_count(mails: Mails) -> None:
    a_person("ana")

    for _ in range(3):
        assert [log_in("ana", OTHER_PASSWORD).status for _ in range(9)] == [401] * 9
        assert log_in().status == 200


def test_unknown_names_are_counted_like_known_ones(mails: Mails) -> None:
    assert [log_in("nobody").status for _ in range(11)] == [401] * 10 + [429]


def test_a_name_is_its_own_mail_limit(mails: Mails) -> None:
    a_person("ana")

    assert [post("/password/forgot", username="ana").status for _ in range(6)] == [200] * 5 + [429]
    assert [post("/password/forgot", username="nobody").status for _ in range(6)] == [200] * 5 + [429]
    assert len(mails) == 5


def test_sign_ups_with_somebodys_address_leave_their_mails_for_a_reset(mails: Mails) -> None:
    a_person("ana")
    signed_up = [post("/sign-up", **{**ANA, "username": f"eve{number}"}).status for number in range(6)]

    assert signed_up == [201] * 5 + [429]
    assert post("/password/forgot", username="ana@example.com").status == 200
    assert mails[-1][:2] == ("ana@example.com", "Choose a new password")


def test_log_out_ends_every_token_of_the_person(mails: Mails) -> None:
    a_person("ana")
    a_person("bob")
    here, there, bob = log_in().body, log_in().body, log_in("bob").body

    assert post("/logout", here["access_token"]).status == 200

    assert [me(each["access_token"]).status for each in (here, there, bob)] == [401, 401, 200]
    next_second()
    assert post("/refresh", refresh_token=there["refresh_token"]).status == 401
    assert post("/refresh", refresh_token=bob["refresh_token"]).status == 200


def test_signing_in_again_at_once_works(mails: Mails) -> None:
    a_person("ana")
    first = log_in().body["access_token"]
    post("/logout", first)

    again = log_in().body

    assert me(again["access_token"]).status == 200
    assert payload(again["access_token"])["iat"] > payload(first)["iat"]
    assert post("/refresh", refresh_token=again["refresh_token"]).status == 200


def test_a_log_out_that_died_half_way_is_repeated_with_the_same_token(
    mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("ana")
    session = log_in().body
    with monkeypatch.context() as patch:
        patch.setattr("shared.identities.sign_outs.SignOuts.end_tokens", dies)
        assert post("/logout", session["access_token"]).status == 500

    assert post("/refresh", refresh_token=session["refresh_token"]).status == 401, "the lasting token went first"
    assert post("/logout", session["access_token"]).status == 200
    assert me(session["access_token"]).status == 401


def test_a_refresh_brings_tokens_that_work_until_the_person_is_disabled(mails: Mails) -> None:
    a_person("ana", "analyst")
    session = log_in().body

    fresh = post("/refresh", refresh_token=session["refresh_token"])
    client("cognito-idp").admin_disable_user(UserPoolId=POOL_ID, Username="ana")

    assert (fresh.status, fresh.body["user"]["roles"], fresh.body["refresh_token"]) == (200, ["analyst"], None)
    assert payload(fresh.body["access_token"])["auth_time"] == payload(session["access_token"])["auth_time"]
    assert post("/refresh", refresh_token=session["refresh_token"]).status == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 4096, "00000000-0000-4000-8000-000000000000"])
def test_made_up_refresh_tokens_are_refused(mails: Mails, token: str) -> None:
    assert post("/refresh", refresh_token=token).status == 401


def test_an_access_token_does_not_refresh(mails: Mails) -> None:
    a_person("ana")
    assert post("/refresh", refresh_token=log_in().body["access_token"][:4096]).status == 401


def test_without_a_token_only_the_ways_to_one_are_open(mails: Mails) -> None:
    for path in ("/logout", "/password/change"):
        answer = post(path)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert call(handler, "GET", "/auth/me").status == 401
    assert me("user:507f1f77bcf86cd799439011").status == 401


def test_an_idempotency_key_stores_no_token(mails: Mails, tables: Any) -> None:
    a_person("ana")
    body, headers = {"username": "ana", "password": PASSWORD}, {"idempotency-key": "one"}

    answers = [call(handler, "POST", "/auth/login", json=body, headers=headers) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body["refresh_token"] != answers[1].body["refresh_token"]
    stored = stored_text(tables)
    assert answers[0].body["refresh_token"] not in stored
    assert answers[0].body["access_token"] not in stored
    assert PASSWORD not in stored
    assert [row["pk"]["S"] for row in rows_of(tables, "vedette-local-requests") if row["sk"]["S"] == "ONCE"] == []


def test_a_pool_that_is_down_is_no_wrong_password(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person("ana")

    def down(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalErrorException", "Message": "x"}}, "AdminInitiateAuth")

    monkeypatch.setattr(client("cognito-idp"), "admin_initiate_auth", down)

    assert (log_in().status, "retry-after" in log_in().headers) == (503, True)


def test_a_deployment_without_a_pool_says_so(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "pool", lambda: Pool(client("cognito-idp"), "", ""))

    assert log_in().status == 503


def test_a_suspended_user_of_the_directory_gets_no_token(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = a_person("ana", "admin")
    a_user_row("ana", subject, role="analyst", status="suspended")

    assert log_in().status == 401


def test_the_directory_decides_about_the_role_and_notes_the_login(mails: Mails) -> None:
    subject = a_person("ana", "admin")
    a_user_row("ana", subject, role="viewer", status="active")

    assert log_in().body["user"]["roles"] == ["viewer"]


def test_a_login_is_quick_to_believe(mails: Mails) -> None:
    """The token that was just handed out is known already: its first use costs no signature check."""
    a_person("ana")
    token, before = log_in().body["access_token"], principals().misses

    me(token)

    assert principals().misses == before
    assert time.time() - payload(token)["iat"] < 60

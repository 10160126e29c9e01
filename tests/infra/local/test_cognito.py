"""Canaries for the repairs of moto's Cognito: on plain moto 5.2.5 nearly all of these fail, by letting somebody in."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.durability.rows import Rows
from infra.local.durability.users import Users
from infra.local.identities import CLIENT_ID, POOL_ID, mail_to, make_pool, the_pool
from infra.local.moto_repairs import cognito_codes
from infra.local.moto_repairs.cognito_codes import add_mail_sink
from tests.builders.pool import OTHER_PASSWORD, PASSWORD, Mails, app_code, payload


@pytest.fixture
def idp(aws: Callable[[str], Any]) -> Any:
    """A client of a pool like the local platform's, which also lets people in by a public flow that it must refuse."""
    make_pool(aws, "t-")
    return aws("cognito-idp")


@pytest.fixture
def mails() -> Iterator[Mails]:
    sent = Mails()
    stop = add_mail_sink(lambda *mail: sent.append(mail))
    yield sent
    stop()


def refused(operation: Callable[..., Any], **asked: Any) -> str:
    """The name of the error that an operation ends in."""
    with pytest.raises(ClientError) as caught:
        operation(**asked)
    return str(caught.value.response["Error"]["Code"])


def sign_up(idp: Any, username: str = "ana", *more: dict[str, str]) -> None:
    attributes = [{"Name": "email", "Value": f"{username}@example.com"}, *more]
    idp.sign_up(ClientId=CLIENT_ID, Username=username, Password=PASSWORD, UserAttributes=attributes)


def a_user(idp: Any, username: str = "ana", verified: bool = True) -> None:
    attributes = [{"Name": "email", "Value": f"{username}@example.com"}]
    attributes += [{"Name": "email_verified", "Value": "true"}] if verified else []
    idp.admin_create_user(UserPoolId=POOL_ID, Username=username, MessageAction="SUPPRESS", UserAttributes=attributes)
    idp.admin_set_user_password(UserPoolId=POOL_ID, Username=username, Password=PASSWORD, Permanent=True)


def password_flow(username: str = "ana", password: str = PASSWORD) -> dict[str, Any]:
    return {
        "UserPoolId": POOL_ID,
        "ClientId": CLIENT_ID,
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": username, "PASSWORD": password},
    }


def refresh_flow(token: str) -> dict[str, Any]:
    flow = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}
    return {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID, **flow}


def tokens(idp: Any, username: str = "ana", password: str = PASSWORD) -> dict[str, Any]:
    result: dict[str, Any] = idp.admin_initiate_auth(**password_flow(username, password))["AuthenticationResult"]
    return result


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_wrong_code_confirms_nobody(idp: Any, mails: Mails) -> None:
    sign_up(idp)
    asked = {"ClientId": CLIENT_ID, "Username": "ana", "ConfirmationCode": wrong(mails.code())}

    assert [refused(idp.confirm_sign_up, **asked) for _ in range(4)] == [
        *["CodeMismatchException"] * 3,
        "ExpiredCodeException",
    ]


def test_a_code_ends_after_an_hour(idp: Any, mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(idp)
    monkeypatch.setattr(cognito_codes, "VALID_SECONDS", -1.0)
    idp.resend_confirmation_code(ClientId=CLIENT_ID, Username="ana")

    asked = {"ClientId": CLIENT_ID, "Username": "ana", "ConfirmationCode": mails.code()}
    assert refused(idp.confirm_sign_up, **asked) == "ExpiredCodeException"


def test_the_first_code_ends_with_the_second(idp: Any, mails: Mails) -> None:
    sign_up(idp)
    idp.resend_confirmation_code(ClientId=CLIENT_ID, Username="ana")
    first, second = (mail[2] for mail in mails)

    if first != second:
        asked = {"ClientId": CLIENT_ID, "Username": "ana", "ConfirmationCode": first}
        assert refused(idp.confirm_sign_up, **asked) == "CodeMismatchException"
    idp.confirm_sign_up(ClientId=CLIENT_ID, Username="ana", ConfirmationCode=second)
    assert tokens(idp)["AccessToken"]


def test_unconfirmed_users_do_not_get_in_by_the_administrators_flow(idp: Any, mails: Mails) -> None:
    sign_up(idp)

    assert refused(idp.admin_initiate_auth, **password_flow()) == "UserNotConfirmedException"


def test_unknown_users_look_like_wrong_passwords(idp: Any) -> None:
    a_user(idp)

    assert refused(idp.admin_initiate_auth, **password_flow("nobody")) == "NotAuthorizedException"
    assert refused(idp.admin_initiate_auth, **password_flow("ana", OTHER_PASSWORD)) == "NotAuthorizedException"
    without = password_flow() | {"AuthParameters": {"USERNAME": "ana"}}
    assert refused(idp.admin_initiate_auth, **without) == "NotAuthorizedException"


def test_flows_that_the_client_does_not_allow_are_refused(idp: Any) -> None:
    a_user(idp)
    public = {"ClientId": CLIENT_ID, "AuthParameters": {"USERNAME": "ana", "PASSWORD": PASSWORD}}

    assert refused(idp.initiate_auth, AuthFlow="USER_PASSWORD_AUTH", **public) == "InvalidParameterException"


def test_a_made_up_srp_proof_lets_nobody_in(idp: Any) -> None:
    a_user(idp)
    begin = {"ClientId": CLIENT_ID, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "ana", "SRP_A": "1"}}
    proof = {"USERNAME": "ana", "PASSWORD_CLAIM_SIGNATURE": "x", "PASSWORD_CLAIM_SECRET_BLOCK": "x", "TIMESTAMP": "x"}

    assert refused(idp.initiate_auth, **begin) == "InvalidParameterException"
    answer = {"ClientId": CLIENT_ID, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof}
    assert refused(idp.respond_to_auth_challenge, **answer) == "NotAuthorizedException"


def test_a_wrong_code_resets_no_password(idp: Any, mails: Mails) -> None:
    a_user(idp)
    answer = idp.forgot_password(ClientId=CLIENT_ID, Username="ana")
    asked = {"ClientId": CLIENT_ID, "Username": "ana", "Password": OTHER_PASSWORD}

    assert mails.code() not in str(answer), "moto gives the code away in a header"
    assert refused(idp.confirm_forgot_password, ConfirmationCode=wrong(mails.code()), **asked) == (
        "CodeMismatchException"
    )
    assert tokens(idp)["AccessToken"]
    idp.confirm_forgot_password(ConfirmationCode=mails.code(), **asked)
    assert tokens(idp, password=OTHER_PASSWORD)["AccessToken"]


def test_a_reset_keeps_to_the_password_policy(idp: Any, mails: Mails) -> None:
    a_user(idp)
    idp.forgot_password(ClientId=CLIENT_ID, Username="ana")

    asked = {"ClientId": CLIENT_ID, "Username": "ana", "Password": "weak", "ConfirmationCode": mails.code()}
    assert refused(idp.confirm_forgot_password, **asked) == "InvalidPasswordException"


def test_only_a_right_code_meets_somebody_elses_address(idp: Any, mails: Mails) -> None:
    a_user(idp)
    attributes = [{"Name": "email", "Value": "ana@example.com"}]
    idp.sign_up(ClientId=CLIENT_ID, Username="eve", Password=PASSWORD, UserAttributes=attributes)
    asked = {"ClientId": CLIENT_ID, "Username": "eve"}

    assert refused(idp.confirm_sign_up, ConfirmationCode=wrong(mails.code()), **asked) == "CodeMismatchException"
    assert refused(idp.confirm_sign_up, ConfirmationCode=mails.code(), **asked) == "AliasExistsException"


@pytest.mark.parametrize("password", ["Aa1-" + "x" * 8, "Aa1-" + "x" * 252, "Aa1 in blanks"])
def test_passwords_are_as_long_as_cognito_takes_them(idp: Any, password: str) -> None:
    a_user(idp)
    idp.admin_set_user_password(UserPoolId=POOL_ID, Username="ana", Password=password, Permanent=True)

    assert tokens(idp, password=password)["AccessToken"]


@pytest.mark.parametrize("password", ["Aa1-xxxxxxx", "Aa1-xxxxxxxx ", "Aa١-xxxxxxxx", "Aa1xxxxxxxxx", "aa1-xxxxxxxx"])
def test_passwords_that_cognito_does_not_take_are_refused(idp: Any, password: str) -> None:
    asked = {"ClientId": CLIENT_ID, "Username": "ana", "Password": password, "UserAttributes": []}

    assert refused(idp.sign_up, **asked) == "InvalidPasswordException"


def test_an_address_that_is_not_verified_gets_no_reset_code(idp: Any, mails: Mails) -> None:
    a_user(idp, verified=False)

    assert refused(idp.forgot_password, ClientId=CLIENT_ID, Username="ana") == "InvalidParameterException"
    assert mails == []


@pytest.mark.parametrize("after", ["admin_user_global_sign_out", "admin_disable_user", "admin_delete_user"])
def test_a_refresh_token_ends_with_its_person(idp: Any, after: str) -> None:
    a_user(idp)
    token = tokens(idp)["RefreshToken"]
    assert idp.admin_initiate_auth(**refresh_flow(token))

    getattr(idp, after)(UserPoolId=POOL_ID, Username="ANA")

    assert refused(idp.admin_initiate_auth, **refresh_flow(token)) == "NotAuthorizedException"


def test_a_deleted_user_leaves_no_token_to_the_next_of_the_name(idp: Any) -> None:
    a_user(idp)
    token = tokens(idp)["RefreshToken"]
    idp.admin_delete_user(UserPoolId=POOL_ID, Username="ana")
    a_user(idp)

    assert refused(idp.admin_initiate_auth, **refresh_flow(token)) == "NotAuthorizedException"


def test_an_unknown_refresh_token_is_refused_and_not_an_error_of_the_server(idp: Any) -> None:
    assert refused(idp.admin_initiate_auth, **refresh_flow("nothing")) == "NotAuthorizedException"


def test_a_refreshed_token_tells_when_the_person_signed_in(idp: Any) -> None:
    a_user(idp)
    first = tokens(idp)
    origin = payload(first["AccessToken"])["origin_jti"]
    vars(the_pool())["signed_in"][origin] -= 1000

    fresh = idp.admin_initiate_auth(**refresh_flow(first["RefreshToken"]))["AuthenticationResult"]

    assert payload(fresh["AccessToken"])["auth_time"] == payload(first["AccessToken"])["auth_time"] - 1000


def test_disabled_users_do_not_get_in_nor_change_their_password(idp: Any) -> None:
    a_user(idp)
    access = tokens(idp)["AccessToken"]
    idp.admin_disable_user(UserPoolId=POOL_ID, Username="ana")

    change = {"AccessToken": access, "PreviousPassword": PASSWORD, "ProposedPassword": OTHER_PASSWORD}
    assert refused(idp.change_password, **change) == "NotAuthorizedException"
    assert refused(idp.admin_initiate_auth, **password_flow()) == "NotAuthorizedException"


def test_names_have_no_case_and_tokens_say_them_as_they_were_given(idp: Any) -> None:
    a_user(idp, "Ana")

    for typed in ("ana", "ANA", "ana@example.com", "Ana@Example.com"):
        assert payload(tokens(idp, typed)["AccessToken"])["username"] == "Ana"
    asked = {"ClientId": CLIENT_ID, "Username": "aNA", "Password": PASSWORD, "UserAttributes": []}
    assert refused(idp.sign_up, **asked) == "UsernameExistsException"


def test_an_unverified_address_is_nobodys_name(idp: Any) -> None:
    a_user(idp, verified=False)

    assert refused(idp.admin_initiate_auth, **password_flow("ana@example.com")) == "NotAuthorizedException"


@pytest.mark.parametrize("name", ["email_verified", "custom:role", "phone_number_verified"])
def test_people_write_only_what_the_client_may(idp: Any, name: str) -> None:
    forbidden = {"Name": name, "Value": "true"}
    with pytest.raises(ClientError):
        sign_up(idp, "eve", forbidden)
    a_user(idp)
    access = tokens(idp)["AccessToken"]

    asked = {"AccessToken": access, "UserAttributes": [forbidden]}
    assert refused(idp.update_user_attributes, **asked) == "NotAuthorizedException"


def test_a_changed_address_is_not_verified(idp: Any) -> None:
    a_user(idp)
    a_user(idp, "boss")
    change = [{"Name": "email", "Value": "boss@example.com"}]
    idp.update_user_attributes(AccessToken=tokens(idp)["AccessToken"], UserAttributes=change)

    assert payload(tokens(idp, "boss@example.com")["AccessToken"])["username"] == "boss"


def test_a_session_sets_no_other_persons_password(idp: Any, mails: Mails) -> None:
    a_user(idp)
    attributes = [{"Name": "email", "Value": "eve@example.com"}]
    idp.admin_create_user(UserPoolId=POOL_ID, Username="eve", UserAttributes=attributes)
    asked = idp.admin_initiate_auth(**password_flow("eve", mails.code()))
    answers = {"USERNAME": "ana", "NEW_PASSWORD": OTHER_PASSWORD}

    step = {"ClientId": CLIENT_ID, "ChallengeName": asked["ChallengeName"], "Session": asked["Session"]}
    assert refused(idp.respond_to_auth_challenge, ChallengeResponses=answers, **step) == "NotAuthorizedException"
    assert tokens(idp)["AccessToken"]


def test_an_invitation_carries_a_password_and_a_second_one_makes_no_second_user(idp: Any, mails: Mails) -> None:
    asked = {"UserPoolId": POOL_ID, "Username": "eve"}
    attributes = [{"Name": "email", "Value": "eve@example.com"}]
    idp.admin_create_user(UserAttributes=attributes, **asked)
    subject = the_pool().users["eve"].id
    idp.admin_create_user(MessageAction="RESEND", **asked)

    assert the_pool().users["eve"].id == subject
    assert [mail[:2] for mail in mails] == [("eve@example.com", "Your temporary password")] * 2
    assert refused(idp.admin_initiate_auth, **password_flow("eve", mails[0][2])) == "NotAuthorizedException"
    challenge = idp.admin_initiate_auth(**password_flow("eve", mails[1][2]))["ChallengeName"]
    assert challenge == "NEW_PASSWORD_REQUIRED"


def test_a_second_factor_is_ones_own_and_has_to_be_right(idp: Any) -> None:
    the_pool().mfa_config = "ON"
    a_user(idp)
    session = idp.admin_initiate_auth(**password_flow())["Session"]
    step = {"ClientId": CLIENT_ID, "ChallengeName": "MFA_SETUP", "Session": session}

    unproven = refused(idp.respond_to_auth_challenge, ChallengeResponses={"USERNAME": "ana"}, **step)
    secret = idp.associate_software_token(Session=session)["SecretCode"]
    another = idp.associate_software_token(Session=session)["SecretCode"]

    assert unproven == "NotAuthorizedException"
    assert secret != another
    wrong_code = wrong(app_code(another))
    assert refused(idp.verify_software_token, Session=session, UserCode=wrong_code) == "CodeMismatchException"
    idp.verify_software_token(Session=session, UserCode=app_code(another))
    assert idp.respond_to_auth_challenge(ChallengeResponses={"USERNAME": "ana"}, **step)["AuthenticationResult"]


def test_of_many_sign_ups_with_one_name_one_succeeds(idp: Any, mails: Mails) -> None:
    done: list[str] = []
    gate = threading.Barrier(16)

    def one() -> None:
        gate.wait(30)
        try:
            sign_up(idp, "ana")
        except ClientError as error:
            done.append(error.response["Error"]["Code"])
        else:
            done.append("made")

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [*["UsernameExistsException"] * 15, "made"]
    assert len(mails) == 1


def test_old_tokens_are_not_kept_for_ever(idp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user(idp)
    for _ in range(3):
        idp.admin_user_global_sign_out(UserPoolId=POOL_ID, Username="ana")
        tokens(idp)
    pool = the_pool()

    assert (len(pool.access_tokens), len(pool.refresh_tokens), len(vars(pool)["signed_in"])) == (1, 1, 1)
    monkeypatch.setattr("infra.local.moto_repairs.cognito_tokens._expires_at", lambda token: 0.0)
    tokens(idp)
    assert len(pool.access_tokens) == 1


def test_people_their_codes_and_their_sessions_survive_a_restart(
    aws: Callable[[str], Any], idp: Any, mails: Mails, tmp_path: Path
) -> None:
    a_user(idp)
    sign_up(idp, "bob")
    session = tokens(idp)
    rows = Rows(tmp_path / "state.sqlite")
    Users(rows).keep()
    pool = the_pool()
    for kept in (pool.users, pool.access_tokens, pool.refresh_tokens, vars(pool)["signed_in"]):
        kept.clear()

    assert Users(rows).restore() == 2
    rows.close()

    fresh = idp.admin_initiate_auth(**refresh_flow(session["RefreshToken"]))["AuthenticationResult"]
    was, now_ = payload(session["AccessToken"]), payload(fresh["AccessToken"])
    assert (was["sub"], was["auth_time"]) == (now_["sub"], now_["auth_time"])
    assert idp.get_user(AccessToken=session["AccessToken"])["Username"] == "ana", "the state is moto's own, not a text"
    assert refused(idp.admin_initiate_auth, **password_flow("bob")) == "UserNotConfirmedException"
    idp.confirm_sign_up(ClientId=CLIENT_ID, Username="bob", ConfirmationCode=mails.code())
    assert tokens(idp, "bob")["AccessToken"]


def test_mails_are_lines_in_a_file(idp: Any, tmp_path: Path) -> None:
    import json

    stop = add_mail_sink(mail_to(tmp_path / "mail.log"))
    sign_up(idp)
    idp.resend_confirmation_code(ClientId=CLIENT_ID, Username="ana")
    stop()

    lines = [json.loads(line) for line in (tmp_path / "mail.log").read_text().splitlines()]
    assert [line["to"] for line in lines] == ["ana@example.com"] * 2
    idp.confirm_sign_up(ClientId=CLIENT_ID, Username="ana", ConfirmationCode=lines[1]["code"])

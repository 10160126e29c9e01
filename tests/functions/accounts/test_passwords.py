"""Passwords reset, changed and chosen; second factors."""

import pytest
from botocore.exceptions import ClientError

from infra.local.identities import POOL_ID
from shared.core.aws import client
from shared.identities.passwords import POLICY
from tests.builders.pool import OTHER_PASSWORD, PASSWORD, Mails, a_person, app_code, demand_second_factor
from tests.builders.signing_in import dies, log_in, me, next_second, post
from tests.builders.together import together


def a_function_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if so much time had gone by that whatever was begun before has ended."""
    monkeypatch.setattr("shared.identities.sign_outs.FUNCTION_SECONDS", -1)


def test_a_reset_password_ends_all_sessions_and_the_old_password(mails: Mails) -> None:
    a_person("ana")
    session = log_in().body
    post("/password/forgot", username="ana@example.com")

    reset = post("/password/reset", username="ana", code=mails.code(), new_password=OTHER_PASSWORD)

    assert reset.status == 200
    assert me(session["access_token"]).status == 401
    next_second()
    assert post("/refresh", refresh_token=session["refresh_token"]).status == 401
    assert (log_in().status, log_in(password=OTHER_PASSWORD).status) == (401, 200)
    again = post("/password/reset", username="ana", code=mails.code(), new_password=PASSWORD)
    assert again.status == 422, "a code is good once"


def test_a_weak_new_password_leaves_the_code_good(mails: Mails) -> None:
    a_person("ana")
    post("/password/forgot", username="ana")

    weak = post("/password/reset", username="ana", code=mails.code(), new_password="weak")

    assert weak.status == 422
    assert "password" in weak.body["message"]
    assert post("/password/reset", username="ana", code=mails.code(), new_password=OTHER_PASSWORD).status == 200


def test_a_reset_that_died_half_way_is_finished_by_the_next_login(
    mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("ana")
    stolen = log_in().body
    post("/password/forgot", username="ana")
    with monkeypatch.context() as patch:
        patch.setattr("shared.identities.service.IdentityService._end_sessions", dies)
        body = {"username": "ana", "code": mails.code(), "new_password": OTHER_PASSWORD}
        assert post("/password/reset", **body).status == 500

    assert log_in(password=OTHER_PASSWORD).status == 200, "the function that began it might still be at it"
    a_function_later(monkeypatch)
    assert (log_in(password=OTHER_PASSWORD).status, log_in(password=OTHER_PASSWORD).status) == (503, 200)
    assert me(stolen["access_token"]).status == 401
    assert post("/refresh", refresh_token=stolen["refresh_token"]).status == 401


def test_a_strangers_wrong_code_in_flight_ends_no_session(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person("ana")
    session = log_in().body
    meanwhile = []
    reset = client("cognito-idp").confirm_forgot_password

    def slow(**asked: str) -> object:
        meanwhile.extend(together(1, lambda _: log_in().status))  # a call of its own beside this one
        return reset(**asked)

    monkeypatch.setattr(client("cognito-idp"), "confirm_forgot_password", slow)
    refused = post("/password/reset", username="ana", code="000000", new_password=OTHER_PASSWORD)

    assert (refused.status, meanwhile) == (422, [200])
    assert me(session["access_token"]).status == 200


@pytest.mark.parametrize(
    ("code", "later"),
    [("TooManyRequestsException", 200), ("LimitExceededException", 200), ("InternalErrorException", 503)],
)
def test_a_reset_that_the_pool_has_not_carried_out_ends_no_session_later(
    mails: Mails, monkeypatch: pytest.MonkeyPatch, code: str, later: int
) -> None:
    """After an internal error nobody knows: then the sessions end to be on the safe side."""
    a_person("ana")

    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "x"}}, "ConfirmForgotPassword")

    monkeypatch.setattr(client("cognito-idp"), "confirm_forgot_password", refuse)
    refused = post("/password/reset", username="ana", code="000000", new_password=OTHER_PASSWORD)
    a_function_later(monkeypatch)

    assert refused.status in (429, 503)
    assert log_in().status == later


def test_a_wrong_code_of_somebody_else_ends_no_session(mails: Mails) -> None:
    a_person("ana")
    session = log_in().body

    post("/password/reset", username="ana", code="000000", new_password=OTHER_PASSWORD)

    assert me(session["access_token"]).status == 200
    assert log_in().status == 200


def test_whoever_knows_the_password_changes_it(mails: Mails) -> None:
    a_person("ana")
    token = log_in().body["access_token"]

    wrong = post("/password/change", token, previous_password="Wrong-guess-1", new_password=OTHER_PASSWORD)
    right = post("/password/change", token, previous_password=PASSWORD, new_password=OTHER_PASSWORD)

    assert (wrong.status, right.status) == (422, 200)
    assert (log_in().status, log_in(password=OTHER_PASSWORD).status) == (401, 200)


def test_a_changed_password_ends_all_sessions(mails: Mails) -> None:
    a_person("ana")
    here, stolen = log_in().body, log_in().body
    body = {"previous_password": PASSWORD, "new_password": OTHER_PASSWORD}

    changed = post("/password/change", here["access_token"], **body)

    assert "all sessions are ended" in changed.body["message"]
    assert [me(each["access_token"]).status for each in (here, stolen)] == [401, 401]
    next_second()
    assert [post("/refresh", refresh_token=each["refresh_token"]).status for each in (here, stolen)] == [401, 401]
    assert log_in(password=OTHER_PASSWORD).status == 200, "and nothing is left to do for the next login"


def test_a_change_that_died_half_way_is_finished_by_a_later_login(
    mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("ana")
    here, stolen = log_in().body, log_in().body
    with monkeypatch.context() as patch:
        patch.setattr("shared.identities.service.IdentityService._end_sessions", dies)
        body = {"previous_password": PASSWORD, "new_password": OTHER_PASSWORD}
        assert post("/password/change", here["access_token"], **body).status == 500

    a_function_later(monkeypatch)
    assert (log_in(password=OTHER_PASSWORD).status, log_in(password=OTHER_PASSWORD).status) == (503, 200)
    assert me(stolen["access_token"]).status == 401
    assert post("/refresh", refresh_token=stolen["refresh_token"]).status == 401


def test_a_wrong_present_password_ends_no_session(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person("ana")
    token = log_in().body["access_token"]

    post("/password/change", token, previous_password="Wrong-guess-1", new_password=OTHER_PASSWORD)
    a_function_later(monkeypatch)

    assert (log_in().status, me(token).status) == (200, 200)


def test_weak_passwords_have_one_text_everywhere(mails: Mails) -> None:
    a_person("ana")
    client("cognito-idp").admin_create_user(
        UserPoolId=POOL_ID, Username="eve", UserAttributes=[{"Name": "email", "Value": "eve@example.com"}]
    )
    asked = log_in("eve", mails.code()).body
    step = {"username": "eve", "challenge": asked["challenge"], "session": asked["session"]}
    token = log_in().body["access_token"]

    answers = [
        post("/sign-up", username="bob", email="bob@example.com", password="weak"),
        post("/password/change", token, previous_password=PASSWORD, new_password="weak"),
        post("/password/reset", username="ana", code="000000", new_password="weak"),
        post("/challenge", **step, new_password="weak"),
    ]

    assert {(answer.status, answer.body["message"]) for answer in answers} == {(422, POLICY)}


def test_guessing_the_present_password_with_a_stolen_token_ends_soon(mails: Mails) -> None:
    a_person("ana")
    token = log_in().body["access_token"]
    body = {"previous_password": "Wrong-guess-1", "new_password": OTHER_PASSWORD}

    assert [post("/password/change", token, **body).status for _ in range(11)] == [422] * 10 + [429]


def test_an_invited_person_chooses_a_password_first(mails: Mails) -> None:
    client("cognito-idp").admin_create_user(
        UserPoolId=POOL_ID, Username="ana", UserAttributes=[{"Name": "email", "Value": "ana@example.com"}]
    )
    asked = log_in(password=mails.code()).body
    step = {"username": "ana", "challenge": asked["challenge"], "session": asked["session"]}

    weak = post("/challenge", **step, new_password="weak")
    done = post("/challenge", **step, new_password=PASSWORD)

    assert asked["challenge"] == "NEW_PASSWORD_REQUIRED"
    assert (weak.status, done.status) == (422, 200)
    assert me(done.body["access_token"]).status == 200
    assert post("/challenge", **step, new_password=OTHER_PASSWORD).status == 401, "a session is good once"


def test_a_session_is_good_for_its_own_user_only(mails: Mails) -> None:
    a_person("ana", "admin")
    client("cognito-idp").admin_create_user(
        UserPoolId=POOL_ID, Username="eve", UserAttributes=[{"Name": "email", "Value": "eve@example.com"}]
    )
    asked = log_in("eve", mails.code()).body

    stolen = post(
        "/challenge",
        username="ana",
        challenge="NEW_PASSWORD_REQUIRED",
        session=asked["session"],
        new_password=OTHER_PASSWORD,
    )

    assert stolen.status == 401
    assert log_in("ana").status == 200


def test_where_a_second_factor_is_demanded_it_is_set_up_and_asked_for(mails: Mails) -> None:
    a_person("ana", "analyst")
    demand_second_factor()
    first = log_in().body
    early = post("/challenge", username="ana", challenge="MFA_SETUP", session=first["session"])

    setup = post("/mfa/setup", username="ana", session=first["session"]).body
    wrong = post("/mfa/verify", session=setup["session"], code="000000")
    verified = post("/mfa/verify", session=setup["session"], code=app_code(setup["secret"])).body
    done = post("/challenge", username="ana", challenge="MFA_SETUP", session=verified["session"])

    assert (first["challenge"], early.status, wrong.status, done.status) == ("MFA_SETUP", 401, 422, 200)
    assert setup["uri"] == f"otpauth://totp/Vedette:ana?secret={setup['secret']}&issuer=Vedette"
    second = log_in().body
    step = {"username": "ana", "challenge": "SOFTWARE_TOKEN_MFA", "session": second["session"]}
    assert second["challenge"] == "SOFTWARE_TOKEN_MFA"
    assert post("/challenge", **step, code=f"{(int(app_code(setup['secret'])) + 1) % 10**6:06}").status == 422
    assert post("/challenge", **step, code=app_code(setup["secret"])).body["user"]["roles"] == ["analyst"]


def test_codes_of_the_second_factor_cannot_be_tried_out(mails: Mails) -> None:
    a_person("ana")
    demand_second_factor()
    session = log_in().body["session"]
    secret = post("/mfa/setup", username="ana", session=session).body["secret"]
    post("/mfa/verify", session=session, code=app_code(secret))
    post("/challenge", username="ana", challenge="MFA_SETUP", session=session)
    asked = log_in().body

    tried = [
        post("/challenge", username="ana", challenge="SOFTWARE_TOKEN_MFA", session=asked["session"], code="000000")
        for _ in range(10)
    ]

    assert [answer.status for answer in tried] == [422] * 9 + [429]

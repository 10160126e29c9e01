"""What the pool's refusals become, and that nothing of them tells who exists."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from shared.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitReached,
    Unauthenticated,
    Unavailable,
)
from shared.identities.pool import Pool
from shared.identities.refusals import NOT_CONFIRMED, WRONG_CODE, Throttled


class Refusing:
    """A client of which every operation fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def operation(**_: Any) -> None:
            raise self._error

        return operation


def failing(code: str, message: str = "User ana does not exist.") -> Pool:
    return Pool(Refusing(ClientError({"Error": {"Code": code, "Message": message}}, "Op")), "pool", "client")


CASES: dict[str, type[DomainError]] = {
    "NotAuthorizedException": Unauthenticated,
    "UserNotFoundException": Unauthenticated,
    "UserNotConfirmedException": Forbidden,
    "PasswordResetRequiredException": Forbidden,
    "UsernameExistsException": Conflict,
    "AliasExistsException": Invalid,
    "InvalidPasswordException": Invalid,
    "LimitExceededException": LimitReached,
    "TooManyFailedAttemptsException": LimitReached,
    "TooManyRequestsException": Throttled,
    "ThrottlingException": Throttled,
    "InternalErrorException": Unavailable,
    "CodeDeliveryFailureException": Unavailable,
    "ResourceNotFoundException": Unavailable,
    "SomethingNewException": Unavailable,
}


@pytest.mark.parametrize("code", CASES)
def test_a_refused_login_is_what_it_means(code: str) -> None:
    with pytest.raises(DomainError) as refused:
        failing(code).log_in("ana", "x")

    assert type(refused.value) is CASES[code]


def test_unknown_people_and_wrong_passwords_have_one_text() -> None:
    texts = set()
    for code in ("NotAuthorizedException", "UserNotFoundException"):
        with pytest.raises(Unauthenticated) as refused:
            failing(code).log_in("ana", "x")
        texts.add(str(refused.value))

    assert texts == {"Incorrect user name or password"}


@pytest.mark.parametrize(
    "code",
    [
        "CodeMismatchException",
        "ExpiredCodeException",
        "UserNotFoundException",
        "NotAuthorizedException",
        "AliasExistsException",
        "InvalidParameterException",
        "InvalidPasswordException",
        "PasswordHistoryPolicyViolationException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
    ],
)
def test_bad_codes_have_one_text_whatever_else_the_pool_knows(code: str) -> None:
    pool = failing(code)
    for step, text in ((pool.forgot_password, WRONG_CODE), (pool.resend_code, WRONG_CODE)):
        with pytest.raises(Invalid, match=f"^{text}$"):
            step("ana")
    with pytest.raises(Invalid, match=f"^{NOT_CONFIRMED}$"):
        pool.confirm("ana", "1")
    with pytest.raises(Invalid, match=f"^{WRONG_CODE}$"):
        pool.reset_password("ana", "1", "x")


@pytest.mark.parametrize("code", CASES)
def test_the_pools_own_words_are_never_passed_on(code: str) -> None:
    pool = failing(code)
    for step in (
        lambda: pool.log_in("ana", "x"),
        lambda: pool.sign_up("ana", "ana@example.com", "x", ""),
        lambda: pool.change_password("token", "x", "y"),
        lambda: pool.reset_password("ana", "1", "x"),
    ):
        with pytest.raises(DomainError) as refused:
            step()
        assert "does not exist" not in str(refused.value)


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="x"),
        ConnectTimeoutError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
    ],
)
def test_a_silent_pool_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable):
        Pool(Refusing(error), "pool", "client").log_in("ana", "x")


def test_an_unknown_challenge_lets_nobody_in() -> None:
    class Asking:
        def admin_initiate_auth(self, **_: Any) -> dict[str, Any]:
            return {"ChallengeName": "SMS_MFA", "Session": "s"}

    with pytest.raises(Unavailable, match="SMS_MFA"):
        Pool(Asking(), "pool", "client").log_in("ana", "x")


def test_signing_out_somebody_who_is_no_more_is_done_already() -> None:
    failing("UserNotFoundException").sign_out("ana")
    assert failing("UserNotFoundException").find("ana") is None

"""What the user pool's refusals mean. None of them tells a stranger whether somebody exists.

Unknown user, wrong password and disabled user are one refusal; so are wrong, expired and never sent codes, and
whatever else the pool says of somebody who is there before it has looked at the code. The pool's own words, which say
such things, are never passed on.
"""

from collections.abc import Callable
from typing import Any

from shared.core.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, Unauthenticated, Unavailable
from shared.core.logging import logger
from shared.identities.passwords import POLICY

WRONG_PASSWORD = "Incorrect user name or password"
WRONG_CODE = "The code is wrong or no longer valid"
# In which order the pool looks at code and address is not documented, so that both come to one answer.
NOT_CONFIRMED = f"{WRONG_CODE}, or the e-mail address belongs to another user"
NOT_ACCEPTED = "The user pool does not accept this"
UNCONFIRMED = "The e-mail address is not confirmed yet: send the code to /auth/confirm"
RESET_FIRST = "The password must be reset first: begin with /auth/password/forgot"
POOL_DOWN = "The identity provider does not answer; try again"
# Cognito's own lock opens after 15 minutes at the latest.
POOL_WAIT_SECONDS = 900

Refusal = Callable[[], DomainError]
STRANGER = frozenset(("NotAuthorizedException", "UserNotFoundException"))
WRONG = frozenset(("CodeMismatchException", "ExpiredCodeException", "EnableSoftwareTokenMFAException"))
# Said of somebody who is there, maybe before the code was looked at.
SOMEBODY = frozenset(
    (
        "AliasExistsException",
        "InvalidParameterException",
        "InvalidPasswordException",
        "PasswordHistoryPolicyViolationException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
    )
)
OF_CODES = STRANGER | WRONG | SOMEBODY


class Throttled(Unavailable):
    """The pool has not even looked at the request: nothing was carried out."""


def refusal(error: Any, on_refused: DomainError, alike: frozenset[str] = STRANGER) -> DomainError:
    """The domain error for a ClientError of the pool.

    `on_refused` stands for "you are not who you say you are"; the codes in `alike` all come to it.
    """
    code = error.response["Error"]["Code"]
    if code in alike:
        return on_refused
    make = REFUSALS.get(code)
    if make is None:
        logger().error("the user pool refused", extra={"pool_error": code})
        return Unavailable(POOL_DOWN)
    return make()


def _unacceptable() -> DomainError:
    return Invalid(NOT_ACCEPTED)


def _too_many() -> DomainError:
    return LimitReached("Too many attempts; wait before the next one", retry_after=POOL_WAIT_SECONDS)


def _throttled() -> DomainError:
    return Throttled(POOL_DOWN)


REFUSALS: dict[str, Refusal] = {
    "UserNotConfirmedException": lambda: Forbidden(UNCONFIRMED),
    "PasswordResetRequiredException": lambda: Forbidden(RESET_FIRST),
    "UsernameExistsException": lambda: Conflict("This user name is taken"),
    "AliasExistsException": _unacceptable,
    **dict.fromkeys(WRONG, lambda: Invalid(WRONG_CODE)),
    "InvalidPasswordException": lambda: Invalid(POLICY),
    "InvalidParameterException": _unacceptable,
    "PasswordHistoryPolicyViolationException": lambda: Invalid("This password was used before"),
    "LimitExceededException": _too_many,
    "TooManyFailedAttemptsException": _too_many,
    "TooManyRequestsException": _throttled,
    "ThrottlingException": _throttled,
    "InternalErrorException": lambda: Unavailable(POOL_DOWN),
    "CodeDeliveryFailureException": lambda: Unavailable("The code could not be sent; ask for another one"),
}


def wrong_password() -> DomainError:
    return Unauthenticated(WRONG_PASSWORD)


def wrong_code() -> DomainError:
    return Invalid(WRONG_CODE)


def not_confirmed() -> DomainError:
    return Invalid(NOT_CONFIRMED)

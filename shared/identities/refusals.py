"""What the user pool's refusals mean. None of them tells a stranger whether somebody exists.

Unknown user, wrong password and disabled user are one refusal; so are wrong, expired and never sent codes.
"""

from collections.abc import Callable
from typing import Any

from shared.core.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, Unauthenticated, Unavailable
from shared.core.logging import logger

WRONG_PASSWORD = "Incorrect user name or password"
WRONG_CODE = "The code is wrong or no longer valid"
UNCONFIRMED = "The e-mail address is not confirmed yet: send the code to /auth/confirm"
RESET_FIRST = "The password must be reset first: begin with /auth/password/forgot"
POOL_DOWN = "The identity provider does not answer; try again"
# Cognito's own lock opens after 15 minutes at the latest.
POOL_WAIT_SECONDS = 900

Refusal = Callable[[str], DomainError]


def refusal(error: Any, on_refused: DomainError) -> DomainError:
    """The domain error for a ClientError of the pool. `on_refused` stands for "you are not who you say you are"."""
    code, message = error.response["Error"]["Code"], str(error.response["Error"].get("Message") or "")
    if code in ("NotAuthorizedException", "UserNotFoundException"):
        return on_refused
    make = REFUSALS.get(code)
    if make is None:
        logger().error("the user pool refused", extra={"pool_error": code})
        return Unavailable(POOL_DOWN)
    return make(message)


def _wrong_code(message: str) -> DomainError:
    return Invalid(WRONG_CODE)


def _unacceptable(message: str) -> DomainError:
    """The pool's own words: which rule a password or a name breaks. They repeat nothing of what was sent."""
    return Invalid(message[:200] or "The user pool does not accept this")


def _too_many(message: str) -> DomainError:
    return LimitReached("Too many attempts; wait before the next one", retry_after=POOL_WAIT_SECONDS)


def _busy(message: str) -> DomainError:
    return Unavailable(POOL_DOWN)


REFUSALS: dict[str, Refusal] = {
    "UserNotConfirmedException": lambda message: Forbidden(UNCONFIRMED),
    "PasswordResetRequiredException": lambda message: Forbidden(RESET_FIRST),
    "UsernameExistsException": lambda message: Conflict("This user name is taken"),
    "AliasExistsException": lambda message: Conflict("This e-mail address belongs to another user"),
    "CodeMismatchException": _wrong_code,
    "ExpiredCodeException": _wrong_code,
    "EnableSoftwareTokenMFAException": _wrong_code,
    "InvalidPasswordException": _unacceptable,
    "InvalidParameterException": _unacceptable,
    "PasswordHistoryPolicyViolationException": _unacceptable,
    "LimitExceededException": _too_many,
    "TooManyFailedAttemptsException": _too_many,
    "TooManyRequestsException": _busy,
    "InternalErrorException": _busy,
    "CodeDeliveryFailureException": lambda message: Unavailable("The code could not be sent; ask for another one"),
}


def wrong_password() -> DomainError:
    return Unauthenticated(WRONG_PASSWORD)


def wrong_code() -> DomainError:
    return Invalid(WRONG_CODE)

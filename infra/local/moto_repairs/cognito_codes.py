"""Codes and invitations as Cognito treats them: random, mailed, good for an hour and three tries; moto checks none.

A mail goes to every sink of `add_mail_sink`: the platform writes it to a file, tests read it from a list.
"""

import hmac
import secrets
import string
import time
from collections.abc import Callable
from typing import Any

from moto.cognitoidp import models, responses
from moto.cognitoidp.exceptions import (
    AliasExistsException,
    CodeMismatchException,
    ExpiredCodeException,
    InvalidParameterException,
    NotAuthorizedError,
    ResourceNotFoundError,
    UsernameExistsException,
)
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from infra.local.moto_repairs.cognito_users import clash, exclusive, only_writable

# To whom, about what, the code or temporary password.
MailSink = Callable[[str, str, str], None]
VALID_SECONDS = 3600.0
TRIES = 3
SIGN_UP, RESET = "sign up", "reset"
SUBJECTS = {SIGN_UP: "Confirm your e-mail address", RESET: "Choose a new password"}
_sinks: list[MailSink] = []
_sign_up = models.CognitoIdpBackend.sign_up
_create_user = models.CognitoIdpBackend.admin_create_user


def install() -> None:
    backend, response = models.CognitoIdpBackend, responses.CognitoIdpResponse
    backend.sign_up = exclusive(sign_up)
    backend.admin_create_user = exclusive(admin_create_user)
    backend.forgot_password = exclusive(forgot_password)
    backend.confirm_forgot_password = exclusive(confirm_forgot_password)
    response.confirm_sign_up = confirm_sign_up
    response.resend_confirmation_code = resend_confirmation_code


def add_mail_sink(sink: MailSink) -> Callable[[], None]:
    """Let it have every mail until the returned function is called."""
    _sinks.append(sink)
    return lambda: _sinks.remove(sink)


def sign_up(backend: Any, client_id: str, username: str, password: str, attributes: list[dict[str, str]]) -> Any:
    """A new user, who has to prove that the address is theirs."""
    pool = pool_of(backend, client_id)
    if pool.extended_config.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        raise NotAuthorizedError("SignUp is not permitted for this user pool")
    if "@" in username:
        raise InvalidParameterException(
            "Username cannot be of email format, since user pool is configured for email alias."
        )
    only_writable(pool.clients[client_id], attributes)
    user, delivery = _sign_up(backend, client_id, username, password, attributes)
    _send_code(user, SIGN_UP)
    return user, delivery


def confirm_sign_up(self: Any) -> ActionResult:
    """moto's response never hands the code on."""
    client_id = self._get_param("ClientId")
    pool = pool_of(_backend_of(self, client_id), client_id)
    exclusive(_confirm)(pool, self._get_param("Username"), self._get_param("ConfirmationCode") or "")
    return EmptyResult()


def resend_confirmation_code(self: Any) -> ActionResult:
    """An operation that moto has not got. Of unknown users it says what it says of the others."""
    client_id, username = self._get_param("ClientId"), self._get_param("Username")
    user = pool_of(_backend_of(self, client_id), client_id)._get_user(username)
    if user is not None and user.status != models.UserStatus.UNCONFIRMED:
        raise InvalidParameterException("User is already confirmed.")
    if user is not None:
        exclusive(_send_code)(user, SIGN_UP)
    return ActionResult({"CodeDeliveryDetails": _delivery()})


def forgot_password(backend: Any, client_id: str, username: str) -> tuple[str, dict[str, Any]]:
    """moto gives the code away in a header, and takes any other code as well. The header stays, empty."""
    user = pool_of(backend, client_id)._get_user(username)
    if user is not None:
        _check_recoverable(user)
        _send_code(user, RESET)
    return "", {"CodeDeliveryDetails": _delivery()}


def confirm_forgot_password(backend: Any, client_id: str, username: str, password: str, confirmation_code: str) -> None:
    pool = pool_of(backend, client_id)
    user = pool._get_user(username)
    if user is None or not user.enabled:
        raise CodeMismatchException("Invalid verification code provided, please try again.")
    backend._validate_password(pool.id, password)
    _check_code(user, RESET, confirmation_code)
    user.password, user.status = password, models.UserStatus.CONFIRMED


def admin_create_user(
    backend: Any,
    user_pool_id: str,
    username: str,
    message_action: str,
    temporary_password: str | None,
    attributes: list[dict[str, str]],
) -> Any:
    """Invitations carry a password; inviting again makes a new one and not, as in moto, a new user."""
    password = temporary_password or _temporary_password()
    if message_action == "RESEND":
        user = backend.admin_get_user(user_pool_id, username)
        if user.status != models.UserStatus.FORCE_CHANGE_PASSWORD:
            raise JsonRESTError("UnsupportedUserStateException", "User has a password of their own.")
        user.password = password
    else:
        pool = backend.describe_user_pool(user_pool_id)
        given = {attribute["Name"]: attribute["Value"] for attribute in attributes or []}
        if given.get("email_verified") == "true" and clash(pool, given.get("email")):
            raise UsernameExistsException("An account with the email already exists.")
        user = _create_user(backend, user_pool_id, username, message_action, password, attributes or [])
    if message_action != "SUPPRESS":
        _mail(user, "Your temporary password", password)
    return user


def pool_of(backend: Any, client_id: str) -> Any:
    """The pool that a client belongs to."""
    for pool in backend.user_pools.values():
        if client_id in pool.clients:
            return pool
    raise ResourceNotFoundError(f"User pool client {client_id} does not exist.")


def _confirm(pool: Any, username: str, code: str) -> None:
    user = pool._get_user(username)
    if user is None:
        raise CodeMismatchException("Invalid verification code provided, please try again.")
    if user.status != models.UserStatus.UNCONFIRMED:
        raise NotAuthorizedError(f"User cannot be confirmed. Current status is {user.status.value}")
    # The code first: what a stranger with a made-up one is told must not depend on whose address it is.
    _check_code(user, SIGN_UP, code)
    if clash(pool, user.attribute_lookup.get("email"), but=user):
        raise AliasExistsException()
    user.status = models.UserStatus.CONFIRMED
    user.update_attributes([{"Name": "email_verified", "Value": "true"}])


def _check_recoverable(user: Any) -> None:
    if not user.enabled or user.status == models.UserStatus.FORCE_CHANGE_PASSWORD:
        raise NotAuthorizedError("User password cannot be reset in the current state.")
    if user.attribute_lookup.get("email_verified") != "true":
        raise InvalidParameterException(
            "Cannot reset password for the user as there is no registered/verified email or phone_number"
        )


def _send_code(user: Any, purpose: str) -> None:
    code = f"{secrets.randbelow(10**6):06}"
    codes_of(user)[purpose] = [code, time.time() + VALID_SECONDS, TRIES]
    _mail(user, SUBJECTS[purpose], code)


def _check_code(user: Any, purpose: str, given: str) -> None:
    code, until, tries = codes_of(user).get(purpose, ("", 0.0, 0))
    if tries <= 0 or time.time() >= until:
        raise ExpiredCodeException("Invalid code provided, please request a code again.")
    if not hmac.compare_digest(code.encode(), given.encode("utf-8", "replace")):
        codes_of(user)[purpose][2] -= 1
        raise CodeMismatchException("Invalid verification code provided, please try again.")
    del codes_of(user)[purpose]


def codes_of(user: Any) -> dict[str, list[Any]]:
    """By purpose: code, valid until (epoch seconds), tries left."""
    kept: dict[str, list[Any]] = vars(user).setdefault("codes", {})
    return kept


def _mail(user: Any, subject: str, code: str) -> None:
    address = user.attribute_lookup.get("email")
    for sink in list(_sinks) if address else ():
        sink(address, subject, code)


def _temporary_password() -> str:
    alphabet = string.ascii_letters + string.digits
    return "Aa1-" + "".join(secrets.choice(alphabet) for _ in range(12))


def _delivery() -> dict[str, str]:
    """The same for everybody: a masked address would tell who exists."""
    return {"Destination": "***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}


def _backend_of(response: Any, client_id: str) -> Any:
    return response._get_region_agnostic_backend()._find_backend_for_clientid(client_id)

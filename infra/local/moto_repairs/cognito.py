"""Signing in as Cognito lets people in: only by flows of the client, only in a state that allows it, only with proof.

moto 5.2.5 takes any flow, a made-up SRP proof and any second factor, lets unconfirmed users in through the
administrator's flow, and lets whoever holds a session choose the password of somebody else.
"""

import base64
import hmac
import os
import time
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.twofactor import InvalidToken
from moto.cognitoidp import models
from moto.cognitoidp.exceptions import (
    CodeMismatchException,
    InvalidParameterException,
    NotAuthorizedError,
    ResourceNotFoundError,
    UserNotConfirmedException,
)
from moto.cognitoidp.utils import cognito_totp, verify_totp
from moto.core.exceptions import JsonRESTError

from infra.local.moto_repairs import cognito_codes, cognito_tokens, cognito_users
from infra.local.moto_repairs.cognito_users import exclusive

ADMIN = {"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}
REFRESH = {"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"}
PUBLIC = {"USER_PASSWORD_AUTH", "USER_SRP_AUTH"}
ALLOWED_BY = {"ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN": "ALLOW_REFRESH_TOKEN_AUTH"}
DEFAULT_FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH")
SESSION_SECONDS = 180.0


@dataclass(slots=True)
class Challenge:
    """What a session waits for."""

    name: str
    username: str
    pool: Any
    until: float


def install() -> None:
    """Called once by moto_repairs.install."""
    for repair in (cognito_users, cognito_tokens, cognito_codes):
        repair.install()
    backend = models.CognitoIdpBackend
    backend.initiate_auth = exclusive(initiate_auth)
    backend.admin_initiate_auth = exclusive(admin_initiate_auth)
    backend.respond_to_auth_challenge = exclusive(respond_to_auth_challenge)
    backend.associate_software_token = exclusive(associate_software_token)
    backend.verify_software_token = exclusive(verify_software_token)


def admin_initiate_auth(
    backend: Any, user_pool_id: str, client_id: str, auth_flow: str, auth_parameters: dict[str, str]
) -> dict[str, Any]:
    pool = backend.describe_user_pool(user_pool_id)
    if client_id not in pool.clients:
        raise ResourceNotFoundError(f"User pool client {client_id} does not exist.")
    return _begin(backend, pool, pool.clients[client_id], auth_flow, auth_parameters, ADMIN | REFRESH)


def initiate_auth(backend: Any, client_id: str, auth_flow: str, auth_parameters: dict[str, str]) -> dict[str, Any]:
    pool = cognito_codes.pool_of(backend, client_id)
    return _begin(backend, pool, pool.clients[client_id], auth_flow, auth_parameters, PUBLIC | REFRESH)


def respond_to_auth_challenge(
    backend: Any, session: str, client_id: str, challenge_name: str, challenge_responses: dict[str, str]
) -> dict[str, Any]:
    """The next step of a sign-in, by the user who began it."""
    asked, user = _asked(backend, session, challenge_name)
    if asked.pool._get_user(challenge_responses.get("USERNAME")) is not user or client_id not in asked.pool.clients:
        raise NotAuthorizedError("Invalid session for the user.")
    if challenge_name == "NEW_PASSWORD_REQUIRED":
        password = challenge_responses.get("NEW_PASSWORD") or ""
        backend._validate_password(asked.pool.id, password)
        user.password, user.status = password, models.UserStatus.CONFIRMED
    elif challenge_name == "SOFTWARE_TOKEN_MFA":
        _check_totp(user, challenge_responses.get("SOFTWARE_TOKEN_MFA_CODE") or "")
    elif not user.token_verified:
        raise NotAuthorizedError("The software token has not been verified.")
    else:
        user.software_token_mfa_enabled, user.preferred_mfa_setting = True, "SOFTWARE_TOKEN_MFA"
    del _challenges(backend)[session]
    backend.sessions.pop(session, None)
    proven = challenge_name != "NEW_PASSWORD_REQUIRED"
    return _proceed(backend, asked.pool, asked.pool.clients[client_id], user, second_factor=proven)


def associate_software_token(backend: Any, access_token: str | None, session: str | None) -> dict[str, str]:
    """A secret of this user's own; moto has one for everybody."""
    user = _whose(backend, access_token, session)
    user.totp_secret, user.token_verified = base64.b32encode(os.urandom(20)).decode(), False
    return {"SecretCode": user.totp_secret} | ({"Session": session} if session else {})


def verify_software_token(
    backend: Any, access_token: str | None, session: str | None, user_code: str, friendly_device_name: str | None
) -> dict[str, str]:
    user = _whose(backend, access_token, session)
    _check_totp(user, user_code)
    user.token_verified = True
    return {"Status": "SUCCESS"} | ({"Session": session} if session else {})


def _begin(backend: Any, pool: Any, client: Any, flow: str, given: dict[str, str], known: set[str]) -> dict[str, Any]:
    if flow not in known:
        raise InvalidParameterException("Initiate Auth method not supported.")
    if ALLOWED_BY.get(flow, f"ALLOW_{flow}") not in (client.extended_config.get("ExplicitAuthFlows") or DEFAULT_FLOWS):
        raise InvalidParameterException(f"{flow} flow not enabled for this client")
    if flow == "USER_SRP_AUTH":
        raise InvalidParameterException("The local pool cannot check an SRP proof: sign in with POST /auth/login")
    if flow in REFRESH:
        return cognito_tokens.refreshed(pool, client, given.get("REFRESH_TOKEN"))
    user = _with_password(pool, given.get("USERNAME"), given.get("PASSWORD"))
    if user.status == models.UserStatus.FORCE_CHANGE_PASSWORD:
        return _ask(backend, pool, user, "NEW_PASSWORD_REQUIRED")
    return _proceed(backend, pool, client, user, second_factor=False)


def _with_password(pool: Any, username: str | None, password: str | None) -> Any:
    user = pool._get_user(username)
    if user is None or not user.password or not hmac.compare_digest(user.password.encode(), (password or "").encode()):
        raise NotAuthorizedError("Incorrect username or password.")
    if not user.enabled:
        raise NotAuthorizedError("User is disabled.")
    if user.status == models.UserStatus.UNCONFIRMED:
        raise UserNotConfirmedException("User is not confirmed.")
    if user.status == models.UserStatus.RESET_REQUIRED:
        raise JsonRESTError("PasswordResetRequiredException", "Password reset required for the user")
    return user


def _proceed(backend: Any, pool: Any, client: Any, user: Any, *, second_factor: bool) -> dict[str, Any]:
    if not second_factor and user.software_token_mfa_enabled:
        return _ask(backend, pool, user, "SOFTWARE_TOKEN_MFA")
    if not second_factor and pool.mfa_config == "ON":
        return _ask(backend, pool, user, "MFA_SETUP")
    answer: dict[str, Any] = backend._log_user_in(pool, client, user.username)
    return answer


def _ask(backend: Any, pool: Any, user: Any, name: str) -> dict[str, Any]:
    session, now = str(uuid.uuid4()), time.time()
    for old in [each for each, asked in _challenges(backend).items() if asked.until <= now]:
        del _challenges(backend)[old]
        backend.sessions.pop(old, None)
    backend.sessions[session] = (user.username, pool)
    _challenges(backend)[session] = Challenge(name, user.username, pool, now + SESSION_SECONDS)
    return {"ChallengeName": name, "ChallengeParameters": {"USER_ID_FOR_SRP": user.username}, "Session": session}


def _asked(backend: Any, session: str | None, name: str) -> tuple[Challenge, Any]:
    asked = _challenges(backend).get(session or "")
    user = asked.pool._get_user(asked.username) if asked else None
    if asked is None or asked.name != name or time.time() >= asked.until or user is None or not user.enabled:
        raise NotAuthorizedError("Invalid session for the user.")
    return asked, user


def _whose(backend: Any, access_token: str | None, session: str | None) -> Any:
    if session:
        return _asked(backend, session, "MFA_SETUP")[1]
    return backend.get_user(access_token)


def _check_totp(user: Any, code: str) -> None:
    try:
        verify_totp(cognito_totp(getattr(user, "totp_secret", None) or ""), code.encode(), valid_window=1)
    except InvalidToken:
        raise CodeMismatchException("Invalid code received for user") from None


def _challenges(backend: Any) -> dict[str, Challenge]:
    kept: dict[str, Challenge] = vars(backend).setdefault("challenges", {})
    return kept

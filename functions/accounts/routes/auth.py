"""Signing up, in and out; passwords and second factors. What works without a token declares SIGNING_IN."""

from typing import Annotated

from fastapi import Depends, Request

from functions.accounts.schemas.auth import (
    CallerOut,
    ChallengeIn,
    ChangeIn,
    ConfirmIn,
    DoneOut,
    LoginIn,
    LoginOut,
    NameIn,
    RefreshIn,
    ResetIn,
    SetupIn,
    SetupOut,
    SignUpIn,
    TokensOut,
    VerifyIn,
    VerifyOut,
    login_out,
)
from shared.access.permissions import SIGNED_IN, SIGNING_IN
from shared.api.access import caller_of
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.identities.service import IdentityService, identity_service

routes = Routes("/auth", tag="signing in", token=True)
Identities = Annotated[IdentityService, provided(identity_service)]
SENT = "If there is such a user who needs one, a code is on its way"


async def presented(request: Request) -> str:
    """The token that the caller came in with."""
    return request.headers["authorization"].partition(" ")[2].strip()


@routes.post("/sign-up", permission=SIGNING_IN, secret=True, status_code=201, response_model=DoneOut)
async def sign_up(body: SignUpIn, identities: Identities) -> DoneOut:
    """Become a user. 403 where only administrators make users, 409 if the name is taken."""
    identities.sign_up(body.username, body.email, body.password, body.full_name or "")
    return DoneOut(message="A code is on its way: send it to /auth/confirm")


@routes.post("/confirm", permission=SIGNING_IN, secret=True, response_model=DoneOut)
async def confirm(body: ConfirmIn, identities: Identities) -> DoneOut:
    """Prove with the code from the mail that the address is one's own."""
    identities.confirm(body.username, body.code)
    return DoneOut(message="The e-mail address is confirmed: sign in at /auth/login")


@routes.post("/confirm/resend", permission=SIGNING_IN, secret=True, response_model=DoneOut)
async def resend_code(body: NameIn, identities: Identities) -> DoneOut:
    """Another code. The answer does not tell whether there is such a user."""
    identities.resend_code(body.username)
    return DoneOut(message=SENT)


@routes.post("/login", permission=SIGNING_IN, secret=True, response_model=LoginOut)
async def log_in(body: LoginIn, identities: Identities) -> LoginOut:
    """Tokens for a name and a password, or a challenge. 429 after ten failures in a quarter of an hour."""
    return login_out(identities.log_in(body.username, body.password))


@routes.post("/challenge", permission=SIGNING_IN, secret=True, response_model=LoginOut)
async def answer_challenge(body: ChallengeIn, identities: Identities) -> LoginOut:
    """The answer to a challenge of the login: tokens, or the next challenge."""
    return login_out(identities.answer(body.username, body.asked(), body.answers()))


@routes.post("/mfa/setup", permission=SIGNING_IN, secret=True, response_model=SetupOut)
async def set_up_second_factor(body: SetupIn, identities: Identities) -> SetupOut:
    """A secret for an authenticator app, for whoever got the challenge MFA_SETUP."""
    return SetupOut.of(identities.second_factor(body.session), body.username)


@routes.post("/mfa/verify", permission=SIGNING_IN, secret=True, response_model=VerifyOut)
async def verify_second_factor(body: VerifyIn, identities: Identities) -> VerifyOut:
    """A first code of the app. Its session answers MFA_SETUP at /auth/challenge."""
    return VerifyOut(session=identities.verify_second_factor(body.session, body.code))


@routes.post("/refresh", permission=SIGNING_IN, secret=True, response_model=TokensOut)
async def refresh(body: RefreshIn, identities: Identities) -> TokensOut:
    """New tokens for a refresh token, until the person signs out or is suspended."""
    return TokensOut.of(identities.refresh(body.refresh_token))


@routes.post("/logout", permission=SIGNED_IN, response_model=DoneOut)
async def log_out(request: Request, identities: Identities) -> DoneOut:
    """Out on every device: all tokens of the person are dead from now on."""
    identities.log_out(caller_of(request))
    return DoneOut(message="Signed out everywhere")


@routes.post("/password/forgot", permission=SIGNING_IN, secret=True, response_model=DoneOut)
async def forgot_password(body: NameIn, identities: Identities) -> DoneOut:
    """A code for a new password. The answer does not tell whether there is such a user."""
    identities.forgot_password(body.username)
    return DoneOut(message=SENT)


@routes.post("/password/reset", permission=SIGNING_IN, secret=True, response_model=DoneOut)
async def reset_password(body: ResetIn, identities: Identities) -> DoneOut:
    """A new password for whoever has the code; everybody who used the old one is signed out."""
    identities.reset_password(body.username, body.code, body.new_password)
    return DoneOut(message="The password is changed and all sessions are ended: sign in again")


@routes.post("/password/change", permission=SIGNED_IN, secret=True, response_model=DoneOut)
async def change_password(
    body: ChangeIn, request: Request, token: Annotated[str, Depends(presented)], identities: Identities
) -> DoneOut:
    """Another password for whoever knows the present one; all sessions end, the caller's too: sign in again."""
    identities.change_password(caller_of(request), token, body.previous_password, body.new_password)
    return DoneOut(message="The password is changed and all sessions are ended: sign in again")


@routes.get("/me", permission=SIGNED_IN, response_model=CallerOut)
async def get_me(request: Request) -> CallerOut:
    """Who one is to this platform, and what one may do."""
    return CallerOut.of(caller_of(request))

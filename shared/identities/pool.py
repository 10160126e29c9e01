"""The Cognito user pool. Passwords go to it through this server: its client offers no password flow to the public.

The administrator's operations need rights (shared/catalogue.py); the others anybody may call who knows the client id.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.errors import DomainError, Invalid, Unauthenticated, Unavailable
from shared.core.settings import settings
from shared.identities.model import CHALLENGES, Challenge, Person, SecondFactor, Tokens
from shared.identities.refusals import (
    OF_CODES,
    POOL_DOWN,
    STRANGER,
    not_confirmed,
    refusal,
    wrong_code,
    wrong_password,
)

DEAD_SESSION = "The sign-in took too long or was answered wrongly; start again"


class Pool:
    """One user pool and our client of it. Raises the errors of shared/identities/refusals.py."""

    def __init__(self, idp: Any, pool_id: str, client_id: str) -> None:
        self._idp, self._pool_id, self._client_id = idp, pool_id, client_id

    def sign_up(self, username: str, email: str, password: str, full_name: str) -> str:
        """A new user who has to confirm the address; their subject."""
        attributes = [{"Name": "email", "Value": email}]
        attributes += [{"Name": "name", "Value": full_name}] if full_name else []
        answer = self._of_client(
            self._idp.sign_up, Username=username, Password=password, UserAttributes=attributes, refused=_closed()
        )
        return str(answer["UserSub"])

    def confirm(self, username: str, code: str) -> None:
        self._of_client(
            self._idp.confirm_sign_up,
            Username=username,
            ConfirmationCode=code,
            refused=not_confirmed(),
            alike=OF_CODES,
        )

    def resend_code(self, username: str) -> None:
        self._of_client(self._idp.resend_confirmation_code, Username=username, refused=wrong_code(), alike=OF_CODES)

    def log_in(self, username: str, password: str) -> Tokens | Challenge:
        return self._begin("ADMIN_USER_PASSWORD_AUTH", wrong_password(), USERNAME=username, PASSWORD=password)

    def refresh(self, refresh_token: str) -> Tokens:
        """New access and id tokens. Unauthenticated if the person has signed out or was disabled."""
        answer = self._begin(
            "REFRESH_TOKEN_AUTH", Unauthenticated("Invalid refresh token"), REFRESH_TOKEN=refresh_token
        )
        if isinstance(answer, Challenge):
            raise Unauthenticated("Sign in again")
        return answer

    def respond(self, challenge: Challenge, username: str, answers: dict[str, str]) -> Tokens | Challenge:
        """The answer to a challenge, by its names in Cognito."""
        answer = self._of_pool(
            self._idp.admin_respond_to_auth_challenge,
            ClientId=self._client_id,
            ChallengeName=challenge.name,
            Session=challenge.session,
            ChallengeResponses={"USERNAME": username, **answers},
            refused=Unauthenticated(DEAD_SESSION),
        )
        return _outcome(answer)

    def second_factor(self, session: str) -> SecondFactor:
        """A secret for whoever has to set up a second factor."""
        answer = self._call(self._idp.associate_software_token, Session=session, refused=Unauthenticated(DEAD_SESSION))
        return SecondFactor(answer["SecretCode"], answer["Session"])

    def verify_second_factor(self, session: str, code: str) -> str:
        """The session with which to answer MFA_SETUP, once a code of the app was right."""
        answer = self._call(
            self._idp.verify_software_token, Session=session, UserCode=code, refused=Unauthenticated(DEAD_SESSION)
        )
        return str(answer["Session"])

    def forgot_password(self, username: str) -> None:
        self._of_client(self._idp.forgot_password, Username=username, refused=wrong_code(), alike=OF_CODES)

    def reset_password(self, username: str, code: str, password: str) -> None:
        self._of_client(
            self._idp.confirm_forgot_password,
            Username=username,
            ConfirmationCode=code,
            Password=password,
            refused=wrong_code(),
            alike=OF_CODES,
        )

    def change_password(self, access_token: str, previous: str, proposed: str) -> None:
        self._call(
            self._idp.change_password,
            AccessToken=access_token,
            PreviousPassword=previous,
            ProposedPassword=proposed,
            refused=Invalid("The present password is wrong"),
        )

    def find(self, username: str) -> Person | None:
        """The user of this name or verified address."""
        try:
            answer = self._of_pool(self._idp.admin_get_user, Username=username, refused=_Unknown(username))
        except _Unknown:
            return None
        attributes = {each["Name"]: each["Value"] for each in answer["UserAttributes"]}
        return Person(answer["Username"], attributes["sub"], attributes.get("email", ""))

    def sign_out(self, username: str) -> None:
        """Kills the person's refresh tokens. Repeatable; somebody who is no more has none."""
        try:
            self._of_pool(self._idp.admin_user_global_sign_out, Username=username, refused=_Unknown(username))
        except _Unknown:
            return

    def _begin(self, flow: str, refused: DomainError, **parameters: str) -> Tokens | Challenge:
        answer = self._of_pool(
            self._idp.admin_initiate_auth,
            ClientId=self._client_id,
            AuthFlow=flow,
            AuthParameters=parameters,
            refused=refused,
        )
        return _outcome(answer)

    def _of_pool(self, operation: Callable[..., Any], **asked: Any) -> Any:
        return self._call(operation, UserPoolId=self._pool_id, **asked)

    def _of_client(self, operation: Callable[..., Any], **asked: Any) -> Any:
        return self._call(operation, ClientId=self._client_id, **asked)

    def _call(
        self, operation: Callable[..., Any], *, refused: DomainError, alike: frozenset[str] = STRANGER, **asked: Any
    ) -> Any:
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

        if not self._pool_id:
            raise Unavailable("This deployment has no user pool")
        try:
            return operation(**asked)
        except ClientError as error:
            raise refusal(error, refused, alike) from error
        except (ConnectionError, HTTPClientError) as error:
            raise Unavailable(POOL_DOWN) from error


class _Unknown(DomainError):
    """The pool knows no such user."""


def _closed() -> DomainError:
    return Invalid("The user pool takes no sign-ups")


def _outcome(answer: dict[str, Any]) -> Tokens | Challenge:
    result = answer.get("AuthenticationResult")
    if result:
        return Tokens(result["AccessToken"], result["IdToken"], result["ExpiresIn"], result.get("RefreshToken"))
    if answer["ChallengeName"] not in CHALLENGES:
        raise Unavailable(f"The user pool asks for {answer['ChallengeName']}, which is not supported")
    return Challenge(answer["ChallengeName"], answer["Session"])


@cache
def pool() -> Pool:
    """The pool of this deployment."""
    given = settings()
    return Pool(client("cognito-idp"), given.user_pool_id, given.user_pool_client_id)

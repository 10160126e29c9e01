"""The pool's side of a user: the identity that signs in. A port, and its adapter for Cognito.

IdentityTaken: the name or address is somebody else's there. NotFound: no such identity. Unavailable: no answer.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from shared.core.aws import client
from shared.core.errors import Conflict, DomainError, Invalid, NotFound, Unavailable
from shared.core.settings import settings


class IdentityTaken(Conflict):
    """Somebody else's identity has this name or address."""


BUSY = "The user pool does not answer; try again"
REFUSALS: dict[str, Callable[[], DomainError]] = {
    "InvalidParameterException": lambda: Invalid("The user pool refuses this name or e-mail address"),
    "AliasExistsException": lambda: IdentityTaken("Somebody else signs in with this e-mail address"),
    "UserNotFoundException": lambda: NotFound("The user pool does not know this user"),
    "TooManyRequestsException": lambda: Unavailable(BUSY),
    "InternalErrorException": lambda: Unavailable(BUSY),
    "CodeDeliveryFailureException": lambda: Unavailable("The user pool could not send the invitation; try again"),
}


class Identities(Protocol):
    """What the directory asks of the pool. Every question may be repeated."""

    def create(self, username: str, email: str, full_name: str) -> str:
        """A new identity, told of by mail; its subject. One that an earlier attempt made is taken for ours."""

    def remind(self, username: str) -> None:
        """The invitation once more, if the person never signed in."""

    def change_email(self, username: str, email: str) -> None: ...

    def disable(self, username: str) -> None: ...

    def enable(self, username: str) -> None: ...

    def sign_out(self, username: str) -> None: ...


class CognitoIdentities:
    """Identities in one Cognito pool. Temporary passwords are Cognito's own and go by mail; we never see one."""

    def __init__(self, idp: Any, pool_id: str) -> None:
        self._idp, self._pool_id = idp, pool_id

    def create(self, username: str, email: str, full_name: str) -> str:
        attributes = {"email": email, "email_verified": "true", "name": full_name}
        try:
            made = self._ask(
                self._idp.admin_create_user,
                username,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self._idp.exceptions.UsernameExistsException:
            return self._adopt(username, email)
        return _attributes(made["User"]["Attributes"])["sub"]

    def _adopt(self, username: str, email: str) -> str:
        """Ours, if an administrator made it for the same address and nobody ever signed in with it.

        Whoever signed up with the name beforehand must not inherit the role that is about to be given to it.
        """
        found = self._ask(self._idp.admin_get_user, username)
        attributes = _attributes(found["UserAttributes"])
        untouched = found["UserStatus"] == "FORCE_CHANGE_PASSWORD" and found.get("Enabled", True)
        if not untouched or attributes.get("email", "").casefold() != email.casefold():
            raise IdentityTaken("Somebody else signs in with this user name")
        return attributes["sub"]

    def remind(self, username: str) -> None:
        try:
            self._ask(self._idp.admin_create_user, username, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
        except self._idp.exceptions.UnsupportedUserStateException:
            pass  # has a password already: there is nothing to be invited to

    def change_email(self, username: str, email: str) -> None:
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        self._ask(self._idp.admin_update_user_attributes, username, UserAttributes=attributes)

    def disable(self, username: str) -> None:
        self._ask(self._idp.admin_disable_user, username)

    def enable(self, username: str) -> None:
        self._ask(self._idp.admin_enable_user, username)

    def sign_out(self, username: str) -> None:
        self._ask(self._idp.admin_user_global_sign_out, username)

    def _ask(self, question: Callable[..., Any], username: str, **more: Any) -> Any:
        """A call of the pool, its failures in our words."""
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

        if not self._pool_id:
            raise Unavailable("This deployment has no user pool")
        try:
            return question(UserPoolId=self._pool_id, Username=username, **more)
        except (ConnectionError, HTTPClientError) as lost:
            raise Unavailable(BUSY) from lost
        except ClientError as error:
            refusal = REFUSALS.get(error.response["Error"]["Code"])
            if refusal is None:
                raise
            raise refusal() from error


def _attributes(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in pairs}


@cache
def identities() -> Identities:
    """The identities of this deployment."""
    return CognitoIdentities(client("cognito-idp"), settings().user_pool_id)

"""What a sign-in comes to: tokens, or a question that has to be answered first."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from shared.access.caller import Caller

ChallengeName = Literal["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "MFA_SETUP"]
CHALLENGES: tuple[str, ...] = get_args(ChallengeName)


@dataclass(frozen=True, slots=True)
class Tokens:
    """`expires_in` seconds from now the access token is dead. A refresh brings no new refresh token."""

    access_token: str
    id_token: str
    expires_in: int
    refresh_token: str | None = None

    @property
    def email(self) -> str:
        """The address in the id token, "" if there is none. The token comes from the pool itself, over TLS."""
        return str(_payload(self.id_token).get("email") or "")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the pool wants to know before it gives tokens. `session` is shown with the answer, within minutes."""

    name: str
    session: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who may call now."""

    tokens: Tokens
    caller: Caller


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the pool knows them: the name as it is written there, and the id that never changes."""

    username: str
    subject: str
    email: str


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The secret for an authenticator app (base32), and the session with which to go on."""

    secret: str
    session: str

    def uri(self, username: str) -> str:
        """What a QR code for authenticator apps says (Google's key URI format)."""
        from urllib.parse import quote

        return f"otpauth://totp/Vedette:{quote(username, safe='')}?secret={self.secret}&issuer=Vedette"


def _payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims

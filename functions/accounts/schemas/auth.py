"""Bodies of signing up, in and out. Passwords and codes come in here and never go out."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from shared.access.caller import Caller, Kind
from shared.access.roles import reach
from shared.api.text import Line, storable
from shared.identities.model import Challenge, ChallengeName, SecondFactor, SignedIn

# The names that shared/directory takes; without "@", so that nobody's name is somebody else's address.
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^\s@<>()\",;:\\]{1,64}@[A-Za-z0-9.-]{1,180}$", to_lower=True)]
# As it was typed: blanks at its ends belong to it. 256 is Cognito's limit.
Password = Annotated[str, StringConstraints(min_length=1, max_length=256), AfterValidator(storable)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", strip_whitespace=True)]
Opaque = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,4096}$")]


class SignUpIn(BaseModel):
    username: Username
    email: Annotated[Email, AfterValidator(storable)]
    password: Password
    full_name: Line | None = None


class ConfirmIn(BaseModel):
    username: Line
    code: Code


class NameIn(BaseModel):
    username: Line


class LoginIn(BaseModel):
    """`username`: the user name or the confirmed e-mail address."""

    username: Line
    password: Password


class ChallengeIn(BaseModel):
    """NEW_PASSWORD_REQUIRED wants `new_password`, SOFTWARE_TOKEN_MFA wants `code`, MFA_SETUP the session of /verify."""

    username: Line
    challenge: ChallengeName
    session: Opaque
    new_password: Password | None = None
    code: Code | None = None

    def asked(self) -> Challenge:
        return Challenge(self.challenge, self.session)

    def answers(self) -> dict[str, str]:
        """By their names in Cognito."""
        given = {"NEW_PASSWORD": self.new_password, "SOFTWARE_TOKEN_MFA_CODE": self.code}
        wanted = {"NEW_PASSWORD_REQUIRED": "NEW_PASSWORD", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE"}
        name = wanted.get(self.challenge)
        return {name: given[name] or ""} if name else {}


class RefreshIn(BaseModel):
    refresh_token: Opaque


class ResetIn(BaseModel):
    username: Line
    code: Code
    new_password: Password


class ChangeIn(BaseModel):
    previous_password: Password
    new_password: Password


class SetupIn(BaseModel):
    username: Line
    session: Opaque


class VerifyIn(BaseModel):
    session: Opaque
    code: Code


class DoneOut(BaseModel):
    """What happened, in one sentence."""

    message: str


class CallerOut(BaseModel):
    """Who calls. `permissions` are those that the roles come to.

    `subject` is the pool's id of the person, or of whose key it is.
    """

    username: str
    kind: Kind
    subject: str | None
    roles: list[str]
    permissions: list[str]

    @classmethod
    def of(cls, caller: Caller) -> "CallerOut":
        return cls(
            username=caller.caller_id,
            kind=caller.kind,
            subject=caller.subject,
            roles=list(caller.roles),
            permissions=sorted(reach(caller.permissions)),
        )


class UserOut(CallerOut):
    """Who has signed in."""

    email: str


class TokensOut(BaseModel):
    """`expires_in` seconds. After a refresh there is no new refresh token: the old one goes on."""

    access_token: str
    id_token: str
    refresh_token: str | None
    token_type: str = "Bearer"
    expires_in: int
    user: UserOut

    @classmethod
    def of(cls, signed_in: SignedIn) -> "TokensOut":
        tokens = signed_in.tokens
        return cls(
            access_token=tokens.access_token,
            id_token=tokens.id_token,
            refresh_token=tokens.refresh_token,
            expires_in=tokens.expires_in,
            user=UserOut(**CallerOut.of(signed_in.caller).model_dump(), email=tokens.email),
        )


class ChallengeOut(BaseModel):
    """The question to answer at /auth/challenge, within three minutes."""

    challenge: str
    session: str


LoginOut = TokensOut | ChallengeOut


def login_out(outcome: SignedIn | Challenge) -> LoginOut:
    """What a step of a sign-in has come to."""
    if isinstance(outcome, Challenge):
        return ChallengeOut(challenge=outcome.name, session=outcome.session)
    return TokensOut.of(outcome)


class SetupOut(BaseModel):
    """`secret` (base32) and the same as a URI for a QR code; `session` goes to /auth/mfa/verify with a code."""

    secret: str
    uri: str
    session: str

    @classmethod
    def of(cls, factor: SecondFactor, username: str) -> "SetupOut":
        return cls(secret=factor.secret, uri=factor.uri(username), session=factor.session)


class VerifyOut(BaseModel):
    """The session with which to answer MFA_SETUP at /auth/challenge."""

    session: str

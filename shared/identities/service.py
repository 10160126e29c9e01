"""Signing up, in and out. The pool decides who somebody is; we count the attempts and end the tokens.

Nothing here tells a stranger whether a user exists, except that a user name is taken when one signs up with it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from shared.access.caller import Caller
from shared.access.principals import Principals, principals
from shared.access.tokens import Claims, TokenVerifier, verifier
from shared.core.errors import DomainError, Forbidden, Invalid, LimitReached, Unavailable
from shared.core.settings import settings
from shared.identities.attempts import CHANGE, CODE, LOGIN, MAIL, SIGN_UP, Attempts, attempts
from shared.identities.model import Challenge, Person, SecondFactor, SignedIn, Tokens
from shared.identities.passwords import check_password
from shared.identities.people import People, people
from shared.identities.pool import Pool, pool
from shared.identities.refusals import Throttled
from shared.identities.sign_outs import SignOuts, sign_outs

# How far the pool's clock may be behind ours when somebody signs in right after signing out.
MOST_WAITS = 3


class IdentityService:
    """The people of one pool."""

    def __init__(
        self,
        pool: Pool,
        attempts: Attempts,
        sign_outs: SignOuts,
        people: People,
        *,
        tokens: TokenVerifier,
        callers: Principals,
        open_to_all: bool,
        wait: Callable[[], None],
    ) -> None:
        self._pool, self._attempts, self._sign_outs, self._people = pool, attempts, sign_outs, people
        self._tokens, self._callers, self._open, self._wait = tokens, callers, open_to_all, wait

    def sign_up(self, username: str, email: str, password: str, full_name: str = "") -> None:
        """A new user, who is sent a code. Forbidden if this deployment takes no sign-ups."""
        if not self._open:
            raise Forbidden("Sign-up is closed; ask an administrator")
        check_password(password)
        self._attempts.count(SIGN_UP, email)
        self._pool.sign_up(username, email, password, full_name)

    def confirm(self, username: str, code: str) -> None:
        """The address is theirs: they have the code."""
        self._attempts.count(CODE, username)
        self._pool.confirm(username, code)
        self._attempts.forget(CODE, username)
        person = self._pool.find(username)
        if person:
            self._people.registered(person.subject, person.username, person.email)

    def resend_code(self, username: str) -> None:
        """Another code, if there is somebody who needs one."""
        self._mail(username, self._pool.resend_code)

    def log_in(self, username: str, password: str) -> SignedIn | Challenge:
        """Tokens, or what the pool wants to know first."""
        self._attempts.count(LOGIN, username)
        return self._welcome(username, self._pool.log_in(username, password))

    def answer(self, username: str, challenge: Challenge, answers: dict[str, str]) -> SignedIn | Challenge:
        """The answer to a challenge. Wrong ones count as failed logins."""
        if "NEW_PASSWORD" in answers:
            check_password(answers["NEW_PASSWORD"])
        self._attempts.count(LOGIN, username)
        return self._welcome(username, self._pool.respond(challenge, username, answers))

    def second_factor(self, session: str) -> SecondFactor:
        """The secret for an authenticator app, for whoever was asked to set one up."""
        return self._pool.second_factor(session)

    def verify_second_factor(self, session: str, code: str) -> str:
        """The session that answers MFA_SETUP."""
        return self._pool.verify_second_factor(session, code)

    def refresh(self, refresh_token: str) -> SignedIn:
        """New tokens, for somebody who may still call."""
        tokens = self._pool.refresh(refresh_token)
        return SignedIn(tokens, self._callers.caller(tokens.access_token))

    def log_out(self, caller: Caller) -> None:
        """Out everywhere. Whoever is cut off repeats it with the same token: that dies last."""
        self._end_sessions(_person(caller))

    def forgot_password(self, username: str) -> None:
        """A code for a new password, if there is somebody whom it can be sent to."""
        self._mail(username, self._pool.forgot_password)

    def reset_password(self, username: str, code: str, password: str) -> None:
        """A new password, and the end of every session that the old one began."""
        check_password(password)
        self._attempts.count(CODE, username)
        # Nobody is treated like somebody: the pool refuses the code, after the same calls.
        person = self._pool.find(username) or Person(username, "nobody", "")
        self._replace_password(person, lambda: self._pool.reset_password(username, code, password))
        self._attempts.forget(CODE, username)

    def change_password(self, caller: Caller, access_token: str, previous: str, proposed: str) -> None:
        """Another password for somebody who knows the present one, and the end of every session, theirs too."""
        person = _person(caller)
        check_password(proposed)
        self._attempts.count(CHANGE, person.subject)
        self._replace_password(person, lambda: self._pool.change_password(access_token, previous, proposed))
        self._attempts.forget(CHANGE, person.subject)

    def _replace_password(self, person: Person, carry_out: Callable[[], None]) -> None:
        """The note comes first: if this process dies, a later login ends the sessions."""
        reset_id = self._sign_outs.begin_reset(person.subject)
        try:
            carry_out()
        except DomainError as error:
            if not isinstance(error, Unavailable) or isinstance(error, Throttled):
                self._sign_outs.finish_reset(person.subject, reset_id)
            raise  # of anything else nobody knows whether it was carried out: the note stays
        self._end_sessions(person)
        self._sign_outs.finish_reset(person.subject, reset_id)

    def _welcome(self, name: str, outcome: Tokens | Challenge) -> SignedIn | Challenge:
        if isinstance(outcome, Challenge):
            return outcome
        claims = self._tokens.verify(outcome.access_token)
        self._finish_resets(Person(claims.username, claims.subject, outcome.email))
        tokens = self._alive(outcome, claims)
        caller = self._callers.caller(tokens.access_token)
        self._attempts.forget(LOGIN, name)
        self._people.signed_in(caller, tokens.email)
        return SignedIn(tokens, caller)

    def _finish_resets(self, person: Person) -> None:
        """What a process that died in the middle of a new password has left to do. It ends this login too."""
        resets = self._sign_outs.open_resets(person.subject)
        if not resets:
            return
        self._end_sessions(person)
        for reset_id in resets:
            self._sign_outs.finish_reset(person.subject, reset_id)
        raise Unavailable("Your sessions have been ended after a change of the password; sign in again")

    def _alive(self, tokens: Tokens, claims: Claims) -> Tokens:
        """Tokens younger than the last sign-out. Those of the same second are as dead as the ones before."""
        for _ in range(MOST_WAITS):
            if claims.issued_at > self._sign_outs.dead_until(claims.subject, claims.username):
                break
            self._wait()
            tokens = replace(self._pool.refresh(tokens.refresh_token or ""), refresh_token=tokens.refresh_token)
            claims = self._tokens.verify(tokens.access_token)
        return tokens

    def _end_sessions(self, person: Person) -> None:
        """Refresh tokens first: one that outlived the access tokens would make new ones."""
        self._pool.sign_out(person.username)
        self._sign_outs.end_tokens(person.subject)
        self._callers.forget()

    def _mail(self, username: str, send: Callable[[str], None]) -> None:
        """The same answer for everybody, be they unknown, confirmed, disabled or too impatient for the pool."""
        self._attempts.count(MAIL, username)
        try:
            send(username)
        except (Invalid, LimitReached):
            return


def _person(caller: Caller) -> Person:
    if caller.kind != "user" or not caller.subject:
        raise Forbidden("Only people sign in and out; an API key is revoked instead")
    return Person(caller.caller_id, caller.subject, "")


def _next_second() -> None:
    time.sleep(1.01 - time.time() % 1)


@cache
def identity_service() -> IdentityService:
    """The service of this process."""
    return IdentityService(
        pool(),
        attempts(),
        sign_outs(),
        people(),
        tokens=verifier(),
        callers=principals(),
        open_to_all=settings().sign_up == "open",
        wait=_next_second,
    )

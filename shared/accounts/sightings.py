"""What an account is after it was seen: provisioned, as admin or not, online, logged in. Pure; the writes follow.

Everything that one look changes is one transaction under the account's version, so that two looks at once count once.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from shared.accounts import activity_log, figures
from shared.accounts.model import Account, Activity
from shared.accounts.repository import change, opening
from shared.storage.writes import Write


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a person now. `administers` and `signed_in_at` are None where nobody could say."""

    subject: str
    username: str
    administers: bool | None = None
    signed_in_at: datetime | None = None
    email: str = ""

    @property
    def account_id(self) -> str:
        return account_id_of(self.subject)


def account_id_of(subject: str) -> str:
    """The account of a person of the pool: 24 hex digits, like the seed's ids, and the same at every look."""
    return hashlib.sha256(f"account\x1f{subject}".encode()).hexdigest()[:24]


def opened(seen: Sighting, now: datetime) -> Account:
    """The account that somebody gets who has none: free, until somebody changes the plan."""
    account = Account(seen.account_id, seen.username, seen.email, seen.subject, "free", "free", now, version=0)
    return after_sight(account, seen, now)


def after_sight(account: Account, seen: Sighting, now: datetime) -> Account:
    """The account after the look; equal to the one before if nothing is new."""
    plan = account.plan
    if seen.administers is not None:
        plan = "admin" if seen.administers else account.tier
    last_login = max(filter(None, (account.last_login, seen.signed_in_at)), default=None)
    after = replace(account, plan=plan, last_login=last_login, email=seen.email or account.email)
    return _versioned(account, _online(after, now))


def after_call(account: Account, now: datetime) -> Account:
    """The account after a call with a token that says nothing of the person."""
    return _versioned(account, _online(account, now))


def _online(account: Account, now: datetime) -> Account:
    minute = now.replace(second=0, microsecond=0)
    is_later = account.seen_minute is None or minute > account.seen_minute
    return replace(account, seen_minute=minute) if is_later else account


def _versioned(before: Account, after: Account) -> Account:
    return after if after == before else replace(after, version=before.version + 1)


def sight_writes(before: Account | None, after: Account, now: datetime) -> list[Write]:
    """The writes that lead from one account to the other, figures and log included."""
    name, events = after.account_id, _events(before, after)
    writes: list[Write] = [change(after) if before else opening(after)]
    if before is None or before.plan != after.plan:
        writes.append(figures.plan_changed(name, before.plan if before else None, after.plan))
    if before is None:
        writes.append(figures.account_opened(name, now))
    if after.seen_minute and (before is None or before.seen_minute != after.seen_minute):
        writes += figures.sighting(name, before.seen_minute if before else None, after.seen_minute)
    return writes + [
        activity_log.entry_put(activity_log.Entry(kind, name, now), f"{kind}-{name}-{after.version}") for kind in events
    ]


def _events(before: Account | None, after: Account) -> list[Activity]:
    signed_up: list[Activity] = ["user_signup"] if before is None else []
    logged_in = after.last_login is not None and (before is None or before.last_login != after.last_login)
    return signed_up + (["user_login"] if logged_in else [])

"""How long the platform has been up: since its deployment, or since this process began where nobody says."""

from datetime import datetime, timedelta

from shared.core.clock import from_iso, utc_now
from shared.core.settings import settings

IMPORTED_AT = utc_now()


def started_at() -> datetime:
    """The moment that `uptime` counts from."""
    try:
        return from_iso(settings().started_at)
    except ValueError:
        return IMPORTED_AT


def uptime(now: datetime) -> timedelta:
    """Never negative, whatever the deploying machine's clock said."""
    return max(now - started_at(), timedelta(0))


def uptime_text(since: timedelta) -> str:
    """`2 days 14:23:45`, `1 day 0:00:07`, `14:23:45`: as seed 001 writes it."""
    hours, rest = divmod(since.seconds, 3600)
    clock = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{since.days} day{'' if since.days == 1 else 's'} {clock}" if since.days else clock

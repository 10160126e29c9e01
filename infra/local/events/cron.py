"""When a schedule fires next: AWS's rate(...) and cron(...) expressions in UTC, to the minute."""

from datetime import UTC, datetime, timedelta

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SECONDS = {"m": 60, "h": 3600, "d": 86400}
MINUTES_OF_A_YEAR = 366 * 24 * 60


def next_time(expression: str, now: datetime, speed: float = 1.0) -> datetime | None:
    """`speed` makes rates shorter; cron keeps to the clock. None if a cron expression does not fire within a year."""
    if expression.startswith("rate("):
        count, unit = expression[5:-1].split()
        return now + timedelta(seconds=int(count) * SECONDS[unit[0]] / speed)
    return _next_cron(expression[5:-1].split(), now)


def _next_cron(fields: list[str], now: datetime) -> datetime | None:
    minutes, hours, days, months, weekdays, _ = fields
    time = now.astimezone(UTC).replace(second=0, microsecond=0)
    for _ in range(MINUTES_OF_A_YEAR):
        time += timedelta(minutes=1)
        weekday = time.isoweekday() % 7 + 1
        if (
            _fits(minutes, time.minute)
            and _fits(hours, time.hour)
            and _fits(days, time.day)
            and _fits(months, time.month, MONTHS)
            and _fits(weekdays, weekday, DAYS)
        ):
            return time
    return None


def _fits(field: str, value: int, names: tuple[str, ...] = ()) -> bool:
    return any(_fits_part(part, value, names) for part in field.split(","))


def _fits_part(part: str, value: int, names: tuple[str, ...]) -> bool:
    span, _, step_text = part.partition("/")
    step = int(step_text or 1)
    if span in ("*", "?"):
        return value % step == 0
    first, _, last = span.partition("-")
    low = _number(first, names)
    high = _number(last, names) if last else value if step_text else low
    return low <= value <= high and (value - low) % step == 0


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text) + 1 if text in names else int(text)

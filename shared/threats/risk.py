"""A person's current risk from the scores of past days: closed form, no scheduled job.

R(t) = min(100, max_d s_d * f(t - d) + CARRY * sum_d max(0, s_d - NOTABLE) * f(t - d) over the days after the largest)
f(age) = 1 for the first HOLD days after the end of day d, then 2^(-(age - HOLD) / HALF_LIFE).

The largest day counts once, as itself; the others add what they have above NOTABLE. Between events R only falls, and
it falls to the quiet level. The constants were chosen by validation, see docs/models/insiders.md.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

HOLD = 1.0  # days after the day's end without decay: a score just returned is the score read back
HALF_LIFE = 5.0  # days
CARRY = 0.15
NOTABLE = 40.0
REACH = 60  # days; older ones have decayed to nothing (2^-11)
QUIET = 5.0


def current_risk(
    scores: Mapping[date, float], at: datetime, dismissed: Collection[date] = (), *, carry: float = CARRY
) -> float:
    """R(t), one decimal. `dismissed`: days whose alert was closed as a false positive; they weigh nothing."""
    weighed = [
        (score * share, max(0.0, score - NOTABLE) * share)
        for day, score in scores.items()
        if day not in dismissed and (share := retained(day, at)) > 0
    ]
    if not weighed:
        return QUIET
    top, own = max(weighed)
    accumulated = carry * (sum(excess for _, excess in weighed) - own)
    return round(min(100.0, max(QUIET, top + accumulated)), 1)


def retained(day: date, at: datetime) -> float:
    """f(age): the share of a day's score that is left at `at`. A day still to come counts nothing."""
    age = (at - _end(day)) / timedelta(days=1)
    if age <= -1.0 or age > REACH:
        return 0.0
    return float(2.0 ** (-max(0.0, age - HOLD) / HALF_LIFE))


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)

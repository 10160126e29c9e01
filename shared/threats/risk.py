"""A person's current risk from the scores of past days: closed form, no scheduled job.

R(t) = min(100, max(s_n f(n), KEPT max_d s_d f(d)) + CARRY sum_{d<n} max(0, s_d - NOTABLE) f(d))

n is the newest scored day at t; f(d) = 1 for HOLD days after the end of day d, then 2^(-(days since) / HALF_LIFE).
The newest day counts as itself, so a score just returned is the score read back; earlier days add what they had above
NOTABLE, and hold R up at KEPT of their height. Between events R only falls, and it falls to the quiet level.

Why earlier days are not kept at full height: on held-out organisations, taking R at each day's end as the answer,
keeping them whole (half-life 5 days) lowered average precision from .79 to .48 and precision at 60 from .81 to .38
(measured once, on an earlier fit). What the constants below do is in docs/models/insiders.md, "accumulated risk".
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

HOLD = 1.0  # days after the day's end without decay
HALF_LIFE = 7.0  # days
CARRY = 0.03
KEPT = 0.39  # yesterday's 100 is today's 39 at least: below every alert, above every quiet person
NOTABLE = 40.0
REACH = 60  # days; what is older has decayed to nothing (2^-8)
QUIET = 5.0


def current_risk(scores: Mapping[date, float], at: datetime, dismissed: Collection[date] = ()) -> float:
    """R(t), one decimal. `dismissed`: days whose alert was closed as a false positive; they weigh nothing."""
    held = {
        day: (score, share)
        for day, score in scores.items()
        if day not in dismissed and (share := retained(day, at)) > 0
    }
    if not held:
        return QUIET
    newest = max(held)
    kept = max(KEPT * score * share for score, share in held.values())
    carried = CARRY * sum(max(0.0, score - NOTABLE) * share for day, (score, share) in held.items() if day != newest)
    score, share = held[newest]
    return round(min(100.0, max(QUIET, max(score * share, kept) + carried)), 1)


def retained(day: date, at: datetime) -> float:
    """f: the share of a day's score that is left at `at`. A day still to come counts nothing."""
    age = (at - datetime.combine(day + timedelta(days=1), time(), UTC)) / timedelta(days=1)
    if age < -1.0 or age > REACH:
        return 0.0
    return float(2.0 ** (-max(0.0, age - HOLD) / HALF_LIFE))

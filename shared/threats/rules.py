"""Evidence rules: floors for what no training data can teach, because no training organisation contains it.

A rule looks at the scored day and at the person's own record; it never lowers a score. How often each one fires on
harmless days of the training organisations is measured by the training script (docs/models/insiders.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import NAMES
from shared.behaviour.quantities import INDEX
from shared.behaviour.series import Series
from shared.behaviour.state import BehaviourState

_COLUMN = {name: position for position, name in enumerate(NAMES)}
MB = 1024
UNHEARD = 2.3  # surprise: once in 400 person-days


@dataclass(frozen=True, slots=True)
class Facts:
    """The scored day's counters, the largest day of the person's earlier record, and how unusual today is here."""

    counts: Sequence[float]
    most: Sequence[float]
    surprise: Sequence[float]

    def count(self, name: str) -> float:
        return self.counts[INDEX[name]]

    def record(self, column: str) -> float:
        return self.most[_COLUMN[column]]

    def unusual(self, column: str) -> float:
        """Surprise of today's amount in the organisation (0 ordinary, 3 about once in 2,000 person-days)."""
        return self.surprise[_COLUMN[column]]


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    floor: float
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """`anomaly` is the short name on alerts; `families` must all be present in a partial explanation."""

    name: str
    anomaly: str
    families: tuple[str, ...]
    meaning: str
    level: Callable[[Facts], float]


def gather(state: BehaviourState, day: int, series: Series, row: NDArray[np.float32]) -> Facts:
    """`row`: the model row; its first features are the surprises of today's amounts, in the order of the columns."""
    record = state.on(day)
    counts = record.counts if record else [0] * len(INDEX)
    return Facts(counts, series.values[:-1].max(axis=0).tolist(), row[: len(NAMES)].tolist())


def _rising(amount: float, start: float, full: float, low: float, high: float) -> float:
    """`low` at `start`, `high` from `full` on, 0 below `start`."""
    if amount < start:
        return 0.0
    return float(np.interp(amount, (start, full), (low, high)))


def _foreign_logons(facts: Facts) -> float:
    """Three or more logons flagged geo_anomaly in one night, and more than twice as many as ever before."""
    logons = facts.count("odd_night_events")
    if logons <= 2 * facts.record("geo_anomalies"):
        return 0.0
    return _rising(logons, 3, 8, 60, 68)


def _deletion_burst(facts: Facts) -> float:
    """Eight or more deletions, four times the person's own record, much of the day's file work, unheard of here.

    A clean-up looks the same, and happens about once per 1,500 person-days: the burst alone is worth a look (45), an
    alarm only when the names say that the files matter, or when it happens outside the person's hours.
    """
    deletes = facts.count("deletes")
    if facts.unusual("deletes") < UNHEARD or deletes < 4 * facts.record("deletes"):
        return 0.0
    if deletes < 0.3 * facts.count("files"):
        return 0.0
    if facts.count("vital_deletes") >= 0.5 * deletes:
        return _rising(deletes, 8, 30, 70, 85)
    return (
        _rising(deletes, 8, 30, 62, 80) if facts.unusual("off_delete") >= UNHEARD else _rising(deletes, 8, 30, 40, 45)
    )


def _bulk_out(facts: Facts) -> float:
    """Sensitive files of 200 MB and more, and 100 MB and more mailed outside, both beyond the person's record."""
    sensitive, mailed = facts.count("sensitive_kb") / MB, facts.count("kb_mailed_out") / MB
    if facts.count("sensitive") < 3 or sensitive < 200 or mailed < 2 * facts.record("kb_mailed_out") / MB:
        return 0.0
    return _rising(mailed, 100, 400, 75, 85)


RULES = (
    Rule(
        "foreign_logon_burst",
        "off_hours",
        ("locations",),
        "3 or more logons flagged geo_anomaly between 19:00 and 07:00, more than twice the person's own record",
        _foreign_logons,
    ),
    Rule(
        "deletion_burst",
        "sabotage",
        ("destruction",),
        "8 or more deletions, 4 times the own record, 30 % of the day's file events, 1 in 400 days here (40 to 45); "
        "62 and more when half of the names say that the files matter, or outside the person's hours",
        _deletion_burst,
    ),
    Rule(
        "bulk_sensitive_mail",
        "data_exfiltration",
        ("sensitive", "email"),
        "200 MB or more of sensitive files and 100 MB or more mailed outside, twice the person's own record",
        _bulk_out,
    ),
)


def findings(facts: Facts) -> list[Finding]:
    """The rules that fire, the highest floor first."""
    found = [Finding(rule.name, level, rule.families) for rule in RULES if (level := rule.level(facts)) > 0]
    return sorted(found, key=lambda finding: -finding.floor)

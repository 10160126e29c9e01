"""What is normal in the organisation, one document a day, in the `insiders` table.

| question                                   | pk       | sk           |
| the newest baseline not after a day        | BASELINE | <2026-11-22> |

A baseline of day D knows the days before D only and never changes once built, so a process may keep it.
"""

import time
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from shared.storage.schema import INSIDERS
from shared.storage.store import Range, Store, store
from shared.storage.writes import Put

if TYPE_CHECKING:
    from shared.behaviour.baseline import Baseline

BASELINE = "BASELINE"
ASK_AGAIN_SECONDS = 20.0
KEPT_DAYS = 40


class BaselineRepository:
    """Baselines, with a small cache: a process asks at most every 20 seconds for one it does not have yet."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows
        self._known: dict[date, tuple[float, Baseline | None]] = {}

    def newest_for(self, day: date) -> "Baseline | None":
        """The baseline to score a day with; None before the first one is built."""
        asked_at, baseline = self._known.get(day, (float("-inf"), None))
        exact = baseline is not None and baseline.day == day
        if not exact and time.monotonic() - asked_at > ASK_AGAIN_SECONDS:
            baseline = self._read(day)
            if len(self._known) >= KEPT_DAYS:
                self._known.clear()
            self._known[day] = (time.monotonic(), baseline)
        return baseline

    def add(self, baseline: "Baseline") -> None:
        """Keeps a baseline; building the same day again writes the same document."""
        row = {"pk": BASELINE, "sk": baseline.day.isoformat(), "doc": baseline.to_bytes()}
        self._rows.transact([Put(INSIDERS, row)])

    def _read(self, day: date) -> "Baseline | None":
        from shared.behaviour.baseline import Baseline

        page = self._rows.query(INSIDERS, BASELINE, range_=Range(high=day.isoformat()), newest_first=True, limit=1)
        return Baseline.from_bytes(page.items[0]["doc"]) if page.items else None


@cache
def baseline_repository() -> BaselineRepository:
    """The repository of this process."""
    return BaselineRepository(store())

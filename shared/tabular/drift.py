"""Whether what a model is asked still looks like what it was trained on.

Two questions per feature, never one for the other: how far it has moved (population stability index, an effect size
that does not grow with the number of rows), and whether chance alone would do that (chi-square test, corrected for
asking about many features at once). A feature has drifted when both say so; with few rows neither can be said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from shared.core.clock import Clock, utc_now
from shared.tabular.counters import MOST_CLASSES, CounterRepository, bin_counts, counter_repository, watched
from shared.tabular.manifest import ServingManifest
from shared.tabular.model import TabularModel
from shared.tabular.service import TabularService, tabular_service
from shared.tabular.statistics import (
    chance_band,
    discoveries,
    homogeneity,
    merged_bins,
    population_stability_index,
)

State = Literal["insufficient_data", "stable", "moderate", "major"]

LEAST_ROWS = 50
MODERATE, MAJOR = 0.1, 0.25  # the usual thresholds of the index (Siddiqi, Credit Risk Scorecards, 2006)
PREDICTION = "(prediction)"


@dataclass(frozen=True, slots=True)
class Moved:
    """One feature: `n` rows now, the index, what chance may do to it with so many rows, and the test."""

    name: str
    n: int
    state: State
    psi: float | None = None
    chance_psi: float | None = None
    p: float | None = None
    significant: bool = False
    bins: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All features of a model since a day. `state` is the worst of them."""

    model: TabularModel
    since: date
    at: datetime
    rows: int
    errors: int
    features: Sequence[Moved]
    not_watched: Sequence[str]

    @property
    def state(self) -> State:
        states = [one.state for one in self.features]
        worst: tuple[State, ...] = ("major", "moderate", "stable")
        return next((state for state in worst if state in states), "insufficient_data")


class DriftService:
    """Compares the counters with the manifest."""

    def __init__(self, models: TabularService, counters: CounterRepository, now: Clock) -> None:
        self._models, self._counters, self._now = models, counters, now

    def report(self, model_id: str, days: int) -> DriftReport:
        """What came in during the last days, today included, against the training rows."""
        model, manifest = self._models.manifest(model_id)
        now = self._now()
        since = now.date() - timedelta(days=days - 1)
        total = self._counters.total(model_id, since)
        found = [_compared(*one) for one in _samples(model, manifest, total)]
        return DriftReport(
            model=model,
            since=since,
            at=now,
            rows=total["rows"],
            errors=total["errors"],
            features=_judged(found),
            not_watched=[one.name for one in manifest.profile[len(watched(manifest.profile)) :]],
        )


Sample = tuple[str, Sequence[str], Sequence[int], Sequence[int]]


def _samples(model: TabularModel, manifest: ServingManifest, total: dict[str, int]) -> list[Sample]:
    """Name, bins, counts in training and counts now, of the predictions and of each feature."""
    matrix = model.metrics.get("confusion_matrix")
    samples: list[Sample] = []
    if matrix and len(manifest.classes) <= MOST_CLASSES:
        before = [sum(row[place] for row in matrix) for place in range(len(manifest.classes))]
        now = [total.get(f"c{place}", 0) for place in range(len(manifest.classes))]
        samples.append((PREDICTION, manifest.classes, before, now))
    for place, one in enumerate(watched(manifest.profile)):
        samples.append((one.name, one.labels, one.counts, bin_counts(total, place, len(one.labels))))
    return samples


def _compared(name: str, labels: Sequence[str], before: Sequence[int], now: Sequence[int]) -> Moved:
    n = sum(now)
    shown = tuple(zip(labels, before, now, strict=True))
    merged_before, merged_now = merged_bins(before, now)
    if n < LEAST_ROWS or len(merged_before) < 2:
        return Moved(name, n, "insufficient_data", bins=shown)
    return Moved(
        name=name,
        n=n,
        state="stable",
        psi=population_stability_index(merged_before, merged_now),
        chance_psi=chance_band(len(merged_before), sum(before), n),
        p=homogeneity(merged_before, merged_now),
        bins=shown,
    )


def _judged(found: Sequence[Moved]) -> list[Moved]:
    tested = [one for one in found if one.p is not None]
    counts = iter(discoveries([one.p for one in tested if one.p is not None]))
    return [one if one.p is None else _state(one, significant=next(counts)) for one in found]


def _state(one: Moved, *, significant: bool) -> Moved:
    psi = one.psi or 0.0
    state: State = "stable"
    if significant and psi >= MODERATE:
        state = "major" if psi >= MAJOR else "moderate"
    return replace(one, state=state, significant=significant)


@cache
def drift_service() -> DriftService:
    """The service of this process."""
    return DriftService(tabular_service(), counter_repository(), utc_now)

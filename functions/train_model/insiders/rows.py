"""Labelled feature rows, streamed as in production: day by day, the baseline of day D from the days before D."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from functions.train_model.insiders.data import WARM_UP_DAYS, Company
from functions.train_model.insiders.seed_rows import seed_row
from shared.activities.model import Activity
from shared.behaviour.baseline import Baseline
from shared.behaviour.baseline_build import build_baseline
from shared.behaviour.features import evidence, raw_features
from shared.behaviour.state import BehaviourState, day_number
from shared.subjects.model import Subject
from shared.threats.rules import RULES, Facts, gather

Edit = Callable[[Activity], Activity | None]
SNAPSHOT = 0.0175  # the share of events after which a half-finished day becomes a row as well


@dataclass(frozen=True)
class Rows:
    """One row per account and active day after the warm-up, and some at a moment within the day (`partial`).

    `incident` is "" on harmless days; `counts` and `most` are what the rules look at.
    """

    x: NDArray[np.float32]
    seed: NDArray[np.float32]
    counts: NDArray[np.float64]
    most: NDArray[np.float64]
    user: NDArray[np.str_]
    day: NDArray[np.int64]
    incident: NDArray[np.str_]
    partial: NDArray[np.bool_]

    @property
    def y(self) -> NDArray[np.int8]:
        labels: NDArray[np.int8] = (self.incident != "").astype(np.int8)
        return labels

    @cached_property
    def floors(self) -> NDArray[np.float64]:
        """One column per rule."""
        facts = (Facts(*row) for row in zip(self.counts, self.most, self.x, strict=True))
        return np.array([[rule.level(one) for rule in RULES] for one in facts])

    def __len__(self) -> int:
        return len(self.day)


def join(parts: Iterable[Rows]) -> Rows:
    parts = list(parts)
    return Rows(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Rows)))


def take(rows: Rows, keep: NDArray[np.bool_]) -> Rows:
    return Rows(*(getattr(rows, one.name)[keep] for one in fields(Rows)))


@dataclass(slots=True)
class _Today:
    """What is known of one account's day while it goes on."""

    incident: str = ""
    events: int = 0


Found = tuple[NDArray[np.float32], NDArray[np.float32], Sequence[float], Sequence[float], str, int, str, bool]


def company_rows(company: Company, edit: Edit | None = None, refresh: int = 1) -> tuple[Rows, Baseline]:
    """Every account-day of a company, and its last baseline. `edit` changes or drops events first.

    `refresh`: days between baselines. Variants that only train are spared most of the work, and the half-finished days.
    """
    stream = _Stream(company, edit, refresh)
    found = list(stream.rows())
    columns: list[list[object]] = [list(column) for column in zip(*found, strict=True)]
    kinds = (np.float32, np.float32, np.float64, np.float64, np.str_, np.int64, np.str_, np.bool_)
    return Rows(*(np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True))), stream.baseline


class _Stream:
    def __init__(self, company: Company, edit: Edit | None, refresh: int) -> None:
        self._company, self._edit, self._refresh = company, edit, refresh
        self._states: dict[str, BehaviourState] = {}
        self._random = np.random.default_rng(11)
        self.baseline = Baseline(date.min)

    def rows(self) -> Iterator[Found]:
        start = None
        for day, events in groupby(self._events(), key=lambda event: event.at.date()):
            start = start or day
            warm = (day - start).days >= WARM_UP_DAYS
            if warm and (day - start).days % self._refresh == 0:
                members = ((self._company.subjects[user], state) for user, state in self._states.items())
                self.baseline = build_baseline(members, day)
            yield from self._day(day, list(events), warm)

    def _events(self) -> Iterator[Activity]:
        for original in self._company.events():
            event = self._edit(original) if self._edit else original
            if event is not None:
                yield event

    def _day(self, day: date, events: list[Activity], warm: bool) -> Iterator[Found]:
        """Applies a day's events; a row per account at its end, some in the middle (scores are asked at any time)."""
        last = {event.subject_id: place for place, event in enumerate(events)}
        today: dict[str, _Today] = {}
        for place, event in enumerate(events):
            user = event.subject_id
            subject = self._company.subjects[user]
            self._states.setdefault(user, BehaviourState.for_subject(subject)).apply(event)
            held = today.setdefault(user, _Today())
            held.incident = self._company.labels.incident_of.get(event.event_id, "") or held.incident
            held.events += 1
            ended = last[user] == place
            half = self._refresh == 1 and self._random.random() < SNAPSHOT
            if warm and (ended or half):
                yield self._row(subject, day, held, not ended)

    def _row(self, subject: Subject, day: date, held: _Today, partial: bool) -> Found:
        state = self._states[subject.subject_id]
        series, raw = raw_features(state, day, subject, self.baseline)
        row = evidence(raw, self.baseline)[0]
        facts = gather(state, day_number(day), series, row)
        return (
            row,
            seed_row(state, subject, day_number(day)),
            list(facts.counts),
            facts.most,
            f"{self._company.name}:{subject.subject_id}",
            day_number(day),
            held.incident,
            partial,
        )

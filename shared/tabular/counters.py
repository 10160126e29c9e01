"""What a model is asked, counted by feature, bin and day: numbers of bins only, no values of anybody's rows.

| question                          | pk              | sk                                    |
| what a model was asked on a day   | DRIFT#<model_id> | <date>#<part>, all parts are one day |

A feature's bin is the attribute f<feature>b<bin>, a predicted class c<place>; `rows` and `errors` stand in part 0. An
update adds a request's counts as they are; an answer that got lost may be counted twice, which drift can bear.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from shared.storage.schema import TABULAR
from shared.storage.store import Range, Store, store
from shared.storage.writes import Update
from shared.tabular.distribution import Distribution
from shared.tabular.features import Columns

KEPT = timedelta(days=90)
# A part is one row and one update: its expression must stay under DynamoDB's 4 KB.
MOST_IN_PART = 140
MOST_FEATURES = 40
MOST_CLASSES = 20
MOST_ROWS = 2_000

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request adds: bins by feature, predicted classes, rows that were predicted and that were not."""

    bins: Sequence[Sequence[int]]
    classes: Counts
    rows: int
    errors: int


class CounterRepository:
    """Counts up and reads back."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def add(self, model_id: str, profile: Sequence[Distribution], asked: Asked, at: datetime) -> None:
        """One request, with one update for each part that it touches."""
        expiry = int((at + KEPT).timestamp())
        for part, counts in enumerate(_by_part(profile, asked)):
            if counts:
                key = {"pk": f"DRIFT#{model_id}", "sk": f"{at.date()}#{part:02d}"}
                self._rows.apply(Update(TABULAR, key, set={"expires_at": expiry}, add=counts))

    def total(self, model_id: str, since: date) -> Counter[str]:
        """Everything that was counted from a day on."""
        rows = self._rows.query_all(TABULAR, f"DRIFT#{model_id}", most=MOST_ROWS, range_=Range(low=since.isoformat()))
        total: Counter[str] = Counter()
        for row in rows:
            total.update({name: n for name, n in row.items() if name not in ("pk", "sk", "expires_at")})
        return total


def watched(profile: Sequence[Distribution]) -> Sequence[Distribution]:
    """The features that are counted: the first MOST_FEATURES."""
    return profile[:MOST_FEATURES]


def asked_of(profile: Sequence[Distribution], columns: Columns, places: Sequence[int | None], errors: int) -> Asked:
    """A request's counts. `places` are the predicted classes, None in a regression."""
    bins = [one.counted(columns[one.name]) if columns else () for one in watched(profile)]
    classes = Counter(f"c{min(place, MOST_CLASSES)}" for place in places if place is not None)
    return Asked(bins, classes, len(places), errors)


def bin_counts(total: Mapping[str, int], feature: int, bins: int) -> list[int]:
    """A feature's counts by bin."""
    return [total.get(f"f{feature}b{place}", 0) for place in range(bins)]


def _by_part(profile: Sequence[Distribution], asked: Asked) -> Iterator[dict[str, int]]:
    """The same feature is always in the same part, so that a day's rows stay small."""
    part = {name: n for name, n in (("rows", asked.rows), ("errors", asked.errors), *asked.classes.items()) if n}
    room = MOST_IN_PART - MOST_CLASSES
    for feature, (one, counts) in enumerate(zip(watched(profile), asked.bins, strict=True)):
        room -= len(one.labels)
        if room < 0:
            yield part
            part, room = {}, MOST_IN_PART - len(one.labels)
        part |= {f"f{feature}b{place}": n for place, n in enumerate(counts) if n}
    yield part


@cache
def counter_repository() -> CounterRepository:
    """The counters of this process."""
    return CounterRepository(store())

"""Call rates across all processes, without a call of the store for each request.

A bucket is one number: until when it is used up (GCRA's theoretical arrival time, epoch microseconds).

| question                         | pk             | sk      | attributes |
|----------------------------------|----------------|---------|------------|
| until when is a bucket used up   | RATE#<digest>  | <class> | tat        |

A process serves a few requests on credit, then settles: it adds them to the number and sees what others added. So one
process admits exactly the quota, n processes at most n credits more, and whoever calls now and then costs nothing.
A store that does not answer is asked again a credit later; until then the process counts for itself.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import ceil

from shared.core.backoff import pause
from shared.core.errors import Unavailable
from shared.core.logging import logger
from shared.core.settings import settings
from shared.requests.rates import MICROS, WINDOW_SECONDS, Rate, RateClass, rates
from shared.storage.schema import REQUESTS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Condition, Update

ATTEMPTS = 12
MOST_BUCKETS = 2000


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request may pass. `remaining` requests would pass now; the bucket is full again in `full_in` seconds.

    `retry_after`: seconds until one request would pass, 0 if this one did.
    """

    rate: Rate
    remaining: int
    full_in: int
    retry_after: int = 0

    @property
    def allowed(self) -> bool:
        return self.retry_after == 0


@dataclass(slots=True)
class Bucket:
    """What this process knows of one bucket: `tat` with its own requests, of which `unsettled` are not yet added."""

    key: Mapping[str, str]
    rate: Rate
    tat: int = 0
    unsettled: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fitting(self, now: int) -> int:
        """How many requests fit into what is left."""
        return (now + self.rate.burst - max(self.tat, now)) // self.rate.interval

    def settled_on(self, seen: int) -> int:
        """The store's number with what this process adds to it.

        Added to what others used, not to the present moment: what flowed back meanwhile flows back once, not once for
        each process. Nor can it be earlier than what this process knows.
        """
        return max(seen + self.unsettled * self.rate.interval, self.tat)

    def serve(self, now: int) -> None:
        self.tat = max(self.tat, now) + self.rate.interval
        self.unsettled += 1


class Buckets:
    """The call rates of everybody, as far as this process has to do with them. `clock` gives epoch seconds."""

    def __init__(self, rows: Store, rates: Mapping[RateClass, Rate], clock: Callable[[], float] = time.time) -> None:
        self._rows, self._rates, self._clock = rows, rates, clock
        self._known: OrderedDict[tuple[str, RateClass], Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, name: RateClass) -> Admission:
        """One request of a caller."""
        bucket, now = self._bucket(caller, name), int(self._clock() * MICROS)
        with bucket.lock:
            if bucket.unsettled >= bucket.rate.credit and bucket.fitting(now) > 0:
                self._settle(bucket)
            if bucket.fitting(now) <= 0:
                return _refusal(bucket, now)
            bucket.serve(now)
            return Admission(bucket.rate, bucket.fitting(now), _seconds(bucket.tat - now))

    def _bucket(self, caller: str, name: RateClass) -> Bucket:
        with self._lock:
            bucket = self._known.get((caller, name))
            if bucket is None:
                rate, digest = self._rates[name], hashlib.sha256(caller.encode()).hexdigest()
                bucket = Bucket({"pk": f"RATE#{digest}", "sk": name}, rate)
                self._known[caller, name] = bucket
            self._known.move_to_end((caller, name))
            if len(self._known) > MOST_BUCKETS:
                self._known.popitem(last=False)
            return bucket

    def _settle(self, bucket: Bucket) -> None:
        """Adds what was served on credit to the store's number, and learns what the others added."""
        try:
            bucket.tat = self._add(bucket)
        except Exception as error:
            # A rate limit is no reason to be down: until the store answers, each process counts for itself.
            logger().warning("a call rate could not be settled", exc_info=error)
        bucket.unsettled = 0

    def _add(self, bucket: Bucket) -> int:
        """The store's number after this process has settled."""
        for attempt in range(ATTEMPTS):
            row = self._rows.get(REQUESTS, bucket.key)
            seen = int(row["tat"]) if row else 0
            tat = bucket.settled_on(seen)
            try:
                self._rows.transact([_moved(bucket.key, tat, seen)])
                return tat
            except ConditionFailed:
                pause(attempt)
        raise Unavailable("Others settle too fast")


def _moved(key: Mapping[str, str], tat: int, seen: int) -> Update:
    """The number's new value, if nobody else has moved it. A row without use may expire: it says nothing any more."""
    unmoved = Condition("#tat = :seen", {"seen": seen}) if seen else ABSENT
    return Update(REQUESTS, key, set={"tat": tat, "expires_at": tat // MICROS + WINDOW_SECONDS}, condition=unmoved)


def _refusal(bucket: Bucket, now: int) -> Admission:
    wait = bucket.tat + bucket.rate.interval - bucket.rate.burst - now
    return Admission(bucket.rate, 0, _seconds(bucket.tat - now), max(1, _seconds(wait)))


def _seconds(micros: int) -> int:
    return ceil(micros / MICROS)


@cache
def buckets() -> Buckets:
    """The call rates as this process sees them."""
    return Buckets(store(), rates(settings().rate_factor))

"""How often one caller may call: three classes of routes, generous by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RateClass = Literal["read", "write", "costly"]

WINDOW_SECONDS = 60
MICROS = 1_000_000
# A process serves this share of a bucket before it settles: what several processes can let through too much.
CREDIT_SHARE = 0.05
PER_MINUTE: Mapping[RateClass, int] = {"read": 6000, "write": 1200, "costly": 120}


@dataclass(frozen=True, slots=True)
class Rate:
    """`quota` requests a minute, all of them at once if the bucket is full. Times are microseconds."""

    name: RateClass
    quota: int

    @property
    def interval(self) -> int:
        """The time in which one request's worth flows back."""
        return max(1, round(WINDOW_SECONDS * MICROS / self.quota))

    @property
    def burst(self) -> int:
        """How far into the future a bucket may be used up."""
        return self.interval * self.quota

    @property
    def credit(self) -> int:
        """How many requests a process serves before it settles."""
        return max(1, int(self.quota * CREDIT_SHARE))


def rates(factor: float) -> Mapping[RateClass, Rate]:
    """The rates of a deployment; `factor` (VEDETTE_RATE_FACTOR) scales all of them, to one a minute at the least."""
    return {name: Rate(name, max(1, round(quota * factor))) for name, quota in PER_MINUTE.items()}

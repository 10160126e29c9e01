"""One UTC day of one person: counters, hours, tokens. Adding is commutative, caps included.

A cap keeps the tokens with the smallest numbers. A token that belongs to the smallest n of the final set belongs to
the smallest n of every subset it is in, so it is never thrown out on the way and its amount is exact in any order.
"""

from dataclasses import dataclass, field
from typing import Any

from shared.behaviour.quantities import CHANNELS, COUNTERS, KINDS, LIMITS, MAXIMA, Measures

CEILING = 2**53  # saturating: the largest whole number that JSON, numpy and DynamoDB all hold exactly


@dataclass(slots=True)
class Day:
    """Sums of a day. `hours` maps hour -> amounts per CHANNELS; `tokens` has one dict per KINDS: token -> events."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTERS))
    hours: dict[int, list[int]] = field(default_factory=dict)
    tokens: list[dict[int, int]] = field(default_factory=lambda: [{} for _ in KINDS])

    def add(self, measures: Measures) -> None:
        for position, amount in measures.counts.items():
            self.counts[position] = _merge(position, self.counts[position], amount)
        self._add_hour(measures.hour, measures.channels)
        for kind, token, amount in measures.tokens:
            self._see(kind, token, amount)

    def plus(self, other: "Day") -> "Day":
        """The sum of two records of the same day (a person's own events and a drill's)."""
        total = Day.from_plain(self.to_plain())
        for position, amount in enumerate(other.counts):
            total.counts[position] = _merge(position, total.counts[position], amount)
        for hour, amounts in other.hours.items():
            total._add_hour(hour, amounts)
        for kind, seen in enumerate(other.tokens):
            for token, amount in seen.items():
                total._see(kind, token, amount)
        return total

    def _add_hour(self, hour: int, amounts: list[int]) -> None:
        held = self.hours.setdefault(hour, [0] * len(CHANNELS))
        for channel, amount in enumerate(amounts):
            held[channel] = min(held[channel] + amount, CEILING)

    def _see(self, kind: int, token: int, amount: int) -> None:
        seen = self.tokens[kind]
        if token in seen or len(seen) < LIMITS[kind]:
            seen[token] = min(seen.get(token, 0) + amount, CEILING)
        elif token < (largest := max(seen)):
            del seen[largest]
            seen[token] = amount

    def to_plain(self) -> list[Any]:
        """Lists only, sorted, trailing zeros cut: equal days give equal lists."""
        hours = [[hour, *self.hours[hour]] for hour in sorted(self.hours)]
        tokens = [[n for pair in sorted(seen.items()) for n in pair] for seen in self.tokens]
        return [_trimmed(self.counts), hours, tokens]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> "Day":
        counts, hours, tokens = plain
        return cls(
            counts + [0] * (len(COUNTERS) - len(counts)),
            {row[0]: row[1:] for row in hours},
            [dict(zip(flat[::2], flat[1::2], strict=True)) for flat in tokens],
        )


def _merge(position: int, held: int, amount: int) -> int:
    return max(held, amount) if position in MAXIMA else min(held + amount, CEILING)


def _trimmed(counts: list[int]) -> list[int]:
    end = len(counts)
    while end and not counts[end - 1]:
        end -= 1
    return counts[:end]

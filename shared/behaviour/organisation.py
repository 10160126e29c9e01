"""What one organisation has in common: its clock, who uses which device, how many people know a name."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.quantities import KINDS
from shared.behaviour.tokens import token

# Used until an organisation has its own clock: office hours 7-19 (seed 004) on Monday to Friday.
HABIT_DAYS = 50.0  # person-days that this assumed clock weighs against an organisation's own
OFFICE = np.where((np.arange(24) >= 7) & (np.arange(24) < 19), 0.6, 0.02)
QUIET = np.where((np.arange(24) >= 7) & (np.arange(24) < 19), 0.08, 0.01)


def _clock() -> NDArray[np.float64]:
    return np.stack([OFFICE, QUIET])


def _weekend() -> NDArray[np.bool_]:
    return np.array([False, False, False, False, False, True, True])


@dataclass(slots=True)
class Organisation:
    """`hours` [working day / day off, hour]: share of people active; `resting` per weekday, Monday first.

    `popularity[kind]`: token -> (people, roles as bits); `owners`: device -> person, for devices with a clear owner.
    """

    people: int = 0
    hours: NDArray[np.float64] = field(default_factory=_clock)
    resting: NDArray[np.bool_] = field(default_factory=_weekend)
    popularity: list[dict[int, tuple[int, int]]] = field(default_factory=lambda: [{} for _ in KINDS])
    owners: dict[int, int] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    @property
    def common(self) -> float:
        """The number of other people who must know a name before it counts as ordinary: 3 % of all, at least 1."""
        return max(1.0, 0.03 * self.people)

    def role_bit(self, role: str) -> int:
        """The bit of a role; an unknown role matches every name (no peers, no evidence)."""
        return 1 << self.roles.index(role) if role in self.roles else -1

    @staticmethod
    def person(who: str) -> int:
        return token("person", who)

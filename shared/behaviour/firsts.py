"""First-seen and rarity: what of a person's day is new to the person, and what few others here know."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import NAMES
from shared.behaviour.day import Day
from shared.behaviour.organisation import Organisation
from shared.behaviour.quantities import KINDS

RECENT_DAYS = 14  # how long a first-seen thing stays "new"
TENURE = 5.0  # active days after which a first-seen thing is half as telling as for an old hand
_AT = {name: position for position, name in enumerate(NAMES)}
_NOBODY = (0, 0)
_POPULAR = frozenset(("directory", "leaf", "network", "domain", "host", "extension"))
_MEASURED = ("new_{}", "rare_{}", "rare_new_{}", "foreign_{}")
_NOVEL_AT = {
    kind: [(place, _AT[text.format(kind)]) for place, text in enumerate(_MEASURED) if text.format(kind) in _AT]
    for kind in KINDS
}


def fill_firsts(
    values: NDArray[np.float64], rows: list[int], days: list[Day], who: str, role: str, org: Organisation, start: int
) -> None:
    """Fills the first-seen columns of the rows from `start` on. `rows`: the row of each of `days`, in order."""
    peers, known = org.role_bit(role), org.people > 0
    skip = bisect_left(rows, start)
    for kind, name in enumerate(KINDS):
        seen = _first_seen([day.tokens[kind] for day in days[:skip]], rows)
        recent = _Recent(seen, [day.tokens[kind] for day in days[skip:]], rows[skip:], skip)
        if known and name in _POPULAR:
            amounts = _rarity(recent, org.popularity[kind], peers, org.common)
        else:
            amounts = _novelty(recent)
        for position, column in _NOVEL_AT[name]:
            values[rows[skip:], column] = [amount[position] for amount in amounts]
    if org.owners:
        _walk_owners(values, rows, days, who, org)


Seen = dict[int, tuple[int, float]]  # token -> (row first seen in, how telling that is)
Amounts = tuple[float, float, float, float]  # in the order of _MEASURED


class _Recent(NamedTuple):
    """The rows to fill: what was seen before them, their tokens, and how many active days went before."""

    seen: Seen
    days: list[dict[int, int]]
    rows: list[int]
    tenure: int


def _weight(tenure: int) -> float:
    """How telling a first-seen thing is after so many active days: on the first one everything is new."""
    return tenure / (tenure + TENURE)


def _first_seen(days: list[dict[int, int]], rows: list[int]) -> Seen:
    seen: Seen = {}
    for tenure, tokens in enumerate(days):
        if fresh := tokens.keys() - seen.keys():
            seen.update(dict.fromkeys(fresh, (rows[tenure], _weight(tenure))))
    return seen


def _novelty(recent: _Recent) -> list[Amounts]:
    """First-seen alone, for kinds whose popularity nobody asks for and for organisations not yet known."""
    seen, amounts = recent.seen, []
    for tenure, (row, tokens) in enumerate(zip(recent.rows, recent.days, strict=True), start=recent.tenure):
        fresh, weight = 0.0, _weight(tenure)
        for token, amount in tokens.items():
            when, value = seen.setdefault(token, (row, weight))
            if row - when <= RECENT_DAYS:
                fresh += value * amount
        amounts.append((fresh, 0.0, 0.0, 0.0))
    return amounts


def _rarity(recent: _Recent, popular: dict[int, tuple[int, int]], peers: int, common: float) -> list[Amounts]:
    """First-seen, and how few others (and which peers) use the same."""
    seen, amounts = recent.seen, []
    for tenure, (row, tokens) in enumerate(zip(recent.rows, recent.days, strict=True), start=recent.tenure):
        fresh = rare = fresh_rare = foreign = 0.0
        weight = _weight(tenure)
        for token, amount in tokens.items():
            when, value = seen.setdefault(token, (row, weight))
            people, roles = popular.get(token, _NOBODY)
            if people and when < row:
                people -= 1  # the person itself
            scarce = 1.0 - people / common if people < common else 0.0
            rare += scarce * amount
            if row - when <= RECENT_DAYS:
                fresh += value * amount
                fresh_rare += scarce * value * amount
                foreign += 0.0 if roles & peers else value * amount
        amounts.append((fresh, rare, fresh_rare, foreign))
    return amounts


def _walk_owners(values: NDArray[np.float64], rows: list[int], days: list[Day], who: str, org: Organisation) -> None:
    """Events on a device that is clearly somebody else's; `_new`: and that this person took up only lately."""
    own: dict[int, int] = {}
    me, kind = org.person(who), KINDS.index("device")
    for row, day in zip(rows, days, strict=True):
        other = other_new = 0.0
        for device, amount in day.tokens[kind].items():
            owner = org.owners.get(device)
            if owner is None or owner == me:
                continue
            other += amount
            other_new += amount if row - own.setdefault(device, row) <= RECENT_DAYS else 0.0
        values[row, _AT["other_device"]] = other
        values[row, _AT["other_device_new"]] = other_new

"""A state as a matrix: one row per UTC day up to the scored one, one column per quantity of `columns.py`.

Each row uses what was known BEFORE its day only: habits are running sums, first-seen is a walk in time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import COUNTED, NAMES, SUM_VIEWS
from shared.behaviour.day import Day
from shared.behaviour.firsts import fill_firsts
from shared.behaviour.organisation import Organisation
from shared.behaviour.quantities import CHANNELS, INDEX, KINDS
from shared.behaviour.state import WINDOW, BehaviourState

Matrix = NDArray[np.float64]
LONGEST = max(SUM_VIEWS.values())
HABIT_DAYS = 35  # days that make a habit of hours: a new shift is one after a few weeks
HABIT = 3.0  # days that the organisation's clock weighs against the person's own
USUAL = 0.15  # an hour in which the person is active on fewer than this share of days is (partly) off-hours
_PICK = np.array([INDEX[name] for name in COUNTED])
_AT = {name: position for position, name in enumerate(NAMES)}
_SHAPED_AT = _AT["off_all"]
_OFF = tuple(CHANNELS.index(name) for name in ("all", "logon", "out", "delete"))


@dataclass(frozen=True, slots=True)
class Series:
    """`values` [WINDOW, columns]; `active` marks days with events; `first` is the number of row 0's day."""

    first: int
    values: Matrix
    active: NDArray[np.bool_]


def build_series(
    state: BehaviourState, day: int, who: str, role: str, org: Organisation, span: int = LONGEST
) -> Series:
    """The matrix that ends with `day`. The drill overlay counts on `day` alone.

    First-seen columns are filled in the last `span` rows only: nothing looks further back, and the walk is the cost.
    """
    first = day - WINDOW + 1
    numbers = sorted(n for n in state.days if first <= n < day)
    days = [state.days[n] for n in numbers]
    today = state.on(day)
    if today is not None:
        numbers.append(day)
        days.append(today)
    rows = np.array(numbers, dtype=np.int64) - first
    values = np.zeros((WINDOW, len(NAMES)))
    active = np.zeros(WINDOW, dtype=np.bool_)
    if days:
        active[rows] = True
        counts = np.array([record.counts for record in days], dtype=np.float64)
        values[rows, : len(COUNTED)] = counts[:, _PICK]
        _shape(values, rows, days, first, active, org)
        fill_firsts(values, rows.tolist(), days, who, role, org, WINDOW - span)
    return Series(first, values, active)


def _shape(
    values: Matrix, rows: NDArray[np.int64], days: list[Day], first: int, active: NDArray[np.bool_], org: Organisation
) -> None:
    """Off-hours weights, deletion burst and breadth."""
    hours = np.zeros((WINDOW, 24, len(CHANNELS)))
    at = [(row, hour) for row, day in zip(rows, days, strict=True) for hour in day.hours]
    amounts = [amount for day in days for amount in day.hours.values()]
    index = np.array(at)
    hours[index[:, 0], index[:, 1]] = amounts
    weight = off_weight(hours[:, :, 0] > 0, active, first, org)
    off = np.einsum("dh,dhc->dc", weight, hours)[:, list(_OFF)]
    values[:, _SHAPED_AT : _SHAPED_AT + 4] = off
    values[:, _AT["fixed_off"]] = hours[:, :7, 0].sum(1) + hours[:, 19:, 0].sum(1)
    values[:, _AT["burst_deletes"]] = hours[:, :, CHANNELS.index("delete")].max(1)
    values[:, _AT["out"]] = hours[:, :, CHANNELS.index("out")].sum(1)
    values[:, _AT["burst_out"]] = hours[:, :, CHANNELS.index("out")].max(1)
    for name, kind in (("directories", "directory"), ("device_count", "device"), ("recipient_count", "recipient")):
        values[rows, _AT[name]] = [len(day.tokens[KINDS.index(kind)]) for day in days]


def off_weight(busy: NDArray[np.bool_], active: NDArray[np.bool_], first: int, org: Organisation) -> Matrix:
    """How unusual each hour of each day is for this person: 0 (usual) to 1 (never there).

    p = (days on which the person was active within an hour of it + HABIT * the organisation's share) / (days + HABIT),
    counted separately for working days and the organisation's days off; weight = 1 - p / USUAL, cut at 0.
    """
    near = busy | np.roll(busy, 1, axis=1) | np.roll(busy, -1, axis=1)
    resting = org.resting[(np.arange(len(busy)) + first + 5) % 7]  # 2000-01-01, day 0, was a Saturday
    p = np.empty(near.shape)
    for rest in (False, True):
        same = (resting == rest)[:, None]
        seen = _lately(near & same)
        # A day off on which the person stayed at home is evidence as well; a working day without events may be leave.
        counted = (same[:, 0] if rest else (same[:, 0] & active)) & (np.cumsum(active) > 0)
        share = (seen + HABIT * org.hours[int(rest)]) / (_lately(counted[:, None]) + HABIT)
        p[same[:, 0]] = share[same[:, 0]]
    weight: Matrix = np.clip(1.0 - p / USUAL, 0.0, 1.0)
    return weight


def _lately(marks: NDArray[np.bool_]) -> Matrix:
    """Row d: how many of the HABIT_DAYS rows before d are marked. A new shift is a habit after a few weeks."""
    total = np.cumsum(marks, axis=0).astype(np.float64)
    before = np.concatenate([np.zeros((1, marks.shape[1])), total[:-1]])
    before[HABIT_DAYS + 1 :] -= total[: -HABIT_DAYS - 1]
    return before

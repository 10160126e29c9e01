"""A series seen through the views of `columns.py`: sums over windows, against own habit, against peers.

All sizes and counts are compared as log(1 + x): twice as much is the same step for a clerk and for a build server.
"""

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import HABIT_VIEWS, PLAIN, SUM_VIEWS
from shared.behaviour.series import Matrix, Series

SHRINK = 5.0  # days of the peers' habit that a new person starts with
SPREAD = 0.3  # smallest standard deviation of log(1 + x): below it, differences are rounding, not behaviour
Rows = NDArray[np.int64]
_PLAIN = np.array(PLAIN)
_SUM_AT = {days: place for place, days in enumerate(SUM_VIEWS.values())}
# Rows of a peer-group's statistics, one column per PLAIN column.
MEAN, STD, DAILY, WEEK_MEAN, WEEK_STD = range(5)


class Totals:
    """Running sums of a matrix, read at chosen rows."""

    def __init__(self, values: Matrix) -> None:
        self._total = np.zeros((len(values) + 1, values.shape[1]))
        np.cumsum(values, axis=0, out=self._total[1:])

    def window(self, rows: Rows, days: int) -> Matrix:
        """The sum of the `days` rows that end with each row."""
        found: Matrix = self._total[rows + 1] - self.before(rows, days)
        return found

    def before(self, rows: Rows, days: int = 1) -> Matrix:
        """The sum of everything before the window of `days` rows that ends with each row."""
        found: Matrix = self._total[np.maximum(rows + 1 - days, 0)]
        return found


def views(series: Series, peers: Matrix, rows: Rows) -> Matrix:
    """[rows, features] in the order of `feature_names`, not yet mapped to surprise. `peers`: see `peer_statistics`."""
    plain = series.values[:, _PLAIN]
    totals = Totals(series.values)
    sums = [np.log1p(totals.window(rows, days)) for days in SUM_VIEWS.values()]
    logs = np.log1p(plain)
    parts = [*sums, _own_day(logs, series.active, peers, rows)]
    known = Totals((np.cumsum(series.active) > 0).astype(np.float64)[:, None])
    for days in HABIT_VIEWS.values():
        if days > 1:
            expected = (totals.before(rows, days)[:, _PLAIN] + SHRINK * peers[DAILY]) / (
                known.before(rows, days) + SHRINK
            )
            parts.append(sums[_SUM_AT[days]][:, _PLAIN] - np.log1p(days * expected))
    parts.append((logs[rows] - peers[MEAN]) / (peers[STD] + SPREAD))
    parts.append((sums[_SUM_AT[7]][:, _PLAIN] - peers[WEEK_MEAN]) / (peers[WEEK_STD] + SPREAD))
    parts.append(logs[rows] - _record(logs, rows))
    # Less than usual is never evidence: below zero everything is equal, or rare quantities would rank on noise.
    more: Matrix = np.maximum(np.concatenate(parts, axis=1), 0.0)
    return more


def _own_day(logs: Matrix, active: NDArray[np.bool_], peers: Matrix, rows: Rows) -> Matrix:
    """z of a day against the person's earlier active days, both moments shrunk to the peers'."""
    busy = logs * active[:, None]
    days = Totals(active.astype(np.float64)[:, None]).before(rows) + SHRINK
    mean = (Totals(busy).before(rows) + SHRINK * peers[MEAN]) / days
    square = (Totals(busy * logs).before(rows) + SHRINK * (peers[MEAN] ** 2 + peers[STD] ** 2)) / days
    z: Matrix = (logs[rows] - mean) / (np.sqrt(np.maximum(square - mean**2, 0.0)) + SPREAD)
    return z


def _record(logs: Matrix, rows: Rows) -> Matrix:
    """The largest day before each row."""
    if len(rows) == 1:
        most: Matrix = logs[: rows[0]].max(axis=0, initial=0.0)[None]
        return most
    largest = np.zeros_like(logs)
    largest[1:] = np.maximum.accumulate(logs, axis=0)[:-1]
    return largest[rows]


def peer_statistics(series: Series, rows: Rows) -> Matrix:
    """[5, PLAIN] sums for one person; the mean over people is the group's habit (see `baseline_build`)."""
    plain = series.values[:, _PLAIN]
    known = rows[np.cumsum(series.active)[rows] > 0]
    busy = rows[series.active[rows]]
    if not len(busy):
        return np.zeros((5, len(_PLAIN)))
    day, week = np.log1p(plain[busy]), np.log1p(Totals(plain).window(known, 7))
    return np.stack([day.mean(0), day.std(0), plain[known].mean(0), week.mean(0), week.std(0)])

"""From the members' raw outputs to one ITS: each member's output becomes evidence, evidence is mixed, the mix mapped.

Every step is a rising line through points in the manifest, so more suspicion never lowers a score.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def line(points: Sequence[Sequence[float]], values: Values) -> Values:
    """Piecewise linear through (x, y) points, flat outside them."""
    x, y = np.array(points, dtype=np.float64).T
    mapped: Values = np.interp(values, x, y)
    return mapped


def mix(members: Mapping[str, Mapping[str, Any]], weights: Mapping[str, int], outputs: Mapping[str, Values]) -> Values:
    """The weighted mean of the members' evidence, 0..1. Weights are whole percents that add up to 100."""
    parts = [weights[name] / 100 * line(members[name]["evidence"], outputs[name]) for name in members]
    total: Values = np.sum(parts, axis=0)
    return total

"""How sure a figure is: 95 % intervals of shares and of metrics."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Z = 1.959964  # the normal quantile of 97.5 %
REPEATS = 500


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval of a share (Wilson 1927): holds its level for small samples and shares near 0 or 1."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = share + Z * Z / (2 * of)
    reach = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + Z * Z / of)), min(1.0, (middle + reach) / (1 + Z * Z / of))


def bootstrap(
    metric: Callable[["NDArray[Any]", "NDArray[Any]"], float], truth: "NDArray[Any]", told: "NDArray[Any]", seed: int
) -> tuple[float, float]:
    """The percentile interval of a metric over REPEATS resamples of the rows (Efron 1979). Deterministic by seed."""
    import numpy as np

    generator = np.random.default_rng(seed)
    values: Sequence[float] = [
        metric(truth[rows], told[rows])
        for rows in (generator.integers(0, len(truth), len(truth)) for _ in range(REPEATS))
    ]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)

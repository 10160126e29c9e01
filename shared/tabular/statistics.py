"""Whether two samples of counts come from one distribution: how far they are apart, and whether that may be chance."""

import math
from collections.abc import Sequence

LEAST_EXPECTED = 5.0  # Cochran's rule for the chi-square approximation
SERIES_TERMS = 10_000
SMALLEST = 1e-300


def population_stability_index(before: Sequence[float], now: Sequence[float]) -> float:
    """The sum of (q - p) ln(q / p) over the bins; half a count in each bin keeps empty ones finite."""
    bins = len(before)
    all_before, all_now = sum(before) + bins / 2, sum(now) + bins / 2
    shares = [((b + 0.5) / all_before, (n + 0.5) / all_now) for b, n in zip(before, now, strict=True)]
    return sum((q - p) * math.log(q / p) for p, q in shares)


def merged_bins(before: Sequence[int], now: Sequence[int]) -> tuple[list[int], list[int]]:
    """Neighbouring bins joined until each is expected to hold LEAST_EXPECTED rows of both samples."""
    total_before, total_now = sum(before), sum(now)
    share = min(total_before, total_now) / max(1, total_before + total_now)
    merged: list[list[int]] = []
    open_ = [0, 0]
    for b, n in zip(before, now, strict=True):
        open_ = [open_[0] + b, open_[1] + n]
        if sum(open_) * share >= LEAST_EXPECTED:
            merged.append(open_)
            open_ = [0, 0]
    if merged:
        merged[-1] = [merged[-1][0] + open_[0], merged[-1][1] + open_[1]]
    return [pair[0] for pair in merged], [pair[1] for pair in merged]


def homogeneity(before: Sequence[int], now: Sequence[int]) -> float:
    """Pearson's chi-square test of homogeneity: the probability of samples so different if nothing has changed."""
    all_before, all_now = sum(before), sum(now)
    both = all_before + all_now
    statistic = 0.0
    for b, n in zip(before, now, strict=True):
        for seen, total in ((b, all_before), (n, all_now)):
            expected = (b + n) * total / both
            statistic += (seen - expected) ** 2 / expected
    return chi_square_tail(statistic, len(before) - 1)


def chance_band(bins: int, n_before: int, n_now: int) -> float:
    """What the index stays under in 95 of 100 cases if nothing has changed.

    The index over (1/n + 1/m) is then distributed as chi-square with one degree less than there are bins (Yurdakul
    and Naranjo 2020); its quantile by Wilson and Hilferty.
    """
    degrees = bins - 1
    spread = 2 / (9 * degrees)
    quantile = degrees * (1 - spread + 1.644854 * math.sqrt(spread)) ** 3
    return quantile * (1 / n_before + 1 / n_now)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """P(X >= statistic): the regularised upper incomplete gamma function Q(degrees / 2, statistic / 2)."""
    if statistic <= 0:
        return 1.0
    shape, x = degrees / 2, statistic / 2
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    return 1.0 - scale * _series(shape, x) if x < shape + 1 else scale * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1 / shape
    for n in range(1, SERIES_TERMS):
        term *= x / (shape + n)
        total += term
        if term < total * 1e-15:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    """Lentz's continued fraction (Numerical Recipes, 6.2)."""
    b = x + 1 - shape
    c, d = 1 / SMALLEST, 1 / b
    value = d
    for n in range(1, SERIES_TERMS):
        a = -n * (n - shape)
        b += 2
        d = a * d + b
        d = 1 / (d if abs(d) > SMALLEST else SMALLEST)
        c = b + a / c
        c = c if abs(c) > SMALLEST else SMALLEST
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def discoveries(probabilities: Sequence[float], rate: float = 0.05) -> list[bool]:
    """Which of many tests count when at most `rate` of those that count may be chance (Benjamini, Hochberg 1995)."""
    ordered = sorted(range(len(probabilities)), key=lambda place: probabilities[place])
    passed = [rank for rank, place in enumerate(ordered, 1) if probabilities[place] <= rate * rank / len(ordered)]
    chosen = set(ordered[: max(passed, default=0)])
    return [place in chosen for place in range(len(probabilities))]

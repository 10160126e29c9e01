"""The tests behind drift against their tables, against SciPy, and against chance itself."""

import random

import pytest

from shared.tabular.statistics import (
    chance_band,
    chi_square_tail,
    discoveries,
    homogeneity,
    merged_bins,
    population_stability_index,
)


@pytest.mark.parametrize("degrees", [1, 2, 5, 9, 40])
@pytest.mark.parametrize("statistic", [0.001, 0.5, 3.0, 9.5, 60.0, 300.0])
def test_the_tail_of_chi_square_is_scipys(statistic: float, degrees: int) -> None:
    from scipy.stats import chi2

    assert chi_square_tail(statistic, degrees) == pytest.approx(float(chi2.sf(statistic, degrees)), rel=1e-9, abs=1e-14)


def test_homogeneity_is_scipys() -> None:
    from scipy.stats import chi2_contingency

    before, now = [120, 80, 60, 40], [30, 35, 10, 25]

    assert homogeneity(before, now) == pytest.approx(float(chi2_contingency([before, now])[1]), rel=1e-9)


def test_the_index_is_zero_for_equal_shares_and_grows_with_the_distance() -> None:
    assert population_stability_index([100, 100], [100, 100]) == pytest.approx(0)
    assert population_stability_index([500, 500], [600, 400]) < population_stability_index([500, 500], [900, 100])
    assert population_stability_index([100, 0], [0, 100]) < 20, "finite for empty bins"


def counts(chance: random.Random, n: int, weights: list[float]) -> list[int]:
    drawn = chance.choices(range(len(weights)), weights, k=n)
    return [drawn.count(place) for place in range(len(weights))]


@pytest.mark.parametrize("n", [100, 1000])
def test_without_drift_few_samples_look_like_it(n: int) -> None:
    """Of 300 samples without drift about 5 % have p < 0.05 and about 5 % an index above the band."""
    chance = random.Random(n)
    weights = [1.0] * 10
    pairs = [(counts(chance, 1000, weights), counts(chance, n, weights)) for _ in range(300)]

    low = sum(homogeneity(before, now) < 0.05 for before, now in pairs) / 300
    above = sum(population_stability_index(b, m) > chance_band(10, 1000, n) for b, m in pairs) / 300

    assert 0.02 <= low <= 0.09
    assert 0.01 <= above <= 0.09


def test_bins_are_joined_until_a_test_can_bear_them() -> None:
    before, now = merged_bins([500, 480, 3, 2, 15], [50, 40, 1, 0, 9])

    assert (sum(before), sum(now)) == (1000, 100)
    assert (before, now) == ([500, 500], [50, 50])
    assert merged_bins([0, 0], [0, 0]) == ([], [])
    assert merged_bins([1000, 0], [1, 0]) == ([], [])


def test_benjamini_and_hochberg() -> None:
    """The example of their paper (1995, section 3.2): four of fifteen at 5 %."""
    paper = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0000,
    ]  # fmt: skip

    assert discoveries(paper) == [True] * 4 + [False] * 11
    assert discoveries(list(reversed(paper))) == [False] * 11 + [True] * 4
    assert discoveries([]) == []

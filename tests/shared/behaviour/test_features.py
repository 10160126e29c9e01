"""Features are finite, repeatable, and blind to drills and to the future."""

from datetime import timedelta

import numpy as np
import pytest

from shared.behaviour.baseline import FEATURES, LEVELS, Baseline
from shared.behaviour.baseline_build import MAX_NAMES, MAX_OWNED, MAX_ROLES, USED_KINDS, build_baseline
from shared.behaviour.columns import PLAIN
from shared.behaviour.features import FEATURE_FAMILIES, FEATURE_NAMES, features
from shared.behaviour.organisation import Organisation
from shared.behaviour.state import BehaviourState
from tests.shared.behaviour.people import TODAY, a_fortnight, a_state, a_subject, an_event, deletions, exfiltration

DAY = TODAY.date()


def a_company(people: int = 12) -> list[tuple]:  # type: ignore[type-arg]
    subjects = [a_subject(n, ("Developer", "Sales")[n % 2]) for n in range(people)]
    return [(one, a_state(one, a_fortnight(one))) for one in subjects]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return build_baseline(a_company(), DAY)


def test_every_feature_has_a_name_and_a_family(baseline: Baseline) -> None:
    row = features(a_state(a_subject(), deletions(TODAY)), DAY, a_subject(), baseline)

    assert row.shape == (len(FEATURE_NAMES),) == (len(FEATURE_FAMILIES),)
    assert row.dtype == np.float32
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)


def test_they_are_finite_for_any_state(baseline: Baseline) -> None:
    huge = [an_event("file_access", TODAY, {"size_mb": 1e308, "action": "read", "file_path": "x"}) for _ in range(50)]

    for state in (BehaviourState(), a_state(a_subject(), huge), a_state(a_subject(), huge[:1])):
        for used in (baseline, Baseline(DAY)):
            row = features(state, DAY, a_subject(99, "Astronaut"), used)
            assert np.isfinite(row).all()
            assert (row >= 0).all()


def test_they_use_nothing_after_the_day(baseline: Baseline) -> None:
    events = a_fortnight(a_subject()) + deletions(TODAY)
    later = [an_event("logon", TODAY + timedelta(days=2), device="other")]

    before = features(a_state(a_subject(), events), DAY, a_subject(), baseline)
    after = features(a_state(a_subject(), events + later), DAY, a_subject(), baseline)

    assert np.array_equal(before, after)


def test_a_drill_does_not_change_the_next_day(baseline: Baseline) -> None:
    real = [*a_fortnight(a_subject()), an_event("logon", TODAY + timedelta(days=1))]
    day = DAY + timedelta(days=1)

    plain = features(a_state(a_subject(), real), day, a_subject(), baseline)
    drilled = features(a_state(a_subject(), real + exfiltration(TODAY)), day, a_subject(), baseline)

    assert np.array_equal(plain, drilled)


def test_a_baseline_knows_earlier_real_days_only() -> None:
    company = a_company()
    drilled = [(one, a_state(one, a_fortnight(one) + exfiltration(TODAY - timedelta(days=1)))) for one, _ in company]
    today = [(one, a_state(one, [*a_fortnight(one), an_event("logon", TODAY)])) for one, _ in company]

    expected = build_baseline(company, DAY).to_bytes()

    assert build_baseline(drilled, DAY).to_bytes() == expected
    assert build_baseline(today, DAY).to_bytes() == expected
    assert build_baseline(reversed(company), DAY).to_bytes() == expected


def test_a_baseline_survives_a_round_trip_and_is_small(baseline: Baseline) -> None:
    data = baseline.to_bytes()

    assert Baseline.from_bytes(data).to_bytes() == data
    assert len(data) < 250_000


def test_the_largest_baseline_stays_below_its_limit() -> None:
    rng = np.random.default_rng(1)
    names = [
        {
            int(t): (int(n), 3)
            for t, n in zip(rng.integers(1, 2**32, MAX_NAMES), rng.integers(1, 10_000, MAX_NAMES), strict=True)
        }
        for _ in USED_KINDS
    ]
    owners = {int(device): int(person) for device, person in rng.integers(0, 2**32, (MAX_OWNED, 2))}
    roles = tuple(f"Role {n}" for n in range(MAX_ROLES))
    peers = {role: rng.random((5, len(PLAIN))) for role in ("", *roles)}
    organisation = Organisation(10_000, popularity=[*names, {}, {}], owners=owners, roles=roles)

    full = Baseline(DAY, organisation, peers, rng.random((len(LEVELS), FEATURES)), 8_000)

    assert len(full.to_bytes()) < 250_000


def test_nobody_at_all_has_a_baseline_too() -> None:
    assert build_baseline([], DAY).samples == 0

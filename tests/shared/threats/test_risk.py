"""Risk rises with events only, and falls to the quiet level."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.threats.risk import QUIET, current_risk

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCORES = st.dictionaries(st.integers(0, 60).map(lambda n: DAY - timedelta(days=n)), st.floats(0, 100), max_size=40)
LATER = st.integers(0, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def test_a_score_just_returned_is_the_score_read_back() -> None:
    for hours in (0, 11, 24, 35):
        assert current_risk({DAY: 78.5}, NOON + timedelta(hours=hours)) == 78.5


@given(SCORES, LATER, LATER)
def test_it_only_falls_between_events(scores: dict[date, float], one: timedelta, other: timedelta) -> None:
    first, second = sorted((one, other))

    assert current_risk(scores, NOON + first) >= current_risk(scores, NOON + second)


@given(SCORES)
def test_it_reaches_the_quiet_level(scores: dict[date, float]) -> None:
    assert current_risk(scores, NOON + timedelta(days=120)) == QUIET


@given(SCORES, LATER)
def test_it_stays_in_range_and_no_lower_than_today(scores: dict[date, float], later: timedelta) -> None:
    risk = current_risk(scores, NOON + later)

    assert QUIET <= risk <= 100
    assert current_risk(scores, NOON) >= round(scores.get(DAY, 0.0), 1) - 0.1


@given(SCORES, st.floats(0, 100))
def test_a_higher_score_of_the_day_never_lowers_it(scores: dict[date, float], more: float) -> None:
    scores = {DAY: 0.0, **scores}
    raised = {**scores, DAY: max(more, scores[DAY])}

    assert current_risk(raised, NOON) >= current_risk(scores, NOON)


def test_a_dismissed_day_weighs_nothing() -> None:
    scores = {DAY: 90.0, DAY - timedelta(days=1): 30.0}

    assert current_risk(scores, NOON, dismissed=[DAY]) == 30.0


def test_repeated_alarms_accumulate() -> None:
    once, often = {DAY: 70.0}, {DAY - timedelta(days=n): 70.0 for n in range(4)}

    assert current_risk(often, NOON) > current_risk(once, NOON)


def test_a_quiet_day_after_an_alarming_one_stays_below_an_alert() -> None:
    yesterday, today = DAY - timedelta(days=1), DAY

    assert 30 < current_risk({yesterday: 95.0, today: 9.0}, NOON) < 60

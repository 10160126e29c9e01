"""What the shipped detector says about drills and about ordinary people, on two weeks of history."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from shared.activities.model import Activity
from shared.behaviour.baseline import Baseline
from shared.behaviour.baseline_build import build_baseline
from shared.threats.model import Score
from shared.threats.scoring import Detector
from tests.shared.behaviour.people import (
    TODAY,
    a_fortnight,
    a_state,
    a_subject,
    an_event,
    deletions,
    exfiltration,
    night_logons,
)

DAY = TODAY.date()
NOON, NIGHT = TODAY + timedelta(hours=12), TODAY + timedelta(hours=2)
SUBJECTS = [a_subject(n, ("Developer", "HR", "Finance", "Manager", "Sales")[n % 5]) for n in range(50)]


@cache
def detector() -> Detector:
    return Detector.load(Path(__file__).parents[3] / "layers/models/insiders")


@cache
def baseline() -> Baseline:
    """Fifty people's fortnight."""
    return build_baseline([(one, a_state(one, a_fortnight(one))) for one in SUBJECTS], DAY)


def score(events: list[Activity], base: Baseline | None = None, number: int = 1) -> Score:
    subject = SUBJECTS[number]
    return detector().score(a_state(subject, a_fortnight(subject) + events), subject, DAY, base)


BASES = pytest.mark.parametrize("base", [lambda: None, baseline], ids=["cold", "baseline"])
Base = Callable[[], Baseline | None]


@BASES
@pytest.mark.parametrize(
    ("events", "least", "anomaly"),
    [
        (exfiltration(NOON), 75, "data_exfiltration"),
        (exfiltration(NIGHT), 75, "data_exfiltration"),
        (night_logons(TODAY), 60, "off_hours"),
        (deletions(NOON), 60, "sabotage"),
    ],
    ids=["exfiltration", "exfiltration at night", "off hours", "sabotage"],
)
def test_drills_reach_their_level(events: list[Activity], least: float, anomaly: str, base: Base) -> None:
    for number in (1, 2, 3):
        moved = [an_event(e.activity_type, e.at, dict(e.details), SUBJECTS[number].subject_id, True) for e in events]

        found = score(moved, base(), number)

        assert found.its >= least
        assert anomaly in found.anomalies


@BASES
def test_one_small_read_moves_hardly_anything(base: Base) -> None:
    details = {"file_path": "/docs/file_3.docx", "action": "read", "size_mb": 0.2, "sensitive": False}
    for number in (1, 2, 3):
        read = an_event("file_access", NOON, details, SUBJECTS[number].subject_id)

        assert score([read], base(), number).its <= 20


@BASES
def test_ordinary_people_are_quiet(base: Base) -> None:
    last = (TODAY - timedelta(days=1)).date()
    states = [a_state(one, a_fortnight(one)) for one in SUBJECTS]

    its = [detector().score(state, one, last, base()).its for one, state in zip(SUBJECTS, states, strict=True)]

    assert max(its) < 40
    assert sorted(its)[len(its) // 2] < 20


def test_a_replay_gives_identical_scores() -> None:
    events = exfiltration(NOON)

    assert score(events, baseline()) == score(list(reversed(events)), baseline())


def test_days_without_events_are_not_rescored() -> None:
    subject = SUBJECTS[1]
    state = a_state(subject, a_fortnight(subject))
    days = [DAY - timedelta(days=n) for n in range(60)]

    scores = detector().rescore(state, subject, days, baseline())

    assert len(scores) == 14
    assert all(0 <= one.its <= 100 for one in scores.values())


def test_while_somebody_is_learned_only_the_rules_may_alarm() -> None:
    newcomer, known = a_state(SUBJECTS[1], exfiltration(NIGHT)), a_state(SUBJECTS[1], a_fortnight(SUBJECTS[1]))
    new, old = (detector().evaluate(state, SUBJECTS[1], DAY, None) for state in (newcomer, known))

    assert (new.learning, old.learning) == (True, False)
    assert detector().believed(new, np.array([95.0]))[0] < 60
    assert detector().believed(old, np.array([95.0]))[0] == 95.0
    assert detector().score(newcomer, SUBJECTS[1], DAY, None).its >= 60

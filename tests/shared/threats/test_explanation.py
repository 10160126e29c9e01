"""Explanations add up, name today's evidence and differ between threats."""

from datetime import timedelta

import numpy as np
import pytest

from shared.activities.model import Activity
from shared.threats.model import Explanation
from shared.threats.shapley import shapley
from tests.shared.behaviour.people import TODAY, a_fortnight, a_state, deletions, exfiltration, night_logons
from tests.shared.threats.test_scoring import DAY, NOON, SUBJECTS, baseline, detector

DRILLS = {"exfiltration": exfiltration(NOON), "nights": night_logons(TODAY), "sabotage": deletions(NOON)}


def explain(events: list[Activity], cold: bool = False) -> Explanation:
    subject = SUBJECTS[1]
    state = a_state(subject, a_fortnight(subject) + events)
    return detector().explain(state, subject, DAY, None if cold else baseline())


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("name", [*DRILLS, "nothing"])
def test_contributions_add_up_to_the_score(name: str, cold: bool) -> None:
    found = explain(DRILLS.get(name, []), cold)

    total = found.base + sum(one.points for one in found.contributions)
    assert round(total, 1) == found.its


def test_texts_say_what_happened_and_differ() -> None:
    texts = {name: explain(events).text for name, events in DRILLS.items()}

    assert len(set(texts.values())) == len(texts)
    assert "Deleted 10 files" in texts["sabotage"]
    assert "8 logons flagged as geographically impossible" in texts["nights"]
    assert "MB" in texts["exfiltration"]


def test_an_explanation_is_repeatable_and_carries_techniques() -> None:
    first, second = explain(DRILLS["sabotage"]), explain(DRILLS["sabotage"])

    assert first == second
    assert "T1485" in first.techniques["sabotage"]


def test_figures_stand_beside_own_and_peers_habit() -> None:
    deleted = next(one for one in explain(DRILLS["sabotage"]).contributions if one.family == "destruction")

    assert deleted.today == 10
    assert deleted.own_typical <= 2
    assert deleted.peer_typical <= 2
    assert deleted.percentile > 0.99


def test_a_quiet_day_is_said_to_be_one() -> None:
    subject = SUBJECTS[1]
    state = a_state(subject, a_fortnight(subject))

    found = detector().explain(state, subject, DAY - timedelta(days=1), baseline())

    assert found.text == "An ordinary day for this person."


def test_shapley_shares_an_additive_game_exactly() -> None:
    worth = np.array([3.0, 1.0, -2.0])

    base, shares = shapley(3, lambda coalitions: 5 + coalitions @ worth)

    assert base == 5
    assert shares == pytest.approx(worth)

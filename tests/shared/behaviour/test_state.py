"""The state is a bounded function of the set of events."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.activities.model import Activity, ActivityType
from shared.behaviour.quantities import LIMITS
from shared.behaviour.state import WINDOW, BehaviourState, day_number
from tests.shared.behaviour.people import TODAY, a_fortnight, a_state, a_subject, an_event, deletions

MOMENTS = st.integers(0, 90 * 24 * 60).map(lambda minutes: TODAY - timedelta(minutes=minutes))
EVENTS = st.lists(
    st.builds(
        lambda kind, at, place, size, synthetic: an_event(
            kind,
            at,
            {
                "file_path": f"/d{place}/x.exe",
                "action": "copy",
                "size_mb": size,
                "to": [f"a@{place}.org"],
                "external": True,
            },
            synthetic=synthetic,
            device=f"pc{place}",
        ),
        st.sampled_from(["logon", "logoff", "file_access", "email"]),
        MOMENTS,
        st.integers(0, 60),
        st.floats(0, 500),
        st.booleans(),
    ),
    max_size=60,
)


@given(EVENTS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_events_does_not_matter(events: list[Activity], rng: random.Random) -> None:
    shuffled = events.copy()
    rng.shuffle(shuffled)

    assert a_state(a_subject(), shuffled).to_bytes() == a_state(a_subject(), events).to_bytes()


def test_order_does_not_matter_when_caps_are_exceeded() -> None:
    events = [an_event("logon", TODAY + timedelta(seconds=n), device=f"pc-{n % 90}") for n in range(400)]
    shuffled = random.Random(3).sample(events, len(events))

    one, other = a_state(a_subject(), events), a_state(a_subject(), shuffled)

    assert one.to_bytes() == other.to_bytes()
    assert len(one.days[day_number(TODAY)].tokens[2]) == LIMITS[2]


def test_a_late_event_older_than_the_window_is_forgotten_like_an_old_one() -> None:
    old, new = an_event(at=TODAY - timedelta(days=WINDOW)), an_event(at=TODAY)

    late, early = BehaviourState(), BehaviourState()

    assert [late.apply(new), late.apply(old)] == [True, False]
    assert [early.apply(old), early.apply(new)] == [True, True]
    assert late.to_bytes() == early.to_bytes()


def test_it_survives_a_round_trip() -> None:
    state = a_state(a_subject(), a_fortnight(a_subject()) + deletions(TODAY))

    assert BehaviourState.from_bytes(state.to_bytes()) == state


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = BehaviourState().to_bytes()
    monkeypatch.setattr("shared.behaviour.state.STATE_VERSION", 999)

    with pytest.raises(ValueError, match="version 1"):
        BehaviourState.from_bytes(data)


def test_drills_stay_out_of_the_history() -> None:
    real, drill = a_fortnight(a_subject()), deletions(TODAY)

    state = a_state(a_subject(), real + drill)

    assert state.days == a_state(a_subject(), real).days
    today = state.on(day_number(TODAY))
    assert today is not None
    assert today.counts[0] == len(drill)


def test_ten_thousand_hostile_events_a_day_stay_below_the_limit() -> None:
    state = BehaviourState()
    for day in range(WINDOW):
        for n in range(10_000 if day == 0 else 400):
            name = f"{day}-{n}-" + "x" * (5000 if n < 50 else 5)
            details: dict[str, Any] = {"file_path": f"/{name}/{name}.{n}", "action": "copy", "size_mb": 1e308}
            kind: ActivityType = "file_access" if n % 2 else "email"
            if kind == "email":
                details = {"to": [f"{name}@{n}.{day}.org"], "external": True, "attachment_size_mb": 10**400}
            at = TODAY - timedelta(days=day, minutes=n % 1000)
            state.apply(an_event(kind, at, details, device=name, address=f"{n % 250}.{n // 250}.{day}.1"))

    assert len(state.to_bytes()) < 100_000


@pytest.mark.parametrize(
    "value", [None, True, float("nan"), float("inf"), -5, "many", "12", [], {}, 10**400, b"x", object()]
)
def test_strange_details_are_taken_as_nothing(value: Any) -> None:
    names = (
        "file_path action size_mb sensitive destination to external recipients attachments attachment_size_mb".split()
    )
    names += ["suspicious_keywords", "geo_anomaly", "remote", "status"]
    state = BehaviourState(home="example.com")

    for kind in ("logon", "logoff", "file_access", "email", "teleport"):
        state.apply(Activity("e", "U001", kind, TODAY, dict.fromkeys(names, value)))  # type: ignore[arg-type]

    assert BehaviourState.from_bytes(state.to_bytes()) == state
    assert all(count >= 0 for count in state.days[day_number(TODAY)].counts)


@pytest.mark.parametrize("to", ["a@x.org, b@x.org", ["a@x.org", "b@x.org"], ["a@x.org", "b@x.org", None, 3]])
def test_recipients_may_be_text_or_a_list(to: Any) -> None:
    texts = a_state(a_subject(), [an_event("email", details={"to": to})])

    day = texts.days[day_number(TODAY)]
    assert len(day.tokens[4]) == 1
    assert len(day.tokens[5]) == 2


def test_a_state_that_was_read_writes_what_a_state_made_at_once_writes() -> None:
    """Days that were not touched are written as they were read: the bytes must not tell the difference."""
    whole, pieces = BehaviourState.for_subject(a_subject()), BehaviourState.for_subject(a_subject())
    for number in range(40):
        details = {"file_path": f"/team/{number % 7}/{number}.txt", "action": "read"}
        event = an_event("file_access", TODAY - timedelta(days=number % 13), details)
        whole.apply(event)
        pieces = BehaviourState.from_bytes(pieces.to_bytes())
        pieces.apply(event)

    assert pieces.to_bytes() == whole.to_bytes()

"""Guesses are counted before they are made, however many are made at the same moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.core.errors import LimitReached
from shared.identities.attempts import LOGIN, MAIL, Attempts
from shared.storage.schema import REQUESTS
from shared.storage.store import store
from tests.builders.together import together


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 1, 9, 10, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(tables: Any, clock: Clock) -> Attempts:
    return Attempts(store(), clock)


def is_let(attempts: Attempts, name: str = "ana") -> bool:
    try:
        attempts.count(LOGIN, name)
    except LimitReached:
        return False
    return True


def test_exactly_ten_of_many_guesses_at_once_are_let_through(attempts: Attempts) -> None:
    for turn in range(3):
        found = together(16, lambda number, turn=turn: [is_let(attempts, f"ana{turn}") for _ in range(2)])

        assert sum(map(sum, found)) == LOGIN.most


def test_many_processes_count_together(tables: Any, clock: Clock) -> None:
    processes = [Attempts(store(), clock) for _ in range(4)]

    found = together(16, lambda number: is_let(processes[number % 4]))

    assert sum(found) == LOGIN.most


def test_the_wait_is_what_is_left_of_the_quarter_of_an_hour(attempts: Attempts, clock: Clock) -> None:
    for _ in range(LOGIN.most):
        attempts.count(LOGIN, "ana")
    clock.now += timedelta(seconds=100)

    with pytest.raises(LimitReached) as refused:
        attempts.count(LOGIN, "ana")

    assert refused.value.details["retry_after"] == LOGIN.seconds - 100


def test_after_the_wait_a_new_window_begins(attempts: Attempts, clock: Clock) -> None:
    for _ in range(LOGIN.most + 1):
        is_let(attempts)
    clock.now += timedelta(seconds=LOGIN.seconds)

    assert sum(is_let(attempts) for _ in range(12)) == LOGIN.most


def test_refused_guesses_do_not_make_the_wait_longer(attempts: Attempts, clock: Clock) -> None:
    for second in range(LOGIN.seconds):
        clock.now += timedelta(seconds=1)
        if second % 50 == 0:
            is_let(attempts)
    clock.now += timedelta(seconds=1)

    assert is_let(attempts)


def test_a_success_forgets_the_failures_of_its_purpose(attempts: Attempts) -> None:
    for _ in range(LOGIN.most):
        attempts.count(LOGIN, "Ana")
    for _ in range(MAIL.most):
        attempts.count(MAIL, "ana")

    attempts.forget(LOGIN, "ANA")

    assert is_let(attempts)
    with pytest.raises(LimitReached):
        attempts.count(MAIL, "ana")


@pytest.mark.parametrize("name", ["ana", "Ånä ❤", "x" * 100_000, "\ud800", "ana\x00", "RESET#1"])
def test_any_name_can_be_counted_and_none_is_stored(attempts: Attempts, tables: Any, name: str) -> None:
    assert [is_let(attempts, name) for _ in range(11)] == [True] * 10 + [False]

    (row,) = tables.scan(TableName=f"vedette-local-{REQUESTS.name}")["Items"]
    assert name not in str(row)
    assert int(row["expires_at"]["N"]) == int(row["until"]["N"]), "the row goes by itself"

"""When tokens end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.identities.sign_outs import FUNCTION_SECONDS, RESET_SECONDS, SignOuts
from shared.storage.store import store
from tests.builders.directory_rows import a_user_row
from tests.builders.together import together

NOW = datetime(2025, 1, 9, 10, 30, tzinfo=UTC)
SECOND = int(NOW.timestamp())


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign_outs(tables: Any, clock: Clock) -> SignOuts:
    return SignOuts(store(), clock)


def test_nobody_signed_out_yet(sign_outs: SignOuts) -> None:
    assert sign_outs.dead_until("sub-ana", "ana") == 0


def test_a_sign_out_only_ever_moves_on(sign_outs: SignOuts, clock: Clock) -> None:
    """Two processes whose clocks differ: the later one is right."""
    sign_outs.end_tokens("sub-ana")
    clock.now -= timedelta(seconds=30)
    sign_outs.end_tokens("sub-ana")

    assert sign_outs.dead_until("sub-ana", "ana") == SECOND


def test_many_sign_outs_at_once_are_one(sign_outs: SignOuts) -> None:
    together(16, lambda number: sign_outs.end_tokens("sub-ana"))

    assert sign_outs.dead_until("sub-ana", "ana") == SECOND


def test_the_directorys_own_sign_out_counts_as_well(sign_outs: SignOuts) -> None:
    sign_outs.end_tokens("sub-ana")
    a_user_row("ana", "sub-ana", signed_out_at=SECOND + 7)

    assert sign_outs.dead_until("sub-ana", "ANA") == SECOND + 7


def test_resets_are_open_until_they_are_finished_each_by_itself(sign_outs: SignOuts, clock: Clock) -> None:
    mine, attackers = sign_outs.begin_reset("sub-ana"), sign_outs.begin_reset("sub-ana")
    sign_outs.finish_reset("sub-ana", attackers)
    clock.now += timedelta(seconds=FUNCTION_SECONDS - 1)
    assert sign_outs.open_resets("sub-ana") == [], "its function may still be at it"
    clock.now += timedelta(seconds=1)
    assert sign_outs.open_resets("sub-ana") == [mine]

    clock.now += timedelta(seconds=RESET_SECONDS)
    assert sign_outs.open_resets("sub-ana") == []

"""Charging, reserving, and what becomes of a reservation."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.accounts.activity_log import activity_log
from shared.accounts.figures import figure_repository
from shared.accounts.model import UNLIMITED
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.core.errors import LimitReached, NotFound, OtherRequest
from tests.shared.accounts.conftest import JOHN, NOON, HandClock, an_account

SOON = NOON + timedelta(minutes=1)
BUSY = ConnectionError("the work failed")


def kinds() -> list[str]:
    return [entry.kind for entry in activity_log().list_newest(100) if entry.kind != "user_signup"]


def simulations() -> int:
    account = account_repository().find(JOHN)
    assert account is not None
    return account.simulations


def test_a_fresh_account_has_the_whole_day(quotas: QuotaService, john: str) -> None:
    allowance = quotas.check(john, "simulation")

    assert (allowance.available, allowance.used, allowance.remaining) == (100, 0, 100)
    assert allowance.resets_at == datetime(2026, 11, 23, tzinfo=UTC)
    assert allowance.seconds_left == 12 * 3600


@pytest.mark.parametrize(
    ("plan", "limits"),
    [("free", (5, 1, 100)), ("premium", (10, 5, 500)), ("admin", (UNLIMITED, UNLIMITED, UNLIMITED))],
)
def test_every_plan_has_the_seeds_limits(
    accounts: AccountService, quotas: QuotaService, plan: str, limits: tuple[int, ...]
) -> None:
    accounts.add(an_account(plan=plan))  # type: ignore[arg-type]

    assert tuple(quotas.check(JOHN, name).available for name in ("network", "training", "simulation")) == limits  # type: ignore[arg-type]


def test_an_increment_counts_everywhere_once(quotas: QuotaService, john: str) -> None:
    first = quotas.increment(john, "network", "op-1")
    again = quotas.increment(john, "network", "op-1")

    assert (first.used, first.remaining) == (1, 4)
    assert again == first
    figures = figure_repository().read(NOON)
    assert (figures["networks"], figures["today_networks"]) == (1, 1)
    assert quotas.used(john) == {"networks": 1, "trainings": 0, "simulations": 0}
    assert kinds() == ["network_created"]


def test_the_day_is_used_up_at_its_limit(quotas: QuotaService, john: str) -> None:
    for number in range(5):
        quotas.increment(john, "network", f"op-{number}")

    with pytest.raises(LimitReached, match="You have reached your network limit for today") as refused:
        quotas.increment(john, "network", "one-more")

    assert refused.value.details["retry_after"] == 12 * 3600
    assert refused.value.details["detail"] == {
        "error": "You have reached your network limit for today",
        "remaining": 0,
        "resetTime": "2026-11-23T00:00:00",
        "limit": 5,
        "used": 5,
        "retryAfterSeconds": 12 * 3600,
    }
    assert quotas.check(john, "network").used == 5
    assert quotas.increment(john, "network", "op-4").used == 5


def test_midnight_begins_a_new_day_without_anybody_doing_anything(
    quotas: QuotaService, john: str, clock: HandClock
) -> None:
    clock.at = datetime(2028, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC)
    quotas.increment(john, "training", "late")
    with pytest.raises(LimitReached) as refused:
        quotas.increment(john, "training", "too-late")
    clock.advance(milliseconds=1)

    assert refused.value.details["retry_after"] == 1
    assert quotas.increment(john, "training", "early").resets_at == datetime(2028, 3, 2, tzinfo=UTC)


def test_a_clock_of_another_zone_gives_the_utc_day(quotas: QuotaService, john: str, clock: HandClock) -> None:
    from zoneinfo import ZoneInfo

    clock.at = datetime(2026, 11, 22, 20, tzinfo=ZoneInfo("America/Los_Angeles"))

    assert quotas.increment(john, "training", "op").day.isoformat() == "2026-11-23"


def test_admins_are_counted_and_never_refused(accounts: AccountService, quotas: QuotaService) -> None:
    accounts.add(an_account(plan="admin"))

    used = [quotas.increment(JOHN, "training", f"op-{number}") for number in range(12)]

    assert [one.used for one in used] == list(range(1, 13))
    assert {one.remaining for one in used} == {UNLIMITED}


def test_an_unknown_account_is_not_charged(quotas: QuotaService) -> None:
    with pytest.raises(NotFound, match="User not found"):
        quotas.increment("nobody", "network", "op")


def test_an_operation_cannot_be_charged_for_two_things(
    accounts: AccountService, quotas: QuotaService, john: str
) -> None:
    accounts.add(an_account("other"))
    quotas.increment(john, "network", "op")

    with pytest.raises(OtherRequest):
        quotas.increment(john, "simulation", "op")
    with pytest.raises(OtherRequest):
        quotas.increment("other", "network", "op")


def test_a_reservation_is_used_at_once_and_work_when_committed(quotas: QuotaService, john: str) -> None:
    quotas.reserve(john, "simulation", "op", SOON)
    assert quotas.check(john, "simulation").used == 1
    assert (simulations(), kinds(), account_repository().count_open("simulation", NOON)) == (0, [], 1)

    states = [quotas.commit("op").state, quotas.commit("op").state, quotas.release("op").state]

    assert states == ["committed"] * 3
    assert quotas.check(john, "simulation").used == 1
    assert (simulations(), kinds(), account_repository().count_open("simulation", NOON)) == (1, ["simulation_run"], 0)


def test_a_released_reservation_leaves_nothing_behind(quotas: QuotaService, john: str) -> None:
    quotas.reserve(john, "simulation", "op", SOON)

    states = [quotas.release("op").state, quotas.release("op").state]

    assert states == ["released"] * 2
    assert quotas.check(john, "simulation").used == 0
    assert (simulations(), kinds(), account_repository().count_open("simulation", NOON)) == (0, [], 0)


def test_a_release_goes_back_to_the_day_it_was_charged_to(quotas: QuotaService, john: str, clock: HandClock) -> None:
    clock.at = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    quotas.reserve(john, "training", "op", clock.at + timedelta(hours=1))
    clock.advance(seconds=2)
    quotas.increment(john, "training", "other")

    quotas.release("op")

    assert quotas.check(john, "training").used == 1
    clock.advance(seconds=-2)
    assert quotas.check(john, "training").used == 0


def test_the_work_of_a_released_operation_can_be_tried_again(quotas: QuotaService, john: str) -> None:
    for _ in range(3):
        quotas.reserve(john, "training", "op", SOON)
        quotas.release("op")
    quotas.reserve(john, "training", "op", SOON)
    quotas.reserve(john, "training", "op", SOON)
    quotas.commit("op")

    assert quotas.check(john, "training").used == 1
    assert kinds() == ["training_started"]


@pytest.mark.parametrize("look", ["check", "used", "reserve", "increment"])
def test_an_overdue_reservation_is_given_back_at_the_next_look(
    quotas: QuotaService, john: str, clock: HandClock, look: str
) -> None:
    quotas.reserve(john, "training", "op", SOON)
    with pytest.raises(LimitReached):
        quotas.reserve(john, "training", "next", SOON)
    clock.advance(minutes=1)
    looks = {
        "check": lambda: quotas.check(john, "training").used,
        "used": lambda: quotas.used(john)["trainings"],
        "reserve": lambda: quotas.reserve(john, "training", "next", clock.at + timedelta(minutes=1)).used - 1,
        "increment": lambda: quotas.increment(john, "training", "next").used - 1,
    }

    assert looks[look]() == 0
    assert quotas.release("op").state == "expired"


def test_work_that_ends_after_its_deadline_is_charged_anew(quotas: QuotaService, john: str, clock: HandClock) -> None:
    quotas.reserve(john, "training", "op", SOON)
    clock.advance(days=1)
    assert quotas.check(john, "training").used == 0

    late = quotas.commit("op")

    assert (late.state, late.day.isoformat()) == ("committed", "2026-11-23")
    assert quotas.check(john, "training").used == 1
    assert quotas.commit("op") == late
    assert kinds() == ["training_started"]


def test_late_work_on_a_used_up_day_counts_as_work_and_never_breaks_the_limit(
    quotas: QuotaService, john: str, clock: HandClock
) -> None:
    quotas.reserve(john, "training", "slow", SOON)
    clock.advance(minutes=2)
    quotas.increment(john, "training", "quick")

    assert quotas.commit("slow").state == "uncharged"
    assert quotas.commit("slow").state == "uncharged"

    assert quotas.check(john, "training").used == 1
    assert figure_repository().read(clock.at)["today_trainings"] == 2
    assert kinds() == ["training_started"] * 2


def test_a_deadline_that_passed_unnoticed_does_not_matter_to_a_commit(
    quotas: QuotaService, john: str, clock: HandClock
) -> None:
    quotas.reserve(john, "training", "op", SOON)
    clock.advance(hours=1)
    assert account_repository().count_open("training", clock.at) == 0

    assert quotas.commit("op").state == "committed"
    assert quotas.check(john, "training").used == 1


def test_nothing_is_given_back_to_a_day_that_is_forgotten(quotas: QuotaService, john: str, clock: HandClock) -> None:
    quotas.reserve(john, "training", "op", NOON + timedelta(days=60))
    clock.advance(days=50)

    assert quotas.release("op").state == "released"


def test_a_block_of_work_is_charged_if_it_succeeds(quotas: QuotaService, john: str) -> None:
    with quotas.charged(john, "simulation", "good") as allowance:
        assert (allowance.used, account_repository().count_open("simulation", NOON)) == (1, 1)
    with pytest.raises(ConnectionError), quotas.charged(john, "simulation", "bad"):
        raise BUSY

    assert quotas.check(john, "simulation").used == 1
    assert kinds() == ["simulation_run"]


def test_equal_work_at_once_is_charged_once_even_if_one_of_them_fails(quotas: QuotaService, john: str) -> None:
    with quotas.charged(john, "simulation", "op"):
        with pytest.raises(ConnectionError), quotas.charged(john, "simulation", "op"):
            raise BUSY
        assert quotas.check(john, "simulation").used == 0

    assert quotas.check(john, "simulation").used == 1
    assert kinds() == ["simulation_run"]


def test_a_used_up_day_keeps_the_block_from_running(quotas: QuotaService, john: str) -> None:
    quotas.increment(john, "training", "op")

    with pytest.raises(LimitReached), quotas.charged(john, "training", "next"):
        raise AssertionError("this must not run")


def test_a_smaller_plan_leaves_nothing_and_takes_nothing_back(accounts: AccountService, quotas: QuotaService) -> None:
    accounts.add(an_account(plan="premium"))
    for number in range(7):
        quotas.increment(JOHN, "network", f"op-{number}")
    accounts.set_tier(JOHN, "free")

    allowance = quotas.check(JOHN, "network")

    assert (allowance.available, allowance.used, allowance.remaining) == (5, 7, 0)
    with pytest.raises(LimitReached):
        quotas.increment(JOHN, "network", "more")


def test_an_operation_nobody_reserved_is_not_found(quotas: QuotaService) -> None:
    for close in (quotas.commit, quotas.release):
        with pytest.raises(NotFound):
            close("nothing")

"""Accounts of people: who gets one, when, and what follows from their role."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.access.caller import Caller
from shared.accounts.activity_log import activity_log
from shared.accounts.figures import figure_repository
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.accounts.sightings import account_id_of
from shared.core.errors import Conflict, NotFound
from tests.faults.plan import FaultPlan
from tests.shared.accounts.conftest import JOHN, NOON, HandClock, an_account

ANA = account_id_of("sub-ana")
LOGIN = int(NOON.timestamp()) - 60


def a_person(name: str = "ana", *permissions: str, signed_in_at: int | None = LOGIN) -> Caller:
    return Caller(name, permissions=permissions, subject=f"sub-{name}", signed_in_at=signed_in_at)


def log() -> list[tuple[str, str]]:
    return [(entry.kind, entry.account_id) for entry in activity_log().list_newest(100)]


def by_plan() -> tuple[int, ...]:
    counted = figure_repository().read(NOON)
    return tuple(counted[f"users_{plan}"] for plan in ("free", "premium", "admin"))


def test_a_person_gets_an_account_when_first_seen(accounts: AccountService) -> None:
    account = accounts.of(a_person())

    assert (account.account_id, account.username, account.plan, account.email) == (ANA, "ana", "free", "")
    assert accounts.of(a_person()) == account_repository().find(ANA)
    assert sorted(log()) == [("user_login", ANA), ("user_signup", ANA)]
    assert by_plan() == (1, 0, 0)
    assert figure_repository().read(NOON)["today_new_users"] == 1


def test_a_second_look_in_the_same_minute_writes_nothing(accounts: AccountService) -> None:
    accounts.of(a_person())

    with FaultPlan() as plan:
        accounts.of(a_person())

    assert [call.operation for call in plan.calls] == ["GetItem"]


@pytest.mark.parametrize("caller", [Caller("key:0123", kind="key"), Caller("anonymous", kind="anonymous")])
def test_keys_and_strangers_have_no_account(accounts: AccountService, caller: Caller) -> None:
    with pytest.raises(NotFound, match="User not found"):
        accounts.of(caller)
    assert accounts.known(caller) is None


def test_nobody_gets_an_account_by_being_charged(accounts: AccountService) -> None:
    assert accounts.known(a_person()) is None
    assert log() == []

    accounts.of(a_person())
    known = accounts.known(a_person())
    assert known is not None
    assert known.account_id == ANA


def test_the_plan_follows_the_role_and_comes_back(accounts: AccountService) -> None:
    accounts.of(a_person())
    accounts.set_tier(ANA, "premium")

    plans = [accounts.of(a_person("ana", *given)).plan for given in ((), ("*",), ("accounts:administer",), ("*:read",))]

    assert plans == ["premium", "admin", "admin", "premium"]
    assert by_plan() == (0, 1, 0)


def test_a_plan_is_set_once_and_counted(accounts: AccountService, john: str) -> None:
    for _ in range(2):
        assert accounts.set_tier(john, "premium").plan == "premium"

    assert by_plan() == (0, 1, 0)
    assert accounts.set_tier(john, "free").tier == "free"
    assert by_plan() == (1, 0, 0)


def test_an_administrators_plan_cannot_be_set(accounts: AccountService) -> None:
    accounts.of(a_person("ana", "*"))

    with pytest.raises(Conflict, match="follows the role"):
        accounts.set_tier(ANA, "free")
    assert by_plan() == (0, 0, 1)


@pytest.mark.parametrize("account_id", ["nobody", "", "a" * 65, "a\x00b", "x" * 100_000, "\udcff", "FIGURES#1"])
def test_what_is_no_account_has_no_plan(accounts: AccountService, account_id: str) -> None:
    with pytest.raises(NotFound):
        accounts.set_tier(account_id, "free")


def test_only_a_later_login_is_a_login(accounts: AccountService) -> None:
    for at in (LOGIN, LOGIN, LOGIN - 10, LOGIN + 10, None):
        account = accounts.of(a_person(signed_in_at=at))

    assert account.last_login is not None
    assert account.last_login.timestamp() == LOGIN + 10
    assert [kind for kind, _ in log()].count("user_login") == 2


def test_a_login_that_the_login_route_told_of_is_not_told_again(accounts: AccountService) -> None:
    from datetime import UTC, datetime

    accounts.signed_in("sub-ana", "ana", "ana@example.com", datetime.fromtimestamp(LOGIN, UTC))
    account = accounts.of(a_person())

    assert account.email == "ana@example.com"
    assert sorted(kind for kind, _ in log()) == ["user_login", "user_signup"]


def test_a_registration_is_a_sign_up_once_and_fills_in_the_address(accounts: AccountService) -> None:
    accounts.of(a_person())
    for _ in range(2):
        account = accounts.registered("sub-ana", "ana", "ana@example.com")

    assert (account.email, account.plan) == ("ana@example.com", "free")
    assert [kind for kind, _ in log()].count("user_signup") == 1


def test_a_report_of_a_login_does_not_take_a_plan_away(accounts: AccountService) -> None:
    accounts.of(a_person("ana", "*"))

    assert accounts.signed_in("sub-ana", "ana", "", NOON).plan == "admin"


def test_online_are_those_of_the_last_five_minutes(accounts: AccountService, clock: HandClock) -> None:
    def online() -> int:
        return figure_repository().read(clock.at).get("online", 0)

    clock.at = NOON + timedelta(minutes=58)  # across the hour
    accounts.of(a_person())
    accounts.of(a_person("bo"))
    seen = [online()]
    for _ in range(6):
        clock.advance(minutes=1)
        accounts.of(a_person())
        seen.append(online())

    assert seen == [2, 2, 2, 2, 2, 1, 1]
    clock.advance(minutes=30)
    assert online() == 0
    accounts.of(a_person())
    assert online() == 1


def test_a_clock_that_runs_behind_moves_nobody_back(accounts: AccountService, clock: HandClock) -> None:
    accounts.of(a_person())
    clock.advance(minutes=-3)
    accounts.of(a_person())

    assert figure_repository().read(NOON)["online"] == 1


def test_looking_is_at_most_one_write_a_minute(accounts: AccountService, clock: HandClock) -> None:
    accounts.of(a_person())
    clock.advance(minutes=1)

    with FaultPlan() as plan, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: accounts.of(a_person()), range(24)))

    assert account_repository().find(ANA).version == 2  # type: ignore[union-attr]
    assert figure_repository().read(clock.at)["online"] == 1
    assert plan.count("TransactWriteItems") >= 1


@pytest.mark.parametrize("people", [1, 16])
def test_people_who_come_at_once_are_counted_once_each(accounts: AccountService, people: int) -> None:
    callers = [a_person(f"p{number % people}", *(("*",) if number % 2 else ())) for number in range(48)]

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(accounts.of, callers))

    rows = [account_repository().find(account_id_of(f"sub-p{number}")) for number in range(people)]
    plans = [row.plan for row in rows if row]
    assert by_plan() == tuple(plans.count(plan) for plan in ("free", "premium", "admin"))
    assert sum(by_plan()) == people
    assert sorted({kind for kind, _ in log()}) == ["user_login", "user_signup"]
    assert len(log()) == 2 * people


def test_a_made_up_token_opens_demonstration_accounts_only(accounts: AccountService, john: str) -> None:
    accounts.add(an_account("root", plan="admin"))
    accounts.of(a_person("ana", "*"))

    callers = {name: accounts.seed_caller(name) for name in (john, "root", ANA, "nobody", "x" * 100_000, "a\x00", "")}

    assert [name for name, caller in callers.items() if caller.caller_id == f"account:{name}"] == [john, "root"]
    assert [name for name, caller in callers.items() if caller.may("accounts:administer")] == ["root"]
    assert accounts.of(callers[john]).account_id == JOHN
    for name in (ANA, "nobody", ""):
        with pytest.raises(NotFound, match="User not found"):
            accounts.of(callers[name])


def test_an_account_is_added_once(accounts: AccountService, john: str) -> None:
    with pytest.raises(Conflict):
        accounts.add(an_account())

    assert by_plan() == (1, 0, 0)

"""What a sign-in leaves in the directory."""

from typing import Any

import pytest

from shared.core.errors import Unauthenticated
from shared.directory.keys import user_id_of
from shared.directory.repository import directory_repository
from shared.directory.service import directory_service
from tests.builders.directory import add_user, ask, problems
from tests.builders.together import together
from tests.faults.plan import FaultPlan

pytestmark = pytest.mark.usefixtures("pool")


def subject_of(username: str) -> str:
    return directory_repository().user(user_id_of(username)).subject


def test_the_first_sign_in_makes_an_invited_user_active(pool: Any, tables: Any) -> None:
    ana = add_user("ana", "admin", status="invited")

    first = directory_service().signed_in("ana", subject_of("ana"))
    again = directory_service().signed_in("ANA", subject_of("ana"))

    shown = ask("GET", f"/{ana}").body["data"]
    assert first
    assert again
    assert (first.status, again.status, shown["status"]) == ("active", "active", "active")
    assert shown["last_login"] >= shown["created_at"]
    assert problems(tables, pool) == []


def test_a_sign_in_of_an_active_user_costs_one_read_and_one_write() -> None:
    add_user("ana")
    subject = subject_of("ana")

    with FaultPlan(certain=False) as plan:
        directory_service().signed_in("ana", subject)

    assert [call.operation for call in plan.calls] == ["GetItem", "TransactWriteItems"]


def test_who_is_not_in_the_directory_is_nobody() -> None:
    add_user("ana")

    assert directory_service().signed_in("bo", "sub-bo") is None
    assert directory_service().signed_in("ana", "sub-of-somebody-else") is None
    assert directory_service().signed_in("", "") is None
    assert directory_repository().user(user_id_of("ana")).last_login is None


@pytest.mark.parametrize("ending", ["suspend", "deactivate"])
def test_who_is_shut_out_does_not_sign_in(ending: str) -> None:
    ana = add_user("ana")
    ask("POST", f"/{ana}/{ending}")

    with pytest.raises(Unauthenticated):
        directory_service().signed_in("ana", subject_of("ana"))
    assert directory_repository().user(ana).last_login is None


def test_a_suspension_at_the_same_moment_wins(pool: Any, tables: Any) -> None:
    for turn in range(6):
        ana = add_user(f"ana{turn}", status="invited")
        subject = subject_of(f"ana{turn}")

        def sign_in(name: str = f"ana{turn}", subject: str = subject) -> None:
            try:
                directory_service().signed_in(name, subject)
            except Unauthenticated:
                pass

        deeds = [sign_in, lambda a=ana: ask("POST", f"/{a}/suspend")]
        together(2, lambda number, d=deeds: d[number]())  # type: ignore[misc]

        assert directory_repository().user(ana).status == "suspended"
    assert problems(tables, pool) == []

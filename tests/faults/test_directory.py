"""Making, changing and suspending a platform user, with a function that dies at any of its AWS calls."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from moto.cognitoidp.models import CognitoIdpUserPool

from shared.access.caller import Caller
from shared.access.principals import principals
from shared.core.aws import client
from shared.core.errors import Conflict, NotFound, Unauthenticated
from shared.directory.changes import Changes
from shared.directory.creation import NewUser, user_creation
from shared.directory.keys import user_id_of
from shared.directory.repository import directory_repository
from shared.directory.roles import RoleChanges, role_service
from shared.directory.service import directory_service
from shared.directory.teams import NewTeam, team_service
from shared.storage.schema import DIRECTORY
from tests.builders.directory import a_pool, as_user, problems
from tests.builders.tokens import POOL
from tests.conftest import definition
from tests.faults.plan import FaultPlan, no_waiting
from tests.faults.sweep import Operation, Problems, sweep

ROOT = Caller("root", ("admin",), ("*",), subject="sub-root")
ANA, BOSS = user_id_of("ana"), user_id_of("boss")
NIGHT = RoleChanges("Works at night", ("incidents:*",))


@dataclass
class Office:
    """A directory with one administrator, a role of its own and a team; `meanwhile` is what was wrong between."""

    dynamodb: Any
    pool: CognitoIdpUserPool
    meanwhile: Problems = field(default_factory=list)
    team_id: str = ""

    def reset(self) -> None:
        self.dynamodb.delete_table(TableName="vedette-local-directory")
        self.dynamodb.create_table(**definition(DIRECTORY))
        self.pool.users.clear()
        self.meanwhile.clear()
        principals().forget()
        create(role="admin", username="boss")
        role_service().create(ROOT, "night", NIGHT, "op_role")
        self.team_id = team_service().create(ROOT, NewTeam("Blue", members=(BOSS,)), "op_team").team_id

    def with_ana(self, **more: Any) -> Callable[[], None]:
        def prepare() -> None:
            self.reset()
            create(**more)

        return prepare

    def then(self, repeat: Callable[[], Any]) -> Callable[[], None]:
        """Looks at what the dead function left, then does what the caller does: the same again."""

        def recover() -> None:
            self.meanwhile += [f"before the repeat: {problem}" for problem in self.problems()]
            with suppress(Conflict, NotFound):
                repeat()

        return recover

    def problems(self) -> Problems:
        return problems(self.dynamodb, self.pool)

    def wrong(self, *more: tuple[str, Callable[[], bool]]) -> Callable[[], Problems]:
        """All that is wrong at the end; `more` are sentences with what must hold."""
        return lambda: [*self.problems(), *self.meanwhile, *(text for text, holds in more if not holds())]


def create(role: str = "night", username: str = "ana", operation: str | None = None, **more: Any) -> str:
    new = NewUser(username, f"{username}@example.com", username.title(), role, **more)
    return user_creation().create(ROOT, new, operation or f"op_{uuid4().hex}")


def opens(username: str = "ana") -> bool:
    """Whether a token of this user opens anything now."""
    principals().forget()
    try:
        principals().caller(as_user(username, iat=1)["authorization"].split()[1])
    except Unauthenticated:
        return False
    return True


def ana() -> Any:
    return directory_repository().user(ANA)


@pytest.fixture
def office(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with no_waiting():
        yield Office(tables, a_pool(monkeypatch))


def creating(office: Office) -> Operation:
    """Repeated as people do, without a key."""

    def act() -> str:
        return create(teams=(office.team_id,))

    return Operation(office.reset, act, office.then(act), office.wrong(*whole(office)))


def creating_with_a_key(office: Office) -> Operation:
    """Repeated with the same key: the same operation."""

    def act() -> str:
        return create(teams=(office.team_id,), operation="op_same")

    return Operation(office.reset, act, office.then(act), office.wrong(*whole(office)))


def creating_an_administrator(office: Office) -> Operation:
    def act() -> str:
        return create("admin")

    return Operation(office.reset, act, office.then(act), office.wrong(("ana is linked", lambda: ana().administers)))


def whole(office: Office) -> tuple[tuple[str, Callable[[], bool]], ...]:
    return (
        ("ana is not linked", lambda: ana().linked),
        ("ana is not in the team", lambda: ANA in directory_repository().team(office.team_id).members),
        ("the pool does not have ana and boss only", lambda: set(office.pool.users) == {"ana", "boss"}),
        ("ana's token opens nothing", opens),
    )


def creating_a_stolen_name(office: Office) -> Operation:
    """Somebody signed up as ana before: no crash may give them the role."""

    def prepare() -> None:
        office.reset()
        idp = client("cognito-idp")
        idp.admin_create_user(UserPoolId=POOL, Username="ana", UserAttributes=[])
        idp.admin_set_user_password(UserPoolId=POOL, Username="ana", Password="Passw0rd!Passw0rd", Permanent=True)

    def act() -> None:
        with suppress(Conflict):
            create()

    def gone() -> bool:
        return directory_repository().find_user(ANA) is None

    return Operation(prepare, act, office.then(act), office.wrong(("the row is still there", gone)))


def suspending(office: Office) -> Operation:
    def act() -> None:
        assert directory_service().update(ROOT, ANA, Changes(status="suspended")).synced

    holds = (
        ("ana is not suspended", lambda: ana().status == "suspended"),
        ("ana's token opens something", lambda: not opens()),
        ("the pool lets ana in", lambda: not office.pool.users["ana"].enabled),
    )
    return Operation(office.with_ana(), act, office.then(act), office.wrong(*holds))


def changing_the_address(office: Office) -> Operation:
    def act() -> None:
        directory_service().update(ROOT, ANA, Changes(email="ana@other.example", role="viewer", teams=()))

    def told() -> bool:
        return {"Name": "email", "Value": "ana@other.example"} in office.pool.users["ana"].attributes

    holds = (
        ("the address is the old one", lambda: ana().email == "ana@other.example"),
        ("the pool has the old address", told),
        ("the role is the old one", lambda: ana().role == "viewer"),
        ("ana is still in the team", lambda: ANA not in directory_repository().team(office.team_id).members),
    )
    return Operation(office.with_ana(), act, office.then(act), office.wrong(*holds))


def demoting(office: Office) -> Operation:
    """One of two administrators goes; repeated requests do not take the other one's place in the count."""

    def act() -> None:
        directory_service().update(ROOT, ANA, Changes(role="night"))

    holds = (("ana is still one", lambda: ana().role == "night"),)
    return Operation(office.with_ana(role="admin"), act, office.then(act), office.wrong(*holds))


def signing_in(office: Office) -> Operation:
    def act() -> None:
        directory_service().signed_in("ana", ana().subject)

    holds = (
        ("ana is not active", lambda: ana().status == "active"),
        ("no sign-in is known", lambda: ana().last_login is not None),
    )
    return Operation(office.with_ana(), act, office.then(act), office.wrong(*holds))


def deleting_a_role(office: Office) -> Operation:
    def act() -> None:
        role_service().delete(ROOT, "night")

    holds = (("the role is still there", lambda: directory_repository().find_role("night") is None),)
    return Operation(office.reset, act, office.then(act), office.wrong(*holds))


# How many crash points each operation had when it was written: fewer would be a test that has gone blind.
FEWEST: dict[Callable[[Office], Operation], int] = {
    creating: 16,
    creating_with_a_key: 16,
    creating_an_administrator: 10,
    creating_a_stolen_name: 14,
    suspending: 10,
    changing_the_address: 10,
    demoting: 6,
    signing_in: 8,
    deleting_a_role: 4,
}


@pytest.mark.parametrize("make", FEWEST, ids=lambda make: make.__name__)
def test_dying_at_any_call_is_mended(
    office: Office, make: Callable[[Office], Operation], crash_points: dict[str, int]
) -> None:
    swept = sweep(make(office))

    crash_points[make.__name__] = swept.cases
    assert swept.failures == []
    assert swept.cases == 2 * len(swept.calls)
    assert swept.cases >= FEWEST[make], swept.calls


@pytest.mark.parametrize("fault", ["lose_answer", "conflict", "throttle", "throttle_inside", "in_progress"])
def test_a_busy_table_makes_a_user_once(office: Office, fault: str) -> None:
    """The client's own retries meet what their first try wrote: that is no conflict, and nothing is counted twice."""
    office.reset()
    with FaultPlan().add(fault, "TransactWriteItems", first=2):
        create("admin")
    with FaultPlan().add(fault, "TransactWriteItems", first=2):
        directory_service().update(ROOT, ANA, Changes(role="night"))

    assert ana().role == "night"
    assert office.problems() == []


def test_a_change_of_somebody_else_in_between_is_not_lost(office: Office) -> None:
    office.with_ana()()

    def rename() -> None:
        directory_service().update(ROOT, ANA, Changes(full_name="Ana the second"))

    with FaultPlan().meanwhile("TransactWriteItems", rename):
        directory_service().update(ROOT, ANA, Changes(role="viewer"))

    assert (ana().full_name, ana().role) == ("Ana the second", "viewer")
    assert office.problems() == []


def test_a_takeover_in_between_leaves_one_user(office: Office) -> None:
    """Somebody repeats the request while the first one waits for the pool: the later one has the user."""
    office.reset()
    with FaultPlan().meanwhile("AdminCreateUser", lambda: create("viewer")), pytest.raises(Conflict):
        create("night")

    assert ana().role == "viewer"
    assert ana().linked
    assert office.problems() == []


def test_a_role_that_grows_while_it_is_given_is_not_given(office: Office) -> None:
    """The giver had what the role held when it was looked at, not what it holds now."""
    office.reset()
    small = Caller("hal", (), ("incidents:*", "users:write"), subject="sub-hal")
    user_creation().create(ROOT, NewUser("ana", "ana@example.com", role="night"), "op_1")
    role_service().create(ROOT, "day", NIGHT, "op_day")

    def grow() -> None:
        role_service().update(ROOT, "day", RoleChanges(permissions=("*",)))

    with FaultPlan().meanwhile("TransactWriteItems", grow), pytest.raises(Exception, match="look again"):
        directory_service().update(small, ANA, Changes(role="day"))

    assert ana().role == "night"
    assert office.problems() == []

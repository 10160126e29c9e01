"""The checks of this folder are worth something: they pass on the product and fail on every mutant of it."""

import pytest

from tests.faults.mutants import MUTANTS
from tests.faults.world import World

FEWEST = 18


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_killed(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    mutate, check = MUTANTS[name]
    check(world)

    world.reset()
    mutate(monkeypatch)

    with pytest.raises((AssertionError, LookupError)):
        check(world)


def test_there_are_as_many_mutants_as_there_were() -> None:
    assert len(MUTANTS) >= FEWEST

"""The rules for passwords: ours, the local pool's and the deployed pool's are the same."""

import string

import pytest

from infra.constructs.identity import PASSWORD as DEPLOYED
from infra.local.identities import PASSWORD_POLICY as LOCAL
from shared.core.errors import Invalid
from shared.identities.passwords import MIN_LENGTH, NEEDED, POLICY, SYMBOLS, check_password

GOOD = "Correct-horse-1"


def test_the_deployed_pool_has_the_same_rules() -> None:
    demanded = (DEPLOYED.require_lowercase, DEPLOYED.require_uppercase, DEPLOYED.require_digits)

    assert (DEPLOYED.min_length, *demanded, DEPLOYED.require_symbols) == (MIN_LENGTH, True, True, True, True)
    assert NEEDED == (string.ascii_lowercase, string.ascii_uppercase, string.digits, SYMBOLS)


def test_the_local_pool_has_the_same_rules() -> None:
    kinds = ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols")

    assert {"MinimumLength": MIN_LENGTH, **dict.fromkeys(kinds, True)}.items() <= LOCAL.items()
    assert {name for name in LOCAL if name.startswith("Require")} == set(kinds)


@pytest.mark.parametrize("password", [GOOD, "Aa1-" + "x" * 8, "Aa1-" + "x" * 252, "Correct horse 1", "Größe-ß-Aa1-x"])
def test_a_password_that_keeps_the_rules_is_taken(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_symbol_of_the_pool_is_one(symbol: str) -> None:
    check_password(f"Correct{symbol}horse1")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Aa1-" + "x" * 7,
        "Aa1-" + "x" * 253,
        "correct-horse-1",
        "CORRECT-HORSE-1",
        "Correct-horse-x",
        "Correcthorse11",
        "Correct€horse11",
        "Correct-horse-١",  # an Arabic digit
        "Écorrect-horse-1".lower(),
        GOOD + " ",
        "\t" + GOOD,
    ],
)
def test_one_that_breaks_a_rule_is_refused_with_all_of_them(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password)

    assert str(refused.value) == POLICY

"""Every entry of the vocabulary on every class of target: what it names exists, and ATT&CK says what we say it says."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from shared.explanations.attack import attack
from shared.explanations.guard import LONGEST, fault
from shared.explanations.matching import find, phrases, plays
from shared.explanations.model import Question, Side
from shared.explanations.sentences import explain
from shared.explanations.targets import CLASSES
from shared.explanations.vocabulary.play import Choice, Play
from shared.explanations.words import tokens

SIDES: tuple[Side, ...] = ("attacker", "defender")
ENTRIES = [(side, play) for side in SIDES for play in plays(side)]
ID = re.compile(r"\b(?:TA?\d{4}(?:\.\d{3})?|M\d{4}|DET\d+)\b")
WORD_OF = {kind: words.split()[0] for kind, (_, words) in CLASSES.items()}

each = pytest.mark.parametrize(("side", "play"), ENTRIES, ids=lambda one: getattr(one, "name", one))


def choices(play: Play) -> Iterator[Choice]:
    yield play.choice
    yield from play.by_target.values()


def name_of(play: Play) -> str:
    """A name by which a simulator could call the entry."""
    return "_".join(sorted(play.phrases[0])).upper()


def test_there_is_something_to_test() -> None:
    assert Counter(side for side, _ in ENTRIES) == Counter({"attacker": 125, "defender": 33})


@each
def test_attack_says_what_the_entry_says(side: Side, play: Play) -> None:
    for choice in choices(play):
        found = [attack().technique(one) for one in choice.techniques]
        if choice.tactic:
            assert choice.tactic in found[0].tactics
        elif side == "attacker" and found:
            assert len(found[0].tactics) == 1, "say which of its tactics is meant"
        if choice.mitigation is None:
            assert side == "defender" or not found or found[0].mitigations == (), "there is a mitigation to recommend"
        else:
            mitigated = found if side == "defender" else found[:1]
            assert all(choice.mitigation in one.mitigations for one in mitigated)


@each
def test_the_entry_is_well_formed(side: Side, play: Play) -> None:
    assert set(play.by_target) <= set(CLASSES)
    assert play.does.count("{target}") <= 1
    assert play.does.format(target="it").isascii()


@pytest.mark.parametrize("side", SIDES)
def test_no_phrase_stands_for_two_entries(side: Side) -> None:
    owners: dict[frozenset[str], set[str]] = {}
    for phrase, play in phrases(side):
        owners.setdefault(phrase, set()).add(play.name)

    assert {tuple(sorted(phrase)): names for phrase, names in owners.items() if len(names) > 1} == {}


@each
def test_every_phrase_finds_its_entry(side: Side, play: Play) -> None:
    for phrase in play.phrases:
        found = find("_".join(sorted(phrase)), side)
        assert found is not None, phrase
        assert found.play is play, (phrase, found.play.name)


@each
def test_every_sentence_has_sources_that_exist(side: Side, play: Play) -> None:
    for kind in ("", *CLASSES):
        question = Question(name_of(play), side, WORD_OF.get(kind, ""))

        made = explain(question, attack())

        assert made.ids() <= attack().ids()
        assert set(ID.findall(made.text)) <= made.ids()
        assert made.text == " ".join(one.sentence for one in made.evidence)
        assert 1 <= len(made.evidence) <= 3
        assert all(set(ID.findall(one.sentence)) <= set(one.sources) for one in made.evidence)
        assert made.text.startswith(f"The {side} is ")
        assert len(made.text) <= LONGEST
        assert fault(made.text, made, question, attack()) is None, "our own text must pass the check for others"


def test_tokens_are_one_form_for_many_spellings() -> None:
    assert tokens("PortScan") == tokens("port_scanning") == tokens("PORTSCAN") == ("port", "scan")
    assert tokens("CredScan-HomeDirectory") == ("credential", "scan", "home", "directory")
    assert tokens("PrivilegeEscalate") == ("privilege", "escalate")
    assert tokens("MFA") == tokens("2fa") == ("mfa",)
    assert tokens("") == ()

"""The form of an entry of the vocabulary: an action that simulators know, and what ATT&CK has to say about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.explanations.words import tokens

Phrase = frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """Techniques, the first one first; the mitigation to recommend; the tactic if the technique serves several."""

    techniques: tuple[str, ...] = ()
    mitigation: str | None = None
    tactic: str | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """An action. `does` completes "The attacker is ..." and names the {target} at most once.

    `by_target` overrules `choice` for a class of targets (shared/explanations/targets.py). For a defender's action the
    techniques are those that it counters, and `nearest` says that ATT&CK has no such mitigation, only a similar one.
    """

    name: str
    phrases: tuple[Phrase, ...]
    does: str
    choice: Choice
    by_target: Mapping[str, Choice] = field(default_factory=dict)
    nearest: bool = False

    def choice_for(self, kind: str) -> Choice:
        return self.by_target.get(kind, self.choice)


def play(name: str, phrases: str, does: str, choice: str = "", nearest: bool = False, **by_target: str) -> Play:
    """An entry from its short form: phrases are parted by `|`, a choice reads `T1078 T1021 M1032 @Initial Access`."""
    return Play(
        name,
        tuple(frozenset(tokens(phrase)) for phrase in phrases.split("|")),
        does,
        _choice(choice),
        {kinds: _choice(text) for key, text in by_target.items() for kinds in key.split("_")},
        nearest,
    )


def _choice(text: str) -> Choice:
    ids, _, tactic = text.partition("@")
    mitigation = next(iter(re.findall(r"\bM\d{4}", ids)), None)
    return Choice(tuple(re.findall(r"\bT[\d.]+", ids)), mitigation, tactic.strip() or None)

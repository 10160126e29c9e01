"""Which entry of the vocabulary an action's name stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared.explanations.model import Side
from shared.explanations.turning import needs_object, turned
from shared.explanations.vocabulary.play import Phrase, Play
from shared.explanations.words import tokens

# A phrase must account for this share of the name: one known word beside one unknown (2/3) is enough, beside two not.
LEAST_SCORE = 0.6
# Words that say who acts or on what kind of thing, and so nothing about the action.
EMPTY = frozenset(
    "a agent an and any at attacker attempt blue by client computer current do endpoint for from green host in into it "
    "its local me msf my node of on onto or our out over own perform random red remote rpc run start target the this "
    "to try via victim window windows with".split()
)
ATTACKERS = frozenset(
    "attacker red adversary intruder hacker threat malicious offensive offender offense offence penetration pentester "
    "attack".split()
)
DEFENDERS = frozenset("defender blue soc defensive defense defence analyst responder protector guardian".split())


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, the side whose vocabulary it is of, the share of the name that it accounts for, and the other words."""

    play: Play
    side: Side
    score: float
    rest: tuple[str, ...] = ()


def side_of(agent_type: str) -> Side:
    """`attacker`, `Red`, `red_team` -> attacker; `defender`, `blue` -> defender; whatever else -> agent."""
    words = set(tokens(agent_type))
    attacks, defends = bool(words & ATTACKERS), bool(words & DEFENDERS)
    if attacks == defends:
        return "agent"
    return "attacker" if attacks else "defender"


def find(action: str, side: Side) -> Found | None:
    """The entry that accounts for most of the name, a longer phrase before a shorter; None when none does enough.

    For an agent of neither side both vocabularies are searched; of two that account for as much the attacker's is told.
    """
    sides: tuple[Side, ...] = ("attacker", "defender") if side == "agent" else (side,)
    found = [best for one in sides if (best := _best(tokens(action), one))]
    return max(found, key=lambda one: (one.score, -len(one.rest)), default=None)


def _best(name: Sequence[str], side: Side) -> Found | None:
    """The best entry of one side; None if another that is turned round fits as well (`stop service scan`)."""
    words = frozenset(name)
    held = [(score(phrase, words), len(phrase), phrase, play) for phrase, play in phrases(side) if phrase <= words]
    enough = [one for one in held if one[0] >= LEAST_SCORE and not turned(words, one[2], side)]
    if not enough:
        return None
    share, _, phrase, play = max(enough, key=lambda one: one[:2])
    if any(one[0] >= share and turned(words, one[2], side) for one in held):
        return None
    return Found(play, side, round(share, 2), tuple(word for word in name if word not in phrase))


def score(phrase: Phrase, words: Phrase) -> float:
    """2 x phrase / (phrase + name), for a name that has the whole phrase; it counts without empty words.

    0 where the phrase is only a verb and its object is not known.
    """
    strange = sum(1 for word in words - phrase if _says_something(word))
    if strange and needs_object(phrase):
        return 0.0
    return 2 * len(phrase) / (2 * len(phrase) + strange)


def _says_something(word: str) -> bool:
    """Words with digits are names of hosts, bulletins and the like, but for `c2`."""
    return word == "c2" or (word not in EMPTY and len(word) > 1 and not any(letter.isdigit() for letter in word))


@cache
def phrases(side: Side) -> tuple[tuple[Phrase, Play], ...]:
    """Every phrase of a side with its entry."""
    return tuple((phrase, play) for play in plays(side) for phrase in play.phrases)


@cache
def plays(side: Side) -> tuple[Play, ...]:
    """The vocabulary of a side; imported on first use, half of it is never needed by a function that is asked once."""
    if side == "defender":
        from shared.explanations.vocabulary.defending import PLAYS

        return PLAYS
    from shared.explanations.vocabulary import credentials, finding_out, getting_in, harming, staying

    return (*finding_out.PLAYS, *getting_in.PLAYS, *credentials.PLAYS, *staying.PLAYS, *harming.PLAYS)

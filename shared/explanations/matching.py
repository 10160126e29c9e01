"""Which entry of the vocabulary an action's name stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared.explanations.model import Side
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
# Beside one of these a name means another thing, or the opposite: `DETECT_SCAN`, `DO_NOT_ENCRYPT`.
TURNING = frozenset("not no never undo against without avoid detect detection prevent prevention".split())
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

    For an agent of neither side both vocabularies are searched, the attacker's first.
    """
    sides: tuple[Side, ...] = ("attacker", "defender") if side == "agent" else (side,)
    name = tokens(action)
    best: tuple[float, int] = (0.0, 0)
    found: Found | None = None
    for one in sides:
        for phrase, play in phrases(one):
            rank = (score(phrase, name), len(phrase))
            if rank > best:
                best, found = rank, _found(phrase, play, one, rank[0], name)
    return found if found and best[0] >= LEAST_SCORE else None


def _found(phrase: Phrase, play: Play, side: Side, share: float, name: Sequence[str]) -> Found:
    return Found(play, side, round(share, 2), tuple(word for word in name if word not in phrase))


def score(phrase: Phrase, name: Sequence[str]) -> float:
    """2 x phrase / (phrase + name), where the name counts without empty words.

    0 unless the name has the whole phrase and nothing that turns its meaning.
    """
    words = set(name)
    if not phrase <= words or (words - phrase) & TURNING:
        return 0.0
    strange = sum(1 for word in words - phrase if _says_something(word))
    return 2 * len(phrase) / (2 * len(phrase) + strange)


def _says_something(word: str) -> bool:
    """Words with digits are names of hosts, bulletins and the like."""
    return word not in EMPTY and len(word) > 1 and not any(letter.isdigit() for letter in word)


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

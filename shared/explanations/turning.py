"""Words that turn an action round: `disable mfa` asks for no second factor, and `DETECT_SCAN` scans nothing.

They count only outside the phrase of an entry, so that `DELETE_BACKUPS`, `BLOCK_IP` and `SKIP` are still known by
phrases that contain them. All words stand in the form that shared/explanations/words.py gives them. Some honest names
are lost (`stop and delete backups`): no technique is better than the opposite one.
"""

from collections.abc import Set

from shared.explanations.model import Side

EITHER = frozenset(
    (
        # Negation and absence.
        "not no never none without lack missing absent unable dont doesnt cant cannot wont isnt except despite "
        # Against it, or only for show.
        "against anti avoid detect detection prevent prevention undo reverse rollback revoke release "
        "simulate pretend mock "
        # An end of it.
        "stop cancel abort disable off down end cease quit exit suspend pause shutdown close withdraw lift "
        # It is not done, or does not work.
        "wait ignore neglect omit forget postpone delay defer refuse reject decline fail lose loss break broken "
        # What it is done with is taken away, or made good.
        "block remove delete clear uninstall reduce fixed"
    ).split()
)
OF_ONE_SIDE: dict[Side, frozenset[str]] = {
    # A defence that meets the attack.
    "attacker": frozenset(
        "patch protect protection defend isolate restore harden monitor analyse report alert train enable".split()
    ),
    # What an attack does to a defence.
    "defender": frozenset(
        "bypass evade evasion circumvent open expose weaken relax loosen allow unblock unlock manipulate corrupt "
        "encrypt steal exfiltrate overwrite forge hide drop sabotage jam flood deface".split()
    ),
}


def turned(words: Set[str], phrase: Set[str], side: Side) -> bool:
    """Whether a word outside the phrase of an entry of this side turns what the phrase says."""
    return bool((words - phrase) & (EITHER | OF_ONE_SIDE.get(side, frozenset())))


def needs_object(phrase: Set[str]) -> bool:
    """`delete`, `stop`, `block`: alone they name an action; of an object that nobody knows they say too little."""
    return phrase <= EITHER

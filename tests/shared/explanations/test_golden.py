"""Explanations that a person has read. A change of a sentence is seen here and has to raise WORDING."""

import hashlib
import json
from pathlib import Path

from shared.explanations.attack import attack
from shared.explanations.matching import EMPTY, plays
from shared.explanations.model import Question, Side
from shared.explanations.sentences import explain
from shared.explanations.service import WORDING
from shared.explanations.turning import EITHER, OF_ONE_SIDE
from shared.explanations.words import SPELLINGS, STEMS

GOLDEN = Path(__file__).parents[2] / "functions" / "explain" / "golden.json"


def rendered() -> list[dict[str, str]]:
    """The reviewed questions with the answers of today; write them into golden.json after a wanted change."""
    asked = json.loads(GOLDEN.read_text("utf-8"))["explanations"]
    return [
        {**one, "explanation": explain(Question(one["action"], one["agent_type"], one["target"]), attack()).text}
        for one in asked
    ]


def digest() -> str:
    """Of whatever changes an answer: texts, vocabulary, words that are one, words that turn others."""
    sides: tuple[Side, ...] = ("attacker", "defender")
    entries = [
        f"{side} {play.does} {play.choice} {sorted(play.by_target.items())} {play.nearest}"
        f" {sorted(map(sorted, play.phrases))}"
        for side in sides
        for play in plays(side)
    ]
    texts = [one["explanation"] for one in rendered()]
    words = [str(sorted(one)) for one in (SPELLINGS.items(), STEMS.items(), EMPTY, EITHER)]
    words += [f"{side} {sorted(turns)}" for side, turns in OF_ONE_SIDE.items()]
    return hashlib.sha256("\n".join((*texts, *entries, *words)).encode()).hexdigest()[:16]


def test_the_reviewed_explanations_are_the_given_ones() -> None:
    kept = json.loads(GOLDEN.read_text("utf-8"))

    assert len(kept["explanations"]) >= 40
    assert rendered() == kept["explanations"]


def test_a_new_wording_has_a_new_number() -> None:
    kept = json.loads(GOLDEN.read_text("utf-8"))

    assert kept["wordings"][str(WORDING)] == digest(), "raise WORDING in shared/explanations/service.py"

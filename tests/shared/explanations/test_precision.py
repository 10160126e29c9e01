"""How often the first technique (for a defender: mitigation) is the right one.

labels.json was labelled by hand before the mapping was written, held_out.json carries the labels of MITRE and Red
Canary and was read after it; docs/explanations.md says how the figures have to be read.
"""

import json
from pathlib import Path
from typing import Any

from shared.explanations.attack import attack
from shared.explanations.model import Question
from shared.explanations.sentences import explain

HERE = Path(__file__).parent


def judged(name: str) -> list[tuple[dict[str, Any], str | None]]:
    """Every labelled pair with the first id that is named for it."""
    return [(row, named(row)) for row in json.loads((HERE / name).read_text("utf-8"))]


def named(row: dict[str, Any]) -> str | None:
    made = explain(Question(row["action"], row["agent_type"], row["target"] or ""), attack())
    found = made.mitigations if made.side == "defender" else made.techniques
    return found[0].id if found else None


def test_hand_labelled_pairs() -> None:
    answers = judged("labels.json")
    wrong = [
        (row["action"], row["target"], got) for row, got in answers if row["accepted"] and got not in row["accepted"]
    ]
    invented = [(row["action"], got) for row, got in answers if not row["accepted"] and got]

    assert len(answers) == 120
    assert wrong == []
    assert invented == []


def test_labels_of_others() -> None:
    """Named at all: half of them. Of those, the technique or its parent is right for three in four."""
    answers = judged("held_out.json")
    told = [(row, got) for row, got in answers if got]
    exact = [row for row, got in told if got in row["accepted"]]
    family = [row for row, got in told if got.partition(".")[0] == row["accepted"][0].partition(".")[0]]

    assert len(answers) == 65
    assert len(told) >= 32
    assert len(exact) >= 22
    assert len(family) / len(told) >= 0.7

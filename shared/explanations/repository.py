"""Explanations that were given, in the `explanations` table, until they expire.

| question                              | pk                     | sk   |
| the answer to a question              | EXPLANATION#<question> | TEXT |

<question> is derived from the side, the action and the target, the revision of ATT&CK, the wording, and who words it:
nothing has to be deleted when one of them changes. The description is no part of it (seed 003).
"""

import unicodedata
from datetime import datetime, timedelta

from shared.core.ids import derived_id
from shared.explanations.model import Explanation, Question, Side
from shared.storage.attributes import from_doc, to_doc
from shared.storage.schema import EXPLANATIONS
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import Condition, Put


def question_key(question: Question, side: Side, *, revision: str) -> str:
    """Equal questions have equal keys: spaces and the ways to write one letter do not count, capitals do."""
    plain = [" ".join(unicodedata.normalize("NFC", text).split()) for text in (question.action, question.target)]
    return derived_id("xai", revision, side, *plain)


class ExplanationRepository:
    """What was answered before. The first answer that is stored stays until it expires."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def get(self, key: str, now: datetime) -> Explanation | None:
        """The stored answer; None when there is none, or when it has expired and DynamoDB has not removed it yet."""
        row = self._rows.get(EXPLANATIONS, _row_key(key))
        if row is None or row["expires_at"] <= now.timestamp():
            return None
        return Explanation.from_doc(from_doc(row["doc"]))

    def add(self, key: str, explanation: Explanation, now: datetime, kept: timedelta) -> bool:
        """Store an answer; False if somebody else was faster, whose answer then stands."""
        row = {
            **_row_key(key),
            "doc": to_doc(explanation.to_doc()),
            "expires_at": int((now + kept).timestamp()),
        }
        free = Condition("attribute_not_exists(#pk) OR #expires_at <= :now", {"now": int(now.timestamp())})
        try:
            self._rows.transact([Put(EXPLANATIONS, row, free)])
        except ConditionFailed:
            return False
        return True


def _row_key(key: str) -> dict[str, str]:
    return {"pk": f"EXPLANATION#{key}", "sk": "TEXT"}

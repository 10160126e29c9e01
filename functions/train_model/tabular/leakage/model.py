"""A suspicion that a column, or the table, tells the answer: with the evidence, and what is done about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Action = Literal["block", "warn", "off"]
Severity = Literal["high", "medium"]

# What a check does unless the caller says otherwise (shared/training/demands.py has the same names).
USUAL: Mapping[str, Action] = {
    "target_copy": "block",
    "near_perfect": "block",
    "target_encoded": "block",
    "id_like": "warn",
    "duplicates_across_split": "warn",
    "group_overlap": "warn",
    "time_order": "warn",
    "future_timestamps": "warn",
    "post_outcome_name": "warn",
    "constant": "warn",
    "constant_in_test": "warn",
    "sort_order": "warn",
    "missingness": "warn",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has seen. `column` is None if it is about the rows. `evidence` is a sentence with the figures."""

    check: str
    column: str | None
    evidence: str
    severity: Severity = "medium"


@dataclass(frozen=True, slots=True)
class Leak:
    """A finding and what is done about it."""

    check: str
    column: str | None
    severity: Severity
    evidence: str
    action: Action

    @property
    def sentence(self) -> str:
        """For the warnings."""
        what = f"'{self.column}'" if self.column else "the rows"
        done = ": left out of the training" if self.action == "block" else ""
        return f"{what}: {self.evidence} ({self.check}){done}"

    def document(self) -> dict[str, Any]:
        return asdict(self)


def action_of(check: str, wanted: Mapping[str, str]) -> Action:
    """By name, else by `*`, else the usual one."""
    said = wanted.get(check) or wanted.get("*") or USUAL[check]
    return said  # type: ignore[return-value]

"""What is asked and what is answered."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Side = Literal["attacker", "defender", "agent"]
GROUNDED = "grounded"


@dataclass(frozen=True, slots=True)
class Question:
    """An action to explain. All four texts come from outside; the `description` (seed 003) changes no answer."""

    action: str
    agent_type: str
    target: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the ids of ATT&CK that it rests on; none when it states only what the request says."""

    sentence: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of ATT&CK. `tactic` is set for techniques only."""

    id: str
    name: str
    url: str
    tactic: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Which entry of the vocabulary the action is, and how much of its name that accounts for (0 to 1)."""

    action: str
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer. `source` is "grounded" or the provider that worded `text`; the evidence is always ours."""

    text: str
    side: Side
    evidence: tuple[Sentence, ...]
    techniques: tuple[Reference, ...]
    mitigations: tuple[Reference, ...]
    detections: tuple[Reference, ...]
    attack_version: str
    match: Match | None = None
    note: str | None = None
    source: str = GROUNDED
    provider_rejected: str | None = None

    def ids(self) -> frozenset[str]:
        """Every id that the evidence names."""
        found = {one.id for group in (self.techniques, self.mitigations, self.detections) for one in group}
        return frozenset(found.union(*(set(one.sources) for one in self.evidence)))

    def to_doc(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_doc(cls, doc: dict[str, Any]) -> "Explanation":
        groups = {
            name: tuple(Reference(**one) for one in doc[name]) for name in ("techniques", "mitigations", "detections")
        }
        evidence = tuple(Sentence(one["sentence"], tuple(one["sources"])) for one in doc["evidence"])
        match = Match(**doc["match"]) if doc["match"] else None
        return cls(**{**doc, **groups, "evidence": evidence, "match": match})


@dataclass(frozen=True, slots=True)
class Answer:
    """An explanation, and whether it was there before."""

    explanation: Explanation
    cached: bool = field(default=False)
